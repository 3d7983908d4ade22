package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;
import ij.process.ShortProcessor;
import sc.fiji.cfebm.raster.Raster;

class PlanesTest {

	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 24, 32 })
	void anImageLikeAnotherHasItsTypeAndAllThatBelongsToIt(final int bits) {
		final ImagePlus imp = IJ.createHyperStack("x", 6, 5, 1, 3, 2, bits);
		for (int i = 1; i <= 6; i++)
			imp.getStack().setSliceLabel("plane " + i, i);
		final Calibration calibration = imp.getCalibration();
		calibration.pixelWidth = 0.25;
		calibration.setUnit("um");
		calibration.frameInterval = 3;
		imp.setOverlay(new Overlay(new Roi(1, 1, 2, 2)));
		imp.setProperty("Info", "from a microscope");
		imp.setProp("objective", "7");
		imp.setPosition(1, 2, 2);
		if (bits != 24) {
			imp.setLut(LUT.createLutFromColor(Color.GREEN));
			imp.setDisplayRange(3, 77);
		}
		final Planes planes = new Planes(imp);
		final Restored restored = restored(imp, false);
		for (int i = 1; i <= planes.count(); i++) {
			final Raster plane = planes.read(i).copy();
			java.util.Arrays.fill(plane.values(), 10 * i);
			restored.add(i, new Restored.Plane(plane, null, null));
		}
		assertFalse(restored.isEmpty());
		assertNull(restored.deviations());
		final ImagePlus out = restored.image();
		assertTrue(out.changes);
		assertEquals("x-y", out.getTitle());
		assertEquals("from a microscope", out.getInfoProperty());
		assertEquals("7", out.getProp("objective"));
		assertEquals(5, out.getCurrentSlice());
		assertEquals(imp.getType(), out.getType());
		assertArrayEquals(imp.getDimensions(), out.getDimensions());
		assertTrue(out.getCalibration().equals(calibration));
		assertEquals(3, out.getCalibration().frameInterval);
		assertEquals(1, out.getOverlay().size());
		assertEquals("plane 4", out.getStack().getSliceLabel(4));
		assertEquals(bits == 24 ? 0x282828 : 40, (int) out.getStack().getProcessor(4).getf(0, 0) & 0xffffff);
		assertEquals(0, (int) imp.getStack().getProcessor(4).getf(0, 0) & 0xffffff, "the original is untouched");
		assertTrue(out.isHyperStack());
		if (bits == 24) return;
		assertEquals(3, out.getDisplayRangeMin());
		assertEquals(77, out.getDisplayRangeMax());
		assertEquals(Color.GREEN.getRGB(), out.getProcessor().getLut().getRGB(255));
		assertEquals(40, out.getStack().getProcessor(4).getf(0, 0));
	}

	@Test
	void aCompositeKeepsModeLutsAndRanges() {
		final ImagePlus plain = IJ.createHyperStack("x", 6, 5, 2, 1, 1, 16);
		final CompositeImage imp = new CompositeImage(plain, CompositeImage.COMPOSITE);
		imp.setChannelLut(LUT.createLutFromColor(Color.MAGENTA), 2);
		imp.setPositionWithoutUpdate(2, 1, 1);
		imp.setDisplayRange(5, 50);
		final ImagePlus out = kept(imp).image();
		assertTrue(out.isComposite());
		assertEquals(CompositeImage.COMPOSITE, out.getDisplayMode());
		for (int c = 0; c < 2; c++) {
			final LUT expected = imp.getLuts()[c], got = out.getLuts()[c];
			assertArrayEquals(expected.getBytes(), got.getBytes());
			assertEquals(expected.min, got.min);
			assertEquals(expected.max, got.max);
		}
	}

	@Test
	void signed16BitIsWhatImageJShows() {
		final ImagePlus imp = new ImagePlus("ct", new ShortProcessor(2, 1, new short[] { (short) 32768, (short) 33000 },
			null));
		imp.getCalibration().setSigned16BitCalibration();
		final Planes planes = new Planes(imp);
		assertArrayEquals(new float[] { 0, 232 }, planes.read(1).values());
		final Restored restored = restored(imp, true);
		restored.add(1, new Restored.Plane(planes.read(1), planes.read(1), null));
		assertTrue(restored.image().getCalibration().isSigned16Bit());
		assertFalse(restored.deviations().getCalibration().calibrated());
	}

	/** Whatever the calibration and the LUT, what goes in comes out again. */
	@Test
	void linearCalibrationsAndInvertingLutsAreSeenAndTakenBack() {
		final short[] stored = { 0, 7, (short) 40000, (short) 65535 };
		for (final double slope : new double[] { 1, 0.5, -2 })
			for (final boolean inverting : new boolean[] { false, true }) {
				final ImagePlus imp = new ImagePlus("x", new ShortProcessor(4, 1, stored.clone(), null));
				imp.getCalibration().setFunction(Calibration.STRAIGHT_LINE, new double[] { 100, slope }, "HU");
				if (inverting) imp.getProcessor().invertLut();
				final Planes planes = new Planes(imp);
				final float[] seen = planes.read(1).values().clone();
				assertEquals(inverting ? seen[1] > seen[2] : seen[1] < seen[2], true, "slope " + slope);
				final boolean turned = inverting == slope > 0;
				for (int i = 0; i < 4; i++)
					assertEquals(turned ? 200 + slope * 65535 - (100 + slope * (stored[i] & 0xffff)) : 100 + slope * (stored[i] & 0xffff), seen[i], 1e-2);
				assertEquals(turned, planes.remarks(1).stream().anyMatch(remark -> remark.contains("turned round")));
				final Restored restored = restored(imp, false), fine = new Restored(planes, PlaneSelection.all(imp), "y", false, true);
				restored.add(1, new Restored.Plane(planes.read(1), null));
				fine.add(1, new Restored.Plane(planes.read(1), null));
				assertArrayEquals(stored, (short[]) restored.image().getProcessor().getPixels());
				assertEquals(32, fine.image().getBitDepth());
				for (int i = 0; i < 4; i++)
					assertEquals(imp.getCalibration().getCValue(stored[i] & 0xffff), fine.image().getProcessor().getf(i), 1e-2);
			}
	}

	@Test
	void floatsUnderAnInvertingLutComeBackBitByBit() {
		final float[] values = { 0.1f, -7, Float.NaN, Float.POSITIVE_INFINITY };
		final ImagePlus imp = new ImagePlus("x", new FloatProcessor(4, 1, values.clone()));
		imp.getProcessor().invertLut();
		final Planes planes = new Planes(imp);
		assertArrayEquals(new float[] { -0.1f, 7, Float.NaN, Float.NEGATIVE_INFINITY }, planes.read(1).values());
		final Restored restored = restored(imp, false);
		restored.add(1, new Restored.Plane(planes.read(1), null));
		assertArrayEquals(values, (float[]) restored.image().getProcessor().getPixels());
		assertTrue(restored.image().isInvertedLut());
	}

	@Test
	void opticalDensityIsConvertedAtTheMedian() {
		final ImagePlus imp = IJ.createImage("film", 3, 1, 1, 8);
		for (int i = 0; i < 3; i++)
			imp.getProcessor().set(i, 99 + i);
		imp.getCalibration().setFunction(Calibration.UNCALIBRATED_OD, null, "OD");
		final Planes planes = new Planes(imp);
		assertArrayEquals(new float[] { 99, 100, 101 }, planes.read(1).values());
		assertEquals(100 * Math.log(10), planes.seenPerShown(1), 3);
		assertEquals("OD", planes.unit());
		assertTrue(planes.remarks(1).get(0).contains("not in proportion"), planes.remarks(1).toString());
	}

	/** All that ImageJ has of its own, and those that people choose: none is taken for a palette. */
	@Test
	void lookupTablesOfGrayImagesAreNoPalettes() {
		for (final String name : new String[] { "fire", "grays", "ice", "spectrum", "red", "green", "blue", "cyan", "magenta", "yellow", "redgreen" }) {
			final ImagePlus imp = IJ.createImage(name, 4, 4, 1, 8);
			imp.setLut(new LUT(ij.plugin.LutLoader.getLut(name), 0, 255));
			assertEquals(1, new Planes(imp).channels());
		}
	}

	@Test
	void rgbHasThreeChannelsAndSoHasItsDeviation() {
		final ImagePlus imp = new ImagePlus("rgb", new ColorProcessor(2, 1, new int[] { 0xff010203, 0xff0a0b0c }));
		final Planes planes = new Planes(imp);
		assertEquals(3, planes.channels());
		assertArrayEquals(new float[] { 1, 2, 3, 10, 11, 12 }, planes.read(1).values());
		final Restored restored = restored(imp, true);
		restored.add(1, new Restored.Plane(new Raster(2, 1, 3, new float[] { 300, -5, 7.6f, 0, 0, 0 }), planes.read(1), null));
		final ImagePlus sd = restored.deviations();
		assertEquals(3, sd.getNChannels());
		assertEquals(32, sd.getBitDepth());
		assertArrayEquals(new float[] { 2, 11 }, (float[]) sd.getStack().getPixels(2));
		assertArrayEquals(new int[] { 0xffff0008, 0xff000000 }, (int[]) restored.image().getProcessor().getPixels());
	}

	@Test
	void knownPixelsStayBitByBit() {
		final float nan = Float.intBitsToFloat(0x7fc12345);
		final ImagePlus imp = new ImagePlus("x", new FloatProcessor(3, 1, new float[] { nan, 1.1f, -0f }));
		final Restored restored = restored(imp, false);
		restored.add(1, new Restored.Plane(new Raster(3, 1, 1, new float[] { 5, 6, 7 }), null, new boolean[] { false, true, false }));
		final float[] out = (float[]) restored.image().getProcessor().getPixels();
		assertEquals(0x7fc12345, Float.floatToRawIntBits(out[0]));
		assertEquals(6, out[1]);
		assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(out[2]));
	}

	@Test
	void whatCannotBeReadIsNamedInOneSentence() {
		assertTrue(message(() -> new Planes(null)).contains("no image open"));
		final ImagePlus empty = new ImagePlus();
		empty.setTitle("");
		assertTrue(message(() -> new Planes(empty)).contains("no image open"));
		empty.setTitle("nothing");
		assertTrue(message(() -> new Planes(empty)).contains("“nothing” has no pixels (0×0)"));
		final ImagePlus palette = IJ.createImage("palette", 4, 4, 1, 8);
		final byte[][] colors = new byte[3][256];
		final java.util.Random random = new java.util.Random(1);
		for (final byte[] component : colors)
			random.nextBytes(component);
		palette.setLut(new LUT(colors[0], colors[1], colors[2]));
		assertTrue(message(() -> new Planes(palette)).startsWith("“palette” is 8-bit color"));
	}

	private static String message(final Runnable call) {
		return assertThrows(IllegalArgumentException.class, call::run).getMessage();
	}

	@Test
	void everyColorIsReadAndWrittenAsItIs() {
		final ImagePlus rgb = IJ.createImage("rgb", "RGB", 256, 3, 1);
		for (int v = 0; v < 256; v++) {
			rgb.getProcessor().set(v, 0, v << 16 | (255 - v) << 8 | v / 2);
			rgb.getProcessor().set(v, 1, (255 - v) << 16 | v / 2 << 8 | v);
			rgb.getProcessor().set(v, 2, 0xff000000 | v / 2 << 16 | v << 8 | (255 - v));
		}
		final Planes planes = new Planes(rgb);
		final sc.fiji.cfebm.raster.Raster plane = planes.read(1);
		assertEquals(200, plane.get(200, 0, 0));
		assertEquals(55, plane.get(200, 0, 1));
		assertEquals(100, plane.get(200, 0, 2));
		final Restored restored = restored(rgb, false);
		restored.add(1, new Restored.Plane(plane, null, null));
		for (int y = 0; y < 3; y++)
			for (int v = 0; v < 256; v++)
				assertEquals(rgb.getProcessor().get(v, y) & 0xffffff, restored.image().getProcessor().get(v, y) & 0xffffff);
	}

	/** An image of which every plane stays as it is. */
	private static Restored kept(final ImagePlus imp) {
		final Restored restored = restored(imp, false);
		for (int i = 1; i <= imp.getStackSize(); i++)
			restored.add(i, null);
		return restored;
	}

	private static Restored restored(final ImagePlus imp, final boolean withDeviations) {
		return new Restored(new Planes(imp), PlaneSelection.all(imp), "y", withDeviations, false);
	}

	@Test
	void anEightBitColorImageStaysOne() {
		final ImagePlus imp = IJ.createImage("x", "8-bit ramp", 9, 5, 2);
		imp.setLut(LUT.createLutFromColor(Color.RED));
		final ImagePlus indexed = new ImagePlus("palette", new ij.process.ByteProcessor(2, 1, new byte[] { 0, 1 },
			new java.awt.image.IndexColorModel(8, 2, new byte[] { 0, 9 }, new byte[] { 5, 6 }, new byte[] { 7, 8 })));
		for (final ImagePlus each : new ImagePlus[] { imp, indexed }) {
			final ImagePlus out = kept(each).image();
			assertEquals(each.getType(), out.getType());
			assertArrayEquals((byte[]) each.getStack().getPixels(1), (byte[]) out.getStack().getPixels(1));
			for (int i = 0; i < 2; i++)
				assertEquals(each.getProcessor().getLut().getRGB(i), out.getProcessor().getLut().getRGB(i));
		}
	}

	/** Planes of 2 channels, 3 slices, 4 frames, the first so many of them done; the first of those stays as it is. */
	private static Restored begun(final int done) {
		final ImagePlus imp = IJ.createHyperStack("cells", 3, 2, 2, 3, 4, 8);
		final Planes planes = new Planes(imp);
		final Restored restored = new Restored(planes, PlaneSelection.all(imp), "denoised", true, false);
		for (int i = 1; i <= done; i++)
			restored.add(i, i == 1 ? null : new Restored.Plane(planes.read(i), planes.read(i), null));
		return restored;
	}

	@ParameterizedTest
	@CsvSource({ "24,'',2,3,4", "23,(frames 1 to 3 of 4),2,3,3", "11,(frame 1 of 4),2,3,1", "5,'(frame 1, slices 1 to 2 of 3)',2,2,1",
		"2,'(frame 1, slice 1 of 3)',2,1,1" })
	void whatEndedEarlyIsItsWholeFramesOrSlices(final int done, final String part, final int channels, final int slices,
		final int frames)
	{
		final Restored restored = begun(done);
		final ImagePlus out = restored.image(), sd = restored.deviations();
		assertEquals(("cells-denoised " + part).strip(), out.getTitle());
		assertEquals(("cells-sd " + part).strip(), sd.getTitle());
		for (final ImagePlus each : new ImagePlus[] { out, sd })
			assertArrayEquals(new int[] { 3, 2, channels, slices, frames }, each.getDimensions());
	}

	@Test
	void whereNothingWholeWasRestoredThereIsNothing() {
		for (int done = 0; done < 2; done++) {
			assertTrue(begun(done).isEmpty());
		}
	}

	@Test
	void aPartOfAPlainStackAndOfATimeSeriesIsNamedByItsOwnDimension() {
		final ImagePlus stack = IJ.createImage("stack", "8-bit", 3, 2, 5), movie = IJ.createHyperStack("movie", 3, 2, 1, 1, 5, 8);
		for (final ImagePlus imp : new ImagePlus[] { stack, movie }) {
			final Planes planes = new Planes(imp);
			final Restored restored = restored(imp, false);
			restored.add(1, new Restored.Plane(planes.read(1), null, null));
			restored.add(2, new Restored.Plane(planes.read(2), null, null));
			final ImagePlus part = restored.image();
			assertEquals(imp.getTitle() + "-y (" + (imp == stack ? "slices" : "frames") + " 1 to 2 of 5)", part.getTitle());
			assertEquals(2, part.getStackSize());
		}
		assertEquals("slice 3 of “stack”", new Planes(stack).name(3));
		assertEquals("frame 3 of “movie”", new Planes(movie).name(3));
		assertEquals("channel 2, slice 1, frame 2 of “all”", new Planes(IJ.createHyperStack("all", 1, 1, 2, 2, 2, 8)).name(6));
	}

	@Test
	void areaSelectionsSelectAndOthersDoNot() {
		final ImagePlus imp = IJ.createImage("x", 6, 5, 3, 8);
		assertNull(new Planes(imp).selected());
		imp.setRoi(new ij.gui.PointRoi(2, 2));
		assertNull(new Planes(imp).selected());
		final Roi roi = new Roi(4, 3, 9, 9);
		roi.setPosition(2);
		imp.setRoi(roi);
		final boolean[] selected = new Planes(imp).selected();
		for (int i = 0; i < 30; i++)
			assertEquals(i % 6 >= 4 && i / 6 >= 3, selected[i]);
		imp.setRoi(new Roi(20, 20, 3, 3));
		assertTrue(message(() -> new Planes(imp).selected()).contains("selection has no pixel inside “x”"));
	}

	@Test
	void oneChannelOfACompositeLooksAsItDoesThere() {
		final CompositeImage imp = new CompositeImage(IJ.createHyperStack("x", 6, 5, 2, 3, 1, 16), CompositeImage.COMPOSITE);
		imp.setChannelLut(LUT.createLutFromColor(Color.MAGENTA), 2);
		imp.setPositionWithoutUpdate(2, 1, 1);
		imp.setDisplayRange(5, 50);
		imp.getCalibration().setUnit("um");
		final Raster values = new Raster(6, 5, 1);
		values.values()[0] = 9;
		imp.setPosition(2, 2, 1);
		final Restored restored = new Restored(new Planes(imp), PlaneSelection.current(imp), "y", false, false);
		restored.add(4, new Restored.Plane(values, null, null));
		final ImagePlus single = restored.image();
		assertEquals(9, single.getProcessor().get(0));
		assertArrayEquals(new int[] { 6, 5, 1, 1, 1 }, single.getDimensions());
		assertEquals("µm", single.getCalibration().getUnit());
		assertEquals(50, single.getDisplayRangeMax());
		assertEquals(Color.MAGENTA.getRGB(), single.getProcessor().getLut().getRGB(255));
	}

	/** Channels 2 and 3, slices 1 and 3, frame 2 of an image with 3 channels, 3 slices, 2 frames. */
	@Test
	void chosenPlanesAloneAreAnImageOfTheirOwn() {
		final CompositeImage imp = new CompositeImage(IJ.createHyperStack("cells.tif", 4, 3, 3, 3, 2, 16), CompositeImage.COMPOSITE);
		imp.setChannelLut(LUT.createLutFromColor(Color.MAGENTA), 3);
		for (int i = 1; i <= 18; i++) {
			imp.getStack().getProcessor(i).set(0, i);
			imp.getStack().setSliceLabel("plane " + i, i);
		}
		final Overlay overlay = new Overlay(new Roi(0, 0, 1, 1));
		for (final int[] at : new int[][] { { 3, 3, 2 }, { 2, 0, 0 }, { 1, 1, 2 }, { 0, 2, 0 } }) {
			final Roi roi = new Roi(1, 1, 1, 1);
			roi.setPosition(at[0], at[1], at[2]);
			overlay.add(roi);
		}
		imp.setOverlay(overlay);
		imp.setPosition(3, 3, 2);
		final PlaneSelection chosen = new PlaneSelection(imp, "2-3", "1,3", "2");
		assertEquals("channels 2-3 of 3, slices 1,3 of 3, frame 2 of 2", chosen.toString());
		final Restored restored = new Restored(new Planes(imp), chosen, "y", true, false);
		for (final int slice : chosen.planes())
			restored.add(slice, null);
		final ImagePlus out = restored.image();
		assertEquals("cells-y.tif", out.getTitle());
		assertArrayEquals(new int[] { 4, 3, 2, 2, 1 }, out.getDimensions());
		assertArrayEquals(new int[] { 4, 3, 2, 2, 1 }, restored.deviations().getDimensions());
		assertEquals(CompositeImage.COMPOSITE, out.getDisplayMode());
		assertEquals(Color.MAGENTA.getRGB(), out.getLuts()[1].getRGB(255));
		assertEquals(4, out.getCurrentSlice());
		for (int i = 1; i <= 4; i++) {
			assertEquals((int) chosen.planes().get(i - 1), out.getStack().getProcessor(i).get(0));
			assertEquals("plane " + chosen.planes().get(i - 1), out.getStack().getSliceLabel(i));
		}
		assertEquals(3, out.getOverlay().size());
		final Roi second = out.getOverlay().get(1), third = out.getOverlay().get(2);
		assertEquals("2 2 1, 1 0 0", second.getCPosition() + " " + second.getZPosition() + " " + second.getTPosition() + ", " + third
			.getCPosition() + " " + third.getZPosition() + " " + third.getTPosition());
	}

	@Test
	void aPlaneOfChannelsThatAreShownInGrayIsShownInGray() {
		final CompositeImage imp = new CompositeImage(IJ.createHyperStack("cells.tif", 4, 3, 2, 1, 2, 16), CompositeImage.GRAYSCALE);
		imp.setPosition(1, 1, 2);
		imp.setDisplayRange(3, 400);
		final Restored restored = new Restored(new Planes(imp), PlaneSelection.current(imp), "y", false, false);
		restored.add(imp.getCurrentSlice(), null);
		final LUT lut = restored.image().getProcessor().getLut();
		assertEquals(Color.WHITE.getRGB(), lut.getRGB(255));
		assertEquals(400, restored.image().getDisplayRangeMax());
	}

	@ParameterizedTest
	@CsvSource({ "cells.tif,cells-y.tif", "cells,cells-y", "a.b.PNG,a.b-y.PNG", "x.ome.tif,x-y.ome.tif", "movie v1.5,movie v1.5-y",
		".tif,.tif-y", "a.lif - Series001,a.lif - Series001-y", "dots...,dots...-y", "end.,end.-y" })
	void anExtensionStaysAtTheEndOfTheTitle(final String title, final String expected) {
		final ImagePlus imp = IJ.createImage(title, 2, 2, 1, 8);
		assertEquals(expected, kept(imp).image().getTitle());
	}

	@Test
	void whatCanNeverFitIsRefusedAtOnce() {
		final ImagePlus imp = new ImagePlus("huge", new ij.VirtualStack(1 << 12, 1 << 12, null, null) {

			@Override
			public int getSize() {
				return 16_000_000;
			}

			@Override
			public ij.process.ImageProcessor getProcessor(final int n) {
				return new ij.process.ByteProcessor(1 << 12, 1 << 12);
			}
		});
		final String message = message(() -> restored(imp, false));
		assertTrue(message.matches("The result of “huge” needs 250000.0 GB of memory and .* are free: choose fewer planes, with the output " +
			"“Chosen planes”."), message);
	}

	@Test
	void whatWasClosedIsNamedInOneSentence() {
		final ImagePlus imp = IJ.createImage("x", 6, 5, 3, 8);
		final Planes planes = new Planes(imp);
		imp.flush();
		assertEquals("“x” was closed: open it again.", message(planes::requireOpen));
		assertEquals("“x” was closed: open it again.", message(() -> new Planes(imp)));
	}
}
