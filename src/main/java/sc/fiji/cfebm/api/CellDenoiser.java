package sc.fiji.cfebm.api;

import java.util.concurrent.CancellationException;

import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.RealType;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Denoiser;

/**
 * Removes noise from parts of images, in one step; all parts of one image under one {@link CellPlan}. An image that is given with its
 * borders is continued beyond them as {@link Cfebm#denoise} does it. Differences between pieces of another size are those of rounding.
 */
public final class CellDenoiser extends Cells<Denoiser> {

	private final CellPlan plan;

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
		super(model, threads, piece, Denoiser.reach(model), () -> Denoiser.ofOneThread(model));
		this.plan = plan;
	}

	private CellDenoiser(final CellDenoiser other, final CellPlan plan) {
		super(other);
		this.plan = plan;
	}

	/** One for another image, or another channel, with the same networks: closing one of them closes both. */
	public CellDenoiser with(final CellPlan other) {
		return new CellDenoiser(this, other);
	}

	public CellPlan plan() {
		return plan;
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
	Raster computed(final Denoiser network, final Raster noisy, final Place where) {
		return plan.denoised(network, noisy);
	}
}
