package sc.fiji.cfebm.training;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.EnergyNetwork;

/**
 * Denoising score matching for an energy f(x)/σ: with x̃ = x + σn the loss is the mean over pixels and patches of
 * (∇f(x̃) - n)². First derivatives suffice: with r = 2(∇f(x̃) - n) held, ρ its root mean square and u = r/ρ,
 * <pre>∇θ loss ≈ ∇θ Σᵢ ρᵢ/(2hND)·[f(x̃ᵢ + h·uᵢ) - f(x̃ᵢ - h·uᵢ)]</pre>
 * for N patches of D values, a weighted sum of energies.
 * <p>
 * Images that are themselves noisy, with white normal noise of standard deviation σ_y, get more of it: x̃ = y + σ_a·n has
 * noise of σ² = σ_y² + σ_a². Of that only n is known, but the mean of all the noise given x̃, in units of σ, is that of
 * (σ/σ_a)·n, and the mean is what a least-squares fit learns. So (∇f(x̃) - (σ/σ_a)·n)² with weight (σ_a/σ)² gives the energy
 * that clean images would give, for levels from σ_y on (after Moran et al., <em>Noisier2Noise</em>, CVPR 2020, and Pang et
 * al., <em>Recorrupted-to-Recorrupted</em>, CVPR 2021). Each patch comes twice, with n and -n: what both have in common
 * cancels, so that even for small σ_a the gradient has little scatter.
 */
final class ScoreMatching implements Objective {

	/**
	 * h in model units: float rounding drowns smaller ones, curvature bends larger ones. On a trained network the relative
	 * error is 1e-4 to 1e-3 (docs/benchmarks.md).
	 */
	static final double STEP = 1e-3;
	/** Lowest level over the images' own noise: σ_a is a fifth of σ_y there. */
	private static final double LEAST = 1.02;

	private final EnergyNetwork network;
	private final PatchSource patches;
	private final double sigmaMin, sigmaMax, noise;

	/**
	 * @param sigmaMin lowest level of noise, in model units
	 * @param sigmaMax highest
	 * @param noise σ_y, of the patches' own noise at the network's resolution, in model units; 0: they are clean
	 */
	ScoreMatching(final EnergyNetwork network, final PatchSource patches, final double sigmaMin, final double sigmaMax,
		final double noise)
	{
		this.network = network;
		this.patches = patches;
		this.sigmaMin = Math.max(sigmaMin, LEAST * noise);
		this.sigmaMax = sigmaMax;
		this.noise = noise;
	}

	/** Scratch: scale of the transformed values if noise is to be that of shots. */
	sc.fiji.cfebm.tile.Normalization shots;

	private void addShots(final float[] noisy, final float[] target, final int from, final int size, final double sigma,
		final RandomGenerator rng)
	{
		final double one = shots.toModel(1.0), rest = Math.sqrt(Math.max(0, sigma * sigma - one * one));
		for (int k = from; k < from + size; k++) {
			final double mean = (noisy[k] + 1) / 2 * (shots.high() - shots.low()) + shots.low();
			final double n = shots.toModel(sc.fiji.cfebm.tile.Anscombe.shot(mean, rng) - mean) + rest * rng.nextGaussian();
			noisy[k] += (float) n;
			target[k] = (float) (n / sigma);
		}
	}

	@Override
	public Report addGradient(final int batch, final RandomGenerator rng, final double[] gradient) {
		final int times = noise > 0 ? 2 : 1;
		final float[] drawn = patches.draw((batch + times - 1) / times, network.size(), rng);
		final int size = network.size() * network.size() * network.channels();
		final float[] noisy = new float[batch * size], target = new float[noisy.length];
		final double[] shares = new double[batch];
		for (int i = 0; i < batch; i += times) {
			final double sigma = sigmaMin * Math.pow(sigmaMax / sigmaMin, rng.nextDouble());
			if (shots != null && sigma >= shots.toModel(1.0)) {
				System.arraycopy(drawn, i * size, noisy, i * size, size);
				addShots(noisy, target, i * size, size, sigma, rng);
				shares[i] = 1;
				continue;
			}
			final double added = Math.sqrt(sigma * sigma - noise * noise), scale = sigma / added;
			for (int k = 0; k < size; k++) {
				final double n = rng.nextGaussian();
				for (int t = 0; t < Math.min(times, batch - i); t++) {
					final int at = (i + t) * size + k;
					noisy[at] = drawn[i / times * size + k] + (float) (t == 0 ? added * n : -added * n);
					target[at] = (float) (t == 0 ? scale * n : -scale * n);
					shares[i + t] = 1 / (scale * scale);
				}
			}
		}
		return Report.ofLoss(addGradient(network, noisy, target, shares, gradient));
	}

	/**
	 * The loss and its gradient for given noisy patches.
	 *
	 * @param noisy x̃ [N,r,r,C]
	 * @param noise what ∇f is to be there, n or (σ/σ_a)·n; same layout
	 * @param shares weights of the patches in the loss, N; 1 if they are clean
	 * @return the loss
	 */
	static double addGradient(final EnergyNetwork network, final float[] noisy, final float[] noise,
		final double[] shares, final double[] gradient)
	{
		final int batch = shares.length;
		final int size = noisy.length / batch;
		final float[] residual = new float[noisy.length];
		network.evaluate(noisy, batch, null, residual);
		final float[] both = new float[2 * noisy.length];
		final double[] weights = new double[2 * batch];
		double loss = 0;
		for (int i = 0; i < batch; i++) {
			double sum = 0;
			for (int k = i * size; k < (i + 1) * size; k++) {
				residual[k] -= noise[k];
				sum += (double) residual[k] * residual[k];
			}
			loss += shares[i] * sum / size / batch;
			final double rho = 2 * Math.sqrt(sum / size);
			// A patch that fits exactly pulls nowhere.
			final double scale = rho > 0 ? 2 * STEP / rho : 0;
			for (int k = i * size; k < (i + 1) * size; k++) {
				final float move = (float) (scale * residual[k]);
				both[k] = noisy[k] + move;
				both[noisy.length + k] = noisy[k] - move;
			}
			weights[i] = shares[i] * rho / (2 * STEP * batch * size);
			weights[batch + i] = -weights[i];
		}
		network.parameterGradient(both, weights, 2 * batch, null, gradient);
		return loss;
	}
}
