package sc.fiji.cfebm.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Line;
import ij.gui.OvalRoi;
import ij.gui.Overlay;
import ij.gui.PointRoi;
import ij.gui.Roi;
import ij.gui.ShapeRoi;
import ij.macro.Interpreter;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import sc.fiji.cfebm.tile.Raster;

class HolesTest {

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
		final boolean[] hole = new Holes(imp, "Selection").in(3);
		assertEquals(8, count(hole));
		assertTrue(hole[3 * 20 + 2] && hole[4 * 20 + 5]);
		imp.setRoi(new OvalRoi(0, 0, 10, 10));
		final int oval = count(new Holes(imp, "").in(1));
		assertTrue(oval > 60 && oval < 100);
		imp.setRoi(new ShapeRoi(new Roi(0, 0, 2, 2)).or(new ShapeRoi(new Roi(10, 5, 3, 3))));
		assertEquals(13, count(new Holes(imp, null).in(2)));
		imp.setRoi(new Roi(18, 8, 50, 50));
		assertEquals(4, count(new Holes(imp, "selection").in(2)));
	}

	@Test
	void overlaysByTheirSlices() {
		final Roi everywhere = new Roi(0, 0, 1, 1), second = new Roi(5, 5, 2, 2);
		second.setPosition(2);
		final Overlay overlay = new Overlay(everywhere);
		overlay.add(second);
		overlay.add(new PointRoi(9, 9)); // no area, left out
		imp.setOverlay(overlay);
		final Holes holes = new Holes(imp, "Overlay");
		assertEquals(1, count(holes.in(1)));
		assertEquals(5, count(holes.in(2)));
		overlay.remove(everywhere);
		assertNull(new Holes(imp, "Overlay").in(1));
	}

	@Test
	void masksWithOneSliceOrAsMany() {
		final ByteProcessor plane = new ByteProcessor(20, 10);
		plane.set(4, 2, 1);
		Interpreter.addBatchModeImage(new ImagePlus("one", plane));
		assertEquals(1, count(new Holes(imp, "one").in(3)));
		final ImagePlus three = IJ.createImage("three", 20, 10, 3, 32);
		three.getStack().getProcessor(2).setf(0, 0, -0.5f);
		Interpreter.addBatchModeImage(three);
		assertNull(new Holes(imp, "three").in(1));
		assertEquals(1, count(new Holes(imp, "three").in(2)));
		final ImagePlus rgb = IJ.createImage("colors", "RGB black", 20, 10, 1);
		rgb.getProcessor().set(7, 7, 0xff000001);
		Interpreter.addBatchModeImage(rgb);
		assertEquals(1, count(new Holes(imp, "colors").in(2)));
	}

	@Test
	void linesAreAsWideAsTheirStroke() {
		final Line line = new Line(2, 5, 12, 5);
		line.setStrokeWidth(3);
		imp.setRoi(line);
		assertEquals(30, count(new Holes(imp, "Selection").in(1)), 6);
	}

	@Test
	void everyMistakeIsOneSentence() {
		says("“cells” has no selection", "Selection");
		says("overlay of “cells”", "Overlay");
		says("“nope” is not the title", "nope");
		imp.setRoi(new PointRoi(3, 3));
		says("of the kind “point”", "Selection");
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
	void whatIsInTheHoleDoesNotMatter() {
		final ImagePlus gaps = new ImagePlus("gaps", new FloatProcessor(3, 1, new float[] { Float.NaN, 5, 6 }));
		gaps.setRoi(new Roi(0, 0, 1, 1));
		final Holes holes = new Holes(gaps, "Selection");
		final Planes planes = new Planes(gaps);
		assertEquals(new Raster(2, 1, 1, new float[] { 5, 6 }).values()[1], holes.known(planes, 1).values()[1]);
		assertEquals(1, holes.blank(planes, 1, holes.in(1), 1).values()[0]);
		gaps.setRoi(new Roi(1, 0, 1, 1));
		assertThrows(IllegalArgumentException.class, () -> new Holes(gaps, "Selection").known(planes, 1));
	}

	private void says(final String part, final String source) {
		final String message = assertThrows(IllegalArgumentException.class, () -> new Holes(imp, source).check(List.of(1, 2, 3)))
			.getMessage();
		assertTrue(message.contains(part) && message.endsWith(".") && !message.contains("\n"), message);
	}

	private static int count(final boolean[] hole) {
		int n = 0;
		for (final boolean b : hole)
			if (b) n++;
		return n;
	}
}
