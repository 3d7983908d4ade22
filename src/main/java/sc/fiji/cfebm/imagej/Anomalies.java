package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;

/**
 * The images and tables that show what is unusual in another image, put together plane by plane in the order of the stack.
 * If it ended early they are of its whole frames or slices. The memory of maps and pictures is claimed at once: where there is
 * too little it fails now and not in the last slice.
 */
public final class Anomalies {

	/** Parts are shown from this far below what is normal, black, to as far above. */
	private static final double PART = 4;
	/** Property of all the images: the planes' scores. */
	private static final String SCORE = "Anomaly score";

	private final Planes planes;
	private final CompletedPlanes done;
	private final ImageStack maps = new ImageStack(), pictures = new ImageStack();
	/** By plane; null where nothing was looked for. */
	private final List<AnomalyRegions> findings = new ArrayList<>();

	public Anomalies(final Planes planes) {
		this.planes = planes;
		done = new CompletedPlanes(planes);
		for (int slice = 1; slice <= planes.count(); slice++) {
			maps.addSlice(planes.label(slice), unknown());
			pictures.addSlice(planes.label(slice), new ColorProcessor(planes.width(), planes.height()));
		}
	}

	private FloatProcessor unknown() {
		final float[] values = new float[planes.width() * planes.height()];
		Arrays.fill(values, Float.NaN);
		return new FloatProcessor(planes.width(), planes.height(), values);
	}

	/** @param found in the next plane; null if nothing was looked for in it */
	public void add(final AnomalyRegions found) {
		final int slice = done.next(found != null);
		copy(picture(planes, slice, found).getPixels(), pictures.getPixels(slice));
		if (found != null) copy(found.map().getPixels(), maps.getPixels(slice));
		findings.add(found == null ? null : found.withMap((FloatProcessor) maps.getProcessor(slice)));
	}

	private void copy(final Object from, final Object to) {
		System.arraycopy(from, 0, to, 0, planes.width() * planes.height());
	}

	/** The image in gray with the map's colors over it. */
	private static ColorProcessor picture(final Planes planes, final int slice, final AnomalyRegions found) {
		final ByteProcessor gray = planes.gray(slice);
		return found == null ? gray.convertToColorProcessor() : AnomalyLut.over(gray, found.map());
	}

	/** One plane as its picture will be. */
	public static ImagePlus preview(final Planes planes, final String title, final int slice, final AnomalyRegions found) {
		final ImagePlus preview = new ImagePlus(title, picture(planes, slice, found));
		preview.setCalibration(planes.calibration());
		final Overlay outlines = new Overlay();
		if (found != null) found.regions().forEach(region -> outlines.add(region.outline()));
		preview.setOverlay(outlines);
		return preview;
	}

	/** Whether there is nothing to show. */
	public boolean isEmpty() {
		return done.part() == null;
	}

	/** The maps, NaN where nothing was looked for; the regions are their overlay. */
	public ImagePlus map() {
		return outlined(AnomalyLut.colored(image("anomaly", maps, 1), AnomalyLut.lut()));
	}

	/** The image in gray with the maps' colors over it; the regions are its overlay. */
	public ImagePlus picture() {
		return outlined(image("anomalies", pictures, 1));
	}

	/** 255 in the regions, else 0. */
	public ImagePlus mask() {
		final ImageStack masks = new ImageStack();
		for (int slice = 1; slice <= done.whole(); slice++) {
			final ByteProcessor mask = new ByteProcessor(planes.width(), planes.height());
			mask.setValue(255);
			regions(slice).forEach(region -> mask.fill(region.outline()));
			masks.addSlice(planes.label(slice), mask);
		}
		return image("anomaly-mask", masks, 1);
	}

	/** What the maps are made of, a channel for each part, gray where it is normal; null if that was not kept. */
	public ImagePlus parts() {
		final List<String> names = found().findFirst().map(found -> List.copyOf(found.parts().keySet())).orElse(List.of());
		if (names.isEmpty()) return null;
		final ImageStack parts = new ImageStack();
		for (int slice = 1; slice <= done.whole(); slice++)
			for (final String name : names) {
				final String label = planes.label(slice);
				final AnomalyRegions found = findings.get(slice - 1);
				parts.addSlice(label == null ? name : label + " " + name, found == null ? unknown() : found.parts().get(name));
			}
		final LUT grays = LUT.createLutFromColor(Color.WHITE);
		grays.min = -PART;
		grays.max = PART;
		return AnomalyLut.colored(image("anomaly-parts", parts, names.size()), grays);
	}

	private Stream<AnomalyRegions> found() {
		return findings.stream().limit(done.whole()).filter(Objects::nonNull);
	}

	private List<AnomalyRegions.Region> regions(final int slice) {
		return findings.get(slice - 1) == null ? List.of() : findings.get(slice - 1).regions();
	}

	private ImagePlus image(final String suffix, final ImageStack stack, final int perPlane) {
		final ImagePlus image = planes.otherLike(done.title(suffix), done.cut(stack, perPlane), perPlane);
		image.setOverlay(null);
		image.setProp(SCORE, found().map(found -> String.format(Locale.ROOT, "%.3f", found.score())).collect(Collectors.joining(
			", ")));
		return image;
	}

	/** Each region gets its number as its name, and belongs to its plane alone. */
	private ImagePlus outlined(final ImagePlus image) {
		final Overlay outlines = new Overlay();
		for (int slice = 1; slice <= done.whole(); slice++)
			for (final AnomalyRegions.Region region : regions(slice)) {
				final Roi outline = (Roi) region.outline().clone();
				outline.setName(Integer.toString(outlines.size() + 1));
				final int[] at = planes.position(slice);
				if (planes.isHyperStack()) outline.setPosition(at[0], at[1], at[2]);
				else if (planes.count() > 1) outline.setPosition(slice);
				outlines.add(outline);
			}
		outlines.drawNames(true);
		outlines.drawLabels(false);
		image.setOverlay(outlines);
		return image;
	}

	/**
	 * Adds a row for each region to ImageJ's results, lengths and areas in the image's units, and a row for each plane to a
	 * table of its own.
	 */
	public void tabulate() {
		final AnomalyTables tables = new AnomalyTables(planes);
		int number = 0;
		for (int slice = 1; slice <= done.whole(); slice++)
			if (findings.get(slice - 1) != null) {
				for (final AnomalyRegions.Region each : regions(slice))
					tables.addRegion(slice, ++number, each.values());
				tables.addPlane(slice, findings.get(slice - 1));
			}
		tables.show();
	}
}
