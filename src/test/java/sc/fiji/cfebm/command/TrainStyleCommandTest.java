package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.nio.file.Files;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.module.Module;

import ij.IJ;
import ij.ImagePlus;

/** Training a style through the real command framework. */
class TrainStyleCommandTest extends CommandTestBase {

	/** Gray images to an RGB style: what comes out can be used at once. */
	@ParameterizedTest
	@CsvSource({ "Score matching,4,24", "Paper,2,24" })
	void aStyleIsTrainedForImagesOfAnotherOne(final String preset, final int shown, final int bits) throws Exception {
		final File images = Files.createDirectory(dir.resolve("sources " + preset)).toFile(), colors = Files.createDirectory(dir
			.resolve("targets " + preset)).toFile(), model = dir.resolve("style " + preset + ".cfebm").toFile();
		IJ.saveAsTiff(image("a", 40, 40, 1, 16), images + "/a.tif");
		IJ.saveAsTiff(image("b", 40, 40, 1, 24), colors + "/b.tif");
		final Module done = run(TrainStyleCommand.class, "sources", images, "targets", colors, "model", model, "preset", preset, "size",
			"16", "width", 1, "iterations", "1");
		final ImagePlus check = (ImagePlus) done.getOutput("check");
		assertEquals(bits, check.getBitDepth());
		assertEquals(shown, check.getStackSize());
		final sc.fiji.cfebm.model.Model trained = sc.fiji.cfebm.model.Model.read(model.toPath());
		assertEquals(preset, trained.info().training().get("preset"));
		assertEquals(preset.equals("Paper") ? 50 : 0, trained.info().langevinSteps());
		assertEquals(preset.equals("Paper"), trained.info().training().containsKey("chains"));
		assertEquals(3, trained.info().sources().channels());
		run(TranslateStyleCommand.class, "image", image("x", 20, 20, 1, 8), "model", model, "steps", 2);
	}

	@Test
	void whatATrainingOfAStyleCanHaveWrongIsOneSentence() throws Exception {
		final File images = Files.createDirectory(dir.resolve("style images")).toFile(), colors = Files.createDirectory(dir.resolve(
			"style colors")).toFile(), model = dir.resolve("style.cfebm").toFile();
		IJ.saveAsTiff(image("a", 40, 40, 1, 8), images + "/a.tif");
		IJ.saveAsTiff(image("b", 40, 40, 1, 24), colors + "/b.tif");
		says("No folder of source images is given", TrainStyleCommand.class, "targets", images, "model", model);
		says("No folder of target images is given", TrainStyleCommand.class, "sources", images, "model", model);
		says("No model file is given", TrainStyleCommand.class, "sources", images, "targets", images);
		says("start from another model, or from None", TrainStyleCommand.class, "sources", images, "targets", colors, "model", model,
			"start", gray.getPath());
		says("The source images are RGB but the target images are gray", TrainStyleCommand.class, "sources", colors, "targets",
			images, "model", model, "iterations", "1");
		says("Score matching, Robust, Paper", TrainStyleCommand.class, "sources", images, "targets", colors, "model", model, "preset",
			"Denoising");
		assertFalse(model.exists());
	}
}
