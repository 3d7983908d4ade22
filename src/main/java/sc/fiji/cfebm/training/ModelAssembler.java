package sc.fiji.cfebm.training;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.calibration.Calibrator;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.calibration.SpreadCalibrator;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.monitor.DenoisingProbe;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Makes a model of trained stages: calibrates it on held-out images, and records how it was made. */
final class ModelAssembler {

	private static final int PROBE_PATCHES = 64;
	/** Patches that the finest stage has seen in a training that is worth the whole calibration. */
	private static final double SEEN = 10_000;
	/** How many times as many patches tell the spread of samples after trainings as many times as long. */
	private static final int MOST_SPREADS = 4;

	private final TrainingSetup setup;
	private final TrainingMonitor monitor;

	ModelAssembler(final TrainingSetup setup, final TrainingMonitor monitor) {
		this.setup = setup;
		this.monitor = monitor;
	}

	/**
	 * What is done when the stages are.
	 *
	 * @param stages of the whole size
	 * @param networks theirs
	 * @param plan what was planned, and the time it took
	 * @param share of the plan that was carried out, 0 to 1: a training that was stopped early, or is short, is not calibrated for longer
	 *          than it took
	 * @param rollbacks of the watchdog
	 * @param record what else there is to record
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	Model assemble(final List<StageParameters> stages, final List<StageNetwork> networks, final IterationPlan plan,
		final double share, final int rollbacks, final Map<String, String> record)
	{
		monitor.update(1, "Calibrating the model on held-out images");
		final Recipe recipe = setup.recipe();
		final StageNetwork finest = networks.get(networks.size() - 1);
		final Map<String, String> all = record(plan, rollbacks, record);
		final boolean scores = recipe.kind() == Kind.SCORE_MATCHING;
		if (scores && setup.noise() == 0) {
			final SplittableRandom rng = setup.seeds(Purpose.CALIBRATION);
			final DenoisingProbe patch = DenoisingProbe.of(finest, setup.heldOut().draw(PROBE_PATCHES, finest.size(), rng),
				PROBE_PATCHES, rng);
			final String what = "held-out patches with noise of a tenth of the range, denoised in one step", figure = String.format(
				Locale.ROOT, "%.1f to %.1f dB", patch.noisyPsnr(), patch.denoisedPsnr());
			all.put(what, figure);
			log(what + ": " + figure);
		}
		final EnergyPyramid pyramid = new EnergyPyramid(stages);
		final int last = setup.settings().stages() - 1;
		// As a double: long trainings see more patches than an int can count.
		final double seen = share * plan.iterations().get(last) * setup.settings().batch(last), worth = Math.min(share, seen / SEEN);
		final Model model = new Model(new ModelInfo(recipe.kind(), setup.settings().spec(setup.channels()), setup.range(), setup.settings().shot(), setup
			.sigmaMin(), setup.sigmaMax(), recipe.contrastive().langevinSteps(), setup.start(), palette(), Calibrator.calibrate(networks, setup.sigmaMin(),
				setup.heldOut(), setup.data().heldOut().size(), setup.data().apart(), worth, setup.seeds(Purpose.CALIBRATION)), all),
			pyramid);
		if (!scores || model.info().calibration() == null) return model;
		// Twelve patches for each level tell factors to some 8 %: a long training has the time for more.
		final Model spread = setup.noise() > 0 ? model : withUncertainty(model, finest, Math.min(MOST_SPREADS * share, seen / SEEN));
		return NominalCalibrator.calibrate(spread, setup.data(), NominalCalibrator.tiles(seen), setup.settings().seed(), monitor);
	}

	/** How the model was made; the names are part of the file's format. */
	private Map<String, String> record(final IterationPlan plan, final int rollbacks, final Map<String, String> more) {
		final TrainingSettings settings = setup.settings();
		final Map<String, String> record = new LinkedHashMap<>();
		record.put("iterations", TrainingTexts.iterations(plan));
		record.putAll(more);
		record.put("preset", settings.recipe().name());
		record.put("images", Integer.toString(setup.data().training().size()));
		record.put("seed", Long.toString(settings.seed()));
		record.put("flips", Boolean.toString(settings.flips()));
		record.put("quarter turns", Boolean.toString(settings.quarterTurns()));
		record.put("batch", Integer.toString(settings.batch(settings.stages() - 1)));
		if (settings.planes() > 1) record.put("neighbouring planes", Integer.toString(settings.planes()));
		if (setup.starts() != null) record.put("chains", "from images of another style, at the finest stage alone");
		if (settings.noise() > 0) record.put(ModelInfo.NOISE, settings.shot() != null ? "shot noise" : "white, sigma " +
			settings.noise());
		if (!setup.data().pairs().isEmpty()) record.put("pairs of images with and without noise", Integer.toString(setup.data().pairs().size()));
		record.put("rollbacks", Integer.toString(rollbacks));
		record.put("seconds", String.format(Locale.ROOT, "%.0f", plan.seconds()));
		return record;
	}

	/** The training images' colors, in model units. */
	private Palette palette() {
		if (setup.settings().planes() > 1 || setup.channels() > Palette.MOST_CHANNELS) return null;
		final Palette palette = Palette.of(setup.data().training());
		setup.scale().toModel(palette.colors());
		return palette;
	}

	/** The spread is measured on clean images. */
	private Model withUncertainty(final Model model, final StageNetwork finest, final double share) {
		monitor.update(1, "Measuring how far the spread of samples can be believed");
		final TrainingSettings settings = setup.settings();
		final SplittableRandom rng = setup.seeds(Purpose.CALIBRATION, 1);
		// Images of shots, and RGB ones, have one range wherever they are denoised.
		final List<PatchSource> images = SpreadCalibrator.sources(setup.data().heldOut(), settings.shot() != null || setup.channels() == 3 && settings.planes() == 1 ? setup
			.scale() : null, settings.planes(), SpreadCalibrator.side(settings.size()), settings.flips(), settings.quarterTurns(), rng);
		final Uncertainty uncertainty = SpreadCalibrator.measure(finest, settings.planes(), images, share, setup.sigmaMin(), setup.sigmaMax(), rng,
			monitor::isCanceled);
		if (uncertainty != null) {
			final DoubleSummaryStatistics factors = Arrays.stream(uncertainty.factor()).summaryStatistics(), least = Arrays.stream(uncertainty
				.least()).summaryStatistics();
			log(String.format(Locale.ROOT, "standard deviations of posterior samples will be multiplied by %.2f to %.2f, and be at least %.2f to %.2f times the noise's, as held-out images want it",
				factors.getMin(), factors.getMax(), least.getMin(), least.getMax()));
		}
		return model.withCalibration(model.info().calibration().withUncertainty(uncertainty));
	}

	private void log(final String line) {
		monitor.log(TrainingTexts.PREFIX + line);
	}
}
