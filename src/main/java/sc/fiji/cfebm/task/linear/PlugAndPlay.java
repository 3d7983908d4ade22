package sc.fiji.cfebm.task.linear;


import java.util.Arrays;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.SmoothFill;

/**
 * Restores an image from y = H·x + noise by turns (half-quadratic splitting, plug and play): a step towards what was observed, and a step
 * that takes noise off, of a level σ that falls from strong to the image's own. What takes noise off knows what images look like; the noise
 * that it sees is what the observation does not tell.
 */
public final class PlugAndPlay {

	/** Takes noise off an image. */
	@FunctionalInterface
	public interface NoiseRemoval {

		/**
		 * @param image [H,W,C] in gray values; not to be changed
		 * @param sigma of its noise in gray values
		 * @param correlation of the noise of neighbours, as in what was observed
		 */
		Raster without(Raster image, double sigma, Correlation correlation);
	}

	/**
	 * @param steps number of turns, at least 1
	 * @param strongest σ of the first turn in gray values, positive
	 * @param weakest σ of the last turn in units of the image's noise
	 * @param trust how much an image that noise was taken off counts beside what was observed
	 * @param iterations of conjugate gradients in a turn, at the most
	 * @param fitted whether the restored image is fitted to the observation once more: right where that has hardly any noise
	 */
	public record Settings(int steps, double strongest, double weakest, double trust, int iterations, boolean fitted) {

		public Settings {
			if (steps < 1 || iterations < 1 || !(strongest > 0) || !(weakest > 0) || !(trust > 0)) throw new IllegalArgumentException(
				"Steps and iterations are at least 1, and all else is above 0.");
		}
	}

	/**
	 * Share of its first residual's square that a step towards the observation leaves: with more motion blur is restored half a decibel worse, with
	 * less nothing is gained (docs/experiments.md).
	 */
	private static final double LEFT = 1e-5;

	/** A turn of a restoration fits no pixel by more than this times its σ: what takes noise off would not take off more, and it would stay. */
	private static final double MOST = 3;

	private final Raster observed;
	private final LinearOperator operator;
	private final NoiseModel noise;
	private final NoiseRemoval removal;
	private final boolean[] missing;
	private final DataStep data;
	/** By channel: what was observed, and the image to begin with. */
	private final float[][] y, start;
	/** Of the noise, where the observation says most: its inverse square is the mean of those of all pixels. */
	private final double level;

	/**
	 * @param observed y [H,W,C] in gray values; pixels that are NaN or infinite count as not observed
	 * @param operator H, of each channel
	 * @param noise of y; where neighbours are correlated the data are fitted as if they were not, and what takes noise off is told
	 */
	public PlugAndPlay(final Raster observed, final LinearOperator operator, final NoiseModel noise, final NoiseRemoval removal) {
		if (observed.width() != operator.observedWidth() || observed.height() != operator.observedHeight()) throw new IllegalArgumentException(
			"The operator is for images of " + operator.observedWidth() + "×" + operator.observedHeight() + " pixels, but this one has " + observed
				.width() + "×" + observed.height() + ".");
		this.observed = observed;
		this.operator = operator;
		this.noise = noise;
		this.removal = removal;
		missing = Missing.in(observed);
		final Raster filled = missing == null ? observed : SmoothFill.HARMONIC.roughly(observed, missing, Progress.NONE);
		data = new DataStep(operator);
		final int c = observed.channels();
		y = new float[c][];
		start = new float[c][];
		double weight = 0;
		for (int k = 0; k < c; k++) {
			y[k] = filled.channel(k).values();
			for (final float v : y[k])
				weight += 1 / variance(v) / y[k].length / c;
			start[k] = new float[operator.width() * operator.height()];
			operator.start(y[k], start[k]);
		}
		level = 1 / Math.sqrt(weight);
	}

	/** Standard deviation of the noise in gray values; of shots that of the mean weight of the pixels. */
	double level() {
		return level;
	}

	/**
	 * Restores the image.
	 *
	 * @return [operator.height, operator.width, C] in gray values
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Raster restore(final Settings settings, final Progress progress) {
		final float[][] x = begin();
		Raster image = null;
		for (int t = 0; t < settings.steps; t++) {
			say(t, settings, progress);
			final double sigma = sigma(t, settings);
			fitLittle(x, sigma, settings);
			final Orientation orientation = new Orientation(t);
			image = orientation.back(removal.without(orientation.of(joined(x)), sigma, orientation.of(noise.correlation())));
			put(image, x);
		}
		if (!settings.fitted) return image;
		fit(x, sigma(settings.steps - 1, settings), settings);
		return joined(x);
	}

	/**
	 * Draws an image that the observation allows: each step takes off the noise that the image has, fits what is left to the observation,
	 * and adds noise of the next level.
	 *
	 * @param fresh share of the next level's variance, 0 to 1, that is drawn anew; the rest is what there was
	 * @param random of one thread
	 * @return [operator.height, operator.width, C] in gray values
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Raster sample(final Settings settings, final double fresh, final RandomGenerator random, final Progress progress) {
		final float[][] x = begin(), clean = begin();
		Raster image = joined(x);
		add(x, settings.strongest, random);
		for (int t = 0; t < settings.steps; t++) {
			say(t, settings, progress);
			final double sigma = sigma(t, settings);
			put(removal.without(joined(x), sigma, noise.correlation()), clean);
			final boolean last = t == settings.steps - 1;
			if (!last) fit(clean, sigma, settings);
			image = joined(clean);
			if (last) return image;
			final double next = sigma(t + 1, settings), kept = Math.sqrt(1 - fresh) * next / sigma;
			for (int k = 0; k < x.length; k++)
				for (int i = 0; i < x[k].length; i++)
					x[k][i] = (float) (clean[k][i] + kept * (x[k][i] - clean[k][i]));
			add(x, Math.sqrt(fresh) * next, random);
		}
		return image;
	}

	/** Adds noise whose neighbours are as correlated as those of the observed noise. */
	private void add(final float[][] x, final double sigma, final RandomGenerator random) {
		final NoiseFilter filter = NoiseFilter.ofCorrelation(noise.correlation().x(), noise.correlation().y());
		final int width = operator.width(), height = operator.height();
		final double[] white = new double[(width + 2 * filter.marginX()) * (height + 2 * filter.marginY())];
		for (final float[] channel : x) {
			for (int i = 0; i < white.length; i++)
				white[i] = random.nextGaussian();
			final double[] added = filter.apply(white, width, height);
			for (int i = 0; i < channel.length; i++)
				channel[i] += (float) (sigma * added[i]);
		}
	}

	private static void say(final int t, final Settings settings, final Progress progress) {
		progress.throwIfCanceled();
		progress.update((double) t / settings.steps, "step " + (t + 1) + " of " + settings.steps);
	}

	private double sigma(final int t, final Settings settings) {
		final double last = Math.min(settings.strongest, settings.weakest * level);
		return settings.steps == 1 ? last : settings.strongest * Math.pow(last / settings.strongest, t / (settings.steps - 1.0));
	}

	private float[][] begin() {
		return copy(start);
	}

	private static float[][] copy(final float[][] x) {
		return Arrays.stream(x).map(float[]::clone).toArray(float[][]::new);
	}

	private void fit(final float[][] x, final double sigma, final Settings settings) {
		for (int k = 0; k < x.length; k++)
			data.solve(y[k], weights(x[k]), settings.trust / (sigma * sigma), x[k], settings.iterations, LEFT);
	}

	/** The same, as far as it changes no pixel by more than what noise can be. */
	private void fitLittle(final float[][] x, final double sigma, final Settings settings) {
		final float[][] before = copy(x);
		fit(x, sigma, settings);
		final float most = (float) (MOST * sigma);
		for (int k = 0; k < x.length; k++)
			for (int i = 0; i < x[k].length; i++)
				x[k][i] = before[k][i] + Math.max(-most, Math.min(most, x[k][i] - before[k][i]));
	}

	private static void put(final Raster image, final float[][] x) {
		for (int k = 0; k < x.length; k++)
			System.arraycopy(image.channel(k).values(), 0, x[k], 0, x[k].length);
	}

	private double variance(final double value) {
		final double sigma = noise.sigmaAt(value);
		// Where none was counted, one might have been.
		return noise.shot() == null ? sigma * sigma : Math.max(sigma * sigma, noise.shot().gain() * noise.shot().gain());
	}

	/** 1 over the variance that the noise has if the image is as it is expected to be; 0 where nothing was observed. */
	private float[] weights(final float[] expected) {
		final float[] weights = new float[observed.width() * observed.height()];
		if (noise.shot() != null) operator.apply(expected, weights);
		for (int i = 0; i < weights.length; i++)
			weights[i] = missing != null && missing[i] ? 0 : (float) (1 / variance(weights[i]));
		return weights;
	}

	private Raster joined(final float[][] x) {
		return Raster.of(Arrays.stream(x).map(values -> new Raster(operator.width(), operator.height(), 1, values.clone())).toList());
	}
}
