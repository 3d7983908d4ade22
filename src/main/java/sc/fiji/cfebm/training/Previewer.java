package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.langevin.GaussianStart;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.training.Seeds.Purpose;

/** Shows what a model in training can do by now, with the same random numbers each time. */
final class Previewer {

	private static final int SAMPLES = 8;
	/** Noise level of the patch that is denoised: a tenth of the range. */
	private static final double SIGMA = 0.2;

	private final Trainer.Settings settings;
	private final GaussianStart start;
	private final PatchSource heldOut;

	Previewer(final Trainer.Settings settings, final GaussianStart start, final PatchSource heldOut) {
		this.settings = settings;
		this.start = start;
		this.heldOut = heldOut;
	}

	/**
	 * @param coarser networks of the finished stages
	 * @param current averaged weights of the stage in training
	 */
	Preview preview(final TrainingStep step, final List<EnergyNetwork> coarser, final StageParameters current) {
		try (EnergyNetwork network = new EnergyNetwork(current)) {
			final List<EnergyNetwork> stages = new ArrayList<>(coarser);
			stages.add(network);
			final Recipe recipe = settings.recipe();
			final SplittableRandom rng = Seeds.of(settings.seed(), Purpose.PREVIEW, step.stage());
			if (recipe.kind() == Kind.CONTRASTIVE) return new Preview(step, rasters(network, CoarseToFine.paper(stages,
				SAMPLES, recipe.langevinSteps(), rng, () -> false)), null, null, null, Double.NaN, Double.NaN);
			final float[] clean = heldOut.draw(1, network.size(), rng), noisy = clean.clone(), denoised = new float[clean.length];
			for (int i = 0; i < noisy.length; i++)
				noisy[i] += (float) (SIGMA * rng.nextGaussian());
			network.evaluate(noisy, 1, null, denoised);
			for (int i = 0; i < noisy.length; i++)
				denoised[i] = noisy[i] - (float) SIGMA * denoised[i];
			final List<Raster> samples = rasters(network, CoarseToFine.annealed(stages, start, SAMPLES, Annealing.of(recipe
				.sigmaMin(), recipe.sigmaMax(), 15), rng, () -> false));
			return new Preview(step, samples, raster(network, clean, 0), raster(network, noisy, 0), raster(network, denoised, 0),
				psnr(noisy, clean), psnr(denoised, clean));
		}
	}

	private static List<Raster> rasters(final EnergyNetwork network, final float[] tiles) {
		final List<Raster> rasters = new ArrayList<>();
		for (int i = 0; i < SAMPLES; i++)
			rasters.add(raster(network, tiles, i));
		return rasters;
	}

	private static Raster raster(final EnergyNetwork network, final float[] tiles, final int i) {
		final int r = network.size(), size = r * r * network.channels();
		return new Raster(r, r, network.channels(), Arrays.copyOfRange(tiles, i * size, (i + 1) * size));
	}

	/** For a peak of 2, the range's width in model units. */
	private static double psnr(final float[] image, final float[] clean) {
		double sum = 0;
		for (int i = 0; i < clean.length; i++)
			sum += (image[i] - clean[i]) * (double) (image[i] - clean[i]);
		return 10 * Math.log10(4 * clean.length / sum);
	}
}
