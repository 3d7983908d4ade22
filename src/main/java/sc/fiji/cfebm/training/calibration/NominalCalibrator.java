package sc.fiji.cfebm.training.calibration;

import java.util.List;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.anomaly.NominalModelFit;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.Split;

/** Tells a model of score matching what is nominal, and what an anomaly. */
public final class NominalCalibrator {

	/** Most tiles of training images, and of held-out ones, that tell what is nominal, if images are small; after short trainings fewer. */
	private static final int TILES = 2048, FEWEST = 4, SEEN_PER_TILE = 8;

	private NominalCalibrator() {}

	/**
	 * How many tiles are worth their time.
	 *
	 * @param seen number of patches that the finest stage was trained on, any number
	 * @return 4 to 2048
	 */
	public static int tiles(final double seen) {
		return (int) Math.min(TILES, FEWEST + Math.floor(seen / SEEN_PER_TILE));
	}

	/**
	 * A model that knows anew what is nominal; all else stays as it is. One of neighbouring planes knows it if there are stacks among the images
	 * that it was trained on, and among those that were held out.
	 *
	 * @param data the images it was trained on, split by its seed
	 * @param seed which of them are looked at
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	public static Model calibrate(final Model model, final Split data, final long seed, final Progress progress) {
		return calibrate(model, data, TILES, seed, progress);
	}

	/**
	 * As {@link #calibrate(Model, Split, long, Progress)}.
	 *
	 * @param tiles of training images, and of held-out ones, at most
	 */
	public static Model calibrate(final Model model, final Split data, final int tiles, final long seed, final Progress progress) {
		final ModelInfo info = model.info();
		final double[] levels = Features.levels(Annealing.lowest(info.sigmaMin()), info.sigmaMax());
		final List<Raster> training = seen(model, data.training()), heldOut = seen(model, data.heldOut());
		// Of images with so much noise that the model knows hardly more.
		if (levels[0] >= levels[levels.length - 1] || training.isEmpty() || heldOut.isEmpty()) return model;
		final List<StageNetwork> networks = model.pyramid().networks(Features.scales(model));
		try {
			return model.withCalibration(info.calibration().withNominalModel(NominalModelFit.measure(networks, model.planes(), levels, training, heldOut,
				new Intensities(info.range(), info.shot()).scale(), tiles, seed, progress)));
		}
		finally {
			networks.forEach(StageNetwork::close);
		}
	}

	/** A model of neighbouring planes sees stacks alone: of a single image nobody knows how it would have changed. */
	private static List<Raster> seen(final Model model, final List<Raster> images) {
		final int channels = model.info().network().channels();
		return images.stream().filter(image -> image.channels() == channels).toList();
	}
}
