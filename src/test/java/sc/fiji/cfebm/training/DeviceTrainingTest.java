package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/** Trainings that are computed on a device, interrupted and gone on with there, or elsewhere. */
class DeviceTrainingTest {

	private static final int ITERATIONS = 12, STOP = 17;

	private final List<String> log = new ArrayList<>();
	private final String before = DeviceChoice.wanted();
	private String device;

	@TempDir
	private Path folder;

	@BeforeEach
	void findDevice() {
		device = TestDevice.device().name();
	}

	@AfterEach
	void wantAsBefore() {
		DeviceChoice.want(before);
	}

	/** Trains where it is wanted. @param stop after so many iterations of all stages; 0: not */
	private Model train(final String where, final Path checkpoint, final int stop) throws IOException {
		DeviceChoice.want(where);
		log.clear();
		return Trainer.train(Split.of(List.of(new ImageSource("waves", TrainerTest.images(1))), 16, 1), new Normalization(0, 255), TrainerTest
			.settings(TrainerTest.quickRobust(), 16, 1, ITERATIONS, ITERATIONS), checkpoint == null ? null : new Checkpoints(checkpoint, 1e9, true),
			new TrainingMonitor() {

				private int done;

				@Override
				public void log(final String line) {
					log.add(line);
				}

				@Override
				public void step(final TrainingStep step) {
					done = step.stage() * ITERATIONS + step.iteration();
				}

				@Override
				public boolean isCanceled() {
					return stop > 0 && done >= stop;
				}
			});
	}

	private Model interrupted(final String first, final String then, final String recorded) throws IOException {
		final Path checkpoint = folder.resolve(first.length() + "-" + then.length());
		assertThrows(CancellationException.class, () -> train(first, checkpoint, STOP));
		assertEquals(recorded, Checkpoint.read(checkpoint).header().device());
		return train(then, checkpoint, 0);
	}

	private static void assertSame(final Model expected, final Model actual) {
		for (int s = 0; s < 2; s++)
			assertArrayEquals(expected.pyramid().parameters(s).values(), actual.pyramid().parameters(s).values());
	}

	private boolean says(final String text) {
		return log.stream().anyMatch(line -> line.contains(text));
	}

	@Test
	void whereATrainingBeganItGoesOn() throws IOException {
		final Model here = train("cpu", null, 0);
		assertFalse(says("computed on"), log.toString());
		final Model there = train(device, null, 0);
		assertTrue(says("computed on " + device), log.toString());
		double error = 0, largest = 0;
		for (int i = 0; i < here.pyramid().parameters(1).values().length; i++) {
			error = Math.max(error, Math.abs(here.pyramid().parameters(1).values()[i] - there.pyramid().parameters(1).values()[i]));
			largest = Math.max(largest, Math.abs(here.pyramid().parameters(1).values()[i]));
		}
		assertTrue(error > 0 && error < 0.01 * largest, error + " of " + largest);
		assertSame(there, interrupted(device, "auto", device));
		assertTrue(says("computed on " + device), log.toString());
		assertSame(here, interrupted("cpu", device, null));
		assertFalse(says("computed on"), log.toString());
		// Nothing is left of it for others.
		DeviceChoice.want(device);
		assertEquals(device, there.pyramid().network(1).device());
	}

	@Test
	void whereItsDeviceIsNotToBeUsedItSaysSo() throws IOException {
		interrupted(device, "cpu", device);
		assertTrue(says("it was computed on " + device + " before, and the processor goes on: it will differ"), log.toString());
	}

	/** Another computer's, say. */
	@Test
	void whereItsDeviceIsGoneItSaysSo() throws IOException {
		final Path checkpoint = folder.resolve("c");
		assertThrows(CancellationException.class, () -> train("cpu", checkpoint, STOP));
		final Checkpoint c = Checkpoint.read(checkpoint);
		final Checkpoint.Header h = c.header();
		assertNull(h.device());
		new Checkpoint(new Checkpoint.Header(h.settings(), h.images(), h.channels(), h.plan(), h.costs(), h.stage(), h.fades(), h.rollbacks(), h
			.seconds(), h.history(), "A card of long ago", h.lengths()), c.finished(), c.stage()).write(checkpoint);
		assertSame(train("cpu", null, 0), train("auto", checkpoint, 0));
		assertTrue(says("it was computed on A card of long ago before"), log.toString());
	}
}
