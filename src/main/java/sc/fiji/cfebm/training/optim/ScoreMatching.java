package sc.fiji.cfebm.training.optim;

import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;

/**
 * Denoising score matching for an energy f(x)/σ: with x̃ = x + σn the loss is the mean over pixels and patches of
 * (∇f(x̃) - n)². First derivatives suffice: with r = 2(∇f(x̃) - n) held, ρ its root mean square and u = r/ρ,
 * <pre>∇θ loss ≈ ∇θ Σᵢ ρᵢ/(2hND)·[f(x̃ᵢ + h·uᵢ) - f(x̃ᵢ - h·uᵢ)]</pre>
 * for N patches of D values, a weighted sum of energies.
 * Which x̃ and n there are says a {@link NoiseProcess}.
 */
public final class ScoreMatching implements Objective {

	/**
	 * h in model units: float rounding drowns smaller ones, curvature bends larger ones. On a trained network the relative
	 * error is 1e-4 to 1e-3 (docs/benchmarks.md).
	 */
	static final double STEP = 1e-3;

	private final StageNetwork network;
	private final NoiseProcess noising;

	public ScoreMatching(final StageNetwork network, final NoiseProcess noising) {
		this.network = network;
		this.noising = noising;
	}

	@Override
	public Report addGradient(final int batch, final RandomGenerator rng, final double[] gradient) {
		final NoiseProcess.Batch drawn = noising.draw(batch, network.size(), rng);
		return Report.ofLoss(addGradient(network, drawn, gradient));
	}

	/**
	 * The loss and its gradient for given noisy patches.
	 *
	 * @return the mean loss: 1 of an energy that knows nothing, as of clean images so of noisy ones
	 */
	static double addGradient(final StageNetwork network, final NoiseProcess.Batch drawn, final double[] gradient) {
		final float[] noisy = drawn.noisy(), target = drawn.target();
		final double[] shares = drawn.shares();
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
				residual[k] -= target[k];
				sum += (double) residual[k] * residual[k];
			}
			loss += (sum / size - drawn.excess()[i]) / batch;
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
		network.parameterGradient(both, weights, 2 * batch, 1, null, gradient);
		return loss;
	}
}
