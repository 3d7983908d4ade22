package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.optim.CameraNoise;
import sc.fiji.cfebm.training.optim.ChainsFromImages;
import sc.fiji.cfebm.training.optim.CombinedObjective;
import sc.fiji.cfebm.training.optim.ContrastiveDivergence;
import sc.fiji.cfebm.training.optim.NegativeSampler;
import sc.fiji.cfebm.training.optim.NoiseProcess;
import sc.fiji.cfebm.training.optim.Objective;
import sc.fiji.cfebm.training.optim.PairedNoise;
import sc.fiji.cfebm.training.optim.ReplayBuffer;
import sc.fiji.cfebm.training.optim.ThinnedShots;
import sc.fiji.cfebm.training.optim.UnetScoreMatching;

/** Makes stages ready to be trained: the parameters each starts from, and the objectives of its phases. */
final class StageFactory {

	/** Highest level of the noise on the data of the paper's training. */
	private static final double PAPER_NOISE = 0.03;
	/**
	 * Noise level in model units at which energies of data and samples are compared. At the lowest one the little noise that short
	 * chains leave in samples would be all the difference.
	 */
	private static final double COMPARED = 0.1;

	/** Share of the patches that are pairs, where there are any; the others have noise drawn. */
	private static final double PAIRED = 0.5;

	private final TrainingSetup setup;
	private final BooleanSupplier canceled;

	/** @param canceled asked before each Langevin step */
	StageFactory(final TrainingSetup setup, final BooleanSupplier canceled) {
		this.setup = setup;
		this.canceled = canceled;
	}

	/** Random parameters, for a trial of a stage's speed. */
	StageParameters random(final int stage) {
		return setup.settings().spec(setup.channels()).random(stage, setup.seeds(Purpose.TRIAL, stage));
	}

	/**
	 * The parameters that a stage's training starts from.
	 *
	 * @param coarser the stage before; null for stage 0
	 */
	StageParameters beginning(final int stage, final StageParameters coarser) {
		if (setup.from(stage) != null) return setup.from(stage);
		final var rng = setup.seeds(Purpose.NETWORK, stage);
		if (stage == 0) return setup.settings().spec(setup.channels()).random(0, rng);
		return rounded(coarser.grow(rng));
	}

	/** The parameters of a stage of the paper's network that is not trained and does no more than pass on the coarser one's energy. */
	StageParameters passing(final int stage, final StageParameters coarser) {
		return rounded(((PaperParameters) coarser).growPassing(setup.seeds(Purpose.NETWORK, stage)));
	}

	private static StageParameters rounded(final StageParameters p) {
		p.roundToFloat();
		return p;
	}

	/**
	 * A stage with its objectives; to be closed by the caller.
	 *
	 * @param coarser networks of all coarser stages
	 * @param from where it starts
	 */
	StageTrainer stage(final int s, final List<StageNetwork> coarser, final StageParameters from, final int iterations) {
		final StageTrainer stage = new StageTrainer(setup.recipe(), from, setup.settings().batch(s), iterations, (attempt,
			iteration) -> setup.seeds(Purpose.ITERATION, s, attempt, iteration));
		try {
			final List<StageNetwork> all = new ArrayList<>(coarser.subList(0, s));
			all.add(stage.network());
			if (setup.recipe().kind() == Kind.CONTRASTIVE) contrast(stage, all);
			else matchScores(stage, s, all);
			return stage;
		}
		catch (final RuntimeException | Error e) {
			stage.close();
			throw e;
		}
	}

	/** As in the paper. */
	private void contrast(final StageTrainer stage, final List<StageNetwork> all) {
		final Recipe.Contrastive part = setup.recipe().contrastive();
		final NegativeSampler samples = setup.starts() != null ? new ChainsFromImages(setup.starts(), stage.network(), part
			.langevinSteps(), canceled) : (count, rng) -> CoarseToFine.paper(all, count, part.langevinSteps(), rng, canceled);
		stage.setObjectives(null, new ContrastiveDivergence(stage.network(), setup.patches(), samples, 0, PAPER_NOISE, part.penalty(),
			1), null);
	}

	private void matchScores(final StageTrainer stage, final int s, final List<StageNetwork> all) {
		final Objective scores = scores(stage, s);
		final Recipe.Contrastive part = setup.recipe().contrastive();
		if (part.share() == 0) {
			stage.setObjectives(scores, null, null);
			return;
		}
		final double level = Math.max(COMPARED, setup.sigmaMin());
		final ReplayBuffer buffer = new ReplayBuffer(all, setup.start(), Annealing.of(setup.sigmaMin(), setup.sigmaMax(), part
			.langevinSteps()).refreshed(), part.buffer(), level, canceled);
		final int r = NetworkSpec.resolution(s);
		stage.setObjectives(scores, new CombinedObjective(scores, new ContrastiveDivergence(stage.network(), setup.patches(), buffer,
			level, level, part.penalty(), r * r * setup.channels()), part.cap()), buffer);
	}

	/** The network as a denoiser first, then the descent of its energy, on patches wider than the stage's tiles. */
	private Objective scores(final StageTrainer stage, final int s) {
		final int side = setup.wide().side() >> setup.settings().stages() - 1 - s;
		return new UnetScoreMatching((UnetEnergy) stage.network(), noise(s, setup.wide()), side, setup.recipe().unet().told(),
			setup.settings().planes(), stage::isEstimating);
	}

	/**
	 * Pooled to a coarser stage, noise is weaker and nearly white. At the finest, shots that the network need not be told the
	 * brightness of are thinned out.
	 */
	private NoiseProcess noise(final int s, final PatchSource patches) {
		final NoiseProcess.Levels levels = new NoiseProcess.Levels(setup.recipe().levels().lowest(), setup.sigmaMax(), NoiseProcess.Levels
			.power(s));
		final Recipe.Unet unet = setup.recipe().unet();
		if (setup.noise() > 0) {
			final boolean shots = setup.settings().shot() != null, finest = s == setup.settings().stages() - 1;
			final Correlation own = setup.settings().correlation();
			final NoiseProcess more = NoiseProcess.onNoisy(patches, levels, Math.scalb(setup.noise(), s + 1 - setup.settings().stages()) * (finest
				? 1 : Math.sqrt((1 + own.x()) * (1 + own.y()))), shots ? NoiseProcess.Strength.shots(setup.scale())
					: NoiseProcess.Strength.EVEN, finest ? own : Correlation.NONE);
			return shots && finest && !own.isAny() ? NoiseProcess.first(unet.told(), more, new ThinnedShots(patches, setup.scale())) : more;
		}
		if (s < setup.settings().stages() - 1 || setup.pairs() == null) return new CameraNoise(patches, levels, unet.told(), unet.correlated(),
			unet.shots());
		// Those that the network is told the brightness of come first.
		return NoiseProcess.first(1 - PAIRED, new CameraNoise(patches, levels, Math.min(1, unet.told() / (1 - PAIRED)), unet.correlated(), unet
			.shots()), new PairedNoise(setup.pairs(), setup.settings().correlation()));
	}
}
