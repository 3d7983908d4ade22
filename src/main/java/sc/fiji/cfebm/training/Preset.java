package sc.fiji.cfebm.training;

import java.util.List;

import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.training.Recipe.Contrastive;
import sc.fiji.cfebm.training.Recipe.Levels;
import sc.fiji.cfebm.training.Recipe.Optimizer;
import sc.fiji.cfebm.training.Recipe.Unet;

/** The recipes that come with the plugin. */
public enum Preset {

	/** Score matching of an energy in units of the noise, which for half of the patches is told what is bright: the default. */
	SCORE_MATCHING(scoreMatching("Score matching", 0.5, 0, 1, Contrastive.NONE)),

	/**
	 * The same, then contrastive iterations with score matching kept on. In trainings of equal time denoising loses by them, and some samples gain a
	 * little (docs/experiments.md).
	 */
	ROBUST(scoreMatching("Robust", 0.5, 0, 1, new Contrastive(0.1, 2e-4, 15, 0.5, 0, 1000))),

	/**
	 * Score matching for restoration alone: the network is never told what is bright, so that it is of no use for sampling, and
	 * learns no more noise than images have. Of its patches a quarter has correlated noise, and a quarter shots.
	 */
	DENOISING(scoreMatching("Denoising", 0, 0.25, 0.6, Contrastive.NONE)),

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

	/** @param others share of patches with correlated noise, and of shots */
	private static Recipe scoreMatching(final String name, final double told, final double others, final double highest, final Contrastive contrastive) {
		return new Recipe(name, Kind.SCORE_MATCHING, false, new Unet(0.6, told, others, others, 1.5), 0.05, List.of(8, 8, 8, 8, 4, 2, 1), new Optimizer(2e-3, 0.9, 0.999,
			100, true, 30, 0.999), new Levels(0.008, highest), contrastive);
	}

	public Recipe recipe() {
		return recipe;
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
