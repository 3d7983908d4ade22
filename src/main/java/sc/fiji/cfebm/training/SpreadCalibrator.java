package sc.fiji.cfebm.training;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.TileGrid;

/** Measures by how much the spread of posterior samples is too small, on clean images that were held out. */
public final class SpreadCalibrator {

	private static final int LEVELS = 3, CROPS = 6;
	/** Share of a normal distribution within one standard deviation, in percent. */
	private static final double ONE_SD = 68.26894921;

	private SpreadCalibrator() {}

	/**
	 * Noises crops of images, denoises them by posterior samples as a user would, and compares their spread with the error
	 * of their mean.
	 *
	 * @param model trained by score matching
	 * @param images clean, in gray values; crops two tiles wide are drawn from them
	 * @param rng of crops, noise and samples
	 * @param progress asked whether to stop
	 * @return {@code null} where the spread says nothing, as of images without any structure
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Uncertainty measure(final Model model, final List<Raster> images, final SplittableRandom rng,
		final Progress progress)
	{
		final double[] levels = new double[LEVELS], factors = new double[LEVELS];
		final double lowest = model.info().sigmaMin(), highest = model.info().sigmaMax();
		final Progress quiet = new Progress() {

			@Override
			public boolean isCanceled() {
				return progress.isCanceled();
			}
		};
		try (Denoiser denoiser = new Denoiser(model)) {
			for (int l = 0; l < LEVELS; l++) {
				levels[l] = lowest * Math.pow(highest / lowest, (l + 0.5) / LEVELS);
				factors[l] = factor(denoiser, model, images, levels[l], rng, quiet);
				if (!(factors[l] > 0) || Double.isInfinite(factors[l])) return null;
			}
		}
		return new Uncertainty(levels, factors);
	}

	private static double factor(final Denoiser denoiser, final Model model, final List<Raster> images,
		final double level, final SplittableRandom rng, final Progress progress)
	{
		final double sigma = model.range().toGray(level);
		double[] ratios = {};
		for (int n = 0; n < CROPS; n++) {
			final Raster clean = crop(images.get(rng.nextInt(images.size())), 2 * model.size(), rng), noisy = clean.copy();
			for (int i = 0; i < noisy.values().length; i++)
				noisy.values()[i] += (float) (sigma * rng.nextGaussian());
			final Denoiser.Result result = denoiser.denoise(noisy, model.range(), new Denoiser.Settings(
				Denoiser.Method.POSTERIOR, sigma, Denoiser.CHAINS, Denoiser.STEPS, rng.nextLong()), progress);
			final int before = ratios.length;
			ratios = Arrays.copyOf(ratios, before + clean.values().length);
			for (int i = 0; i < clean.values().length; i++)
				ratios[before + i] = Math.abs(result.mean().values()[i] - clean.values()[i]) / Math.max(1e-9, result
					.standardDeviation().values()[i]);
		}
		return new Percentile().evaluate(ratios, ONE_SD);
	}

	private static Raster crop(final Raster image, final int side, final SplittableRandom rng) {
		final int x0 = rng.nextInt(Math.max(1, image.width() - side + 1)), y0 = rng.nextInt(Math.max(1, image.height() - side +
			1));
		final Raster crop = new Raster(side, side, image.channels());
		for (int y = 0; y < side; y++)
			for (int x = 0; x < side; x++)
				for (int c = 0; c < image.channels(); c++)
					crop.values()[crop.index(x, y, c)] = image.get(TileGrid.mirror(x0 + x, image.width()), TileGrid.mirror(y0 + y,
						image.height()), c);
		return crop;
	}
}
