package sc.fiji.cfebm.training.optim;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Contrastive training with score matching kept on: g = g_DSM + w·g_CD with w = min(1, c·|g_DSM|/|g_CD|), so that the
 * contrastive gradient, which can be a thousand times larger, never drowns the other.
 */
public final class CombinedObjective implements Objective {

	private final Objective scoreMatching, contrastive;
	private final double cap;
	private double[] first = new double[0], second = first;

	/** @param cap c */
	public CombinedObjective(final Objective scoreMatching, final Objective contrastive, final double cap) {
		this.scoreMatching = scoreMatching;
		this.contrastive = contrastive;
		this.cap = cap;
	}

	@Override
	public Report addGradient(final int batch, final RandomGenerator rng, final double[] gradient) {
		if (first.length != gradient.length) {
			first = new double[gradient.length];
			second = new double[gradient.length];
		}
		Arrays.fill(first, 0);
		Arrays.fill(second, 0);
		final Report a = scoreMatching.addGradient(batch, rng, first), b = contrastive.addGradient(batch, rng, second);
		final double length = norm(second), w = length > 0 ? Math.min(1, cap * norm(first) / length) : 1;
		for (int i = 0; i < gradient.length; i++)
			gradient[i] += first[i] + w * second[i];
		return new Report(a.loss(), b.dataEnergy(), b.sampleEnergy(), b.dataSpread(), b.sampleSpread());
	}

	public static double norm(final double[] gradient) {
		double sum = 0;
		for (final double g : gradient)
			sum += g * g;
		return Math.sqrt(sum);
	}
}
