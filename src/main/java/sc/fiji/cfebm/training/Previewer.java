package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.langevin.GaussianStart;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.monitor.DenoisingProbe;
import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.training.optim.ContrastiveDivergence;
import sc.fiji.cfebm.training.optim.ChainsFromImages;

/** Shows what a model in training can do by now, with the same random numbers each time. */
final class Previewer {

	private static final int SAMPLES = 8, CANDIDATES = 16;

	private final Trainer.Settings settings;
	private final GaussianStart start;
	private final PatchSource starts, heldOut;
	private final double noise;
	private final double sigmaMax;

	/**
	 * @param starts of images that chains start from; null: they start from noise
	 * @param noise level of the noise in held-out patches of the finest stage; 0: they are clean
	 * @param sigmaMax highest level of an energy of score matching
	 */
	Previewer(final Trainer.Settings settings, final GaussianStart start, final PatchSource starts, final PatchSource heldOut, final double noise,
		final double sigmaMax)
	{
		this.settings = settings;
		this.start = start;
		this.starts = starts;
		this.heldOut = heldOut;
		this.noise = noise;
		this.sigmaMax = sigmaMax;
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
			if (starts != null) return new Preview(step, rasters(network, new ChainsFromImages(starts, network, recipe.langevinSteps(), () -> false)
				.draw(SAMPLES, rng)), null, null, null, Double.NaN, Double.NaN);
			if (recipe.kind() == Kind.CONTRASTIVE) return new Preview(step, rasters(network, CoarseToFine.paper(stages,
				SAMPLES, recipe.langevinSteps(), rng, () -> false)), null, null, null, Double.NaN, Double.NaN);
			final float[] shown = fullest(network, rng);
			final DenoisingProbe patch = noise > 0 ? DenoisingProbe.ofNoisy(network, shown, Math.scalb(noise, step.stage() + 1 - step
				.stages())) : DenoisingProbe.of(network, shown, 1, rng);
			final List<Raster> samples = rasters(network, CoarseToFine.annealed(stages, start, SAMPLES, Annealing.of(Math.max(
				recipe.sigmaMin(), noise), sigmaMax, 15), rng, () -> false));
			return new Preview(step, samples, noise > 0 ? null : raster(network, patch.clean(), 0), raster(network, patch.noisy(), 0), raster(network,
				patch.denoised(), 0), patch.noisyPsnr(), patch.denoisedPsnr());
		}
	}

	/** Of some held-out patches the one with most to see. */
	private float[] fullest(final EnergyNetwork network, final RandomGenerator rng) {
		float[] fullest = null;
		double most = -1;
		for (int i = 0; i < CANDIDATES; i++) {
			final float[] patch = heldOut.draw(1, network.size(), rng);
			final double spread = ContrastiveDivergence.spread(patch);
			if (spread > most) fullest = patch;
			most = Math.max(most, spread);
		}
		return fullest;
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
}
