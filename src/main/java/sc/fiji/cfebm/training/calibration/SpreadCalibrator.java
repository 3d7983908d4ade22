package sc.fiji.cfebm.training.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;
import sc.fiji.cfebm.training.data.PatchSource;

/** Measures by how much the spread of posterior samples is too small, on clean patches that were held out. */
public final class SpreadCalibrator {

	private static final int LEVELS = 4, PATCHES = 12, FEWEST = 2, WIDE = 64;
	/** What part of a patch's side, at each border, is not looked at: there the network sees less than in an image. */
	private static final int BORDER = 8;
	/** Shares of a normal distribution within one and two standard deviations, in percent. */
	private static final double ONE_SD = 68.26894921, TWO_SD = 95.44997361;
	/** Floors that are tried, in units of σ: none, and a geometric series. */
	private static final double LOWEST_FLOOR = 0.005, FLOOR_RATIO = 1.2, HIGHEST_FLOOR = 0.5;

	/**
	 * What makes a spread s a standard deviation, f·√(s² + a²).
	 *
	 * @param factor f
	 * @param floor a, in the spread's unit
	 */
	record Fit(double factor, double floor) {}

	private SpreadCalibrator() {}

	/**
	 * Side of the patches that show a network of images of any size enough: in a small tile it knows less of a wide area's brightness than in an
	 * image.
	 *
	 * @param tile side of the finest stage's
	 */
	public static int side(final int tile) {
		return Math.max(tile, Math.min(WIDE, 2 * tile));
	}

	/**
	 * Where patches come from: the half of the images that has more contrast, one after another, so that a few patches show as many images as can
	 * be. Of the other half noise of their own and steps between gray levels, which nobody can tell, would make more of the error.
	 *
	 * @param images in the values that the model works on
	 * @param range what becomes -1 and 1; null: that of each image itself, as where images are denoised
	 * @param planes how many neighbouring planes a patch has; 1: patches are as the images are
	 * @param side of a patch, see {@link #side}
	 * @return one for each of so many images at most as are looked at, in random order
	 */
	public static List<PatchSource> sources(final List<Raster> images, final Normalization range, final int planes, final int side, final boolean flips,
		final boolean turns, final SplittableRandom rng)
	{
		final List<Raster> shuffled = new ArrayList<>(images);
		Collections.shuffle(shuffled, new Random(rng.nextLong()));
		final List<Normalization> own = shuffled.stream().limit(2 * LEVELS * PATCHES).map(image -> Ranges.ofPercentiles(List.of(image))).toList();
		final double[] contrasts = own.stream().mapToDouble(r -> r.high() - r.low()).sorted().toArray();
		return IntStream.range(0, own.size()).filter(i -> own.get(i).high() - own.get(i).low() >= contrasts[contrasts.length / 2]).mapToObj(
			i -> new PatchSource(List.of(shuffled.get(i)), planes, range == null ? own.get(i) : range, side, flips, turns, true)).toList();
	}

	/**
	 * Noises patches, draws posterior samples as denoising does, and compares their spread with the error of their mean.
	 *
	 * Of neighbouring planes the middle one is looked at.
	 *
	 * @param energy told the noise, of images of any size
	 * @param planes how many neighbouring planes its channels are, an odd number; 1: they are those of one image
	 * @param images at least one, clean; a patch is drawn of one after another, and then of the first again
	 * @param share of the work that a whole training is worth, 0 or more: of 12 patches for each level; 2 at least
	 * @param sigmaMin lowest noise level the energy knows, in model units
	 * @param sigmaMax highest
	 * @param canceled asked before each step
	 * @return {@code null} where the spread says nothing, as that of an energy that is not finite
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Uncertainty measure(final Energy energy, final int planes, final List<PatchSource> images, final double share, final double sigmaMin,
		final double sigmaMax, final SplittableRandom rng, final BooleanSupplier canceled)
	{
		final double[] levels = new double[LEVELS], factors = new double[LEVELS], floors = new double[LEVELS];
		final int count = Math.max(FEWEST, (int) Math.round(share * PATCHES));
		int next = 0;
		for (int l = 0; l < LEVELS; l++) {
			levels[l] = sigmaMin * Math.pow(sigmaMax / sigmaMin, (l + 0.5) / LEVELS);
			final List<float[]> patches = new ArrayList<>();
			for (; patches.size() < count; next++) {
				final PatchSource image = images.get(next % images.size());
				patches.add(image.draw(1, image.side(), rng));
			}
			final Fit fit = fit(energy, planes, patches, images.get(0).side(), levels[l], rng, canceled);
			if (!(fit.factor > 0) || Double.isInfinite(fit.factor)) return null;
			factors[l] = fit.factor;
			floors[l] = fit.floor;
		}
		return new Uncertainty(levels, factors, floors);
	}

	/** In units of the noise. */
	private static Fit fit(final Energy energy, final int planes, final List<float[]> patches, final int side, final double level, final SplittableRandom rng,
		final BooleanSupplier canceled)
	{
		final int c = energy.channels(), size = side * side * c, border = side / BORDER;
		final double[] errors = new double[patches.size() * (side - 2 * border) * (side - 2 * border) * c / planes], spreads = new double[errors.length];
		final GradientField field = GradientFields.batch(energy.equivariant().ofImages(), side);
		int found = 0;
		for (final float[] clean : patches) {
			final float[] noisy = clean.clone(), samples = new float[Uncertainty.SAMPLES * size];
			Noise.add(noisy, level, rng);
			for (int s = 0; s < Uncertainty.SAMPLES; s++)
				System.arraycopy(noisy, 0, samples, s * size, size);
			new LangevinChain(field, PlacedNoise.of(rng.nextLong())).cancelWhen(canceled).run(samples, Schedule.posterior(level, level / Schedule.POSTERIOR_DEPTH, Uncertainty.STEPS));
			final RunningMoments moments = new RunningMoments(side, side, c);
			for (int s = 0; s < Uncertainty.SAMPLES; s++)
				moments.add(Arrays.copyOfRange(samples, s * size, (s + 1) * size));
			final Raster mean = moments.mean(), spread = moments.smoothDeviation();
			for (int y = border; y < side - border; y++)
				for (int i = mean.index(border, y, planes / 2); i < mean.index(side - border, y, 0); i += planes) {
					errors[found] = Math.abs(mean.values()[i] - clean[i]) / level;
					spreads[found++] = spread.values()[i] / level;
				}
		}
		return fit(errors, spreads);
	}

	/**
	 * The floor under which errors are most likely, if they are normal; and a factor halfway between that which puts as many of
	 * them within one standard deviation as there should be, and that for two: their tails are too heavy for both.
	 *
	 * @param errors 0 or more
	 * @param spreads likewise
	 */
	static Fit fit(final double[] errors, final double[] spreads) {
		double best = Double.POSITIVE_INFINITY, floor = 0;
		for (double a = 0; a < HIGHEST_FLOOR; a = a == 0 ? LOWEST_FLOOR : a * FLOOR_RATIO) {
			final double surprise = surprise(errors, spreads, a);
			if (!(surprise < best)) continue;
			best = surprise;
			floor = a;
		}
		final double[] ratios = new double[errors.length];
		for (int i = 0; i < ratios.length; i++)
			ratios[i] = errors[i] / deviation(spreads[i], floor);
		final Percentile percentile = new Percentile();
		percentile.setData(ratios);
		return new Fit(Math.sqrt(percentile.evaluate(ONE_SD) * percentile.evaluate(TWO_SD) / 2), floor);
	}

	/** Minus the mean log-likelihood but for a constant, with the factor that makes it least. */
	private static double surprise(final double[] errors, final double[] spreads, final double floor) {
		double logs = 0, squares = 0;
		for (int i = 0; i < errors.length; i++) {
			final double deviation = deviation(spreads[i], floor), ratio = errors[i] / deviation;
			logs += Math.log(deviation);
			squares += ratio * ratio;
		}
		return logs / errors.length + 0.5 * Math.log(squares / errors.length);
	}

	private static double deviation(final double spread, final double floor) {
		return Math.max(1e-9, Math.hypot(spread, floor));
	}
}
