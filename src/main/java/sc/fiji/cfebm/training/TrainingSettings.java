package sc.fiji.cfebm.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.model.Model.Kind;

/**
 * What to train.
 *
 * @param recipe how
 * @param size side of the finest stage in pixels: 8, 16, 32, 64, …
 * @param baseWidth b: 8 for minutes, 16 for hours on a CPU
 * @param minutes time for the whole training, turned into iterations of every stage by a measurement at the start; used
 *          when {@code iterations} is empty
 * @param iterations of every stage, from stage 0 on; one number holds for all stages. The same numbers give the same model.
 * @param batch patches per iteration at the finest stage; 0: the recipe's own
 * @param flips whether patches are mirrored at random
 * @param quarterTurns whether patches are rotated by multiples of 90° at random
 * @param seed of everything random
 * @param shot how gray values with shot noise were transformed into the training images' values; null: they were not. An energy of
 *          score matching only.
 * @param noise standard deviation of the white noise that is in the training images, in the units of their values; 0: they
 *          are clean. Noisy images are trained on by score matching alone.
 * @param correlation of the noise of neighbours in the training images; where there is some, the network is told
 * @param correlated whether the network can be told how noise is correlated between neighbours
 * @param planes how many neighbouring planes of stacks the network looks at together; 1: it looks at single images
 */
public record TrainingSettings(Recipe recipe, int size, int baseWidth, double minutes, List<Integer> iterations, int batch,
	boolean flips, boolean quarterTurns, long seed, Anscombe shot, double noise, Correlation correlation, boolean correlated, int planes)
{

	/** The learning rate of a training that goes on from a model, as a share of one that does not. */
	private static final double GO_ON = 0.5;

	/** Of clean images in gray values. */
	public TrainingSettings(final Recipe recipe, final int size, final int baseWidth, final double minutes,
		final List<Integer> iterations, final int batch, final boolean flips, final boolean quarterTurns, final long seed)
	{
		this(recipe, size, baseWidth, minutes, iterations, batch, flips, quarterTurns, seed, null, 0, Correlation.NONE);
	}

	/** Told of correlation if the images' noise has some, or what the recipe draws. */
	public TrainingSettings(final Recipe recipe, final int size, final int baseWidth, final double minutes,
		final List<Integer> iterations, final int batch, final boolean flips, final boolean quarterTurns, final long seed,
		final Anscombe shot, final double noise, final Correlation correlation)
	{
		this(recipe, size, baseWidth, minutes, iterations, batch, flips, quarterTurns, seed, shot, noise, correlation, correlation.isAny() ||
			recipe.unet() != null && recipe.unet().correlated() > 0 && noise == 0, 1);
	}

	/** @throws IllegalArgumentException with one sentence for the user */
	public TrainingSettings {
		final int stages = NetworkSpec.stageOf(size) + 1;
		iterations = iterations.size() == 1 ? Collections.nCopies(stages, iterations.get(0)) : List.copyOf(iterations);
		if (!iterations.isEmpty() && iterations.size() != stages) throw new IllegalArgumentException("A size of " + size +
			" pixels has " + stages + " stages, but there are " + iterations.size() +
			" numbers of iterations: give one for each stage, or one for all.");
		for (final int n : iterations)
			if (n < 1) throw new IllegalArgumentException("The iterations of a stage must be at least 1, not " + n + ".");
		if (iterations.isEmpty() && !(minutes > 0 && minutes < 1e5)) throw new IllegalArgumentException(
			"The minutes of training must be more than 0, not " + minutes + ".");
		if (batch < 0 || batch > 4096) throw new IllegalArgumentException(
			"The batch must be between 1 and 4096, or 0 for the preset's own, not " + batch + ".");
		if (!(noise >= 0) || Double.isInfinite(noise)) throw new IllegalArgumentException(
			"The noise of the training images must be at least 0, not " + noise + ".");
		if (recipe.kind() == Kind.CONTRASTIVE && (shot != null || noise > 0)) throw new IllegalArgumentException("The preset " +
			recipe.name() + " knows nothing of noise: choose another one for images with noise.");
		if (shot != null && noise == 0) throw new IllegalArgumentException("Transformed values have noise of their own: it can't be 0.");
		if (planes < 1 || planes % 2 == 0) throw new IllegalArgumentException(
			"Neighbouring planes that are looked at together are an odd number, not " + planes + ".");
		if (planes > 1 && (recipe.unet() == null || recipe.unet().told() > 0)) throw new IllegalArgumentException("The preset " + recipe.name() +
			" is for single images: choose Denoising for a model of neighbouring planes.");
		if (noise > 0) recipe = recipe.withContrastive(Recipe.Contrastive.NONE);
		// Their noise is added to the images' own.
		if (noise > 0 && recipe.unet() != null) recipe = recipe.withUnet(new Recipe.Unet(recipe.unet().estimateShare(), recipe
			.unet().told(), 0, 0, recipe.unet().patch()));
	}

	/**
	 * The same for a training that goes on from a model: the size and widths are the model's. Its energy is trained at once, since it is
	 * no random one, in smaller steps.
	 *
	 * @throws IllegalArgumentException with one sentence, if the model can't be gone on from by this recipe
	 */
	public TrainingSettings from(final Model model) {
		if (recipe.unet() == null || !(model.info().network() instanceof UnetSpec)) throw new IllegalArgumentException("The preset " + recipe
			.name() + (recipe.unet() == null ? " does not go on from a model" : " can't go on from this model, which is one of the preset Paper") +
			": start from none.");
		final Recipe.Unet unet = recipe.unet();
		final UnetSpec network = (UnetSpec) model.info().network();
		final List<Integer> widths = network.widths();
		if (network.planes() > 1 && planes == 1) throw new IllegalArgumentException("The model to start from looks at " + network
			.planes() + " neighbouring planes and this training at single ones: choose planes=" + network.planes() + ", or start from another model.");
		return new TrainingSettings(recipe.withUnet(new Recipe.Unet(0, unet.told(), unet.correlated(), unet.shots(), unet.patch()))
			.withLearningRate(GO_ON).withFade(0), model.size(), widths.get(widths.size() - 1) / 2, minutes, iterations.size() == stages()
				&& model.size() != size ? List.of(iterations.get(iterations.size() - 1)) : iterations, batch, flips,
			quarterTurns, seed, shot, noise, correlation, correlated || network.correlated(), planes);
	}

	/** The same for neighbouring planes of stacks. */
	public TrainingSettings withPlanes(final int other) {
		return new TrainingSettings(recipe, size, baseWidth, minutes, iterations, batch, flips, quarterTurns, seed, shot, noise, correlation,
			correlated, other);
	}

	/** Number of stages. */
	int stages() {
		return NetworkSpec.stageOf(size) + 1;
	}

	/** In words; the minutes do not matter where iterations are given. */
	String length() {
		return iterations.isEmpty() ? minutes + " minutes" : iterations + " iterations";
	}

	/** Widths of 4b, 3b and 2b from coarse to fine; b = 16 gives those of the experiments. */
	NetworkSpec spec(final int channels) {
		if (recipe.unet() == null) return new PaperSpec(channels, baseWidth, recipe.spectralNorm());
		final List<Integer> widths = new ArrayList<>();
		for (int s = 0; s < stages(); s++)
			widths.add(baseWidth * Math.max(2, 4 - Math.max(0, s + 3 - stages())));
		return new UnetSpec(channels, widths, recipe.unet().told() > 0, correlated, true, UnetSpec.BOX, EnergyForm.INNER_CORRECTED,
			planes);
	}

	/** Patches per iteration. */
	int batch(final int stage) {
		if (batch == 0) return recipe.batch(stage);
		return Math.max(1, batch * recipe.batch(stage) / recipe.batch(stages() - 1));
	}
}
