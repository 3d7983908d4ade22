package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ij.IJ;
import ij.ImagePlus;

class PlaneSelectionTest {

	/** 2 channels, 3 slices, 4 frames: 24 planes, channels fastest. */
	private final ImagePlus imp = IJ.createHyperStack("x", 2, 2, 2, 3, 4, 8);

	@ParameterizedTest
	@CsvSource({ "all,all,1,'1,2,3,4,5,6'", "1,all,1,'1,3,5'", "2,2-3,'1, 4','4,6,22,24'", "'','3,1',4,'19,20,23,24'",
		"ALL,1-3,'3 - 3','13,14,15,16,17,18'", "1,2-2,'2,2','9'", ",'1,2',1,'1,2,3,4'" })
	void numbersRangesAndAll(final String channels, final String slices, final String frames, final String planes) {
		assertEquals(planes, String.join(",", new PlaneSelection(imp, channels, slices, frames).planes().stream().map(String::valueOf)
			.toList()));
	}

	@Test
	void whatIsShownIsCurrent() {
		imp.setPosition(2, 3, 1);
		assertEquals(List.of(6), new PlaneSelection(imp, "current", "Current", " current ").planes());
		final PlaneSelection slice = new PlaneSelection(imp, "all", "current", "all");
		assertEquals(List.of(5, 6, 11, 12, 17, 18, 23, 24), slice.planes());
		assertEquals(List.of(1, 2), slice.channels());
		assertEquals(2, slice.channel(24));
		final ImagePlus stack = IJ.createImage("stack", "8-bit", 2, 2, 5);
		stack.setSlice(4);
		assertEquals(List.of(4), new PlaneSelection(stack, "all", "current", "all").planes());
	}

	@Test
	void planesAreCountedAsWhatTheyAre() {
		assertEquals("image", new PlaneSelection(imp, "all", "all", "all").kind());
		assertEquals("image", new PlaneSelection(IJ.createImage("x", "8-bit", 2, 2, 1), "1", "1", "1").kind());
		assertEquals("slice", new PlaneSelection(IJ.createImage("x", "8-bit", 2, 2, 2), "1", "1", "1").kind());
		assertEquals("frame", new PlaneSelection(IJ.createHyperStack("x", 2, 2, 1, 1, 4, 8), "all", "all", "all").kind());
		assertEquals("channel", new PlaneSelection(IJ.createHyperStack("x", 2, 2, 3, 1, 1, 8), "all", "all", "all").kind());
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "0", "5", "2-5", "3-2", "1-", "-2", "1,,2", "1,", "first", "1.5", "1 2", "99999999999", "1-2-3" })
	void whatFitsNoPlaneIsOneSentence(final String text) {
		assertEquals("The frames are “" + text + "”: they must be all, current, or numbers from 1 to 4, such as 1,4 or 1-4.",
			assertThrows(IllegalArgumentException.class, () -> new PlaneSelection(imp, "all", "all", text)).getMessage());
	}

	@Test
	void whereThereIsOneOnlyTheSentenceSaysSo() {
		assertEquals("The slices are “2”: they must be all, current, or 1, as this image has only one.", assertThrows(
			IllegalArgumentException.class, () -> new PlaneSelection(IJ.createHyperStack("x", 2, 2, 1, 1, 4, 8), "all", "2", "all"))
				.getMessage());
	}
}
