package sc.fiji.cfebm.task.linear;


import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;

/**
 * Restores an image from y = H·x + noise by turns (half-quadratic splitting, plug and play): a step towards what was observed, and a step
 * that takes noise off, of a level σ that falls from strong to the image's own. What takes noise off knows what images look like; the noise
 * that it sees is what the observation does not tell.
 */
public final class PlugAndPlay {

	/** Takes white noise off an image. */
	@FunctionalInterface
	public interface NoiseRemoval {

		/**
		 * @param image [H,W,C] in gray values; not to be changed
		 * @param sigma of its noise in gray values
		 */
		Raster without(Raster image, double sigma);
	}

	/**
	 * @param steps number of turns, at least 1
	 * @param strongest σ of the first turn in gray values, positive
	 * @param weakest σ of the last turn in units of the image's noise
	 * @param trust how much an image that noise was taken off counts beside what was observed
	 * @param iterations of conjugate gradients in a turn
	 */
	public record Settings(int steps, double strongest, double weakest, double trust, int iterations) {

		public Settings {
			if (steps < 1 || iterations < 1 || !(strongest > 0) || !(weakest > 0) || !(trust > 0)) throw new IllegalArgumentException(
				"Steps and iterations are at least 1, and all else is above 0.");
		}
	}

	private PlugAndPlay() {}

	/**
	 * Restores an image.
	 *
	 * @param observed y [H,W,C] in gray values; pixels that are NaN or infinite count as not observed
	 * @param operator H, of each channel
	 * @param noise of y
	 * @return the image [operator.height, operator.width, C]
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public static Raster restore(final Raster observed, final LinearOperator operator, final NoiseModel noise, final NoiseRemoval removal,
		final Settings settings, final Progress progress)
	{
		final int c = observed.channels();
		final boolean[] missing = Missing.in(observed);
		final DataStep data = new DataStep(operator);
		final float[][] y = new float[c][], x = new float[c][];
		double variance = 0;
		for (int k = 0; k < c; k++) {
			y[k] = observed.channel(k).values();
			fill(y[k], missing);
			for (final float v : y[k])
				variance += variance(noise, v) / y[k].length / c;
			x[k] = new float[operator.width() * operator.height()];
			operator.start(y[k], x[k]);
		}
		final double last = Math.min(settings.strongest, settings.weakest * Math.sqrt(variance));
		Raster image = null;
		for (int t = 0; t < settings.steps; t++) {
			progress.throwIfCanceled();
			progress.update((double) t / settings.steps, "step " + (t + 1) + " of " + settings.steps);
			final double sigma = settings.steps == 1 ? last : settings.strongest * Math.pow(last / settings.strongest, t / (settings.steps - 1.0));
			for (int k = 0; k < c; k++)
				data.solve(y[k], weights(y[k], x[k], missing, operator, noise), settings.trust / (sigma * sigma), x[k], settings.iterations);
			image = removal.without(joined(x, operator), sigma);
			for (int k = 0; k < c; k++)
				x[k] = image.channel(k).values();
		}
		return image;
	}

	private static double variance(final NoiseModel noise, final double value) {
		final double sigma = noise.sigmaAt(value);
		return noise.shot() == null ? sigma * sigma : Math.max(sigma * sigma, noise.shot().gain() * noise.shot().gain());
	}

	/** 1 over the variance that the noise has where the image is as it is expected to be; 0 where nothing was observed. */
	private static float[] weights(final float[] y, final float[] expected, final boolean[] missing, final LinearOperator operator,
		final NoiseModel noise)
	{
		final float[] weights = new float[y.length];
		if (noise.shot() != null) operator.apply(expected, weights);
		for (int i = 0; i < weights.length; i++)
			weights[i] = missing != null && missing[i] ? 0 : (float) (1 / variance(noise, weights[i]));
		return weights;
	}

	/** The mean where nothing was observed. */
	private static void fill(final float[] y, final boolean[] missing) {
		if (missing == null) return;
		double sum = 0;
		int count = 0;
		for (int i = 0; i < y.length; i++)
			if (!missing[i]) {
				sum += y[i];
				count++;
			}
		for (int i = 0; i < y.length; i++)
			if (missing[i]) y[i] = (float) (sum / Math.max(1, count));
	}

	private static Raster joined(final float[][] x, final LinearOperator operator) {
		return Raster.of(java.util.Arrays.stream(x).map(values -> new Raster(operator.width(), operator.height(), 1, values)).toList());
	}
}
