package sc.fiji.cfebm.training;

import java.util.SplittableRandom;

import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.training.Seeds.Purpose;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.PatchSource;
import sc.fiji.cfebm.training.data.Split;

/** The settings and the images of a training, made ready: what all its parts read, and none changes. */
final class TrainingSetup {

	/** What leaves values as they are. */
	private static final Normalization UNITS = new Normalization(-1, 1);

	private final TrainingSettings settings;
	private final Split data;
	private final Normalization range, scale;
	private final double noise, sigmaMax;
	private final PatchSource patches, wide, heldOut, starts, pairs;
	private final MixtureStart start;
	private final Model from;

	/**
	 * @param range the gray values that become -1 and 1
	 * @param chains images that chains start from; null: they start from noise
	 * @param from a model whose networks the training goes on from; null: random ones
	 * @throws IllegalArgumentException with one sentence for the user
	 */
	TrainingSetup(final Split data, final ChainStarts chains, final Model from, final Normalization range,
		final TrainingSettings settings)
	{
		this.settings = settings;
		this.data = data;
		this.range = range;
		this.from = from;
		scale = new Intensities(range, settings.shot()).scale();
		noise = scale.toModel(settings.noise());
		// The levels must begin where the images' own noise ends.
		sigmaMax = Math.max(recipe().levels().highest(), 2 * noise);
		patches = new PatchSource(data.training(), settings.planes(), scale, settings.size(), settings.flips(), settings.quarterTurns(), false);
		final int side = recipe().patch(settings.size());
		wide = side == settings.size() ? patches : new PatchSource(data.training(), settings.planes(), scale, side, settings.flips(), settings
			.quarterTurns(), false);
		pairs = data.pairs().isEmpty() || recipe().unet() == null ? null : new PatchSource(data.pairs(), UNITS, side, settings.flips(), settings
			.quarterTurns(), false);
		heldOut = new PatchSource(data.heldOut(), settings.planes(), scale, settings.size(), settings.flips(), settings.quarterTurns(), true);
		if (settings.planes() > 1 && pairs != null) throw new IllegalArgumentException(
			"A model of neighbouring planes is trained on clean images, not on pairs: train one for single images.");
		starts = chains == null ? null : new PatchSource(chains.images(), chains.range(), settings.size(), settings.flips(),
			settings.quarterTurns(), false);
		if (starts != null && recipe().kind() != Kind.CONTRASTIVE) throw new IllegalArgumentException(
			"Only the chains of a contrastive training start from images.");
		if (starts != null && starts.channels() != patches.channels()) throw new IllegalArgumentException(
			"Images to start from must have the training images' " + patches.channels() + " channels, not " + starts.channels() + ".");
		start = recipe().unet() != null && recipe().unet().told() > 0 ? MixtureStart.fit(patches.draw(MixtureStart.TILES, MixtureStart.SIDE, seeds(
			Purpose.START)), patches.channels(), settings.seed()) : null;
	}

	TrainingSettings settings() {
		return settings;
	}

	Recipe recipe() {
		return settings.recipe();
	}

	/** The images, as they came. */
	Split data() {
		return data;
	}

	/** The gray values that become -1 and 1. */
	Normalization range() {
		return range;
	}

	/** The values, transformed where {@code settings.shot} is given, that become -1 and 1. */
	Normalization scale() {
		return scale;
	}

	int channels() {
		return patches.channels();
	}

	/** Patches to learn from. */
	PatchSource patches() {
		return patches;
	}

	/** Patches to learn from for a network that sees farther than a tile. */
	PatchSource wide() {
		return wide;
	}

	/** Pairs of patches as wide, without noise and with it, in units of the noise [N,r,r,2C]; null: there are none. */
	PatchSource pairs() {
		return pairs;
	}

	/** Patches of held-out images, drawn evenly. */
	PatchSource heldOut() {
		return heldOut;
	}

	/** Patches that chains start from; null: they start from noise. */
	PatchSource starts() {
		return starts;
	}

	/** Of the coarsest samples; null for a contrastive energy, and for one that can't be sampled. */
	MixtureStart start() {
		return start;
	}

	/** The parameters of a model's stage that the training goes on from; null: it begins with random ones. */
	StageParameters from(final int stage) {
		return from == null ? null : ((UnetParameters) from.pyramid().parameters(stage)).adapted((UnetSpec) settings.spec(channels()));
	}

	/**
	 * Whether the finest stage alone is trained: the paper's translation of style; or what restores images, and goes on from a model that
	 * does.
	 */
	boolean isOnFinest() {
		return starts != null || from != null && recipe().unet().told() == 0;
	}

	/** Standard deviation of the training images' own noise at the finest stage, in model units; 0: they are clean. */
	double noise() {
		return noise;
	}

	/** Lowest noise level that the model knows; noise weaker than the training images' own is not known. */
	double sigmaMin() {
		return Math.max(recipe().levels().lowest(), noise);
	}

	/** Highest noise level trained for. */
	double sigmaMax() {
		return sigmaMax;
	}

	SplittableRandom seeds(final Purpose purpose, final long... place) {
		return Seeds.of(settings.seed(), purpose, place);
	}
}
