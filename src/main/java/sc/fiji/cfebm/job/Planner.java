package sc.fiji.cfebm.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import net.imglib2.FinalInterval;
import net.imglib2.util.Intervals;

import sc.fiji.cfebm.api.CellAnomaly;
import sc.fiji.cfebm.api.CellPlan;
import sc.fiji.cfebm.api.CellStackDenoiser;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;

/** Looks at parts of a volume and makes a {@link Plan}: the same plan each time. */
public final class Planner {

	/** Pixels of a block, about; and the tasks that there should be at least, so that workers can share them. */
	private static final long BLOCK_PIXELS = 1L << 24, TASKS = 64;
	/** By how much the coarsest level may be smaller, in x and y and in the others: blocks are multiples of that, and have to be in memory. */
	private static final int MOST = 1024, MOST_DEEP = 8;
	/** What blocks may have to be multiples of, at the most, in x and y. */
	private static final int MOST_UNIT = 2048;
	/** Side of the smallest image of a pyramid, about. */
	private static final int SMALL = 512;
	/** How many neighbouring planes a block has at least, and should have: those before and behind it are computed, too. */
	private static final int LEAST_DEEP = 8, DEEP = 16;
	/** Sides of pieces where none is said: a whole plane of what a camera takes, and a part of one where many are in memory at one time. */
	public static final int PIECE = 2048, PIECE_OF_STACK = 1024;
	/** Sides of blocks are multiples of this, so that chunks are. */
	private static final int MULTIPLE = 64;

	/** Along what planes help each other. */
	public enum Neighbours {

		/** Along slices or frames, of which there are more, if the model has one for that beside it. */
		AUTOMATIC("Automatic"), NONE("None"), SLICES("Slices"), FRAMES("Frames");

		private final String label;

		Neighbours(final String label) {
			this.label = label;
		}

		/** As the macro says it. */
		@Override
		public String toString() {
			return label;
		}
	}

	/**
	 * What is wanted.
	 *
	 * @param task {@link Plan#DENOISE} or {@link Plan#ANOMALY}
	 * @param input the volume
	 * @param output where the result goes
	 * @param model the model's file
	 * @param noise what is known of it; what is 0 is found, for each channel
	 * @param type of the result's pixels; null: as the volume's, or float32 for a map
	 * @param piece side of the pieces in pixels; 0: as suits the rest
	 * @param zarr version of zarr of the result, 2 or 3; 0: that of the input, or 3
	 * @param neighbours along what planes help each other; their model is beside the one given ({@link Model#ofPlanes})
	 */
	public record Wanted(String task, Path input, Path output, Path model, NoiseSettings noise, PixelType type, int piece, int zarr,
		Neighbours neighbours)
	{

		/** Plane by plane. */
		public Wanted(final String task, final Path input, final Path output, final Path model, final NoiseSettings noise, final PixelType type,
			final int piece, final int zarr)
		{
			this(task, input, output, model, noise, type, piece, zarr, Neighbours.NONE);
		}

		private int pieceOr(final int other) {
			return piece == 0 ? other : piece;
		}
	}

	private Planner() {}

	/**
	 * @param progress told how far it is, and what is found
	 * @throws VolumeException with one sentence, if the volume can't be read, or the model is none for it
	 * @throws IllegalArgumentException with one sentence, if model and volume don't fit each other
	 */
	public static Plan plan(final Wanted wanted, final Volume source, final Model model, final int zarrOfSource, final Progress progress)
		throws IOException
	{
		final Layout layout = source.layout();
		final int n = layout.dimensions().length, channels = layout.channels(), colors = model.channels();
		final boolean anomalies = Plan.ANOMALY.equals(wanted.task);
		if (colors > 1 && (channels < 0 || layout.dimensions()[channels] != colors)) throw new VolumeException(
			"The model was trained on RGB images, and " + wanted.input + " has " + (channels < 0 ? "no channels" : layout
				.dimensions()[channels] + " channels") + ".");
		final int zarr = wanted.zarr != 0 ? wanted.zarr : zarrOfSource == 0 ? 3 : zarrOfSource;
		final List<int[]> levels = levels(layout, source.metadata());
		if (anomalies) return ofAnomalies(wanted, layout, model, levels, colors > 1 ? channels : -1, zarr);
		final Plan.Stack stack = stack(wanted, layout, model);
		if (stack != null) progress.log("planes help each other along " + layout.axes().get(stack.axis()).name());
		final int piece = wanted.pieceOr(stack == null ? PIECE : PIECE_OF_STACK);
		final int[] block = stack == null ? block(layout, levels, piece, Denoiser.reach(model), colors > 1 ? channels : -1) : block(layout, levels,
			piece, CellStackDenoiser.around(model, Model.readAny(Path.of(stack.model()))), -1, stack.axis());
		final List<Plan.Noise> noise = new ArrayList<>();
		final boolean each = colors == 1 && channels >= 0;
		final long looked = each ? layout.dimensions()[channels] : 1;
		boolean stored = false, finite = false;
		for (long c = 0; c < looked; c++) {
			progress.throwIfCanceled();
			progress.update((double) c / looked, "Looking at " + wanted.input.getFileName());
			final List<Raster> parts = parts(source, each ? c : -1, colors), seen = parts.stream().filter(part -> !Missing.isAll(Missing.in(
				part))).toList();
			stored |= !parts.isEmpty();
			finite |= !seen.isEmpty();
			// A channel without anything is copied.
			noise.add(Plan.Noise.of(seen.isEmpty() ? new CellPlan(null, new Normalization(0, 1)) : CellPlan.of(model, wanted.noise, seen)));
			progress.log((each ? "noise of channel " + (c + 1) : "noise") + ": " + (seen.isEmpty()
				? "there is nothing where it was looked, so it is copied" : noise.get((int) c)));
		}
		if (!finite) throw new VolumeException(stored ? "The volume has no pixel that is a finite number where it was looked for them."
			: "The volume has no pixels where it was looked for them: all of its chunks are missing.");
		return plan(wanted, layout, wanted.type == null ? layout.type() : wanted.type, block, piece, noise, levels, zarr, stack);
	}

	/** How planes help each other; null: they do not. */
	private static Plan.Stack stack(final Wanted wanted, final Layout layout, final Model model) throws IOException {
		final Neighbours asked = wanted.neighbours;
		if (asked == Neighbours.NONE) return null;
		final int slices = layout.slices(), frames = layout.frames();
		final long z = slices < 0 ? 1 : layout.dimensions()[slices], t = frames < 0 ? 1 : layout.dimensions()[frames];
		final boolean automatic = asked == Neighbours.AUTOMATIC, alongFrames = automatic ? t > z : asked == Neighbours.FRAMES;
		final String kind = alongFrames ? "frame" : "slice", rest = " (neighbours=" + Neighbours.NONE + ").";
		final Path ofPlanes = Model.ofPlanes(wanted.model);
		final String but = (alongFrames ? t : z) == 1 ? "The volume has no neighbouring " + kind + "s: leave them out" : model.channels() > 1
			? "Neighbours do not help with a model of RGB images: leave them out" : !Files.isRegularFile(ofPlanes) ? "The model has none for neighbouring " +
				kind + "s beside it: choose one that has, such as microscopy, or leave them out" : null;
		if (but == null && (!automatic || isGood(model, ofPlanes))) return new Plan.Stack(alongFrames ? frames : slices, absolute(ofPlanes), Plan.hash(ofPlanes));
		if (automatic) return null;
		throw new IllegalArgumentException(but + rest);
	}

	/** Whether a file beside a model goes with it: one that nobody has asked for is to stop nothing. */
	private static boolean isGood(final Model model, final Path ofPlanes) {
		try {
			CellStackDenoiser.around(model, Model.readAny(ofPlanes));
			return true;
		}
		catch (final IOException | IllegalArgumentException e) {
			return false;
		}
	}

	/**
	 * Nothing has to be looked at: gray values mean what they meant in the training.
	 *
	 * @param colors the dimension of colors that are looked at together; -1: there is none
	 */
	private static Plan ofAnomalies(final Wanted wanted, final Layout layout, final Model model, final List<int[]> levels,
		final int colors, final int zarr) throws IOException
	{
		if (wanted.type != null && wanted.type != PixelType.FLOAT32) throw new IllegalArgumentException("A map has pixels of the type float32, not " +
			wanted.type + ".");
		if (wanted.neighbours == Neighbours.SLICES || wanted.neighbours == Neighbours.FRAMES) throw new IllegalArgumentException(
			"Maps of volumes are made plane by plane: leave neighbours out (neighbours=" + Neighbours.NONE + ").");
		AnomalyDetector.requireSize(model, layout.dimensions()[0], layout.dimensions()[1]);
		final int piece = wanted.pieceOr(PIECE);
		return plan(wanted, layout, PixelType.FLOAT32, block(layout, levels, piece, CellAnomaly.around(model), colors), piece, List.of(Plan.Noise
			.of(new CellPlan(null, model.range()))), levels, zarr, null);
	}

	private static Plan plan(final Wanted wanted, final Layout layout, final PixelType type, final int[] block, final int piece,
		final List<Plan.Noise> noise, final List<int[]> levels, final int zarr, final Plan.Stack stack) throws IOException
	{
		return new Plan(Plan.FORMAT, wanted.task, absolute(wanted.input), absolute(wanted.output), absolute(wanted.model), Plan.hash(
			wanted.model), layout.dimensions(), type, block, piece, layout.channels(), noise, levels, zarr, stack);
	}

	private static String absolute(final Path path) {
		return path.toAbsolutePath().normalize().toString();
	}

	/** Those of the source; halves of x and y where it has none and is large. */
	private static List<int[]> levels(final Layout layout, final OmeMetadata metadata) {
		if (!metadata.levels().isEmpty()) {
			// As far as a block can be a multiple of them all.
			final List<int[]> kept = new ArrayList<>();
			final long[] all = new long[layout.dimensions().length];
			Arrays.fill(all, 1);
			for (final int[] level : metadata.levels()) {
				boolean fits = true;
				for (int d = 0; d < all.length; d++) {
					all[d] *= level[d];
					fits &= all[d] <= (d < 2 ? MOST : MOST_DEEP) && (d >= 2 || lcm((int) all[d], MULTIPLE) <= MOST_UNIT);
				}
				if (!fits) break;
				kept.add(level);
			}
			return kept;
		}
		final List<int[]> levels = new ArrayList<>();
		for (long side = Math.max(layout.dimensions()[0], layout.dimensions()[1]); side > SMALL && levels.size() < 5; side = (side + 1) / 2) {
			final int[] half = new int[layout.dimensions().length];
			Arrays.fill(half, 1);
			half[0] = half[1] = 2;
			levels.add(half);
		}
		return levels;
	}

	/** As large as a piece in x and y, or the whole plane where that is one piece; as deep as is about right. */
	static int[] block(final Layout layout, final List<int[]> levels, final int piece, final int reach, final int colors) {
		return block(layout, levels, piece, reach, colors, -1);
	}

	/** @param along the dimension along which planes help each other; -1: they do not */
	static int[] block(final Layout layout, final List<int[]> levels, final int piece, final int reach, final int colors, final int along) {
		final int n = layout.dimensions().length;
		final int[] block = new int[n], unit = new int[n];
		Arrays.fill(unit, 1);
		levels.forEach(level -> Arrays.setAll(unit, d -> unit[d] * level[d]));
		long pixels = 1, planes = 1;
		for (int d = 0; d < 2; d++) {
			unit[d] = lcm(unit[d], MULTIPLE);
			final long length = layout.dimensions()[d];
			block[d] = (int) up(length <= piece + reach ? length : piece, unit[d]);
			pixels *= block[d];
			planes *= (layout.dimensions()[d] + block[d] - 1) / block[d];
		}
		for (int d = 2; d < n; d++) {
			block[d] = d == colors ? (int) layout.dimensions()[d] : unit[d];
			pixels *= block[d];
			planes *= (layout.dimensions()[d] + block[d] - 1) / block[d];
		}
		// Deeper along z, or what is in its place, as long as there are tasks enough; along a stack in any case.
		final int deep = along >= 0 ? along : n > 2 && colors != 2 && !layout.axes().get(2).isChannel() ? 2 : -1;
		if (deep >= 0) {
			final long least = along < 0 ? 1 : up(LEAST_DEEP, unit[deep]) / unit[deep], good = along < 0 ? 1 : up(DEEP, unit[deep]) / unit[deep];
			final long most = Math.max(least, Math.min(BLOCK_PIXELS / pixels, Math.max(good, planes / TASKS)));
			block[deep] = (int) (unit[deep] * Math.min(most, up(layout.dimensions()[deep], unit[deep]) / unit[deep]));
		}
		return block;
	}

	private static long up(final long length, final int unit) {
		return (length + unit - 1) / unit * unit;
	}

	private static int lcm(final int a, final int b) {
		int x = a, y = b;
		while (y != 0) {
			final int rest = x % y;
			x = y;
			y = rest;
		}
		return a / x * b;
	}

	/** Parts from all over the volume, or one of its channels; of a sparse one, from what is there. None: all is missing. */
	private static List<Raster> parts(final Volume source, final long channel, final int colors) throws IOException {
		final Layout layout = source.layout();
		final int n = layout.dimensions().length, axis = layout.channels();
		final long[] min = new long[n], max = layout.dimensions().clone();
		for (int d = 0; d < n; d++)
			max[d]--;
		if (channel >= 0) min[axis] = max[axis] = channel;
		else if (colors > 1) max[axis] = 0;
		final FinalInterval all = new FinalInterval(min, max);
		final List<FinalInterval> spread = CellPlan.parts(all, 2);
		List<FinalInterval> places = spread.stream().filter(place -> isAny(source, place)).toList();
		if (2 * places.size() < spread.size()) {
			final List<FinalInterval> there = new ArrayList<>();
			for (final long[] first : source.stored()) {
				final FinalInterval part = Intervals.intersect(all, FinalInterval.createMinSize(first, longs(source.unit())));
				if (!Intervals.isEmpty(part)) there.add(part);
			}
			places = new ArrayList<>();
			final int looked = Math.min(CellPlan.PARTS, there.size());
			for (int i = 0; i < looked; i++) {
				final FinalInterval of = there.get((int) ((2L * i + 1) * there.size() / (2L * looked)));
				places.addAll(CellPlan.parts(of, 2).stream().filter(place -> isAny(source, place)).limit(4).toList());
			}
			places = places.subList(0, Math.min(CellPlan.PARTS, places.size()));
		}
		final List<Raster> parts = new ArrayList<>();
		for (final FinalInterval place : places) {
			final int[] size = size(place);
			if (colors == 1) parts.add(new Raster(size[0], size[1], 1, source.read(place.minAsLongArray(), size)));
			else {
				size[axis] = colors;
				final float[] planar = source.read(place.minAsLongArray(), size), values = new float[planar.length];
				final int area = size[0] * size[1];
				for (int i = 0; i < values.length; i++)
					values[i % area * colors + i / area] = planar[i];
				parts.add(new Raster(size[0], size[1], colors, values));
			}
		}
		return parts;
	}

	private static long[] longs(final int[] of) {
		return Arrays.stream(of).asLongStream().toArray();
	}

	private static int[] size(final FinalInterval of) {
		final int[] size = new int[of.numDimensions()];
		Arrays.setAll(size, d -> (int) of.dimension(d));
		return size;
	}

	private static boolean isAny(final Volume source, final FinalInterval part) {
		return source.isAny(part.minAsLongArray(), size(part));
	}
}
