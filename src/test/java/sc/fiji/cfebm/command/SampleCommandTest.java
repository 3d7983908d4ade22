package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;

import org.junit.jupiter.api.Test;
import org.scijava.module.Module;

import ij.ImagePlus;

/** Samples through the real command framework. */
class SampleCommandTest extends CommandTestBase {

	@Test
	void samplesAreAStackOrAMontage() throws Exception {
		final Module done = run(SampleCommand.class, "model", paper, "count", 5, "steps", 2);
		final ImagePlus stack = (ImagePlus) done.getOutput("samples");
		assertEquals("samples of paper", stack.getTitle());
		assertArrayEquals(new int[] { 16, 16, 1, 5, 1 }, stack.getDimensions());
		assertEquals(32, stack.getBitDepth());
		assertEquals(50, stack.getDisplayRangeMin());
		assertEquals(170, stack.getDisplayRangeMax());
		assertNull(done.getOutput("states"));
		final ImagePlus montage = (ImagePlus) run(SampleCommand.class, "model", paper, "count", 5, "steps", 2, "output",
			"montage").getOutput("samples");
		assertArrayEquals(new int[] { 50, 33, 1, 1, 1 }, montage.getDimensions());
		for (int i = 0; i < 5; i++)
			assertEquals(stack.getStack().getProcessor(i + 1).getf(3, 4), montage.getProcessor().getf(i % 3 * 17 + 3, i / 3 *
				17 + 4));
	}

	@Test
	void samplesOfACoarserStageOfAnySizeWithTheirTrajectory() throws Exception {
		final Module done = run(SampleCommand.class, "model", paper, "count", 2, "steps", 4, "stage", "8", "width", 21,
			"height", 9, "trajectory", 3);
		assertArrayEquals(new int[] { 21, 9, 1, 2, 1 }, ((ImagePlus) done.getOutput("samples")).getDimensions());
		final ImagePlus states = (ImagePlus) done.getOutput("states");
		assertEquals("trajectory of paper", states.getTitle());
		// Steps 0, 3 and 4.
		assertArrayEquals(new int[] { 21, 9, 1, 2, 3 }, states.getDimensions());
		assertTrue(states.isHyperStack());
		final ImagePlus montages = (ImagePlus) run(SampleCommand.class, "model", paper, "count", 2, "steps", 4, "output",
			"Montage", "trajectory", 3).getOutput("states");
		assertArrayEquals(new int[] { 33, 16, 1, 1, 6 }, montages.getDimensions());
	}

	@Test
	void scoreMatchingModelsOfGrayAndColorSample() throws Exception {
		for (final File model : new File[] { gray, rgb }) {
			final ImagePlus samples = (ImagePlus) run(SampleCommand.class, "model", model, "count", 3, "steps", 3).getOutput("samples");
			assertEquals(3, samples.getStackSize());
			assertEquals(16, samples.getWidth());
			assertEquals(model == rgb ? ImagePlus.COLOR_RGB : ImagePlus.GRAY32, samples.getType());
		}
	}

	@Test
	void whatASampleCanHaveWrongIsOneSentence() throws Exception {
		says("No model file is given", SampleCommand.class);
		says("number of images is 0", SampleCommand.class, "model", paper, "count", 0);
		says("Stack, Montage", SampleCommand.class, "model", paper, "output", "Movie");
		says("no stage of 64 pixels, only 8, 16.", SampleCommand.class, "model", paper, "stage", "64");
		says("The stage is “coarse”: it must be Finest or", SampleCommand.class, "model", paper, "stage", "coarse");
		says("width is 15", SampleCommand.class, "model", paper, "width", 15);
		says("height is -1", SampleCommand.class, "model", paper, "height", -1);
		says("steps is -1", SampleCommand.class, "model", paper, "steps", -1);
		says("steps is -2", SampleCommand.class, "model", paper, "trajectory", -2);
	}
}
