package sc.fiji.cfebm.training;

import sc.fiji.cfebm.model.Model.Kind;

/**
 * A recipe for training with all its constants.
 */
public enum Preset {

	/**
	 * Denoising score matching of an energy f/σ: learns fast, denoises and inpaints. Constants as first tried in a
	 * prototype; noise levels wide enough for coarse-to-fine chains.
	 */
	SCORE_MATCHING("Score matching", Kind.SCORE_MATCHING, false, 2e-3, 0.9, 0.999, 100, true, 1, 0.999, 0, 64, 32, 16,
			8, 4),

	/**
	 * Contrastive training as in CF-EBM (Zhao, Xie and Li, ICLR 2021), apart from its length; the paper flips patches
	 * but does not turn them.
	 */
	PAPER("Paper", Kind.CONTRASTIVE, true, 1e-3, 0.5, 0.999, 0, false, Double.POSITIVE_INFINITY, 0, 15, 256, 128, 64,
			64, 32, 16);

	/** Noise levels of score matching in model units. */
	static final double SIGMA_MIN = 0.02, SIGMA_MAX = 1;

	private final String label;
	final Kind kind;
	final boolean spectralNorm;
	final double learningRate, beta1, beta2;
	/** Iterations over which the learning rate rises from 0. */
	final int warmUp;
	/** Whether it falls to 0 along a cosine over the second half of a stage. */
	final boolean cosine;
	/** Largest norm of a gradient. */
	final double clip;
	/** Decay of the averaged weights; 0: none. */
	final double average;
	/** K of the Langevin chains in training. */
	final int langevinSteps;
	private final int[] batches;

	Preset(final String label, final Kind kind, final boolean spectralNorm, final double learningRate,
		final double beta1, final double beta2, final int warmUp, final boolean cosine, final double clip,
		final double average, final int langevinSteps, final int... batches)
	{
		this.label = label;
		this.kind = kind;
		this.spectralNorm = spectralNorm;
		this.learningRate = learningRate;
		this.beta1 = beta1;
		this.beta2 = beta2;
		this.warmUp = warmUp;
		this.cosine = cosine;
		this.clip = clip;
		this.average = average;
		this.langevinSteps = langevinSteps;
		this.batches = batches;
	}

	/** Its name in dialogs and macros. */
	@Override
	public String toString() {
		return label;
	}

	/** Patches per iteration of a stage. */
	int batch(final int stage) {
		return batches[Math.min(stage, batches.length - 1)];
	}

	/** The learning rate of iteration t of n. */
	double learningRate(final int t, final int n) {
		double rate = learningRate;
		final int rise = Math.min(warmUp, n / 5);
		if (t < rise) rate *= (t + 1.0) / rise;
		if (cosine && t > n / 2) rate *= 0.5 * (1 + Math.cos(Math.PI * (2.0 * t / n - 1)));
		return rate;
	}
}
