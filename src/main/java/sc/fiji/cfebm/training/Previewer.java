package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.monitor.DenoisingProbe;
import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.training.optim.ChainsFromImages;
import sc.fiji.cfebm.training.optim.ContrastiveDivergence;

/** Shows what a model in training can do by now, with the same random numbers each time. */
final class Previewer {

	private static final int SAMPLES = 8, CANDIDATES = 16, LANGEVIN_STEPS = 15;

	private final TrainingSetup setup;

	Previewer(final TrainingSetup setup) {
		this.setup = setup;
	}

	/**
	 * @param coarser networks of the finished stages
	 * @param current averaged weights of the stage in training
	 */
	Preview preview(final TrainingStep step, final List<StageNetwork> coarser, final StageParameters current) {
		try (StageNetwork network = current.network()) {
			final List<StageNetwork> stages = new ArrayList<>(coarser);
			stages.add(network);
			final SplittableRandom rng = setup.seeds(Purpose.PREVIEW, step.stage());
			final int steps = setup.recipe().contrastive().langevinSteps();
			if (setup.starts() != null) return new Preview(step, rasters(network, new ChainsFromImages(setup.starts(), network, steps,
				() -> false).draw(SAMPLES, rng)), null, null, null, Double.NaN, Double.NaN);
			if (setup.recipe().kind() == Kind.CONTRASTIVE) return new Preview(step, rasters(network, CoarseToFine.paper(stages, SAMPLES,
				steps, rng, () -> false)), null, null, null, Double.NaN, Double.NaN);
			final double noise = setup.noise();
			final float[] shown = fullest(network, rng);
			final DenoisingProbe patch = noise > 0 ? DenoisingProbe.ofNoisy(network, shown, Math.scalb(noise, step.stage() + 1 - step
				.stages())) : DenoisingProbe.of(network, shown, 1, rng);
			// A network that is never told what is bright can't invent anything.
			final List<Raster> samples = setup.start() == null ? List.of() : rasters(network, CoarseToFine.annealed(stages, setup.start(), SAMPLES, Annealing.of(setup
				.sigmaMin(), setup.sigmaMax(), LANGEVIN_STEPS), rng, () -> false));
			return new Preview(step, samples, noise > 0 ? null : raster(network, patch.clean(), 0), raster(network, patch.noisy(), 0), raster(network,
				patch.denoised(), 0), patch.noisyPsnr(), patch.denoisedPsnr());
		}
	}

	/** Of some held-out patches the one with most to see. */
	private float[] fullest(final StageNetwork network, final RandomGenerator rng) {
		float[] fullest = null;
		double most = -1;
		for (int i = 0; i < CANDIDATES; i++) {
			final float[] patch = setup.heldOut().draw(1, network.size(), rng);
			final double spread = ContrastiveDivergence.spread(patch);
			if (spread > most) fullest = patch;
			most = Math.max(most, spread);
		}
		return fullest;
	}

	private static List<Raster> rasters(final StageNetwork network, final float[] tiles) {
		final List<Raster> rasters = new ArrayList<>();
		for (int i = 0; i < SAMPLES; i++)
			rasters.add(raster(network, tiles, i));
		return rasters;
	}

	private static Raster raster(final StageNetwork network, final float[] tiles, final int i) {
		final int r = network.size(), size = r * r * network.channels();
		return new Raster(r, r, network.channels(), Arrays.copyOfRange(tiles, i * size, (i + 1) * size));
	}
}
