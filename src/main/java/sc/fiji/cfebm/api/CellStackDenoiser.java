package sc.fiji.cfebm.api;

import java.util.concurrent.CancellationException;

import net.imglib2.FinalInterval;
import net.imglib2.Interval;
import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.RealType;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.StackDenoiser;

/**
 * Removes noise from parts of stacks, in one step, with a model of neighbouring planes ({@link StackDenoiser}); planes that no other one helps
 * by the model for single ones. A part is computed from as many planes before and behind it as {@link #halo} says, and is the same, bit by
 * bit, however the image is divided along the stack and in its planes. Whether two planes show the same is told of each piece by itself: one
 * cannot know the whole plane, and a cut shows in all pieces where there is something to be seen. Where a piece is all of the plane, the result
 * is that of the whole stack, bit by bit, but where values were cut off all around. In memory are fewer than 2k planes of a piece, about five
 * arrays of floats each. The image must not be computed
 * by this object itself, nor by one made of it by {@link #with}: it would wait for networks that are taken.
 */
public final class CellStackDenoiser extends Cells<CellStackDenoiser.Both> {

	/** Planes that are computed at one time where they are looked at: what lies before and behind them is computed, too. */
	private static final int DEPTH = 16;

	/** The networks of one thread. */
	record Both(StackDenoiser stacks, Denoiser alone) implements AutoCloseable {

		private static Both of(final Model ofPlanes, final Model single) {
			final StackDenoiser stacks = StackDenoiser.ofOneThread(ofPlanes);
			try {
				return new Both(stacks, Denoiser.ofOneThread(single));
			}
			catch (final RuntimeException | Error e) {
				stacks.close();
				throw e;
			}
		}

		@Override
		public void close() {
			try {
				stacks.close();
			}
			finally {
				alone.close();
			}
		}
	}

	private final CellPlan plan;
	private final int axis, halo;

	/**
	 * @param model for single planes of gray images
	 * @param ofPlanes the one of neighbouring planes that goes with it
	 * @param axis the dimension along which planes are neighbours, 2 or more
	 * @param threads how many threads may compute at the same moment; a network is made when it is needed first
	 * @param piece side of a piece in pixels, a multiple of 64 from 64 to 2048
	 * @throws IllegalArgumentException with one sentence, if a model is not one of these, or a number makes no sense
	 */
	public CellStackDenoiser(final Model model, final Model ofPlanes, final CellPlan plan, final int axis, final int threads, final int piece) {
		super(model, threads, piece, around(model, ofPlanes), () -> Both.of(ofPlanes, model));
		if (axis < 2) throw new IllegalArgumentException("Planes are neighbours along a dimension from 2 on, not " + axis + ".");
		this.plan = plan;
		this.axis = axis;
		halo = StackDenoiser.halo(ofPlanes);
	}

	private CellStackDenoiser(final CellStackDenoiser other, final CellPlan plan) {
		super(other);
		this.plan = plan;
		axis = other.axis;
		halo = other.halo;
	}

	/** One for another channel, with the same networks: closing one of them closes both. */
	public CellStackDenoiser with(final CellPlan other) {
		return new CellStackDenoiser(this, other);
	}

	/** How much around a piece it is computed from, in pixels. */
	public static int around(final Model model, final Model ofPlanes) {
		if (model.channels() != 1 || model.planes() != 1 || ofPlanes.planes() == 1 || ofPlanes.channels() != 1) throw new IllegalArgumentException(
			"Stacks are denoised by a model of gray images and one of neighbouring planes of such.");
		return Math.max(Denoiser.reach(model), StackDenoiser.reach(ofPlanes));
	}

	/** From how many planes before and behind it a part is computed. */
	public int halo() {
		return halo;
	}

	/**
	 * Computes a part of an image.
	 *
	 * @param in the noisy image [W,H,…] in gray values; where it has borders, the part lies inside. Pixels that are NaN or infinite stay
	 * @param out what is wanted, at its place in the image; receives gray values, integer types rounded and clamped. The more planes along
	 *          the stack it has, the less is computed twice
	 * @param progress asked between planes whether to stop
	 * @throws IllegalArgumentException with one sentence, if they don't fit each other or the model
	 * @throws CancellationException after the progress asked to stop, or if the thread is interrupted while it waits; part of the target is then
	 *           written
	 */
	public <T extends RealType<T>, U extends RealType<U>> void denoise(final RandomAccessible<T> in, final RandomAccessibleInterval<U> out,
		final Progress progress)
	{
		compute(in, out, progress);
	}

	@Override
	boolean isCopy() {
		return plan.noise() == null;
	}

	@Override
	boolean hasColors() {
		return true;
	}

	@Override
	int depth(final int dimension) {
		return dimension == axis ? DEPTH : 1;
	}

	@Override
	void requireBorders(final Interval borders) {
		if (axis >= borders.numDimensions()) throw new IllegalArgumentException("The image has no dimension " + axis +
			" along which planes are neighbours.");
	}

	@Override
	public Interval source(final Interval borders, final Interval part) {
		final Interval planes = super.source(borders, part);
		if (isCopy()) return planes;
		final long[] min = planes.minAsLongArray(), max = planes.maxAsLongArray();
		min[axis] = borders == null ? part.min(axis) - halo : Math.max(borders.min(axis), part.min(axis) - halo);
		max[axis] = borders == null ? part.max(axis) + halo : Math.min(borders.max(axis), part.max(axis) + halo);
		return new FinalInterval(min, max);
	}

	/** All planes of a stack in one piece, then those of the next. */
	@Override
	void part(final Source in, final Interval borders, final Interval wanted, final Sink out, final Progress progress) {
		if (isCopy()) {
			super.part(in, borders, wanted, out, progress);
			return;
		}
		final long[] max = wanted.maxAsLongArray();
		max[axis] = wanted.min(axis);
		final Interval lines = new FinalInterval(wanted.minAsLongArray(), max);
		final int count = Math.toIntExact(Planes.count(lines, 2));
		for (int i = 0; i < count; i++) {
			final Progress share = progress.part(i, count);
			final long[] line = Planes.position(lines, 2, i);
			forEachPiece(borders, wanted, (x, y, where) -> computing(both -> {
				line(both, in, borders, line, x, y, where, wanted, out, share);
				return null;
			}), share);
		}
	}

	/** @param line a place in each of its planes but along the stack */
	private void line(final Both both, final Source in, final Interval borders, final long[] line, final Pieces.Span x, final Pieces.Span y,
		final Place where, final Interval wanted, final Sink out, final Progress progress)
	{
		// Planes outside of the source are never asked for, unless the stack ends there.
		final Interval source = source(borders, wanted);
		final StackDenoiser.Stack stack = both.stacks.stack(index -> new StackDenoiser.Noisy(in.read(plane(line, x.from(), x.to(), y.from(), y
			.to(), source.min(axis) + index)), plan.noise(), plan.range()), Math.toIntExact(source.dimension(axis)), false);
		final Progress asked = new Progress() {

			@Override
			public boolean isCanceled() {
				return progress.isCanceled();
			}
		};
		for (long at = wanted.min(axis); at <= wanted.max(axis); at++) {
			progress.throwIfCanceled();
			final Raster helped = stack.denoised((int) (at - source.min(axis)), asked);
			final Interval here = plane(line, wanted.min(0), wanted.max(0) + 1, wanted.min(1), wanted.max(1) + 1, at);
			give(helped != null ? helped : computed(both, in.read(plane(line, x.from(), x.to(), y.from(), y.to(), at)), where), x, y, here, out);
		}
	}

	private Interval plane(final long[] line, final long left, final long right, final long top, final long bottom, final long at) {
		final long[] min = line.clone(), max = line.clone();
		min[0] = left;
		max[0] = right - 1;
		min[1] = top;
		max[1] = bottom - 1;
		min[axis] = max[axis] = at;
		return new FinalInterval(min, max);
	}

	/** A plane that no other one helps. */
	@Override
	Raster computed(final Both networks, final Raster cut, final Place where) {
		return plan.denoised(networks.alone, cut);
	}
}
