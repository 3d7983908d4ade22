package sc.fiji.cfebm.model;

import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.model.Model.Kind;

/**
 * What a model knows about itself beside its weights; {@code model.json} of a model file.
 *
 * @param kind what the energy means
 * @param network the networks' shape
 * @param range the gray values it was trained on, as they became -1 and 1
 * @param shot how the training images' gray values were transformed, whose noise is shot noise; null: they were not
 * @param sigmaMin lowest noise level of a score-matching energy, in model units; 0 for a contrastive one
 * @param sigmaMax highest noise level
 * @param langevinSteps steps K per stage of the chains a contrastive energy was trained with; 0 where there were none
 * @param start where chains of a score-matching energy start; null for a contrastive one, whose chains start from
 *          uniform noise
 * @param palette the training images' colors, in model units; null if unknown
 * @param sources the colors of the images that are to be translated to the training images' style, in their own range's units; null if
 *          none were shown
 * @param calibration energies of nominal patches; null if unknown
 * @param training how it was made: preset, seed, images, iterations, data, licence, …, as text
 */
public record ModelInfo(Kind kind, NetworkSpec network, Normalization range, Anscombe shot, double sigmaMin, double sigmaMax,
	int langevinSteps, MixtureStart start, Palette palette, Palette sources, Calibration calibration, Map<String, String> training)
{

	/** Entry of the record that says what noise there was in the training images; absent where they were clean. */
	public static final String NOISE = "noise of the training images";

	public ModelInfo {
		training = new LinkedHashMap<>(training);
	}

	/** Of a model that was shown no images of another style. */
	public ModelInfo(final Kind kind, final NetworkSpec network, final Normalization range, final Anscombe shot, final double sigmaMin,
		final double sigmaMax, final int langevinSteps, final MixtureStart start, final Palette palette, final Calibration calibration,
		final Map<String, String> training)
	{
		this(kind, network, range, shot, sigmaMin, sigmaMax, langevinSteps, start, palette, null, calibration, training);
	}

	/** Whether it was trained on noisy images alone, and knows no noise weaker than theirs. */
	public boolean knowsNoisyImagesAlone() {
		return training.containsKey(NOISE);
	}
}
