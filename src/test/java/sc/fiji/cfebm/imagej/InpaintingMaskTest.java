package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Arrow;
import ij.gui.Line;
import ij.gui.OvalRoi;
import ij.gui.Overlay;
import ij.gui.PointRoi;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.gui.ShapeRoi;
import ij.gui.TextRoi;
import ij.macro.Interpreter;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.raster.Raster;

class InpaintingMaskTest {

	private final ImagePlus imp = IJ.createImage("cells", 20, 10, 3, 8);

	@BeforeEach
	void openImagesWithoutWindows() {
		Interpreter.batchMode = true;
	}

	@AfterEach
	void closeImages() {
		for (final ImagePlus open : List.of(Interpreter.getBatchModeImageCount() == 0 ? new ImagePlus[0] : images()))
			Interpreter.removeBatchModeImage(open);
		Interpreter.batchMode = false;
	}

	private static ImagePlus[] images() {
		return java.util.Arrays.stream(Interpreter.getBatchModeImageIDs()).mapToObj(ij.WindowManager::getImage).toArray(
			ImagePlus[]::new);
	}

	@Test
	void selectionsOfEveryAreaKind() {
		imp.setRoi(new Roi(2, 3, 4, 2));
		final boolean[] hole = mask(imp, "Selection").in(3);
		assertEquals(8, count(hole));
		assertTrue(hole[3 * 20 + 2] && hole[4 * 20 + 5]);
		imp.setRoi(new OvalRoi(0, 0, 10, 10));
		final int oval = count(mask(imp, "").in(1));
		assertTrue(oval > 60 && oval < 100);
		imp.setRoi(new ShapeRoi(new Roi(0, 0, 2, 2)).or(new ShapeRoi(new Roi(10, 5, 3, 3))));
		assertEquals(13, count(mask(imp, null).in(2)));
		imp.setRoi(new Roi(18, 8, 50, 50));
		assertEquals(4, count(mask(imp, "selection").in(2)));
	}

	@Test
	void overlaysByTheirSlices() {
		final Roi everywhere = new Roi(0, 0, 1, 1), second = new Roi(5, 5, 2, 2);
		second.setPosition(2);
		final Overlay overlay = new Overlay(everywhere);
		overlay.add(second);
		// There to be read.
		overlay.add(new Arrow(0, 0, 5, 5));
		overlay.add(new TextRoi(3, 3, "a"));
		overlay.add(new PointRoi(9, 9));
		imp.setOverlay(overlay);
		final InpaintingMask holes = mask(imp, "Overlay");
		assertEquals(1, count(holes.in(1)));
		assertEquals(5, count(holes.in(2)));
		overlay.remove(everywhere);
		assertNull(mask(imp, "Overlay").in(1));
	}

	/** A dead row or column is whole, whichever way its line was drawn. */
	@ParameterizedTest
	@CsvSource({ "0,4,19,4,1,20", "19,4,0,4,1,20", "0,4,20,4,2,40", "7,0,7,9,1,10", "7,9,7,0,3,30", "3,3,3,3,1,1" })
	void linesAreAsWideAsTheirStroke(final double x1, final double y1, final double x2, final double y2, final float width,
		final int pixels)
	{
		final Line line = new Line(x1, y1, x2, y2);
		line.setStrokeWidth(width);
		imp.setRoi(line);
		assertEquals(pixels, count(mask(imp, "Selection").in(1)));
		line.setPosition(2);
		imp.setOverlay(new Overlay(line));
		assertNull(mask(imp, "Overlay").in(1));
		assertEquals(pixels, count(mask(imp, "Overlay").in(2)));
	}

	@Test
	void linesWithCorners() {
		final Roi line = new PolygonRoi(new float[] { 2, 2, 9 }, new float[] { 1, 7, 7 }, Roi.POLYLINE);
		imp.setRoi(line);
		assertEquals(7 + 7, count(mask(imp, "Selection").in(1)));
		line.setStrokeWidth(3);
		final int wide = count(mask(imp, "Selection").in(1));
		assertTrue(wide > 34 && wide < 50, "" + wide);
	}

	@Test
	void pixelsThatAreNoMeasurements() {
		final ImagePlus gaps = new ImagePlus("gaps", new FloatProcessor(5, 1, new float[] { Float.NaN, 5, 6,
			Float.NEGATIVE_INFINITY, 6 }));
		assertEquals(2, count(mask(gaps, "nan").in(1)));
		assertEquals(2, count(mask(gaps, "Saturated").in(1)));
		says(new ImagePlus("all", new FloatProcessor(2, 1, new float[] { 1, 2 })), "is a finite number", "NaN");
		final ImagePlus bytes = new ImagePlus("8 bits", new ByteProcessor(4, 1, new byte[] { -1, 3, -2, -1 }));
		assertEquals(2, count(mask(bytes, "Saturated").in(1)));
		final ImagePlus colors = new ImagePlus("colors", new ColorProcessor(3, 1, new int[] { 0x00ff00, 0x102030, 0xfe00ff }));
		assertEquals(2, count(mask(colors, "Saturated").in(1)));
	}

	/** A camera of 12 bits in an image of 16; the slices share their largest value. */
	@Test
	void whatACameraGivesAtMost() {
		final ImagePlus shorts = IJ.createImage("12 bits", 20, 10, 2, 16);
		shorts.getStack().getProcessor(1).set(3, 3, 4094);
		shorts.getStack().getProcessor(2).set(4, 4, 4095);
		assertNull(mask(shorts, "Saturated").in(1));
		assertEquals(1, count(mask(shorts, "Saturated").in(2)));
		shorts.getStack().getProcessor(2).set(4, 4, 4000);
		says(shorts, "its largest value is 4094, not what a camera of 10, 12, 14 or 16 bits gives", "Saturated");
	}

	@Test
	void masksWithOneSliceOrAsMany() {
		final ByteProcessor plane = new ByteProcessor(20, 10);
		plane.set(4, 2, 1);
		Interpreter.addBatchModeImage(new ImagePlus("one", plane));
		assertEquals(1, count(mask(imp, "one").in(3)));
		final ImagePlus three = IJ.createImage("three", 20, 10, 3, 32);
		three.getStack().getProcessor(2).setf(0, 0, -0.5f);
		Interpreter.addBatchModeImage(three);
		assertNull(mask(imp, "three").in(1));
		assertEquals(1, count(mask(imp, "three").in(2)));
		final ImagePlus rgb = IJ.createImage("colors", "RGB black", 20, 10, 1);
		rgb.getProcessor().set(7, 7, 0xff000001);
		Interpreter.addBatchModeImage(rgb);
		assertEquals(1, count(mask(imp, "colors").in(2)));
	}

	@Test
	void aMaskThatIsClosedMeanwhileIsNamed() {
		final ImagePlus one = IJ.createImage("one", 20, 10, 3, 8);
		Interpreter.addBatchModeImage(one);
		final InpaintingMask holes = mask(imp, "one");
		one.flush();
		assertEquals("The mask “one” was closed while it was needed: open it again.", assertThrows(IllegalArgumentException.class,
			() -> holes.in(2)).getMessage());
	}

	@Test
	void linesAreAsWideAsTheirStroke() {
		final Line line = new Line(2, 5, 12, 5);
		line.setStrokeWidth(3);
		imp.setRoi(line);
		assertEquals(30, count(mask(imp, "Selection").in(1)), 6);
	}

	@Test
	void everyMistakeIsOneSentence() {
		says("“cells” has no selection", "Selection");
		says("overlay of “cells”", "Overlay");
		says("“nope” is not the title", "nope");
		imp.setRoi(new PointRoi(3, 3));
		says("is of the kind “point”", "Selection");
		says("only 32-bit images have pixels that are not a number", "NaN");
		says("No pixel of “cells” is saturated", "Saturated");
		imp.setRoi(new Roi(0, 0, 20, 10));
		says("covers all", "Selection");
		imp.setRoi(new Roi(30, 30, 5, 5));
		says("no pixel inside", "Selection");
		Interpreter.addBatchModeImage(IJ.createImage("empty", 20, 10, 1, 8));
		says("zero everywhere", "empty");
		Interpreter.addBatchModeImage(IJ.createImage("small", 10, 10, 1, 8));
		says("“small” is 10×10 but “cells” is 20×10", "small");
		Interpreter.addBatchModeImage(IJ.createImage("two", 20, 10, 2, 8));
		says("has 2 slices", "two");
	}

	@Test
	void whatIsNoNumberIsMeantWhereNothingIsSelected() {
		final ImagePlus gaps = new ImagePlus("gaps", new FloatProcessor(3, 1, new float[] { Float.NaN, 5, 6 }));
		gaps.setRoi(new Roi(0, 0, 1, 1));
		final InpaintingMask holes = mask(gaps, "Selection");
		gaps.deleteRoi();
		final InpaintingMask implied = mask(gaps, "Selection");
		assertTrue(implied.isImplied() && !holes.isImplied());
		assertArrayEquals(new boolean[] { true, false, false }, implied.in(1));
	}

	private void says(final String part, final String source) {
		says(imp, part, source);
	}

	private static void says(final ImagePlus image, final String part, final String source) {
		final String message = assertThrows(IllegalArgumentException.class, () -> {
			final InpaintingMask mask = mask(image, source);
			if (IntStream.rangeClosed(1, image.getStackSize()).allMatch(slice -> mask.in(slice) == null)) throw new IllegalArgumentException(
				mask.nothing());
		}).getMessage();
		assertTrue(message.contains(part) && message.endsWith(".") && !message.contains("\n"), message);
	}

	private static InpaintingMask mask(final ImagePlus image, final String source) {
		return new InpaintingMask(new Planes(image), PlaneSelection.all(image), source);
	}

	private static int count(final boolean[] hole) {
		int n = 0;
		for (final boolean b : hole)
			if (b) n++;
		return n;
	}
}
