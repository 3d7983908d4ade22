package sc.fiji.cfebm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/** A training that is interrupted, by its user or by death, goes on as if nothing had happened. */
class CheckpointTest {

	private static final Normalization RANGE = new Normalization(0, 255);
	private static final Recipe RECIPE = TrainerTest.quickRobust();

	private static Model straight;

	@TempDir
	Path folder;

	@BeforeAll
	static void train() throws IOException {
		straight = Trainer.train(data(), RANGE, settings(), null, TrainingMonitor.NONE);
	}

	/** Trains as the test does and writes the model; a process of its own, to be killed. */
	public static final class Victim {

		public static void main(final String[] args) throws IOException {
			final Path model = Path.of(args[0]);
			Trainer.train(data(), RANGE, settings(), checkpoints(model), TrainingMonitor.NONE).write(model);
		}
	}

	private static Split data() {
		return data(TrainerTest.images(1));
	}

	private static Split data(final List<Raster> images) {
		return Split.of(List.of(new ImageSource("waves", images)), 16, 1);
	}

	private static TrainingSettings settings() {
		// The watchdog gives up what has not learnt after 100 iterations, as so small a network may not.
		return TrainerTest.settings(RECIPE, 16, 1, 100, 60);
	}

	private static Checkpoints checkpoints(final Path model) {
		return new Checkpoints(model.resolveSibling(model.getFileName() + ".checkpoint"), 0.05, true);
	}

	@Test
	void aTrainingThatIsKilledAgainAndAgainGivesTheSameModel() throws Exception {
		final Path model = folder.resolve("a.cfebm"), checkpoint = checkpoints(model).file();
		final SplittableRandom chance = new SplittableRandom(7);
		int kills = 0;
		while (kills < 3) {
			final Process victim = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-cp", System.getProperty(
				"java.class.path"), Victim.class.getName(), model.toString()).redirectErrorStream(true).redirectOutput(
					new File(folder.toFile(), "log.txt")).start();
			// At a random moment after it got one checkpoint further.
			final long before = modified(checkpoint);
			while (victim.isAlive() && modified(checkpoint) == before)
				Thread.sleep(2);
			victim.waitFor(chance.nextInt(300), TimeUnit.MILLISECONDS);
			final boolean killed = victim.isAlive();
			victim.destroyForcibly().waitFor();
			assertTrue(killed || victim.exitValue() == 0, Files.readString(folder.resolve("log.txt")));
			kills++;
			if (!killed) break;
			// Whatever moment it was: the checkpoint is whole.
			Checkpoint.read(checkpoint);
		}
		final Model resumed = Trainer.train(data(), RANGE, settings(), checkpoints(model), TrainingMonitor.NONE);
		assertSame(straight, resumed);
	}

	private static long modified(final Path file) {
		return file.toFile().lastModified() * 31 + file.toFile().length();
	}

	@Test
	void cancellingKeepsAllButTheLastIteration() throws IOException {
		final Path model = folder.resolve("a.cfebm");
		final Checkpoints rare = new Checkpoints(checkpoints(model).file(), 1e9, true);
		final List<Integer> seen = new ArrayList<>();
		for (final int stopAt : new int[] { 45, 75, 115 }) {
			final TrainingMonitor impatient = new TrainingMonitor() {

				private int done;

				@Override
				public void step(final TrainingStep step) {
					done = step.stage() * 100 + step.iteration();
				}

				@Override
				public boolean isCanceled() {
					return done >= stopAt;
				}
			};
			assertThrows(CancellationException.class, () -> Trainer.train(data(), RANGE, settings(), rare,
				impatient));
		}
		final Model resumed = Trainer.train(data(), RANGE, settings(), rare, new TrainingMonitor() {

			@Override
			public void step(final TrainingStep step) {
				seen.add(step.stage() * 100 + step.iteration());
			}
		});
		// The whole history is told again, then what is new.
		assertEquals(160, seen.size());
		for (int i = 0; i < 160; i++)
			assertEquals(i + 1, seen.get(i));
		assertSame(straight, resumed);
	}

	@Test
	void otherSettingsOrImagesAreRefusedInASentence() throws IOException {
		final Path model = folder.resolve("a.cfebm");
		final Checkpoints resume = checkpoints(model);
		train(TrainerTest.settings(RECIPE, 8, 1, 30), resume);
		message("has the seed 1, not 2", () -> train(TrainerTest.settings(RECIPE, 8, 2, 30), resume));
		message("has the size 8, not 16", () -> train(TrainerTest.settings(RECIPE, 16, 1, 30), resume));
		message("has the kind Robust, not Paper", () -> train(TrainerTest.settings(Preset.PAPER.recipe(), 8, 1, 30), resume));
		message("was on other images", () -> Trainer.train(data(TrainerTest.images(1).subList(0, 1)), RANGE, TrainerTest.settings(
			RECIPE, 8, 1, 30), resume, TrainingMonitor.NONE));
		// Where iterations are given the minutes do not matter.
		train(new TrainingSettings(RECIPE, 8, 1, 7, List.of(30), 2, true, true, 1), resume);
		// Unless the user wants to begin anew.
		train(TrainerTest.settings(RECIPE, 8, 2, 30), new Checkpoints(resume.file(), 1e9, false));
		assertEquals(2, Checkpoint.read(resume.file()).header().settings().seed());
	}

	@Test
	void damagedCheckpointsAreRefusedInASentence() throws IOException {
		final Checkpoints resume = checkpoints(folder.resolve("a.cfebm"));
		train(TrainerTest.settings(RECIPE, 8, 1, 30), resume);
		final byte[] whole = Files.readAllBytes(resume.file());
		final String header = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1);
		for (final String[] other : new String[][] { { "\"size\":8", "\"size\":9" }, { "\"batch\":2", "\"batch\":x" }, {
			"\"lengths\":[", "\"lengths\":]" } })
		{
			assertTrue(header.contains(other[0]), header.substring(0, 1000));
			Files.write(resume.file(), header.replace(other[0], other[1]).getBytes(
				java.nio.charset.StandardCharsets.ISO_8859_1));
			message("is damaged", () -> Checkpoint.read(resume.file()));
		}
		final SplittableRandom rng = new SplittableRandom(3);
		for (int k = 0; k < 200; k++) {
			byte[] bytes = whole.clone();
			if (k % 2 == 0) bytes = java.util.Arrays.copyOf(bytes, rng.nextInt(whole.length));
			else bytes[rng.nextInt(k < 100 ? 2000 : whole.length)] ^= (byte) (1 << rng.nextInt(8));
			Files.write(resume.file(), bytes);
			message("is damaged", () -> Checkpoint.read(resume.file()));
		}
	}

	@Test
	void aCheckpointThatCannotBeWrittenDoesNotEndTheTraining() throws IOException {
		final List<String> log = new ArrayList<>();
		final Model model = Trainer.train(data(), RANGE, TrainerTest.settings(RECIPE, 8, 1, 30),
			new Checkpoints(folder.resolve("missing").resolve("a.checkpoint"), 0, true), new TrainingMonitor() {

				@Override
				public void log(final String line) {
					log.add(line);
				}
			});
		assertFalse(model.info().training().containsKey("stopped"));
		assertEquals(1, log.stream().filter(l -> l.contains("cannot be written")).count(), log.toString());
	}

	private static void train(final TrainingSettings settings, final Checkpoints checkpoints) throws IOException {
		Trainer.train(data(), RANGE, settings, checkpoints, TrainingMonitor.NONE);
	}

	private static void assertSame(final Model expected, final Model actual) {
		assertEquals(expected.pyramid().stages(), actual.pyramid().stages());
		for (int s = 0; s < expected.pyramid().stages(); s++)
			assertArrayEquals(expected.pyramid().parameters(s).values(), actual.pyramid().parameters(s).values());
		assertArrayEquals(expected.info().calibration().stages().get(0).energy(), actual.info().calibration().stages().get(0)
			.energy());
	}

	private static void message(final String part, final org.junit.jupiter.api.function.Executable call) {
		final String message = assertThrows(IOException.class, call).getMessage();
		assertTrue(message.contains(part), message);
	}
}
