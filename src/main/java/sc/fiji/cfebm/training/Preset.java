package sc.fiji.cfebm.training;

import java.util.List;

import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.training.Recipe.Contrastive;
import sc.fiji.cfebm.training.Recipe.Levels;
import sc.fiji.cfebm.training.Recipe.Optimizer;
import sc.fiji.cfebm.training.Recipe.Unet;

/** The recipes that come with the plugin. */
public enum Preset {

	/**
	 * Score matching of an energy f/σ, then contrastive iterations with score matching kept on: the default. Constants by
	 * the experiments in docs/experiments.md.
	 */
	ROBUST(scoreMatching("Robust", 0.5, new Levels(0.02, 1), new Contrastive(0.1, 2e-4, 15, 0.5, 0, 1000))),

	/** Score matching alone. */
	SCORE_MATCHING(scoreMatching("Score matching", 0.5, new Levels(0.02, 1), Contrastive.NONE)),

	/**
	 * Score matching for denoising alone, of an energy read out at full resolution in units of the noise: from hardly any noise
	 * to more than images have, and no time lost on fading stages in. No use for sampling, which has to be told what is
	 * bright.
	 */
	DENOISING(new Recipe("Denoising", Kind.SCORE_MATCHING, false, new Unet(0.6, 1.5), 0.05, List.of(16), new Optimizer(1e-3, 0.9, 0.999, 100,
		true, 30, 0.999), new Levels(0.008, 0.6), Contrastive.NONE)),

	/**
	 * Contrastive training as in CF-EBM (Zhao, Xie and Li, ICLR 2021), apart from its length; the paper flips patches
	 * but does not turn them, and draws empty background as often as it is there.
	 */
	PAPER(new Recipe("Paper", Kind.CONTRASTIVE, true, null, 0.5, List.of(256, 128, 64, 64, 32, 16), new Optimizer(1e-3, 0.5, 0.999,
		0, false, Double.POSITIVE_INFINITY, 0), Levels.NONE, new Contrastive(1, 0, 15, 0, 0, 0)));

	private final Recipe recipe;

	Preset(final Recipe recipe) {
		this.recipe = recipe;
	}

	private static Recipe scoreMatching(final String name, final double fade, final Levels levels, final Contrastive contrastive) {
		return new Recipe(name, Kind.SCORE_MATCHING, false, null, fade, List.of(64, 32, 16, 8, 4), new Optimizer(2e-3, 0.9, 0.999, 100,
			true, 1, 0.999), levels, contrastive);
	}

	public Recipe recipe() {
		return recipe;
	}

	/**
	 * The recipe for noise of one known strength: DENOISING learns just that, since a network that need not tell noise
	 * levels apart is better at the one there is (docs/experiments.md). The others learn all levels as ever.
	 *
	 * @param level of the noise in model units
	 */
	public Recipe recipe(final double level) {
		return this == DENOISING ? recipe.withLevels(0.98 * level, 1.06 * level) : recipe;
	}

	/**
	 * The recipe for style translation, that of CF-EBM's for the preset Paper: chains of 50 steps that start from images, and no stage is faded in. The
	 * others learn a style as anything else.
	 */
	public Recipe styleRecipe() {
		return this == PAPER ? recipe.withContrastive(recipe.contrastive().withLangevinSteps(50)).withFade(0) : recipe;
	}

	/** Its name in dialogs and macros. */
	@Override
	public String toString() {
		return recipe.name();
	}
}
