package sc.fiji.cfebm.training.optim;

import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.MissingPlane;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetEnergy;

/**
 * Denoising score matching of an energy E(x, σ) that works in units of the noise: the loss is |x̂ - clean|²/σ², a mean over pixels and
 * patches, first for x̂ = N(x, σ), the network as a denoiser, then for x̂ = x - σ²∇E. 1 of an energy that knows nothing. Of a share of
 * the patches the network is told what is bright, of the others it is not: one network learns both. A network of neighbouring planes learns
 * on shares of the patches to do without the middle one, in whose place stands what its neighbours foretell ({@link MissingPlane}), and
 * without outer ones, as at the ends of a stack, in whose places stands the nearest one that is there.
 */
public final class UnetScoreMatching implements Objective {

	/** Shares of the slabs that lack their middle plane, and that lack outer ones. */
	private static final double MISSING = 0.125, AT_ENDS = 0.1875;

	private final UnetEnergy network;
	private final NoiseProcess noise;
	private final int side;
	private final double told;
	private final BooleanSupplier estimating;
	/** Of the planes where the middle one is missing; null: the network looks at single images. */
	private final float[] foretelling;

	/**
	 * @param side of the patches in pixels
	 * @param told share of the patches that the network is told about
	 * @param planes how many neighbouring planes the network looks at, an odd number; 1: single images
	 * @param estimating whether it is the network's own estimate that is trained now
	 */
	public UnetScoreMatching(final UnetEnergy network, final NoiseProcess noise, final int side, final double told,
		final int planes, final BooleanSupplier estimating)
	{
		this.network = network;
		this.noise = noise;
		this.side = side;
		this.told = told;
		this.estimating = estimating;
		foretelling = planes == 1 ? null : MissingPlane.weights(planes);
	}

	@Override
	public Report addGradient(final int batch, final RandomGenerator rng, final double[] gradient) {
		final NoiseProcess.Batch drawn = noise.draw(batch, side, rng);
		final int size = drawn.noisy().length / batch;
		final float[] clean = new float[drawn.noisy().length], sigma = new float[batch];
		final double[] weights = new double[batch], losses = new double[batch];
		for (int i = 0; i < batch; i++) {
			final double s = drawn.sigmas()[i];
			sigma[i] = (float) s;
			weights[i] = drawn.shares()[i] / (s * s * size * batch);
			for (int k = i * size; k < (i + 1) * size; k++)
				clean[k] = drawn.noisy()[k] - sigma[i] * drawn.target()[k];
		}
		final int whole = batch - (foretelling == null ? 0 : (int) Math.round(MISSING * batch));
		for (int i = whole - (foretelling == null ? 0 : (int) Math.round(AT_ENDS * batch)); i < whole; i++)
			repeat(drawn.noisy(), clean, i * size, size, rng);
		for (int i = whole; i < batch; i++)
			weights[i] /= 1 + foretell(drawn.noisy(), clean, i * size, size) / (size * drawn.sigmas()[i] * drawn.sigmas()[i]);
		final NoisyImages images = new NoisyImages(drawn.noisy(), batch, side, side, sigma, new float[batch],
			(int) Math.round(told * batch), drawn.correlation());
		if (estimating.getAsBoolean()) network.estimateGradient(images, clean, weights, losses, gradient);
		else network.denoisedGradient(images, clean, weights, false, losses, gradient);
		double loss = 0;
		for (int i = 0; i < whole; i++)
			loss += (losses[i] / ((double) sigma[i] * sigma[i] * size) - drawn.excess()[i]) / whole;
		return Report.ofLoss(loss);
	}

	/** Puts the nearest plane that is there in the places of one or more outer ones. */
	private void repeat(final float[] noisy, final float[] clean, final int from, final int size, final RandomGenerator rng) {
		final int planes = foretelling.length, half = planes / 2;
		final int one = 1 + rng.nextInt(half), other = rng.nextInt(4) == 0 ? rng.nextInt(half + 1) : 0;
		final boolean first = rng.nextBoolean();
		final int before = first ? one : other, after = first ? other : one;
		for (int i = from; i < from + size; i += planes)
			for (int p = 0; p < planes; p++) {
				final int nearest = Math.max(before, Math.min(planes - 1 - after, p));
				noisy[i + p] = noisy[i + nearest];
				clean[i + p] = clean[i + nearest];
			}
	}

	/**
	 * Puts what a slab's other planes foretell in the place of its middle one.
	 *
	 * @return the sum of the squares of what it differs by
	 */
	private double foretell(final float[] noisy, final float[] clean, final int from, final int size) {
		final int planes = foretelling.length;
		MissingPlane.foretell(noisy, from, from + size, foretelling);
		double squares = 0;
		for (int i = from + planes / 2; i < from + size; i += planes) {
			final double d = noisy[i] - clean[i];
			squares += d * d;
		}
		return squares;
	}
}
