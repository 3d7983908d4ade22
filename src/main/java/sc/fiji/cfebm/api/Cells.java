package sc.fiji.cfebm.api;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

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
import net.imglib2.util.Intervals;
import net.imglib2.view.Views;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.raster.Window;

/**
 * What is computed of parts of images of any size and number of dimensions: the target's interval says which part is wanted. Images are
 * [W,H,…], worked on plane by plane, or [W,H,3,…] with a model of RGB. Of stacks neighbouring planes are looked at, too.
 * <p>
 * Planes are cut into square pieces on a fixed grid, and a piece is computed whole, with so much around it that its borders don't show.
 * So a part is the same, bit by bit, however the image is divided into parts and whoever computes them when; but a part that is
 * smaller than a piece takes as long as the piece, and memory as well. The grid of an image that is given with its borders (a {@link
 * RandomAccessibleInterval}) begins at its first pixel; without borders, at zero.
 * <p>
 * Thread-safe: as many threads as there are networks compute at the same moment, one thread each, others wait. Close it to free native
 * memory; what is being computed then is finished first.
 *
 * @param <N> one thread's network
 */
public abstract class Cells<N extends AutoCloseable> implements AutoCloseable {

	/** Side of a piece where none is said: half of the work is then for what lies around it, and it takes about 200 MB. */
	public static final int PIECE = 512;
	/** Side of the largest pieces, which take about 1.5 GB beside Java's heap. */
	public static final int LARGEST = 2048;
	/** Sides are multiples of this, which suits the networks. */
	private static final int MULTIPLE = 64;

	final Model model;
	private final int piece, halo;
	private final Networks<N> networks;

	/**
	 * @param halo how much around a piece it is computed from, in pixels
	 * @param maker of networks, when one is needed first
	 */
	Cells(final Model model, final int threads, final int piece, final int halo, final Supplier<N> maker) {
		if (threads < 1) throw new IllegalArgumentException("At least one thread computes, not " + threads + ".");
		if (piece < MULTIPLE || piece > LARGEST || piece % MULTIPLE != 0) throw new IllegalArgumentException(
			"The side of a piece must be a multiple of " + MULTIPLE + " from " + MULTIPLE + " to " + LARGEST + " pixels, not " + piece + ".");
		this.model = model;
		this.piece = piece;
		this.halo = halo;
		networks = new Networks<>(getClass().getSimpleName(), maker, threads);
	}

	/** With the same networks. */
	Cells(final Cells<N> other) {
		model = other.model;
		piece = other.piece;
		halo = other.halo;
		networks = other.networks;
	}

	/**
	 * Computes a piece.
	 *
	 * @param cut its pixels and those around it, [H,W,C] in gray values
	 * @param where in the plane it lies
	 * @return of the same width and height
	 */
	abstract Raster computed(N network, Raster cut, Place where);

	/** Whether nothing is to be computed: what comes out is the image. */
	boolean isCopy() {
		return false;
	}

	/** Whether what comes out has the image's colors, and not one value for them all. */
	abstract boolean hasColors();

	/** How many planes along a dimension are computed at one time where they are looked at. */
	int depth(final int dimension) {
		return 1;
	}

	/** What there is to say against an image's borders, as an {@link IllegalArgumentException}. */
	void requireBorders(final Interval borders) {}

	/**
	 * Where in a plane the pixels lie that a piece is computed from.
	 *
	 * @param left, top, right, bottom how many pixels of the plane lie beyond them on each side; {@link Long#MAX_VALUE}: it has no border
	 */
	record Place(long left, long top, long right, long bottom) {

		private static Place of(final Pieces columns, final Pieces.Span x, final Pieces rows, final Pieces.Span y) {
			return new Place(columns.before(x), rows.before(y), columns.behind(x), rows.behind(y));
		}
	}

	/** Side of a piece in pixels. */
	public final int piece() {
		return piece;
	}

	/**
	 * Computes a part of an image.
	 *
	 * @param in the image in gray values; where it has borders, the part lies inside
	 * @param out what is wanted, at its place in the image; integer types rounded and clamped. Must not share its pixels with the image,
	 *          of which more than this part is read
	 * @param progress asked before each piece whether to stop
	 * @throws IllegalArgumentException with one sentence, if they don't fit each other or the model
	 * @throws CancellationException before the next piece after the progress asked to stop, or if the thread is interrupted while it waits;
	 *           part of the target is then written
	 */
	public final <T extends RealType<T>, U extends RealType<U>> void compute(final RandomAccessible<T> in,
		final RandomAccessibleInterval<U> out, final Progress progress)
	{
		if (in.numDimensions() != out.numDimensions() + dropped()) {
			requireTarget(out);
			throw new IllegalArgumentException("The image has " + in.numDimensions() + " dimensions, and the part that is wanted has " + out
				.numDimensions() + ".");
		}
		compute(piece -> Rasters.read(Planes.only(Views.interval(in, piece), planar())), in instanceof RandomAccessibleInterval ? (Interval) in
			: null, out, (part, values) -> Rasters.write(values, Planes.only(Views.interval(out, part), planar() - dropped())), progress);
	}

	/** Where an image's pixels come from. */
	@FunctionalInterface
	public interface Source {

		/**
		 * @param piece a part of one plane of the image, with all of its dimensions
		 * @return its gray values [H,W,C], which nobody changes any more
		 */
		Raster read(Interval piece);
	}

	/** Where what is computed goes. */
	@FunctionalInterface
	public interface Sink {

		/**
		 * @param part of one plane of the result, with all of its dimensions
		 * @param values its gray values [H,W,C]; may be kept
		 */
		void write(Interval part, Raster values);
	}

	/**
	 * As {@link #compute(RandomAccessible, RandomAccessibleInterval, Progress)} for images that are read and written in another way.
	 *
	 * @param borders of the image; null: it has none
	 * @param wanted the part
	 */
	public final void compute(final Source in, final Interval borders, final Interval wanted, final Sink out, final Progress progress) {
		requireTarget(wanted);
		final int dropped = dropped(), n = wanted.numDimensions();
		if (borders != null) requireImage(borders);
		for (int d = 0; borders != null && d < n; d++) {
			final int of = d < 2 ? d : d + dropped;
			if (wanted.min(d) < borders.min(of) || wanted.max(d) > borders.max(of)) throw new IllegalArgumentException("The part from " + wanted
				.min(d) + " to " + wanted.max(d) + " of dimension " + d + " is not inside the image, which reaches from " + borders.min(of) +
				" to " + borders.max(of) + ".");
		}
		part(in, borders, wanted, out, progress);
	}

	/** Computes a part that lies in the image, plane by plane. */
	void part(final Source in, final Interval borders, final Interval wanted, final Sink out, final Progress progress) {
		final int kept = planar() - dropped();
		for (long i = 0, count = Planes.count(wanted, kept); i < count; i++) {
			final long[] min = Planes.position(wanted, kept, i), max = min.clone();
			for (int d = 0; d < kept; d++)
				max[d] = wanted.max(d);
			plane(in, borders, new FinalInterval(min, max), out, progress.part((int) Math.min(i, Integer.MAX_VALUE - 1), (int) Math.min(count,
				Integer.MAX_VALUE)));
		}
	}

	/** How many dimensions of the image the result does not have. */
	private int dropped() {
		return model.channels() > 1 && !hasColors() ? 1 : 0;
	}

	private void requireTarget(final Interval out) {
		if (dropped() == 0) requireDimensions(model, out);
		else requirePixels(out, 2, "[W,H,…]");
	}

	private void requireImage(final Interval borders) {
		requireDimensions(model, borders);
		requireBorders(borders);
	}

	/**
	 * An image that is computed where and when it is looked at, piece by piece, and kept as long as memory is not needed for anything else.
	 *
	 * @param image with borders; the same afterwards: what was computed is not computed again
	 * @return of the same size and place; it can be read until this is closed
	 */
	public final <T extends RealType<T>> RandomAccessibleInterval<FloatType> lazily(final RandomAccessibleInterval<T> image) {
		requireImage(image);
		final RandomAccessibleInterval<T> source = Views.zeroMin(image);
		final int dropped = dropped(), n = image.numDimensions() - dropped;
		final int[] size = new int[n];
		final long[] dimensions = new long[n], min = new long[n];
		for (int d = 0; d < n; d++) {
			final int of = d < 2 ? d : d + dropped;
			dimensions[d] = source.dimension(of);
			min[d] = image.min(of);
			size[d] = d < 2 ? pieces(source, d).side() : d < planar() - dropped ? 3 : (int) Math.min(dimensions[d], depth(d));
		}
		final CellGrid grid = new CellGrid(dimensions, size);
		final Map<Long, Slot> slots = new ConcurrentHashMap<>();
		final LazyCellImg<FloatType, FloatArray> lazy = new LazyCellImg<>(grid, new FloatType(), index -> slots.computeIfAbsent(index,
			i -> new Slot()).get(() -> cell(source, grid, index)));
		return Views.translate(lazy, min);
	}

	/** A cell's place: who comes first computes it, others wait. */
	private static final class Slot {

		private SoftReference<Cell<FloatArray>> known = new SoftReference<>(null);

		synchronized Cell<FloatArray> get(final Supplier<Cell<FloatArray>> compute) {
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
		final float[] values = new float[(int) Intervals.numElements(dimensions)];
		compute(source, Views.translate(ArrayImgs.floats(values, dimensions), min), Progress.NONE);
		return new Cell<>(size, min, new FloatArray(values));
	}

	/** @throws IllegalArgumentException with one sentence, if an image is none for a model */
	static void requireDimensions(final Model model, final Interval image) {
		final boolean rgb = model.channels() > 1;
		requirePixels(image, rgb ? 3 : 2, rgb ? "[W,H,3,…]" : "[W,H,…]");
		if (rgb && image.dimension(2) != model.channels()) throw new IllegalArgumentException(
			"The model was trained on RGB images, so the image's third dimension must be its 3 channels, not " + image.dimension(2) + ".");
	}

	private static void requirePixels(final Interval image, final int least, final String shape) {
		if (image.numDimensions() < least) throw new IllegalArgumentException("An image for this model has " + least + " dimensions or more, " +
			shape + ", not " + image.numDimensions() + ".");
		for (int d = 0; d < image.numDimensions(); d++)
			if (image.dimension(d) < 1) throw new IllegalArgumentException("The image has no pixels.");
	}

	/** How many dimensions make a plane. */
	private int planar() {
		return model.channels() == 1 ? 2 : 3;
	}

	/** @param wanted a part of one plane, with all dimensions of the result */
	private void plane(final Source in, final Interval borders, final Interval wanted, final Sink out, final Progress progress) {
		if (isCopy()) {
			out.write(wanted, in.read(wanted));
			return;
		}
		forEachPiece(borders, wanted, (x, y, where) -> piece(in, x, y, where, borders, wanted, out), progress);
	}

	/** One of a plane's pieces. */
	interface PieceVisitor {

		void visit(Pieces.Span x, Pieces.Span y, Place where);
	}

	/** Visits the pieces that a part needs; the progress is asked before each whether to stop. */
	final void forEachPiece(final Interval borders, final Interval wanted, final PieceVisitor visitor, final Progress progress) {
		final Pieces columns = pieces(borders, 0), rows = pieces(borders, 1);
		final long firstRow = rows.of(wanted.min(1)), lastRow = rows.of(wanted.max(1)), firstColumn = columns.of(wanted.min(0));
		final long lastColumn = columns.of(wanted.max(0));
		for (long row = firstRow; row <= lastRow; row++)
			for (long column = firstColumn; column <= lastColumn; column++) {
				progress.throwIfCanceled();
				final Pieces.Span x = columns.span(column), y = rows.span(row);
				visitor.visit(x, y, Place.of(columns, x, rows, y));
				progress.update((row - firstRow + (column - firstColumn + 1.0) / (lastColumn - firstColumn + 1)) / (lastRow - firstRow + 1),
					"Computing");
			}
	}

	private void piece(final Source in, final Pieces.Span x, final Pieces.Span y, final Place where, final Interval borders,
		final Interval wanted, final Sink out)
	{
		final int dropped = dropped(), n = wanted.numDimensions() + dropped;
		final long[] min = new long[n], max = new long[n];
		for (int d = planar(); d < n; d++)
			min[d] = max[d] = wanted.min(d - dropped);
		if (planar() == 3) {
			min[2] = hasColors() ? wanted.min(2) : borders == null ? 0 : borders.min(2);
			max[2] = min[2] + model.channels() - 1;
		}
		min[0] = x.from();
		max[0] = x.to() - 1;
		min[1] = y.from();
		max[1] = y.to() - 1;
		// Before a network is taken: the image may itself be computed by one of them, where it is read.
		final Raster cut = in.read(new FinalInterval(min, max));
		give(computing(network -> computed(network, cut, where)), x, y, wanted, out);
	}

	/** Gives what of a piece is wanted. @param wanted a part of one plane */
	static void give(final Raster result, final Pieces.Span x, final Pieces.Span y, final Interval wanted, final Sink out) {
		final long[] first = wanted.minAsLongArray(), last = wanted.maxAsLongArray();
		first[0] = Math.max(x.first(), wanted.min(0));
		last[0] = Math.min(x.last() - 1, wanted.max(0));
		first[1] = Math.max(y.first(), wanted.min(1));
		last[1] = Math.min(y.last() - 1, wanted.max(1));
		out.write(new FinalInterval(first, last), new Window((int) (first[0] - x.from()), (int) (first[1] - y.from()), (int) (last[0] - first[0] +
			1), (int) (last[1] - first[1] + 1)).cut(result));
	}

	/** Computes by one of the networks, when it is free. */
	final <R> R computing(final Function<N, R> work) {
		final N network = networks.take();
		try {
			return work.apply(network);
		}
		finally {
			networks.giveBack(network);
		}
	}

	private Pieces pieces(final Interval borders, final int dimension) {
		return new Pieces(borders, dimension, piece, halo);
	}

	/**
	 * What is read of an image for a part of it, which is more than the part.
	 *
	 * @param borders of the image; null: it has none
	 * @param part of the image
	 */
	public Interval source(final Interval borders, final Interval part) {
		final long[] min = part.minAsLongArray(), max = part.maxAsLongArray();
		for (int d = 0; d < 2 && !isCopy(); d++) {
			final Pieces pieces = pieces(borders, d);
			min[d] = pieces.span(pieces.of(min[d])).from();
			max[d] = pieces.span(pieces.of(max[d])).to() - 1;
		}
		return new FinalInterval(min, max);
	}

	@Override
	public final void close() {
		networks.close();
	}

	private static void close(final AutoCloseable network) {
		try {
			network.close();
		}
		catch (final RuntimeException e) {
			throw e;
		}
		catch (final Exception e) {
			throw new IllegalStateException(e);
		}
	}

	/** As many networks as threads may compute at the same moment. */
	private static final class Networks<N extends AutoCloseable> implements AutoCloseable {

		private final String of;
		private final Supplier<N> maker;
		/** Permits, and those networks that nobody uses. */
		private final Semaphore free;
		private final Deque<N> idle = new ArrayDeque<>();
		private boolean closed;

		Networks(final String of, final Supplier<N> maker, final int count) {
			this.of = of;
			this.maker = maker;
			free = new Semaphore(count, true);
		}

		N take() {
			try {
				free.acquire();
			}
			catch (final InterruptedException e) {
				Thread.currentThread().interrupt();
				throw new CancellationException("Canceled.");
			}
			try {
				synchronized (idle) {
					if (closed) throw new IllegalStateException("This " + of + " is closed: make another one.");
					if (!idle.isEmpty()) return idle.pop();
				}
				return maker.get();
			}
			catch (final RuntimeException | Error e) {
				free.release();
				throw e;
			}
		}

		void giveBack(final N network) {
			synchronized (idle) {
				if (closed) Cells.close(network);
				else idle.push(network);
			}
			free.release();
		}

		@Override
		public void close() {
			synchronized (idle) {
				closed = true;
				idle.forEach(Cells::close);
				idle.clear();
			}
		}
	}
}
