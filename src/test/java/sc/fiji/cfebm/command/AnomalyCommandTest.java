package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.scijava.module.Module;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;

/** Anomaly maps through the real command framework. */
class AnomalyCommandTest extends CommandTestBase {

	@ParameterizedTest
	@CsvSource({ "8,3", "16,1", "24,2", "32,1" })
	void anomalyMapsAreMadeOfEveryKindOfImage(final int bits, final int slices) throws Exception {
		final ImagePlus imp = image("cells", 40, 30, slices, bits);
		final Module done = run(AnomalyCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "rate", 10.0, "mask", true,
			"parts", true);
		final ImagePlus map = (ImagePlus) done.getOutput("map"), anomalies = (ImagePlus) done.getOutput("anomalies");
		assertArrayEquals(imp.getDimensions(), map.getDimensions());
		assertArrayEquals(imp.getDimensions(), anomalies.getDimensions());
		assertEquals("cells-anomaly-mask", ((ImagePlus) done.getOutput("regions")).getTitle());
		assertTrue(((ImagePlus) done.getOutput("partMaps")).getNChannels() > 1);
		assertEquals(slices, map.getProp("Anomaly score").split(", ").length);
		assertTrue(map.getInfoProperty().contains("rate=10.0 smallest=25"), map.getInfoProperty());
		if (bits != 32) return;
		final Module plain = run(AnomalyCommand.class, "image", imp, "model", bits == 24 ? rgb : gray, "rate", 50.0);
		assertNull(plain.getOutput("regions"));
		assertNull(plain.getOutput("partMaps"));
		assertTrue(same(map, (ImagePlus) plain.getOutput("map"), 1));
	}

	@Test
	void anomaliesAreLookedForInChosenPlanesAndInsideTheSelectionAlone() throws Exception {
		final CompositeImage imp = hyperstack();
		final Roi roi = new ij.gui.OvalRoi(5, 6, 20, 15);
		imp.setRoi(roi);
		final ImagePlus map = (ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray, "channels", "2", "slices", "1",
			"frames", "3", "rate", 10.0).getOutput("map");
		for (int plane = 1; plane <= 12; plane++)
			for (int p = 0; p < 40 * 30; p++)
				assertEquals(plane != 10 || !roi.contains(p % 40, p / 40), Float.isNaN(map.getStack().getProcessor(plane).getf(p)));
		final ImagePlus large = image("cells", 120, 110, 1, 8);
		final ImagePlus whole = (ImagePlus) run(AnomalyCommand.class, "image", large, "model", gray, "rate", 10.0).getOutput("map");
		large.setRoi(new Roi(60, 65, 9, 7));
		final ImagePlus part = (ImagePlus) run(AnomalyCommand.class, "image", large, "model", gray, "rate", 10.0).getOutput("map");
		for (int y = 65; y < 72; y++)
			for (int x = 60; x < 69; x++)
				// Not the same noise is added.
				assertEquals(whole.getProcessor().getf(x, y), part.getProcessor().getf(x, y), 0.3);
	}

	private static ImagePlus movie(final int slices, final int frames) {
		final ImagePlus movie = IJ.createHyperStack("movie", 40, 30, 1, slices, frames, 32);
		for (int plane = 1; plane <= movie.getStackSize(); plane++) {
			final Random random = new Random(plane);
			for (int p = 0; p < 40 * 30; p++)
				movie.getStack().getProcessor(plane).setf(p, (float) (100 + 50 * Math.sin(p % 40 / 5.0) + random.nextInt(20)));
		}
		return movie;
	}

	private static ImagePlus map(final ImagePlus movie, final File model, final String neighbours) throws Exception {
		return (ImagePlus) run(AnomalyCommand.class, "image", movie, "model", model, "rate", 10.0, "neighbours", neighbours).getOutput("map");
	}

	@Test
	void framesAreComparedWithTheirNeighboursWhereAModelKnowsHowNominalOnesChange() throws Exception {
		final Path folder = Files.createDirectory(dir.resolve("movies"));
		final File model = Files.copy(gray.toPath(), folder.resolve("movies.cfebm")).toFile();
		TinyModels.writeStack(folder.resolve("movies-stack.cfebm"));
		final ImagePlus movie = movie(1, 5), alone = map(movie, model, "None");
		// One that learnt from single images can denoise stacks, and that is all.
		assertTrue(same(alone, map(movie, model, "Automatic"), 3));
		says("none beside it that knows how nominal frames change: train one on nominal stacks (CF-EBM Train, planes=5), or leave them out",
			AnomalyCommand.class, "image", movie, "model", model, "rate", 10.0, "neighbours", "Frames");
		TinyModels.addNominalStacks(folder.resolve("movies-stack.cfebm"));
		final ImagePlus compared = map(movie, model, "Automatic");
		for (final int frame : new int[] { 1, 5 })
			assertTrue(same(alone, compared, frame), "It has no neighbour on one side.");
		for (final int frame : new int[] { 2, 3, 4 })
			assertFalse(same(alone, compared, frame));
		assertTrue(same(compared, map(movie, model, "Frames"), 3));
		assertTrue(logged(() -> map(movie, model, "Automatic")).contains("compared with the 1 frames before and behind it (in 3 frames)"));
		// Frame 3 of slice 2 has those of slice 2 for neighbours.
		final ImagePlus hyperstack = movie(2, 4), line = IJ.createImage("line", 40, 30, 4, 32);
		for (int frame = 1; frame <= 4; frame++)
			line.getStack().setPixels(hyperstack.getStack().getPixels(hyperstack.getStackIndex(1, 2, frame)), frame);
		assertArrayEquals((float[]) map(line, model, "Automatic").getStack().getPixels(3), (float[]) map(hyperstack, model, "Frames").getStack().getPixels(
			hyperstack.getStackIndex(1, 2, 3)));
		final ImagePlus parts = (ImagePlus) run(AnomalyCommand.class, "image", movie, "model", model, "rate", 10.0, "parts", true).getOutput("partMaps");
		assertEquals(10 + 14, parts.getNChannels());
		assertEquals(5, parts.getNFrames());
	}

	@Test
	void whatAnAnomalyMapCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 40, 30, 1, 8);
		says("There is no image open", AnomalyCommand.class, "model", gray);
		for (final double rate : new double[] { -1, 100, Double.NaN })
			says("The rate of false alarms is " + rate, AnomalyCommand.class, "image", imp, "model", gray, "rate", rate);
		says("A rate of false alarms of 0.5 % needs 2000 nominal patches, and the model was calibrated on 121: it can tell 8.3 % or more.",
			AnomalyCommand.class, "image", imp, "model", gray, "rate", 0.5);
		assertTrue(((ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray).getOutput("map")).getInfoProperty().contains("rate=0"),
			"Without a rate the finest that the model can tell is taken.");
		final ImagePlus empty = image("empty", 40, 30, 1, 32);
		empty.getProcessor().setf(5, 5, -Float.MAX_VALUE);
		says("values too far from the gray values", AnomalyCommand.class, "image", empty, "model", gray);
		says("The smallest region is 0", AnomalyCommand.class, "image", imp, "model", gray, "smallest", 0);
	}
}
