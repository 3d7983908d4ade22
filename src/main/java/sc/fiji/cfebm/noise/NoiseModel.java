package sc.fiji.cfebm.noise;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.apache.commons.math3.stat.descriptive.rank.Median;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;

/**
 * The noise that an image is to be freed of: white noise, or shot noise.
 *
 * @param sigma standard deviation of white noise in gray values
 * @param shot shot noise; null: it is alike everywhere
 * @param correlation of the noise of neighbours
 */
public record NoiseModel(double sigma, Anscombe shot, Correlation correlation) {

	/**
	 * How the noise of a pixel is correlated with that of its neighbours, from -1 to 1.
	 *
	 * @param x with that of its neighbours in the row
	 * @param y with that of its neighbours in the column
	 */
	public record Correlation(double x, double y) {

		public static final Correlation NONE = new Correlation(0, 0);

		/** That of most of the noise, a median of those that have some; none where most have none. */
		public static Correlation ofMost(final List<NoiseModel> noise) {
			final List<Correlation> some = noise.stream().map(NoiseModel::correlation).filter(Correlation::isAny).toList();
			return 2 * some.size() <= noise.size() ? NONE : new Correlation(median(some, Correlation::x), median(some, Correlation::y));
		}

		private static double median(final List<Correlation> of, final ToDoubleFunction<Correlation> value) {
			return new Median().evaluate(of.stream().mapToDouble(value).toArray());
		}

		/** Whether there is any. */
		public boolean isAny() {
			return x != 0 || y != 0;
		}

		/** That of the image with rows for columns. */
		public Correlation transposed() {
			return new Correlation(y, x);
		}
	}

	/** @throws IllegalArgumentException with one sentence, if σ is no positive number */
	public static NoiseModel white(final double sigma) {
		if (!(sigma > 0 && Double.isFinite(sigma))) throw new IllegalArgumentException(
			"Sigma must be a positive number of gray values, not " + sigma + ".");
		return new NoiseModel(sigma, null, Correlation.NONE);
	}

	public static NoiseModel shot(final Anscombe shot) {
		return new NoiseModel(Double.NaN, shot, Correlation.NONE);
	}

	/** The same with correlated neighbours. */
	public NoiseModel correlated(final Correlation other) {
		return new NoiseModel(sigma, shot, other);
	}

	/**
	 * The gray values that become -1 and 1: a model for shot noise counts photons, and its range is that of its training, in the
	 * image's gray values.
	 *
	 * @param image the range for white noise, or a model of images with any
	 */
	public Normalization range(final Model model, final Normalization image) {
		return shot == null || model.info().shot() == null ? image : shot.equalPhotonRange(model.range(), model.info().shot());
	}

	/** Its standard deviation in model units. */
	public double level(final Normalization range) {
		return new Intensities(range, shot).scale().toModel(shot == null ? sigma : 1);
	}

	/** Its standard deviation in gray values where the image without noise has this one. */
	public double sigmaAt(final double value) {
		return shot == null ? sigma : shot.sigma(value);
	}

	/** In words, as the log has it. */
	@Override
	public String toString() {
		final String kind = shot == null ? (correlation.isAny() ? "" : "white, ") + "sigma " + rounded(sigma) + " gray values"
			: "shot noise, gain " + rounded(shot.gain()) + " gray values per photon, offset " + rounded(shot.black()) +
				" gray values (if there is no read noise)";
		return !correlation.isAny() ? kind : kind + ", neighbours correlated (" + rounded(correlation.x) + " along rows, " + rounded(
			correlation.y) + " along columns)";
	}

	/** Three digits. */
	public static String rounded(final double value) {
		return new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
	}
}
