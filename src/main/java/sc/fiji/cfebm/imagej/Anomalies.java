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
 * The images and tables that show what is unusual in another image. If it ended early they are of its whole frames or slices.
 * The memory of maps and pictures is claimed at once: where there is too little it fails now and not in the last slice.
 */
public final class Anomalies implements PlaneSink<AnomalyRegions> {

	/** Parts are shown from this far below what is nominal, black, to as far above. */
	private static final double PART = 4;
	/** Property of all the images: the planes' scores. */
	private static final String SCORE = "Anomaly score";

	/** A plane of the images: its index in the stack of the image worked on, and what was found; null where nothing was looked for. */
	private record Found(int slice, AnomalyRegions regions) {}

	private final Planes planes;
	private final CompletedPlanes done;
	private final ImageStack maps = new ImageStack(), pictures = new ImageStack();
	private final List<Found> found = new ArrayList<>();

	/**
	 * @param kept the planes that the images have
	 * @throws IllegalArgumentException with one sentence, if ImageJ has not as much memory
	 */
	public Anomalies(final Planes planes, final PlaneSelection kept) {
		this.planes = planes;
		done = new CompletedPlanes(planes, kept, Float.BYTES + Integer.BYTES);
		for (final int slice : kept.planes()) {
			maps.addSlice(planes.label(slice), unknown());
			pictures.addSlice(planes.label(slice), new ColorProcessor(planes.width(), planes.height()));
		}
	}

	private FloatProcessor unknown() {
		final float[] values = new float[planes.width() * planes.height()];
		Arrays.fill(values, Float.NaN);
		return new FloatProcessor(planes.width(), planes.height(), values);
	}

	@Override
	public void add(final int slice, final AnomalyRegions regions) {
		final int index = done.next(regions != null);
		final ByteProcessor gray = planes.gray(slice);
		copy((regions == null ? gray.convertToColorProcessor() : AnomalyLut.over(gray, regions.map())).getPixels(), pictures.getPixels(
			index));
		if (regions != null) copy(regions.map().getPixels(), maps.getPixels(index));
		found.add(new Found(slice, regions == null ? null : regions.withMap((FloatProcessor) maps.getProcessor(index))));
	}

	private void copy(final Object from, final Object to) {
		System.arraycopy(from, 0, to, 0, planes.width() * planes.height());
	}

	@Override
	public boolean isEmpty() {
		return done.part() == null;
	}

	/** The maps, NaN where nothing was looked for; the regions are their overlay. */
	public ImagePlus map() {
		return outlined(AnomalyLut.colored(image("anomaly", maps, 1), AnomalyLut.lut()));
	}

	/** The image in gray with the maps' colors over it; the regions are its overlay. */
	@Override
	public ImagePlus image() {
		return outlined(image("anomalies", pictures, 1));
	}

	/** 255 in the regions, else 0. */
	public ImagePlus mask() {
		final ImageStack masks = new ImageStack();
		for (final Found plane : whole()) {
			final ByteProcessor mask = new ByteProcessor(planes.width(), planes.height());
			mask.setValue(255);
			regions(plane).forEach(region -> mask.fill(region.outline()));
			masks.addSlice(planes.label(plane.slice), mask);
		}
		return image("anomaly-mask", masks, 1);
	}

	/** What the maps are made of, a channel for each part, gray where it is nominal; null if that was not kept. */
	public ImagePlus parts() {
		// Planes that were compared with their neighbours have more.
		final List<String> names = looked().flatMap(each -> each.parts().keySet().stream()).distinct().toList();
		if (names.isEmpty()) return null;
		final ImageStack parts = new ImageStack();
		for (final Found plane : whole())
			for (final String name : names) {
				final String label = planes.label(plane.slice);
				parts.addSlice(label == null ? name : label + " " + name, plane.regions == null ? unknown() : plane.regions.parts()
					.getOrDefault(name, unknown()));
			}
		final LUT grays = LUT.createLutFromColor(Color.WHITE);
		grays.min = -PART;
		grays.max = PART;
		return AnomalyLut.colored(image("anomaly-parts", parts, names.size()), grays);
	}

	/** What there is of the whole frames or slices. */
	private List<Found> whole() {
		return found.subList(0, done.whole());
	}

	private Stream<AnomalyRegions> looked() {
		return whole().stream().map(Found::regions).filter(Objects::nonNull);
	}

	private static List<AnomalyRegions.Region> regions(final Found plane) {
		return plane.regions == null ? List.of() : plane.regions.regions();
	}

	private ImagePlus image(final String suffix, final ImageStack stack, final int perPlane) {
		final ImagePlus image = done.otherLike(suffix, stack, perPlane);
		image.setOverlay(null);
		image.setProp(SCORE, looked().map(each -> String.format(Locale.ROOT, "%.3f", each.score())).collect(Collectors.joining(", ")));
		return image;
	}

	/** Each region gets its number as its name, and belongs to its plane alone. */
	private ImagePlus outlined(final ImagePlus image) {
		final Overlay outlines = new Overlay();
		for (int index = 1; index <= done.whole(); index++)
			for (final AnomalyRegions.Region region : regions(found.get(index - 1))) {
				final Roi outline = (Roi) region.outline().clone();
				outline.setName(Integer.toString(outlines.size() + 1));
				final int[] at = image.convertIndexToPosition(index);
				if (Planes.isHyperStack(image)) outline.setPosition(at[0], at[1], at[2]);
				else if (image.getStackSize() > 1) outline.setPosition(index);
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
		for (final Found plane : whole())
			if (plane.regions != null) {
				for (final AnomalyRegions.Region each : regions(plane))
					tables.addRegion(plane.slice, ++number, each.values());
				tables.addPlane(plane.slice, plane.regions);
			}
		tables.show();
	}
}
