package sc.fiji.cfebm.command.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;

import org.junit.jupiter.api.Test;
import org.scijava.command.CommandInfo;

import sc.fiji.cfebm.command.AnomalyCommand;

class MacroOptionsTest {

	private static final CommandInfo INFO = new CommandInfo(AnomalyCommand.class);

	private static Object value(final String options, final String key) {
		return new MacroOptions(options).value(INFO.getInput(key));
	}

	@Test
	void nothingInsideBracketsIsAKey() {
		final String options = "model=[/runs/rate=25/bright mask model.cfebm] smallest=7 ";
		assertEquals(new File("/runs/rate=25/bright mask model.cfebm"), value(options, "model"));
		assertEquals(7, value(options, "smallest"));
		assertNull(value(options, "rate"));
		assertNull(value(options, "mask"));
	}

	@Test
	void bracketsInPairsAndQuotesAreKept() {
		assertEquals(new File("a [b] c"), value("model=[a [b] c]", "model"));
		assertEquals(new File("a b"), value("model='a b' mask", "model"));
		assertEquals(new File("it's"), value("model=it's", "model"));
		assertEquals(new File(""), value("model=[]", "model"));
		assertEquals(true, value("model='a b' mask", "mask"));
	}

	@Test
	void aKeyAloneIsTrue() {
		assertEquals(true, value("mask", "mask"));
		assertEquals(true, value("mask parts=0", "mask"));
		assertEquals(false, value("mask parts=0", "parts"));
		assertNull(value(null, "mask"));
	}

	@Test
	void whatIsWrongIsOneSentence() {
		says("“rate” is given twice: give it once (a value with spaces needs brackets: [a value]).", "rate=1 rate=2");
		says("The bracket after “rate=” is not closed: write rate=[a value].", "rate=[1 smallest=2");
		says("“rate” has no value: write rate=VALUE, or leave it out.", "rate");
		says("rate is “abc”: it must be a number.", "rate=abc");
		says("mask is “yes”: it must be true or false.", "mask=yes", "mask");
	}

	private static void says(final String sentence, final String options) {
		says(sentence, options, "rate");
	}

	private static void says(final String sentence, final String options, final String key) {
		assertEquals(sentence, assertThrows(IllegalArgumentException.class, () -> value(options, key)).getMessage());
	}
}
