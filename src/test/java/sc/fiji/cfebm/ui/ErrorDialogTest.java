package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrorDialogTest {

	@Test
	void aLongSentenceIsBrokenBetweenWords() {
		assertEquals("Short.", ErrorDialog.wrapped("Short."));
		final String half = "a".repeat(60), path = "/" + "b".repeat(120);
		assertEquals(half + " is\n" + half + " and\n" + path + "\ntoo.", ErrorDialog.wrapped(half + " is " + half + " and " + path + " too."));
	}
}
