package sc.fiji.cfebm.model;

import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Normalization;

/**
 * What a model knows about itself beside its weights; {@code model.json} of a model file.
 *
 * @param kind what the energy means
 * @param network the networks' shape
 * @param range the gray values it was trained on, as they became -1 and 1
 * @param sigmaMin lowest noise level of a score-matching energy, in model units; 0 for a contrastive one
 * @param sigmaMax highest noise level
 * @param langevinSteps steps K per stage of the chains a contrastive energy was trained with; 0 for score matching
 * @param training how it was made: preset, seed, images, minutes, …, as text
 */
public record ModelInfo(Kind kind, NetworkSpec network, Normalization range, double sigmaMin, double sigmaMax,
	int langevinSteps, Map<String, String> training)
{

	public ModelInfo {
		training = new LinkedHashMap<>(training);
	}
}
