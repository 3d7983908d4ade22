package sc.fiji.cfebm.training;

import java.util.List;

import sc.fiji.cfebm.model.Model.Kind;

/**
 * All constants of a way to train. A stage begins with score matching and ends with contrastive iterations; either part
 * may be empty.
 *
 * @param name as in dialogs, macros and model files
 * @param kind what the trained energy means
 * @param spectralNorm whether convolutions are divided by their spectral norm
 * @param learningRate of score matching, or of all iterations where there is none
 * @param contrastiveRate learning rate of contrastive iterations after score matching
 * @param beta1 Adam's decay of the mean gradient
 * @param beta2 Adam's decay of the squared gradient
 * @param warmUp iterations over which the learning rate rises from 0
 * @param cosine whether it falls to 0 along a cosine over the second half of each phase
 * @param clip largest norm of a gradient
 * @param average decay of the averaged weights; 0: none
 * @param fade share of a stage over which β rises from 0 to 1
 * @param sigmaMin lowest noise level of score matching, in model units; 0 without
 * @param sigmaMax highest noise level
 * @param contrastiveShare share of a stage's iterations that are contrastive, 0 to 1
 * @param langevinSteps K, Langevin steps per stage of the chains
 * @param cap largest norm of the contrastive gradient relative to the score matching one
 * @param penalty γ of the energy penalty γ·mean(E(x⁺)² + E(x⁻)²), E per value of a tile where score matching goes along
 * @param reservoir number of samples kept for further chains; 0: all chains are fresh
 * @param batches patches per iteration, stage by stage; the last holds for all finer ones
 */
public record Recipe(String name, Kind kind, boolean spectralNorm, double learningRate, double contrastiveRate,
	double beta1, double beta2, int warmUp, boolean cosine, double clip, double average, double fade, double sigmaMin,
	double sigmaMax, double contrastiveShare, int langevinSteps, double cap, double penalty, int reservoir,
	List<Integer> batches)
{

	public Recipe {
		batches = List.copyOf(batches);
		if (!(learningRate > 0) || !(contrastiveShare >= 0 && contrastiveShare <= 1) || batches.isEmpty())
			throw new IllegalArgumentException("The recipe “" + name + "” cannot be trained.");
	}

	/** Another learning rate, of score matching and contrastive iterations by the same factor. */
	public Recipe withLearningRate(final double factor) {
		return new Recipe(name, kind, spectralNorm, factor * learningRate, factor * contrastiveRate, beta1, beta2, warmUp,
			cosine, clip, average, fade, sigmaMin, sigmaMax, contrastiveShare, langevinSteps, cap, penalty, reservoir,
			batches);
	}

	public Recipe withSpectralNorm(final boolean on) {
		return new Recipe(name, kind, on, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip, average, fade,
			sigmaMin, sigmaMax, contrastiveShare, langevinSteps, cap, penalty, reservoir, batches);
	}

	public Recipe withFade(final double share) {
		return new Recipe(name, kind, spectralNorm, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip,
			average, share, sigmaMin, sigmaMax, contrastiveShare, langevinSteps, cap, penalty, reservoir, batches);
	}

	public Recipe withContrastive(final double share, final double rate, final int steps) {
		return new Recipe(name, kind, spectralNorm, learningRate, rate, beta1, beta2, warmUp, cosine, clip, average, fade,
			sigmaMin, sigmaMax, share, steps, cap, penalty, reservoir, batches);
	}

	public Recipe withCap(final double largest) {
		return new Recipe(name, kind, spectralNorm, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip,
			average, fade, sigmaMin, sigmaMax, contrastiveShare, langevinSteps, largest, penalty, reservoir, batches);
	}

	public Recipe withPenalty(final double gamma) {
		return new Recipe(name, kind, spectralNorm, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip,
			average, fade, sigmaMin, sigmaMax, contrastiveShare, langevinSteps, cap, gamma, reservoir, batches);
	}

	public Recipe withReservoir(final int samples) {
		return new Recipe(name, kind, spectralNorm, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip,
			average, fade, sigmaMin, sigmaMax, contrastiveShare, langevinSteps, cap, penalty, samples, batches);
	}

	public Recipe withLevels(final double lowest, final double highest) {
		return new Recipe(name, kind, spectralNorm, learningRate, contrastiveRate, beta1, beta2, warmUp, cosine, clip, average,
			fade, lowest, highest, contrastiveShare, langevinSteps, cap, penalty, reservoir, batches);
	}

	/** Patches per iteration of a stage. */
	int batch(final int stage) {
		return batches.get(Math.min(stage, batches.size() - 1));
	}

	/** Iterations of a stage that score matching has for itself; the others are contrastive. */
	int warmStart(final int iterations) {
		return iterations - (int) Math.round(contrastiveShare * iterations);
	}

	/** β before iteration t of n, from 0; it has reached 1 when the contrastive phase begins. */
	double beta(final int t, final int n) {
		final int warm = warmStart(n);
		final double rise = fade * (warm > 0 ? warm : n);
		return rise < 1 ? 1 : Math.min(1, t / rise);
	}

	/** The learning rate of iteration t of n, from 0. */
	double learningRate(final int t, final int n) {
		final int warm = warmStart(n);
		if (t < warm || warm == 0) return learningRate * course(t, warm == 0 ? n : warm, warmUp);
		return contrastiveRate * course(t - warm, n - warm, 0);
	}

	private double course(final int t, final int n, final int rising) {
		double share = 1;
		final int rise = Math.min(rising, n / 5);
		if (t < rise) share *= (t + 1.0) / rise;
		if (cosine && t > n / 2) share *= 0.5 * (1 + Math.cos(Math.PI * (2.0 * t / n - 1)));
		return share;
	}
}
