package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;
import sc.fiji.cfebm.raster.Raster;

class AnomaliesTest {

	/** A map of 6×5 pixels with one region of two pixels in its second row. */
	private static AnomalyRegions findings(final Planes planes, final int slice) {
		final Raster map = new Raster(6, 5, 1), part = new Raster(6, 5, 1);
		map.values()[7] = 3;
		map.values()[8] = 4 + slice;
		part.values()[0] = slice;
		return AnomalyRegions.in(planes, map, null, slice + 0.5, 2.5, 2, Map.of("first", part, "second", map));
	}

	/** Nothing is looked for in the first plane. */
	private static Anomalies anomalies(final ImagePlus imp, final int done) {
		final Planes planes = new Planes(imp);
		final Anomalies anomalies = new Anomalies(planes);
		for (int slice = 1; slice <= done; slice++)
			anomalies.add(slice == 1 ? null : findings(planes, slice));
		return anomalies;
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 24, 32 })
	void imagesHaveTheDimensionsLabelsAndCalibrationOfTheSource(final int bits) {
		final ImagePlus imp = IJ.createImage("cells", 6, 5, 3, bits);
		imp.getCalibration().setUnit("um");
		imp.getCalibration().pixelWidth = 0.5;
		imp.getStack().setSliceLabel("second", 2);
		imp.setOverlay(new Overlay(new Roi(0, 0, 2, 2)));
		final Anomalies anomalies = anomalies(imp, 3);
		final ImagePlus map = anomalies.map(), picture = anomalies.picture(), mask = anomalies.mask();
		assertEquals("[cells-anomaly, cells-anomalies, cells-anomaly-mask]", java.util.List.of(map.getTitle(), picture.getTitle(),
			mask.getTitle()).toString());
		assertEquals("[32, 24, 8]", java.util.List.of(map.getBitDepth(), picture.getBitDepth(), mask.getBitDepth()).toString());
		for (final ImagePlus each : new ImagePlus[] { map, picture, mask }) {
			assertArrayEquals(imp.getDimensions(), each.getDimensions());
			assertEquals(0.5, each.getCalibration().pixelWidth);
			assertEquals("second", each.getStack().getSliceLabel(2));
			assertEquals("2.500, 3.500", each.getProp("Anomaly score"));
		}
		assertTrue(Float.isNaN(map.getStack().getProcessor(1).getf(0)));
		assertEquals(6, map.getStack().getProcessor(2).getf(8));
		assertEquals(0, map.getDisplayRangeMin());
		assertEquals(6, map.getDisplayRangeMax());
		for (int i = 0; i < 30; i++)
			assertEquals(i == 7 || i == 8 ? 255 : 0, mask.getStack().getProcessor(3).get(i));
		assertEquals(0, mask.getStack().getProcessor(1).getStats().max);
		assertNull(mask.getOverlay());
		for (final ImagePlus each : new ImagePlus[] { map, picture }) {
			assertEquals(2, each.getOverlay().size());
			assertEquals("1", each.getOverlay().get(0).getName());
			assertEquals(2, each.getOverlay().get(0).getPosition());
			assertEquals(3, each.getOverlay().get(1).getPosition());
		}
	}

	@Test
	void aHyperstackStaysOneAndRegionsBelongToTheirChannel() {
		final CompositeImage imp = new CompositeImage(IJ.createHyperStack("cells", 6, 5, 2, 1, 3, 16), CompositeImage.COMPOSITE);
		final Anomalies anomalies = anomalies(imp, 6);
		final ImagePlus map = anomalies.map(), picture = anomalies.picture();
		assertArrayEquals(imp.getDimensions(), map.getDimensions());
		assertArrayEquals(imp.getDimensions(), picture.getDimensions());
		assertEquals(CompositeImage.COLOR, ((CompositeImage) map).getMode());
		assertEquals(ImagePlus.COLOR_RGB, picture.getType());
		for (final LUT lut : map.getLuts()) {
			assertArrayEquals(AnomalyLut.lut().getBytes(), lut.getBytes());
			assertEquals(6, lut.max);
		}
		final Roi second = map.getOverlay().get(1);
		assertEquals("1 1 2", second.getCPosition() + " " + second.getZPosition() + " " + second.getTPosition());
	}

	@Test
	void partsAreChannels() {
		final ImagePlus imp = IJ.createImage("cells", 6, 5, 2, 24);
		final ImagePlus parts = anomalies(imp, 2).parts();
		assertArrayEquals(new int[] { 6, 5, 2, 2, 1 }, parts.getDimensions());
		assertEquals(-4, parts.getLuts()[1].min);
		for (int c = 1; c <= 2; c++) {
			assertTrue(Float.isNaN(parts.getStack().getProcessor(c).getf(0)));
			assertEquals(parts.getStack().getSliceLabel(c + 2).equals("first") ? 2 : 0, parts.getStack().getProcessor(c + 2).getf(0));
		}
		final Planes planes = new Planes(imp);
		final Anomalies none = new Anomalies(planes);
		none.add(AnomalyRegions.in(planes, new Raster(6, 5, 1), null, 0, 2, 1, Map.of()));
		assertNull(none.parts());
	}

	@Test
	void whatEndedEarlyIsItsWholeFrames() {
		final ImagePlus imp = IJ.createHyperStack("cells", 6, 5, 2, 1, 3, 8);
		final Anomalies anomalies = anomalies(imp, 5);
		assertFalse(anomalies.isEmpty());
		assertEquals("cells-anomaly (frames 1 to 2 of 3)", anomalies.map().getTitle());
		for (final ImagePlus each : new ImagePlus[] { anomalies.map(), anomalies.picture(), anomalies.mask() })
			assertArrayEquals(new int[] { 6, 5, 2, 1, 2 }, each.getDimensions());
		assertEquals(3, anomalies.picture().getOverlay().size());
		assertTrue(anomalies(imp, 1).isEmpty());
	}

	@Test
	void everyRegionIsARowOfTheResults() {
		final ImagePlus imp = IJ.createImage("cells", 6, 5, 3, 8);
		imp.getCalibration().pixelWidth = 0.5;
		imp.getCalibration().setUnit("um");
		imp.getStack().setSliceLabel("day 2\nof many", 2);
		final ResultsTable results = ResultsTable.getResultsTable();
		results.reset();
		results.addRow();
		results.addValue("Area", 1);
		anomalies(imp, 3).tabulate();
		assertEquals(3, results.size());
		assertEquals("cells:day 2", results.getLabel(1));
		assertEquals("cells", results.getLabel(2));
		for (int row = 1; row < 3; row++) {
			assertEquals(row, results.getValue("Region", row));
			assertEquals(row + 1, results.getValue("Slice", row));
			assertEquals(1, results.getValue("Ch", row));
			assertEquals(1, results.getValue("Area", row));
			assertEquals(5 + row, results.getValue("Peak z", row));
			assertEquals((8 + row) / 2.0, results.getValue("Mean z", row));
			assertEquals(1, results.getValue("X", row));
			assertEquals(0.5, results.getValue("BX", row));
			assertEquals(1, results.getValue("Width", row));
			assertEquals(1, results.getValue("Height", row));
		}
		results.reset();
	}

	@Test
	void lightnessOfTheColorsRisesEvenly() {
		final LUT lut = AnomalyLut.lut();
		final ColorSpace srgb = ColorSpace.getInstance(ColorSpace.CS_sRGB);
		for (int i = 0; i < 256; i++) {
			final double y = srgb.toCIEXYZ(new float[] { lut.getRed(i) / 255f, lut.getGreen(i) / 255f, lut.getBlue(i) / 255f })[1];
			final double lightness = y > 216.0 / 24389 ? 116 * Math.cbrt(y) - 16 : 24389.0 / 27 * y;
			assertEquals(97 * i / 255.0, lightness, 1, "level " + i);
		}
		assertEquals(0, lut.getRGB(0) & 0xffffff);
		// Yellow.
		assertTrue(lut.getRed(255) > 240 && lut.getGreen(255) > 220 && lut.getBlue(255) < 180);
	}

	@Test
	void thePictureIsTheImageWhereNothingIsUnusual() {
		final ByteProcessor gray = new ByteProcessor(6, 1, new byte[] { 100, 100, 100, 100, 100, 100 });
		final ColorProcessor picture = AnomalyLut.over(gray, new FloatProcessor(6, 1, new float[] { -5, 1.4f, Float.NaN, 2, 3, 99 }));
		for (int i = 0; i < 3; i++)
			assertEquals(0x646464, picture.get(i) & 0xffffff);
		int before = 0;
		for (int i = 2; i < 6; i++) {
			final int red = picture.get(i) >> 16 & 255, blue = picture.get(i) & 255;
			assertTrue(red - 100 >= before, "pixel " + i);
			before = red - 100;
			assertTrue(i == 2 || red > blue);
		}
	}

	@Test
	void theGrayUnderTheColorsIsThatOfTheImageAsItIsShown() {
		final ImagePlus imp = IJ.createImage("x", "16-bit ramp", 256, 2, 1);
		imp.setDisplayRange(0, 32768);
		final ByteProcessor gray = new Planes(imp).gray(1);
		assertEquals(255, gray.get(200, 0));
		assertEquals(128, gray.get(64, 0), 1);
		imp.getProcessor().invertLut();
		assertEquals(127, new Planes(imp).gray(1).get(64, 0), 1);
		final ImagePlus rgb = new ImagePlus("rgb", new ColorProcessor(1, 1, new int[] { 0x102030 }));
		assertEquals(0x20, new Planes(rgb).gray(1).get(0));
	}
}
