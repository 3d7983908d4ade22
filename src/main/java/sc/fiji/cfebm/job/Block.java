package sc.fiji.cfebm.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import net.imglib2.FinalInterval;
import net.imglib2.Interval;
import net.imglib2.util.Intervals;

import sc.fiji.cfebm.api.Cells;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeTarget;

/** What one task makes: a box of the result, put together of parts. Thread-safe: parts may be read and computed side by side. */
final class Block {

	/** Values that are read at one time, about. */
	private static final long READ = 1L << 24;

	/**
	 * Some planes of one channel, or of all.
	 *
	 * @param interval of the volume
	 * @param source what it is computed from, which is more
	 */
	record Part(Interval interval, Interval source, Cells<?> cells) {

		/** How many pixels are read for it. */
		long pixels() {
			long pixels = 1;
			for (int d = 0; d < source.numDimensions(); d++)
				pixels *= source.dimension(d);
			return pixels;
		}
	}

	private final long task;
	private final Volume source;
	private final VolumeTarget target;
	private final Interval borders;
	private final long[] min;
	/** Of the result. */
	private final int[] size;
	/** The dimension of colors that are computed together; -1: there is none. */
	private final int colors;
	private final boolean mapped;
	private final List<Part> parts = new ArrayList<>();
	private final AtomicInteger left;
	private final AtomicBoolean failed = new AtomicBoolean();
	private volatile float[] values;

	/** @param cells one for each channel, or one for all */
	Block(final Plan plan, final Volume source, final VolumeTarget target, final List<Cells<?>> cells, final long task) {
		this.task = task;
		this.source = source;
		this.target = target;
		borders = new FinalInterval(plan.dimensions());
		min = plan.min(task);
		final int[] whole = plan.size(min);
		size = plan.made(whole);
		// One channel at a time, as each has its own noise.
		final boolean each = cells.size() > 1;
		colors = plan.colors();
		mapped = plan.isOfAnomalies();
		final int n = min.length;
		final long[] step = new long[n], at = min.clone();
		// A stack's planes help each other: all of them are one part.
		final int along = plan.stack() == null ? -1 : plan.stack().axis();
		for (int d = 0; d < n; d++)
			step[d] = d < 2 || d == colors || d == along ? whole[d] : 1;
		// So many planes as are unpacked together.
		if (along < 0 && n > 2 && colors != 2 && !(each && plan.channelAxis() == 2)) {
			final Interval plane = cells.get(0).source(borders, FinalInterval.createMinSize(min, longs(whole)));
			step[2] = Math.max(1, Math.min(Math.min(whole[2], source.chunk()[2]), READ / (plane.dimension(0) * plane.dimension(1))));
		}
		do {
			final long[] end = new long[n];
			Arrays.setAll(end, d -> Math.min(min[d] + whole[d], at[d] + step[d]) - 1);
			final Interval part = new FinalInterval(at, end);
			final Cells<?> of = cells.get(each ? (int) at[plan.channelAxis()] : 0);
			parts.add(new Part(part, of.source(borders, part), of));
		}
		while (next(at, min, whole, step));
		left = new AtomicInteger(parts.size());
	}

	/** The next place in a box, by steps; false behind the last. */
	private static boolean next(final long[] at, final long[] min, final int[] size, final long[] step) {
		for (int d = 0; d < at.length; d++) {
			at[d] += step[d];
			if (at[d] < min[d] + size[d]) return true;
			at[d] = min[d];
		}
		return false;
	}

	long task() {
		return task;
	}

	List<Part> parts() {
		return parts;
	}

	/** The pixels that a part is computed from, x fastest. */
	float[] read(final Part part) throws IOException {
		return source.read(part.source.minAsLongArray(), Arrays.stream(part.source.dimensionsAsLongArray()).mapToInt(Math::toIntExact)
			.toArray());
	}

	/** @param read what {@link #read} gave */
	void compute(final Part part, final float[] read, final Progress progress) {
		// Models of RGB have their colors in the third dimension, and a map has none.
		final Interval wanted = mapped && colors >= 0 ? Intervals.hyperSlice(part.interval, colors) : moved(part.interval, colors, 2);
		part.cells.compute(piece -> cut(read, part.source, moved(piece, 2, colors)), moved(borders, colors, 2), wanted, (made, values) -> keep(
			mapped && colors >= 0 ? moved(Intervals.addDimension(made, 0, 0), size.length - 1, colors) : moved(made, 2, colors), values),
			progress);
	}

	/** With one dimension in another place; the same if there are no colors. */
	private Interval moved(final Interval of, final int from, final int to) {
		if (colors < 0 || from == to) return of;
		final List<long[]> all = new ArrayList<>();
		for (int d = 0; d < of.numDimensions(); d++)
			all.add(new long[] { of.min(d), of.max(d) });
		all.add(to, all.remove(from));
		return new FinalInterval(all.stream().mapToLong(range -> range[0]).toArray(), all.stream().mapToLong(range -> range[1]).toArray());
	}

	/** What was read for a piece of one plane. */
	private Raster cut(final float[] read, final Interval of, final Interval piece) {
		final int width = (int) piece.dimension(0), height = (int) piece.dimension(1), channels = colors < 0 ? 1 : (int) piece.dimension(
			colors);
		if (channels == 1 && Intervals.equals(of, piece)) return new Raster(width, height, 1, read);
		final Raster cut = new Raster(width, height, channels);
		forEachRow(piece, of, (y, c, at) -> {
			for (int x = 0; x < width; x++)
				cut.values()[(y * width + x) * channels + c] = read[at + x];
		});
		return cut;
	}

	private void keep(final Interval part, final Raster made) {
		final Interval all = FinalInterval.createMinSize(min, longs(size));
		final int width = made.width(), channels = made.channels();
		if (channels == 1 && Intervals.equals(part, all)) {
			values = made.values();
			return;
		}
		final float[] to = values();
		forEachRow(part, all, (y, c, at) -> {
			for (int x = 0; x < width; x++)
				to[at + x] = made.values()[(y * width + x) * channels + c];
		});
	}

	private interface Row {

		/** @param at where the row begins in the box */
		void visit(int y, int channel, int at);
	}

	/** Visits the rows of a part of one plane, in all its colors, which lies in a box. */
	private void forEachRow(final Interval part, final Interval box, final Row row) {
		for (int c = 0; c < (colors < 0 ? 1 : part.dimension(colors)); c++)
			for (int y = 0; y < part.dimension(1); y++) {
				long at = 0;
				for (int d = box.numDimensions() - 1; d >= 0; d--)
					at = at * box.dimension(d) + part.min(d) - box.min(d) + (d == 1 ? y : d == colors ? c : 0);
				row.visit(y, c, (int) at);
			}
	}

	private synchronized float[] values() {
		if (values == null) values = new float[Math.toIntExact(pixels())];
		return values;
	}

	/** One part less is left. @return whether it was the last one */
	boolean isLast() {
		return left.decrementAndGet() == 0;
	}

	/** How many it makes. */
	long pixels() {
		return Arrays.stream(longs(size)).reduce(1, Math::multiplyExact);
	}

	/** Whether all there is to do is to write it. */
	boolean isComputed() {
		return left.get() == 0;
	}

	/** From now on it has. @return whether it had not */
	boolean fail() {
		return failed.compareAndSet(false, true);
	}

	boolean hasFailed() {
		return failed.get();
	}

	/** Writes what all parts have made, in one go. */
	void write() throws IOException {
		target.write(min, size, values());
	}

	private static long[] longs(final int[] of) {
		return Arrays.stream(of).asLongStream().toArray();
	}
}
