package sc.fiji.cfebm.api;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import net.imglib2.FinalInterval;
import net.imglib2.Interval;
import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.img.basictypeaccess.array.FloatArray;
import net.imglib2.img.cell.Cell;
import net.imglib2.img.cell.CellGrid;
import net.imglib2.img.cell.LazyCellImg;
import net.imglib2.type.numeric.RealType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;

/**
 * Removes noise from parts of images of any size and number of dimensions, in one step: the target's interval says which part is wanted.
 * Images are [W,H,…], worked on plane by plane, or [W,H,3,…] with a model of RGB; all parts of one image under one {@link CellPlan}.
 * <p>
 * Planes are cut into square pieces on a fixed grid, and a piece is computed whole, with so much around it that its borders don't show.
 * So a part is the same, bit by bit, however the image is divided into parts and whoever computes them when; but a part that is
 * smaller than a piece takes as long as the piece, and memory as well. An image that is given with its borders (a {@link
 * RandomAccessibleInterval}) is continued beyond them as {@link Cfebm#denoise} does it, and its grid begins at its first pixel; without
 * borders, the grid begins at zero. Differences between pieces of another size are those of rounding.
 * <p>
 * Thread-safe: as many threads as there are networks compute at the same moment, one thread each, others wait. Close it to free native
 * memory; what is being computed then is finished first.
 */
public final class CellDenoiser implements AutoCloseable {

	/** Side of a piece where none is said: half of the work is then for what lies around it, and it takes about 200 MB. */
	public static final int PIECE = 512;
	/** Side of the largest pieces, which take about 1.5 GB beside Java's heap. */
	public static final int LARGEST = 2048;
	/** Sides are multiples of this, which suits the networks. */
	private static final int MULTIPLE = 64;

	private final Model model;
	private final CellPlan plan;
	private final int piece;
	private final Networks networks;

	/** As many networks as the computer has processors, pieces of {@value #PIECE} pixels. */
	public CellDenoiser(final Model model, final CellPlan plan) {
		this(model, plan, Runtime.getRuntime().availableProcessors(), PIECE);
	}

	/**
	 * @param threads how many threads may compute at the same moment; a network is made when it is needed first
	 * @param piece side of a piece in pixels, a multiple of 64 from 64 to 2048
	 * @throws IllegalArgumentException with one sentence, if the model is not one of score matching, or a number makes no sense
	 */
	public CellDenoiser(final Model model, final CellPlan plan, final int threads, final int piece) {
		if (threads < 1) throw new IllegalArgumentException("At least one thread computes, not " + threads + ".");
		if (piece < MULTIPLE || piece > LARGEST || piece % MULTIPLE != 0) throw new IllegalArgumentException(
			"The side of a piece must be a multiple of " + MULTIPLE + " from " + MULTIPLE + " to " + LARGEST + " pixels, not " + piece + ".");
		Denoiser.requireOneStep(model);
		this.model = model;
		this.plan = plan;
		this.piece = piece;
		networks = new Networks(model, threads);
	}

	private CellDenoiser(final CellDenoiser other, final CellPlan plan) {
		model = other.model;
		this.plan = plan;
		piece = other.piece;
		networks = other.networks;
	}

	/** One for another image, or another channel, with the same networks: closing one of them closes both. */
	public CellDenoiser with(final CellPlan other) {
		return new CellDenoiser(this, other);
	}

	public CellPlan plan() {
		return plan;
	}

	/** Side of a piece in pixels. */
	public int piece() {
		return piece;
	}

	/**
	 * Computes a part of an image.
	 *
	 * @param in the noisy image in gray values; where it has borders, the part lies inside. Pixels that are NaN or infinite stay as they are
	 * @param out what is wanted, at its place in the image; receives gray values, integer types rounded and clamped. Must not share its
	 *          pixels with the image, of which more than this part is read
	 * @throws IllegalArgumentException with one sentence, if they don't fit each other or the model
	 * @throws CancellationException if the thread is interrupted while it waits; it stays interrupted
	 */
	public <T extends RealType<T>, U extends RealType<U>> void denoise(final RandomAccessible<T> in,
		final RandomAccessibleInterval<U> out)
	{
		denoise(in, out, Progress.NONE);
	}

	/**
	 * As {@link #denoise(RandomAccessible, RandomAccessibleInterval)}.
	 *
	 * @param progress asked before each piece whether to stop
	 * @throws CancellationException before the next piece after the progress asked to stop; part of the target is then written
	 */
	public <T extends RealType<T>, U extends RealType<U>> void denoise(final RandomAccessible<T> in,
		final RandomAccessibleInterval<U> out, final Progress progress)
	{
		requireDimensions(model, out);
		if (in.numDimensions() != out.numDimensions()) throw new IllegalArgumentException("The image has " + in.numDimensions() +
			" dimensions, and the part that is wanted has " + out.numDimensions() + ".");
		final Interval borders = in instanceof RandomAccessibleInterval ? (Interval) in : null;
		for (int d = 0; borders != null && d < out.numDimensions(); d++)
			if (out.min(d) < borders.min(d) || out.max(d) > borders.max(d)) throw new IllegalArgumentException("The part from " + out.min(d) +
				" to " + out.max(d) + " of dimension " + d + " is not inside the image, which reaches from " + borders.min(d) + " to " + borders
					.max(d) + ".");
		final int planar = planar();
		for (long i = 0, n = Planes.count(out, planar); i < n; i++) {
			final long[] position = Planes.position(out, planar, i);
			plane(Planes.at(in, planar, position), borders, Planes.at(out, planar, position), progress.part((int) Math.min(i, Integer.MAX_VALUE -
				1), (int) Math.min(n, Integer.MAX_VALUE)));
		}
	}

	/**
	 * An image that is computed where and when it is looked at, piece by piece, and kept as long as memory is not needed for anything else.
	 *
	 * @param image with borders; the same afterwards: what was computed is not computed again
	 * @return of the same size and place; it can be read until this is closed
	 */
	public <T extends RealType<T>> RandomAccessibleInterval<FloatType> lazily(final RandomAccessibleInterval<T> image) {
		requireDimensions(model, image);
		final RandomAccessibleInterval<T> source = Views.zeroMin(image);
		final int[] size = new int[image.numDimensions()];
		for (int d = 0; d < size.length; d++)
			size[d] = d < 2 ? (int) Math.min(piece, source.dimension(d)) : d < planar() ? 3 : 1;
		final CellGrid grid = new CellGrid(source.dimensionsAsLongArray(), size);
		final Map<Long, Slot> slots = new ConcurrentHashMap<>();
		final LazyCellImg<FloatType, FloatArray> lazy = new LazyCellImg<>(grid, new FloatType(), index -> slots.computeIfAbsent(index,
			i -> new Slot()).get(() -> cell(source, grid, index)));
		return Views.translate(lazy, image.minAsLongArray());
	}

	/** A cell's place: who comes first computes it, others wait. */
	private static final class Slot {

		private SoftReference<Cell<FloatArray>> known = new SoftReference<>(null);

		synchronized Cell<FloatArray> get(final java.util.function.Supplier<Cell<FloatArray>> compute) {
			Cell<FloatArray> cell = known.get();
			if (cell == null) known = new SoftReference<>(cell = compute.get());
			return cell;
		}
	}

	private <T extends RealType<T>> Cell<FloatArray> cell(final RandomAccessibleInterval<T> source, final CellGrid grid,
		final long index)
	{
		final long[] min = new long[grid.numDimensions()];
		final int[] size = new int[min.length];
		grid.getCellDimensions(index, min, size);
		final long[] dimensions = new long[size.length];
		for (int d = 0; d < size.length; d++)
			dimensions[d] = size[d];
		final float[] values = new float[(int) net.imglib2.util.Intervals.numElements(dimensions)];
		denoise(source, Views.translate(ArrayImgs.floats(values, dimensions), min));
		return new Cell<>(size, min, new FloatArray(values));
	}

	/** @throws IllegalArgumentException with one sentence, if an image is none for a model */
	static void requireDimensions(final Model model, final Interval image) {
		final boolean rgb = model.channels() > 1;
		if (image.numDimensions() < (rgb ? 3 : 2)) throw new IllegalArgumentException("An image for this model has " + (rgb
			? "3 dimensions or more, [W,H,3,…]" : "2 dimensions or more, [W,H,…]") + ", not " + image.numDimensions() + ".");
		if (rgb && image.dimension(2) != model.channels()) throw new IllegalArgumentException(
			"The model was trained on RGB images, so the image's third dimension must be its 3 channels, not " + image.dimension(2) + ".");
		for (int d = 0; d < image.numDimensions(); d++)
			if (image.dimension(d) < 1) throw new IllegalArgumentException("The image has no pixels.");
	}

	/** How many dimensions make a plane. */
	private int planar() {
		return model.channels() == 1 ? 2 : 3;
	}

	/** @param borders of the image; null: it has none */
	private <T extends RealType<T>, U extends RealType<U>> void plane(final RandomAccessible<T> in, final Interval borders,
		final RandomAccessibleInterval<U> out, final Progress progress)
	{
		if (plan.noise() == null) {
			Rasters.write(Rasters.read(Views.interval(in, out)), out);
			return;
		}
		final Pieces columns = pieces(borders, 0), rows = pieces(borders, 1);
		final long firstRow = rows.of(out.min(1)), lastRow = rows.of(out.max(1)), firstColumn = columns.of(out.min(0)), lastColumn = columns
			.of(out.max(0));
		for (long row = firstRow; row <= lastRow; row++)
			for (long column = firstColumn; column <= lastColumn; column++) {
				progress.throwIfCanceled();
				piece(in, columns.span(column), rows.span(row), out);
				progress.update((row - firstRow + (column - firstColumn + 1.0) / (lastColumn - firstColumn + 1)) / (lastRow - firstRow + 1),
					"Denoising");
			}
	}

	private <T extends RealType<T>, U extends RealType<U>> void piece(final RandomAccessible<T> in, final Pieces.Span x,
		final Pieces.Span y, final RandomAccessibleInterval<U> out)
	{
		final long[] min = out.minAsLongArray(), max = out.maxAsLongArray();
		min[0] = x.from();
		max[0] = x.to() - 1;
		min[1] = y.from();
		max[1] = y.to() - 1;
		// Before a network is taken: the image may itself be computed by one of them, where it is read.
		final Raster noisy = Rasters.read(Views.interval(in, new FinalInterval(min, max)));
		final Raster denoised = denoised(noisy);
		final long left = Math.max(x.first(), out.min(0)), right = Math.min(x.last(), out.max(0) + 1);
		final long top = Math.max(y.first(), out.min(1)), bottom = Math.min(y.last(), out.max(1) + 1);
		min[0] = left;
		max[0] = right - 1;
		min[1] = top;
		max[1] = bottom - 1;
		Rasters.write(new Window((int) (left - x.from()), (int) (top - y.from()), (int) (right - left), (int) (bottom - top)).cut(denoised),
			Views.interval(out, new FinalInterval(min, max)));
	}

	private Raster denoised(final Raster noisy) {
		final Denoiser network = networks.take();
		try {
			return network.denoise(noisy, plan.range(), new Denoiser.Settings(Denoiser.Method.ONE_STEP, plan.noise(), 1, 1, Defaults.SEED),
				Progress.NONE).mean();
		}
		finally {
			networks.giveBack(network);
		}
	}

	private Pieces pieces(final Interval borders, final int dimension) {
		return new Pieces(borders, dimension, piece, Denoiser.reach(model));
	}

	/**
	 * What is read of an image for a part of it, which is more than the part.
	 *
	 * @param borders of the image; null: it has none
	 * @param part of the image
	 */
	public Interval source(final Interval borders, final Interval part) {
		final long[] min = part.minAsLongArray(), max = part.maxAsLongArray();
		for (int d = 0; d < 2 && plan.noise() != null; d++) {
			final Pieces pieces = pieces(borders, d);
			min[d] = pieces.span(pieces.of(min[d])).from();
			max[d] = pieces.span(pieces.of(max[d])).to() - 1;
		}
		return new FinalInterval(min, max);
	}

	@Override
	public void close() {
		networks.close();
	}

	/** As many networks as threads may compute at the same moment. */
	private static final class Networks implements AutoCloseable {

		private final Model model;
		/** Permits, and those networks that nobody uses. */
		private final Semaphore free;
		private final Deque<Denoiser> idle = new ArrayDeque<>();
		private boolean closed;

		Networks(final Model model, final int count) {
			this.model = model;
			free = new Semaphore(count, true);
		}

		Denoiser take() {
			try {
				free.acquire();
			}
			catch (final InterruptedException e) {
				Thread.currentThread().interrupt();
				throw new CancellationException("Canceled.");
			}
			try {
				synchronized (idle) {
					if (closed) throw new IllegalStateException("This CellDenoiser is closed: make another one.");
					if (!idle.isEmpty()) return idle.pop();
				}
				return Denoiser.ofOneThread(model);
			}
			catch (final RuntimeException | Error e) {
				free.release();
				throw e;
			}
		}

		void giveBack(final Denoiser network) {
			synchronized (idle) {
				if (closed) network.close();
				else idle.push(network);
			}
			free.release();
		}

		@Override
		public void close() {
			synchronized (idle) {
				closed = true;
				idle.forEach(Denoiser::close);
				idle.clear();
			}
		}
	}
}
