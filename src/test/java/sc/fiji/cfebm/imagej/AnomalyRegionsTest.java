package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;

import org.junit.jupiter.api.Test;

import ij.IJ;
import ij.ImagePlus;
import ij.plugin.filter.Analyzer;
import ij.process.ByteProcessor;
import sc.fiji.cfebm.raster.Raster;

class AnomalyRegionsTest {

	/** The map's values, a digit per pixel. */
	private static final String[] MAP = { //
		"0005550000", //
		"0005050000", // a hole
		"0005550030", //
		"0000000300", // joined at a corner
		"0400000009", //
		"4000000000" };

	private static Raster map() {
		final Raster map = new Raster(MAP[0].length(), MAP.length, 1);
		for (int i = 0; i < map.values().length; i++)
			map.values()[i] = MAP[i / map.width()].charAt(i % map.width()) - '0';
		return map;
	}

	private static Planes planes() {
		final ImagePlus imp = IJ.createImage("x", MAP[0].length(), MAP.length, 1, 8);
		imp.getCalibration().setUnit("um");
		imp.getCalibration().pixelWidth = 0.5;
		imp.getCalibration().pixelHeight = 0.25;
		return new Planes(imp);
	}

	private static AnomalyRegions find(final boolean[] where, final int smallest) {
		return AnomalyRegions.in(planes(), map(), where, 7, 2.5, smallest, Map.of("same", map()));
	}

	@Test
	void regionsAreConnectedPixelsTheMostUnusualFirst() {
		final AnomalyRegions found = find(null, 1);
		assertEquals("[9.0, 5.0, 4.0, 3.0]", found.regions().stream().map(region -> region.values().max).toList().toString());
		assertEquals("[1, 8, 2, 2]", found.regions().stream().map(region -> region.values().pixelCount).toList().toString());
		assertEquals(13.0 / 60, found.share(), 1e-9);
		assertEquals(1, find(null, 8).regions().size());
		assertEquals(0, find(null, 9).regions().size());
		assertEquals("7.00; 4 regions, 21.7 % of the area, reach 2.50", found.toString());
	}

	@Test
	void measuredInTheImagesUnitsWithoutTheHole() {
		final AnomalyRegions.Region ring = find(null, 1).regions().get(1);
		assertEquals(8 * 0.5 * 0.25, ring.values().area, 1e-9);
		assertEquals(5, ring.values().mean, 1e-9);
		assertEquals(4.5 * 0.5, ring.values().xCentroid, 1e-9);
		assertEquals(1.5 * 0.25, ring.values().yCentroid, 1e-9);
		assertEquals(3 * 0.5, ring.values().roiX, 1e-9);
		assertEquals(3 * 0.25, ring.values().roiHeight, 1e-9);
	}

	@Test
	void outlinesHoldExactlyTheRegionsPixels() {
		final ByteProcessor drawn = new ByteProcessor(10, 6);
		drawn.setValue(1);
		find(null, 1).regions().forEach(region -> drawn.fill(region.outline()));
		for (int i = 0; i < 60; i++)
			assertEquals(map().values()[i] >= 2.5 ? 1 : 0, drawn.get(i), "pixel " + i);
	}

	@Test
	void outsideTheSelectionNothingIsKnown() {
		final boolean[] where = new boolean[60];
		for (int i = 0; i < 60; i++)
			where[i] = i % 10 < 5;
		final AnomalyRegions found = find(where, 1);
		assertEquals("[5, 2]", found.regions().stream().map(region -> region.values().pixelCount).toList().toString());
		assertEquals(7.0 / 30, found.share(), 1e-9);
		for (int i = 0; i < 60; i++) {
			assertEquals(where[i] ? map().values()[i] : Float.NaN, found.map().getf(i));
			assertEquals(where[i] ? map().values()[i] : Float.NaN, found.parts().get("same").getf(i));
		}
	}

	@Test
	void imageJsRedirectionOfMeasurementsHasNoInfluence() {
		Analyzer.setRedirectImage(IJ.createImage("other", 3, 3, 1, 8));
		try {
			assertEquals(4, find(null, 1).regions().size());
			assertTrue(Analyzer.isRedirectImage());
		}
		finally {
			Analyzer.setRedirectImage(null);
		}
	}
}
