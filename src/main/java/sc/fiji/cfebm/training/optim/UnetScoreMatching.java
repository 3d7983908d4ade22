package sc.fiji.cfebm.training.optim;

import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetEnergy;

/**
 * Denoising score matching of an energy E(x, σ) that works in units of the noise: the loss is |x̂ - clean|²/σ², a mean over pixels and
 * patches, first for x̂ = N(x, σ), the network as a denoiser, then for x̂ = x - σ²∇E. 1 of an energy that knows nothing. Of a share of
 * the patches the network is told what is bright, of the others it is not: one network learns both.
 */
public final class UnetScoreMatching implements Objective {

	private final UnetEnergy network;
	private final NoiseProcess noise;
	private final int side;
	private final double told;
	private final BooleanSupplier estimating;

	/**
	 * @param side of the patches in pixels
	 * @param told share of the patches that the network is told about
	 * @param estimating whether it is the network's own estimate that is trained now
	 */
	public UnetScoreMatching(final UnetEnergy network, final NoiseProcess noise, final int side, final double told,
		final BooleanSupplier estimating)
	{
		this.network = network;
		this.noise = noise;
		this.side = side;
		this.told = told;
		this.estimating = estimating;
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
		final NoisyImages images = new NoisyImages(drawn.noisy(), batch, side, side, sigma, new float[batch],
			(int) Math.round(told * batch), drawn.correlation());
		if (estimating.getAsBoolean()) network.estimateGradient(images, clean, weights, losses, gradient);
		else network.denoisedGradient(images, clean, weights, false, losses, gradient);
		double loss = 0;
		for (int i = 0; i < batch; i++)
			loss += (losses[i] / ((double) sigma[i] * sigma[i] * size) - drawn.excess()[i]) / batch;
		return Report.ofLoss(loss);
	}
}
