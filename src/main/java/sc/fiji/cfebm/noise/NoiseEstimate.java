package sc.fiji.cfebm.noise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.rank.Median;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.raster.CutOff;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/**
 * Tells the noise of images from the images themselves. They are cut into blocks of 8×8 pixels; a block's noise is what
 * a high-pass that is blind to planes and to edges along the axes (Immerkær, 1996) leaves of it. Only the flattest
 * blocks count, those whose means of 2×2 pixels differ least, and none with a pixel that is missing. Where values were cut off at the
 * image's lowest or highest one, the share of such pixels tells how much noise was cut off with them. All noise is taken to be white:
 * of correlated noise only the part that changes from pixel to pixel is seen.
 */
public final class NoiseEstimate {

	private static final int BLOCK = 8, MOST_BLOCKS = 1 << 18, FEWEST_BLOCKS = 32, BINS = 20, FEWEST_BINS = 6, ROUNDS = 30;
	/** Share of the blocks that count as flat: for white noise, and for shot noise at every brightness. */
	private static final double FLAT = 0.1, FLAT_IN_BIN = 0.3;
	/** Blocks are enough if they are this share of all. */
	private static final double ENOUGH = 0.02;
	/** Noise of neighbours that is correlated by less counts as white. */
	private static final double CORRELATED = 0.25;
	/** By how much larger than in the dark shot noise is in bright parts. */
	private static final double GROWS = 1.5;
	/**
	 * Share of the blocks that are calmest, the variance of the least calm of them over the mean of all, for Gaussian white noise (a
	 * chi-squared distribution of 14), and what of it a floor must have at least.
	 */
	private static final double CALM = 0.1, CALM_OVER_MEAN = 0.556, MOST_OF_IT = 0.6;
	/** Median distance of the bins from their line, as a share of the variance, up to which they lie on it. */
	private static final double STRAIGHT = 0.15;
	/**
	 * By how much the logarithm of the likelihood of shot noise is more than that of noise that is alike everywhere; and where most bins
	 * lie on its line.
	 */
	private static final double LIKELIER = 10, LIKELY = 3;
	/** How much stronger noise may seem at a quarter of the size than at half of it. */
	private static final double TEXTURE = 1.5;
	/** Standard deviations from an end within which noise may be less; the share of σ from which on it does not fall towards it. */
	private static final double NEAR = 2, FALLS = 0.9;
	/** Mean over median of the noise's variance in a block, for Gaussian white noise (2 million blocks). */
	private static final double MEAN_OVER_MEDIAN = 1.0475;

	/**
	 * What is known of a block, had nothing been cut off.
	 *
	 * @param mean of its values
	 * @param variance of its noise
	 * @param structure variance of the means of 2×2 pixels
	 * @param coarse variance as second differences of every other pixel have it: structure makes it larger
	 * @param lost whether so much was cut off at the image's lowest or highest value that the rest tells too little
	 * @param room how far the mean is from the nearer of the lowest and the highest value
	 */
	private record Block(double mean, double variance, double structure, double coarse, boolean lost, double room) {}

	private final int perPlane;
	private final List<Block> blocks = new ArrayList<>();
	private final Neighbours neighbours = new Neighbours();
	/** Of the planes that JPEG has left blocks in, at half and at a quarter of their size; null: of none. */
	private NoiseEstimate halved, quartered;
	/** Of the means of those planes' channels; null: there is one channel. */
	private NoiseEstimate means;
	private int planes, compressed, channels;

	/** @param planes how many planes are going to be added; of many only a part of each is looked at */
	public NoiseEstimate(final int planes) {
		perPlane = Math.max(FEWEST_BLOCKS, MOST_BLOCKS / planes);
	}

	/** An estimate from one image. */
	public static NoiseEstimate of(final Raster noisy) {
		return new NoiseEstimate(1).add(noisy);
	}

	/** An estimate from all planes together. */
	public static NoiseEstimate of(final List<Raster> planes) {
		final NoiseEstimate estimate = new NoiseEstimate(planes.size());
		planes.forEach(estimate::add);
		return estimate;
	}

	/**
	 * Takes a plane into account; all its channels alike.
	 *
	 * @param noisy [H,W,C], the same units for all planes; missing pixels are NaN or infinite
	 */
	public NoiseEstimate add(final Raster noisy) {
		planes++;
		if (JpegBlocks.areIn(noisy)) {
			compressed++;
			if (halved == null) {
				halved = new NoiseEstimate(1);
				quartered = new NoiseEstimate(1);
			}
			final Raster half = Resample.halved(noisy);
			halved.add(half);
			quartered.add(Resample.halved(half));
			if (noisy.channels() > 1) {
				if (means == null) means = new NoiseEstimate(1);
				channels = noisy.channels();
				means.add(noisy.mean());
			}
		}
		final int columns = (noisy.width() - 2) / BLOCK, rows = (noisy.height() - 2) / BLOCK;
		if (columns < 1 || rows < 1) return this;
		final float[][] extremes = IntStream.range(0, noisy.channels()).mapToObj(c -> extremes(noisy, c)).toArray(float[][]::new);
		// A plane of one value shows nothing, as one that is black because nothing was recorded: it must not stand for no noise.
		final CutOff[] ends = IntStream.range(0, noisy.channels()).mapToObj(c -> isBlank(extremes[c]) ? new CutOff(extremes[c][0],
			extremes[c][1]) : CutOff.of(noisy, c)).toArray(CutOff[]::new);
		neighbours.add(noisy, ends, (int) Math.ceil(Math.sqrt(columns * rows * noisy.channels() / (4.0 * perPlane))));
		final int k = (int) Math.ceil(Math.sqrt((double) columns * rows * noisy.channels() / perPlane));
		for (int y = 0; y < rows; y += k)
			for (int x = 0; x < columns; x += k)
				for (int c = 0; c < noisy.channels(); c++)
					if (!isBlank(extremes[c]) && isFinite(noisy, x * BLOCK, y * BLOCK, c)) blocks.add(block(noisy, 1 + x * BLOCK, 1 + y * BLOCK, c, ends[c],
						extremes[c][0], extremes[c][1]));
		return this;
	}

	/** The lowest and the highest value of a channel. */
	private static float[] extremes(final Raster image, final int channel) {
		float lowest = Float.POSITIVE_INFINITY, highest = Float.NEGATIVE_INFINITY;
		for (int i = channel; i < image.values().length; i += image.channels()) {
			final float v = image.values()[i];
			if (!Float.isFinite(v)) continue;
			lowest = Math.min(lowest, v);
			highest = Math.max(highest, v);
		}
		return new float[] { lowest, highest };
	}

	private static boolean isBlank(final float[] extremes) {
		return extremes[0] >= extremes[1];
	}

	/** Whether most of the planes show the blocks of JPEG. */
	public boolean isCompressed() {
		return 2 * compressed > planes;
	}

	/**
	 * What JPEG has left: it takes fine noise off and leaves coarse, which at half the size tells how strong all of it was. Texture would be
	 * stronger still at a quarter of the size. Of colors it leaves the noise of their brightness, which the channels have in common, while
	 * models take the noise of channels for independent: as much is said as would, independent, leave the channels' mean as noisy.
	 *
	 * @return null if there is none
	 */
	private NoiseModel ofCompressed() {
		final double sigma = beforeCompression();
		if (!(sigma > 0)) return null;
		return NoiseModel.white(means == null ? sigma : Math.max(sigma, Math.sqrt(channels) * Math.min(sigma, means.beforeCompression())));
	}

	private double beforeCompression() {
		final double coarse = halved == null ? 0 : 2 * halved.sigma();
		return halved != null && 4 * quartered.sigma() < TEXTURE * coarse ? Math.max(sigma(), coarse) : sigma();
	}

	/**
	 * What kind of noise there is: shot noise where its variance grows with brightness along a line, else noise that is alike
	 * everywhere; either may be correlated between neighbours.
	 *
	 * @return null if there is none
	 */
	public NoiseModel find() {
		if (isCompressed()) return ofCompressed();
		final Anscombe line = isFree() ? null : line(LIKELIER);
		if (line != null && isShot(line) && isFloor(line)) {
			final Neighbours.Found found = neighbours.find(v -> line.gain() * v + line.intercept());
			final double factor = isCorrelated(found) ? found.variance() : 1;
			return NoiseModel.shot(new Anscombe(factor * line.gain(), factor * line.intercept())).correlated(correlation(found));
		}
		final double sigma = sigma();
		if (!(sigma > 0)) return null;
		final Neighbours.Found alike = neighbours.find(v -> sigma * sigma);
		return NoiseModel.white(isCorrelated(alike) ? sigma * Math.sqrt(alike.variance()) : sigma).correlated(correlation(alike));
	}

	private static boolean isCorrelated(final Neighbours.Found found) {
		return found != null && found.variance() > 1 && Math.max(found.x(), found.y()) > CORRELATED;
	}

	private static NoiseModel.Correlation correlation(final Neighbours.Found found) {
		return isCorrelated(found) ? new NoiseModel.Correlation(found.x(), found.y()) : NoiseModel.Correlation.NONE;
	}

	/** Whether bright parts have so much more noise than dark ones. */
	private boolean isShot(final Anscombe line) {
		final double[] means = usable().stream().mapToDouble(Block::mean).sorted().toArray();
		final double dark = line.sigma(means[(int) (0.05 * means.length)]), bright = line.sigma(means[(int) (0.98 * (means.length - 1))]);
		return bright > GROWS * dark;
	}

	/**
	 * Whether the line is a floor: noise is everywhere, so that even the calmest bright blocks have it, while structure, which may also
	 * be stronger where it is bright, leaves some of them calm.
	 */
	private boolean isFloor(final Anscombe line) {
		final List<List<Block>> bins = bins();
		double least = bins.isEmpty() ? 0 : Double.POSITIVE_INFINITY;
		for (final List<Block> bin : bins.subList(bins.size() / 2, bins.size())) {
			final double[] ratios = bin.stream().mapToDouble(k -> k.variance / square(line.sigma(k.mean))).sorted().toArray();
			least = Math.min(least, ratios[(int) (CALM * ratios.length)] / CALM_OVER_MEAN);
		}
		return least > MOST_OF_IT;
	}

	/**
	 * The usable blocks by their brightness, in parts of about the same number; none if there are too few. Those where nothing was counted
	 * tell nothing; without them the line is the same, since a single photon adds as much to a block's mean as to its variance.
	 */
	private List<List<Block>> bins() {
		final List<Block> byMean = usable().stream().filter(b -> b.variance > 0).sorted(Comparator.comparingDouble(Block::mean)).toList();
		final int count = Math.min(BINS, byMean.size() / 10);
		return IntStream.range(0, count).mapToObj(b -> byMean.subList(b * byMean.size() / count, (b + 1) * byMean.size() / count)).toList();
	}

	/**
	 * Near the ends of the values noise may be less for other reasons than that it was cut off: it was drawn anew until it fitted, or
	 * several saturated frames were added up. Where it falls towards an end, the blocks farther away tell.
	 *
	 * @return σ of white noise in the images' units; 0 for images without noise, or smaller than a block
	 */
	public double sigma() {
		final List<Block> usable = usable();
		double sigma = sigma(usable);
		for (int round = 0; round < ROUNDS; round++) {
			final double within = NEAR * sigma;
			final List<Block> near = usable.stream().filter(b -> b.room < within).sorted(Comparator.comparingDouble(Block::room)).toList();
			final List<Block> far = usable.stream().filter(b -> b.room >= within).toList();
			if (Math.min(near.size(), far.size()) < Math.max(FEWEST_BLOCKS, ENOUGH * usable.size())) break;
			final double nearest = sigma(near.subList(0, near.size() / 2)), nearer = sigma(near.subList(near.size() / 2, near.size()));
			final double there = sigma(far);
			if (nearest > FALLS * nearer || there <= sigma) break;
			sigma = there;
		}
		return sigma;
	}

	private static double sigma(final List<Block> of) {
		if (of.isEmpty()) return 0;
		final List<Block> flat = flattest(of, Math.max(FLAT * of.size(), FEWEST_BLOCKS));
		return Math.sqrt(MEAN_OVER_MEDIAN * new Median().evaluate(flat.stream().mapToDouble(Block::variance).toArray()));
	}

	/** Whether no part of the images has any noise. */
	public boolean isFree() {
		return blocks.stream().allMatch(b -> b.variance == 0);
	}

	/**
	 * Shot noise: a straight line through the noise's variance against brightness where structure adds nothing to it, fitted with little
	 * weight for outliers.
	 *
	 * @throws IllegalArgumentException with one sentence, if the noise does not grow with brightness
	 */
	public Anscombe shot() {
		final Anscombe line = line(0);
		if (line == null) throw new IllegalArgumentException(
			"The noise does not grow with the brightness, as shot noise does: take it for white noise, or give the gain.");
		return line;
	}

	/**
	 * The line on which half of the bins lie; if they lie on none, that through the bins to which structure adds nothing.
	 *
	 * @param likelier by how much more than for noise that is alike everywhere the logarithm of its likelihood is
	 * @return null if the noise does not grow with brightness
	 */
	private Anscombe line(final double likelier) {
		final List<Envelope.Bin> bins = bins().stream().map(bin -> {
			final List<Block> flat = flattest(bin, FLAT_IN_BIN * bin.size());
			return new Envelope.Bin(mean(flat, Block::mean), mean(flat, Block::variance), mean(flat, Block::coarse), flat.size());
		}).toList();
		final Envelope envelope = new Envelope(bins);
		final Anscombe all = line(bins);
		if (all != null && isShot(all) && isFloor(all) && isStraight(all, bins) && !envelope.growing(Math.min(likelier, LIKELY)).isEmpty())
			return all;
		final List<Envelope.Bin> noise = envelope.growing(likelier);
		return noise.size() < Math.min(FEWEST_BINS, bins.size() / 2) ? null : line(noise);
	}

	private static Anscombe line(final List<Envelope.Bin> bins) {
		if (bins.size() < 2) return null;
		final double[] line = line(bins.stream().mapToDouble(Envelope.Bin::mean).toArray(), bins.stream().mapToDouble(Envelope.Bin::variance)
			.toArray());
		return line[0] > 0 ? new Anscombe(line[0], line[1]) : null;
	}

	/** Whether the bins lie on a line: noise of shots does, while structure is as it comes. */
	private static boolean isStraight(final Anscombe line, final List<Envelope.Bin> bins) {
		return new Median().evaluate(bins.stream().mapToDouble(b -> Math.abs(b.variance() / square(line.sigma(b.mean())) - 1)).toArray()) < STRAIGHT;
	}

	private static double mean(final List<Block> blocks, final ToDoubleFunction<Block> value) {
		return blocks.stream().mapToDouble(value).average().orElseThrow();
	}

	/** Words to be added to an estimate that is to be taken with care; else none. */
	public String warning() {
		return isLost() ? "; nearly everywhere most pixels have the image's lowest or highest value: the noise that was cut off there is " +
			"stronger than that" : "";
	}

	/** The blocks that tell; if there are hardly any, all. */
	private List<Block> usable() {
		return isLost() ? blocks : free();
	}

	private boolean isLost() {
		return free().size() < ENOUGH * blocks.size();
	}

	private List<Block> free() {
		return blocks.stream().filter(b -> !b.lost).toList();
	}

	private static List<Block> flattest(final List<Block> from, final double count) {
		return from.stream().sorted(Comparator.comparingDouble(Block::structure)).limit(Math.max(3, (long) count)).toList();
	}

	/** Whether a block and the pixels around it, which begin here, have values. */
	private static boolean isFinite(final Raster r, final int x0, final int y0, final int c) {
		for (int y = y0; y < y0 + BLOCK + 2; y++)
			for (int x = x0; x < x0 + BLOCK + 2; x++)
				if (!Float.isFinite(r.get(x, y, c))) return false;
		return true;
	}

	private static Block block(final Raster r, final int x0, final int y0, final int c, final CutOff ends, final float lowest,
		final float highest)
	{
		double sum = 0, squares = 0, means = 0, squaredMeans = 0;
		int low = 0, high = 0;
		for (int y = y0; y < y0 + BLOCK; y++)
			for (int x = x0; x < x0 + BLOCK; x++) {
				final float v = r.get(x, y, c);
				final double response = (curvature(r, x, y - 1, c) - 2 * curvature(r, x, y, c) + curvature(r, x, y + 1, c)) / 6;
				sum += v;
				squares += response * response;
				if (v == ends.low()) low++;
				if (v == ends.high()) high++;
				if ((x - x0) % 2 == 1 && (y - y0) % 2 == 1) {
					final double mean = ((double) v + r.get(x - 1, y, c) + r.get(x, y - 1, c) + r.get(x - 1, y - 1, c)) / 4;
					means += mean;
					squaredMeans += mean * mean;
				}
			}
		final int n = BLOCK * BLOCK, quarter = n / 4;
		final Censored was = Censored.of(Math.max(low, high), n);
		final double variance = squares / n / was.variance(), shift = was.shift() * Math.sqrt(variance);
		final double mean = sum / n + (high > low ? shift : -shift);
		return new Block(mean, variance, (squaredMeans / quarter - means * means / quarter / quarter) / was
			.variance(), coarse(r, x0, y0, c) / was.variance(), was.isTooMuch() || Math.min(low, high) > 1, Math.min(mean - lowest,
				highest - mean));
	}

	/** Their mean square over 6, which is the variance of white noise; like it, blind to gradients. */
	private static double coarse(final Raster r, final int x0, final int y0, final int c) {
		double squares = 0;
		for (int i = 0; i < BLOCK; i++)
			for (int k = 2; k < BLOCK - 2; k++)
				squares += square(r.get(x0 + k - 2, y0 + i, c) - 2.0 * r.get(x0 + k, y0 + i, c) + r.get(x0 + k + 2, y0 + i, c)) + square(r.get(x0 + i,
					y0 + k - 2, c) - 2.0 * r.get(x0 + i, y0 + k, c) + r.get(x0 + i, y0 + k + 2, c));
		return squares / (12 * BLOCK * (BLOCK - 4));
	}

	private static double curvature(final Raster r, final int x, final int y, final int c) {
		return r.get(x - 1, y, c) - 2.0 * r.get(x, y, c) + r.get(x + 1, y, c);
	}

	/**
	 * A robust line v = a·m + b whose errors are in proportion to v.
	 *
	 * @return a and b
	 */
	private static double[] line(final double[] m, final double[] v) {
		final double[] weights = new double[m.length], errors = new double[m.length];
		double largest = 0;
		for (final double value : v)
			largest = Math.max(largest, value);
		for (int i = 0; i < m.length; i++)
			weights[i] = 1 / square(Math.max(v[i], 1e-6 * largest));
		double[] line = least(m, v, weights);
		for (int round = 0; round < ROUNDS; round++) {
			for (int i = 0; i < m.length; i++)
				errors[i] = Math.abs(v[i] / at(line, m[i], largest) - 1);
			// Huber's weights: 1.5 standard deviations, told from the median.
			final double limit = 1.5 * 1.4826 * new Median().evaluate(errors) + 1e-6;
			for (int i = 0; i < m.length; i++)
				weights[i] = Math.min(1, limit / Math.max(errors[i], 1e-12)) / square(at(line, m[i], largest));
			line = least(m, v, weights);
		}
		return line;
	}

	private static double at(final double[] line, final double m, final double largest) {
		return Math.max(line[0] * m + line[1], 1e-6 * largest);
	}

	/** Weighted least squares; slope 0 where all m are the same. */
	private static double[] least(final double[] m, final double[] v, final double[] weights) {
		double sum = 0, meanM = 0, meanV = 0, covariance = 0, variance = 0;
		for (int i = 0; i < m.length; i++) {
			sum += weights[i];
			meanM += weights[i] * m[i];
			meanV += weights[i] * v[i];
		}
		meanM /= sum;
		meanV /= sum;
		for (int i = 0; i < m.length; i++) {
			covariance += weights[i] * (m[i] - meanM) * (v[i] - meanV);
			variance += weights[i] * square(m[i] - meanM);
		}
		final double slope = variance > 0 ? covariance / variance : 0;
		return new double[] { slope, meanV - slope * meanM };
	}

	private static double square(final double x) {
		return x * x;
	}
}
