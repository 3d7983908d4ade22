package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;

class ModelDescriptionTest {

	@Test
	void aBundledModelSaysAllThatIsToBeKnown() throws Exception {
		final Map<String, String> said = ModelDescription.of(Model.read(Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm")));
		assertTrue(said.get("Images").matches("gray, tiles of ([0-9]+)×\\1 pixels"), said.toString());
		assertEquals("score matching, E(x, σ) of images in units of their noise, and told what is bright", said.get("Kind"));
		assertTrue(said.get("Trained on").contains("2018 Data Science Bowl"), said.toString());
		assertEquals("CC0 1.0", said.get("Licence of the data"));
		assertTrue(said.get("Figures").contains("dB"), said.toString());
		assertEquals("1 to 195, the model's -1 to 1", said.get("Gray values"));
		assertEquals("σ from 0.008 to 1 in the model's units, 0.776 to 97 gray values", said.get("Noise levels"));
		assertTrue(said.get("Stages").matches("8, 16(, [0-9]+)* pixels"), said.toString());
		assertTrue(said.get("Feature channels").matches("[0-9]+( → [0-9]+)+ and back"), said.toString());
		assertTrue(said.get("Uncertainty").startsWith("calibrated, standard deviations × "), said.toString());
		assertTrue(said.get("Anomalies").matches("calibrated, rates of false alarms of [0-9.]+ % or more"), said.toString());
		assertTrue(said.get("Made by").startsWith("mvn "), said.toString());
		assertEquals("256 colors of the training images", said.get("Palette"));
		assertTrue(said.containsKey("Training: preset"), said.toString());
	}

	@Test
	void whatIsNotKnownIsSaidToo() {
		final PaperSpec spec = new PaperSpec(3, 2, true);
		final EnergyPyramid pyramid = new EnergyPyramid(List.of(PaperParameters.random(spec, 0, new SplittableRandom(1))));
		final Map<String, String> paper = ModelDescription.of(new Model(new ModelInfo(Model.Kind.CONTRASTIVE, spec, new Normalization(0,
			255), null, 0, 0, 15, null, null, null, Map.of("data", " ", "who\tmade", "a\nb")), pyramid));
		assertEquals("RGB, tiles of 8×8 pixels", paper.get("Images"));
		assertEquals("contrastive, chains of 15 Langevin steps per stage", paper.get("Kind"));
		assertEquals("not stated in the model file", paper.get("Trained on"));
		assertEquals("a b", paper.get("Training: who made"));
		assertEquals("none", paper.get("Calibration"));
		assertEquals("not calibrated: the model cannot find any", paper.get("Anomalies"));
		assertEquals("uniform noise", paper.get("Samples start from"));
		assertEquals("not stored: a style cannot match colors", paper.get("Palette"));
		assertTrue(paper.get("Feature channels").endsWith("(base width 2, spectral norm)"), paper.toString());
		assertFalse(paper.containsKey("Noise levels"));
		final UnetSpec restoring = new UnetSpec(3, List.of(6, 5, 4));
		final SplittableRandom rng = new SplittableRandom(2);
		final UnetParameters coarse = UnetParameters.random(restoring, 0, rng);
		final EnergyPyramid stages = new EnergyPyramid(List.of(coarse, coarse.grow(rng)));
		final Map<String, String> shot = ModelDescription.of(new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, restoring, new Normalization(
			100, 300), new Anscombe(2, -190), 0.05, 0.6, 0, null, null, null, Map.of()), stages));
		assertEquals("score matching, E(x, σ) of images in units of their noise", shot.get("Kind"));
		assertEquals("5 → 6 and back", shot.get("Feature channels"), "Stages that are not there have none.");
		assertEquals("σ from 0.05 to 0.6 in the model's units", shot.get("Noise levels"));
		assertEquals("100 to 300, the model's -1 to 1, after the generalised Anscombe transform: for shot noise with a gain of 2 and an intercept of -190", shot.get(
			"Gray values"));
		final Map<String, String> style = ModelDescription.of(new Model(new ModelInfo(Model.Kind.CONTRASTIVE, spec, new Normalization(0, 255), null, 0,
			0, 50, null, new Palette(3, new float[6]), null, Map.of()), pyramid));
		assertEquals("2 colors of the training images", style.get("Palette"));
		assertEquals("nothing: the model cannot be sampled", shot.get("Samples start from"));
		final float[] tiles = new float[300 * 192];
		for (int i = 0; i < tiles.length; i++)
			tiles[i] = (float) rng.nextGaussian();
		final Map<String, String> old = ModelDescription.of(new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, restoring, new Normalization(0, 255),
			null, 0.05, 0.6, 0, MixtureStart.fit(tiles, 3, 1), null, null, Map.of()), stages));
		assertTrue(old.get("Samples start from").startsWith("a mixture of Gaussian distributions"), old.toString());
		assertEquals("not stored: a style cannot match colors", old.get("Palette"));
	}
}
