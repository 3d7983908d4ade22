package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.gui.Wand;
import ij.measure.Calibration;
import ij.measure.Measurements;
import ij.plugin.filter.ThresholdToSelection;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.FloodFiller;
import ij.process.ImageProcessor;
import ij.process.ImageStatistics;
import sc.fiji.cfebm.raster.Raster;

/**
 * What is unusual in one plane.
 *
 * @param map how unusual each pixel is; NaN where it was not looked at
 * @param threshold the map's value that pixels of a region reach
 * @param regions the most unusual one first
 * @param score of the whole plane
 * @param parts by name, what the map is made of; empty if that is not kept
 */
public record AnomalyRegions(FloatProcessor map, double threshold, List<Region> regions, double score,
	Map<String, FloatProcessor> parts)
{

	private static final int MEASURED = Measurements.MEAN | Measurements.MIN_MAX | Measurements.CENTROID | Measurements.RECT;

	/** Connected pixels that reach the threshold, and the map's values in it; lengths and areas in the image's units. */
	public record Region(Roi outline, ImageStatistics values) {}

	/**
	 * Finds the regions of a map.
	 *
	 * @param map [H,W,1]
	 * @param where [H,W], where it is looked at; null: everywhere
	 * @param smallest number of pixels below which a region is none
	 * @param parts of the map, of its shape
	 */
	public static AnomalyRegions in(final Planes planes, final Raster map, final boolean[] where, final double score, final double threshold,
		final int smallest, final Map<String, Raster> parts)
	{
		final FloatProcessor values = processor(map, where);
		final Map<String, FloatProcessor> images = new LinkedHashMap<>();
		parts.forEach((name, part) -> images.put(name, processor(part, where)));
		return new AnomalyRegions(values, threshold, regions(values, threshold, smallest, planes.calibration()), score, images);
	}

	private static FloatProcessor processor(final Raster map, final boolean[] where) {
		final float[] values = map.values().clone();
		for (int i = 0; i < values.length && where != null; i++)
			if (!where[i]) values[i] = Float.NaN;
		return new FloatProcessor(map.width(), map.height(), values);
	}

	AnomalyRegions withMap(final FloatProcessor same) {
		return new AnomalyRegions(same, threshold, regions, score, parts);
	}

	/** As ImageJ's particle analyzer finds them, which would take its own settings (redirection, for one) for ours. */
	private static List<Region> regions(final FloatProcessor map, final double threshold, final int smallest,
		final Calibration calibration)
	{
		final ByteProcessor left = new ByteProcessor(map.getWidth(), map.getHeight());
		for (int i = 0; i < map.getPixelCount(); i++)
			if (map.getf(i) >= threshold) left.set(i, 255);
		final List<Region> regions = new ArrayList<>();
		final Wand wand = new Wand(left);
		// Takes each region out of those that are left.
		left.setValue(0);
		final FloodFiller filler = new FloodFiller(left);
		for (int y = 0; y < map.getHeight(); y++)
			for (int x = 0; x < map.getWidth(); x++) {
				if (left.get(x, y) == 0) continue;
				wand.autoOutline(x, y, 255, 255, Wand.LEGACY_MODE);
				final Rectangle bounds = new PolygonRoi(wand.xpoints, wand.ypoints, wand.npoints, Roi.TRACED_ROI).getBounds();
				final ByteProcessor mask = new ByteProcessor(bounds.width, bounds.height);
				filler.particleAnalyzerFill(x, y, 255, 255, mask, bounds);
				map.setRoi(bounds);
				map.setMask(mask);
				final ImageStatistics values = ImageStatistics.getStatistics(map, MEASURED, calibration);
				if (values.pixelCount >= smallest) regions.add(new Region(outline(mask, bounds), values));
			}
		map.resetRoi();
		regions.sort(Comparator.comparingDouble(region -> -region.values.max));
		return regions;
	}

	/** With its holes. */
	private static Roi outline(final ByteProcessor mask, final Rectangle bounds) {
		mask.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
		final Roi outline = new ThresholdToSelection().convert(mask);
		outline.setLocation(bounds.x, bounds.y);
		outline.setStrokeColor(Color.CYAN);
		return outline;
	}

	/** Share of the pixels looked at that lie in regions. */
	public double share() {
		long looked = 0, found = 0;
		for (int i = 0; i < map.getPixelCount(); i++)
			if (!Float.isNaN(map.getf(i))) looked++;
		for (final Region region : regions)
			found += region.values.pixelCount;
		return (double) found / looked;
	}

	/** Score and regions in a few words. */
	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%.2f; %d %s, %.1f %% of the area, %s %.2f", score, regions.size(), regions.size() == 1
			? "region" : "regions", 100 * share(), regions.size() == 1 ? "reaches" : "reach", threshold);
	}
}
