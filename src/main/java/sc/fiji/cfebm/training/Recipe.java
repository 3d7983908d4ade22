package sc.fiji.cfebm.training;

import java.util.List;
import java.util.Objects;

import sc.fiji.cfebm.model.Model.Kind;

/**
 * All constants of a way to train. A stage begins with score matching and ends with contrastive iterations; either part
 * may be empty.
 *
 * @param name as in dialogs, macros and model files
 * @param kind what the trained energy means
 * @param spectralNorm whether the paper's network divides convolutions by their spectral norm
 * @param unet the network told the noise, and its phases; null: the paper's network, which is trained by contrast alone
 * @param fade share of a stage over which β rises from 0 to 1
 * @param batches patches per iteration, stage by stage; the last holds for all finer ones
 * @param optimizer how parameters are moved
 * @param levels noise levels of score matching; {@link Levels#NONE} without it
 * @param contrastive the contrastive part; {@link Contrastive#NONE} without it
 */
public record Recipe(String name, Kind kind, boolean spectralNorm, Unet unet, double fade, List<Integer> batches, Optimizer optimizer,
	Levels levels, Contrastive contrastive)
{

	/**
	 * How parameters are moved, by Adam.
	 *
	 * @param learningRate of score matching, or of all iterations where there is none
	 * @param beta1 decay of the mean gradient
	 * @param beta2 decay of the squared gradient
	 * @param warmUp iterations over which the learning rate rises from 0
	 * @param cosine whether it falls to 0 along a cosine over the second half of each phase
	 * @param clip largest norm of a gradient
	 * @param ema decay of the exponential moving average of the weights; 0: none
	 */
	public record Optimizer(double learningRate, double beta1, double beta2, int warmUp, boolean cosine, double clip,
		double ema)
	{

		public Optimizer {
			if (!(learningRate > 0)) throw new IllegalArgumentException("A learning rate must be more than 0, not " + learningRate +
				".");
		}

		/** The learning rate times a factor. */
		Optimizer scaled(final double factor) {
			return new Optimizer(factor * learningRate, beta1, beta2, warmUp, cosine, clip, ema);
		}
	}

	/**
	 * Noise levels of score matching, in model units.
	 *
	 * @param lowest 0 without score matching
	 * @param highest likewise
	 */
	public record Levels(double lowest, double highest) {

		public static final Levels NONE = new Levels(0, 0);
	}

	/**
	 * The contrastive part of a stage.
	 *
	 * @param share of a stage's iterations that are contrastive, 0 to 1
	 * @param learningRate of contrastive iterations after score matching
	 * @param langevinSteps K, Langevin steps per stage of the chains
	 * @param cap largest norm of the contrastive gradient relative to the score matching one
	 * @param penalty γ of the energy penalty γ·mean(E(x⁺)² + E(x⁻)²), E per value of a tile where score matching goes along
	 * @param buffer number of samples kept for further chains; 0: all chains are fresh
	 */
	public record Contrastive(double share, double learningRate, int langevinSteps, double cap, double penalty, int buffer) {

		public static final Contrastive NONE = new Contrastive(0, 0, 0, 0, 0, 0);

		public Contrastive {
			if (!(share >= 0 && share <= 1)) throw new IllegalArgumentException(
				"The share of contrastive iterations must be between 0 and 1, not " + share + ".");
		}

		public Contrastive withShare(final double other) {
			return new Contrastive(other, learningRate, langevinSteps, cap, penalty, buffer);
		}

		public Contrastive withLangevinSteps(final int other) {
			return new Contrastive(share, learningRate, other, cap, penalty, buffer);
		}

		public Contrastive withCap(final double other) {
			return new Contrastive(share, learningRate, langevinSteps, other, penalty, buffer);
		}

		public Contrastive withPenalty(final double other) {
			return new Contrastive(share, learningRate, langevinSteps, cap, other, buffer);
		}

		public Contrastive withBuffer(final int other) {
			return new Contrastive(share, learningRate, langevinSteps, cap, penalty, other);
		}

		/** The learning rate times a factor. */
		Contrastive scaled(final double factor) {
			return new Contrastive(share, factor * learningRate, langevinSteps, cap, penalty, buffer);
		}
	}

	/**
	 * How a network that is told the noise, and works in its units, is trained by score matching.
	 *
	 * @param estimateShare share of score matching's iterations in which the network itself is trained as a denoiser; the rest
	 *          trains x - σ²∇E of its energy, which costs twice as much
	 * @param told share of the patches of which the network is told what is bright and how strong the noise is in the images' units: what it
	 *          invents images by, and finds anomalies; 0: it can't be told. The others it learns to restore whatever their brightness
	 * @param correlated share of the patches that the network is not told about whose noise is correlated between neighbours, as the network is told; 0: it can't be told
	 * @param shots share of the patches that the network is not told about that are shots of few to many photons, as the network sees them through the Anscombe transform
	 * @param patch side of a patch, by that of the finest stage's tile: the network sees farther than a small tile. Patches of more than
	 *          48 pixels are no wider than the tile
	 */
	public record Unet(double estimateShare, double told, double correlated, double shots, double patch) {

		public Unet {
			if (!(estimateShare >= 0 && estimateShare < 1)) throw new IllegalArgumentException(
				"The share of the denoiser's iterations must be from 0 to below 1, not " + estimateShare + ".");
			if (!(told >= 0 && told <= 1)) throw new IllegalArgumentException(
				"The share of patches that the network is told about must be between 0 and 1, not " + told + ".");
			if (!(correlated >= 0 && shots >= 0 && correlated + shots <= 1)) throw new IllegalArgumentException(
				"The shares of patches with correlated noise and of shots must be between 0 and 1 together, not " + correlated + " and " +
					shots + ".");
		}
	}

	/** Side of a patch that shows a network enough. */
	private static final int WIDE = 48;

	public Recipe {
		Objects.requireNonNull(optimizer);
		Objects.requireNonNull(levels);
		Objects.requireNonNull(contrastive);
		batches = List.copyOf(batches);
		if (batches.isEmpty()) throw new IllegalArgumentException("The recipe “" + name + "” has no batch.");
	}

	/** Another learning rate, of score matching and contrastive iterations by the same factor. */
	public Recipe withLearningRate(final double factor) {
		return new Recipe(name, kind, spectralNorm, unet, fade, batches, optimizer.scaled(factor), levels, contrastive.scaled(factor));
	}

	public Recipe withFade(final double share) {
		return new Recipe(name, kind, spectralNorm, unet, share, batches, optimizer, levels, contrastive);
	}

	public Recipe withUnet(final Unet other) {
		return new Recipe(name, kind, spectralNorm, other, fade, batches, optimizer, levels, contrastive);
	}

	public Recipe withContrastive(final Contrastive other) {
		return new Recipe(name, kind, spectralNorm, unet, fade, batches, optimizer, levels, other);
	}

	/** Side of a patch for a finest tile of this side. */
	public int patch(final int size) {
		return unet == null ? size : Math.max(size, Math.min(WIDE, (int) Math.round(unet.patch * size)));
	}

	/** Patches per iteration of a stage. */
	int batch(final int stage) {
		return batches.get(Math.min(stage, batches.size() - 1));
	}

	/** Iterations of a stage that score matching has for itself; the others are contrastive. */
	int warmStart(final int iterations) {
		return iterations - (int) Math.round(contrastive.share * iterations);
	}

	/** Iterations of a stage, the first ones, in which the network itself is trained as a denoiser. */
	int estimating(final int iterations) {
		return unet == null ? 0 : (int) Math.round(unet.estimateShare * warmStart(iterations));
	}

	/** β before iteration t of n, from 0; it has reached 1 when the contrastive phase begins. */
	double beta(final int t, final int n) {
		final int warm = warmStart(n);
		final double rise = fade * (warm > 0 ? warm : n);
		return rise < 1 ? 1 : Math.min(1, t / rise);
	}

	/** The learning rate of iteration t of n, from 0. */
	double learningRate(final int t, final int n) {
		final int warm = warmStart(n), first = estimating(n);
		if (t < first) return optimizer.learningRate * course(t, first, optimizer.warmUp);
		if (first > 0 && t < warm) return optimizer.learningRate * course(t - first, warm - first, optimizer.warmUp);
		if (t < warm || warm == 0) return optimizer.learningRate * course(t, warm == 0 ? n : warm, optimizer.warmUp);
		return contrastive.learningRate * course(t - warm, n - warm, 0);
	}

	private double course(final int t, final int n, final int rising) {
		double share = 1;
		final int rise = Math.min(rising, n / 5);
		if (t < rise) share *= (t + 1.0) / rise;
		if (optimizer.cosine && t > n / 2) share *= 0.5 * (1 + Math.cos(Math.PI * (2.0 * t / n - 1)));
		return share;
	}
}
