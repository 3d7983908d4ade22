package sc.fiji.cfebm.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.calibration.NominalCalibrator;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Models that are trained in a second, once in a process: good for nothing but running the commands. */
final class TinyModels {

	/** The files' bytes by how they were made. */
	private static final Map<String, byte[]> MADE = new HashMap<>();

	private TinyModels() {}

	/** Trains a model for 16×16 patches and writes it into the folder as {@code gray.cfebm} or {@code rgb.cfebm}. */
	static Path write(final Path folder, final int channels) throws IOException {
		return write(folder, channels, 20);
	}

	/** The same after so many iterations of its first stage: each number makes another model. */
	static Path write(final Path folder, final int channels, final int iterations) throws IOException {
		return write(folder.resolve(channels == 1 ? "gray.cfebm" : "rgb.cfebm"), channels, Preset.SCORE_MATCHING, iterations, 40);
	}

	/** Trains a contrastive model for 16×16 gray patches and writes it into the folder as {@code paper.cfebm}. */
	static Path writePaper(final Path folder) throws IOException {
		return write(folder.resolve("paper.cfebm"), 1, Preset.PAPER, 1, 2);
	}

	/** Trains a model of three neighbouring planes of gray images. */
	static Path writeStack(final Path file) throws IOException {
		final var settings = new TrainingSettings(Preset.DENOISING.recipe(), 16, 2, 0, List.of(20, 40), 8, true, true, 1).withPlanes(3);
		return made(file, settings.toString(), () -> Trainer.train(List.of(image(64, 1, 1)), new Normalization(50, 170), settings,
			TrainingMonitor.NONE));
	}

	/** Measures how normal stacks change for a model of {@link #writeStack}, on enough patches to tell a rate of 10 %, and writes it anew. */
	static Path addNominalStacks(final Path file) throws IOException {
		return made(file, "how normal stacks change for " + Arrays.hashCode(Files.readAllBytes(file)), () -> {
			final Model model = Model.readAny(file);
			final List<Raster> training = slabs(176, 10), heldOut = slabs(176, 20);
			return NominalCalibrator.calibrate(model, new Split(training, heldOut, true, ""), 1, Progress.NONE);
		});
	}

	/** Three planes that show the same but for the noise. */
	private static List<Raster> slabs(final int side, final long seed) {
		return List.of(Raster.of(List.of(image(side, 1, seed), image(side, 1, seed + 1), image(side, 1, seed + 2))));
	}

	/** Measures what is normal for a model of {@link #write}, on enough patches to tell a rate of 10 %, and writes it anew. */
	static Path addNominalModel(final Path file) throws IOException {
		return made(file, "what is normal for " + Arrays.hashCode(Files.readAllBytes(file)), () -> {
			final Model model = Model.read(file);
			final List<Raster> normal = List.of(image(176, model.channels(), 2));
			return NominalCalibrator.calibrate(model, new Split(List.of(image(176, model.channels(), 3)), normal, true, ""), 1, Progress.NONE);
		});
	}

	private static Raster image(final int side, final int channels, final long seed) {
		final Raster image = new Raster(side, side, channels);
		final SplittableRandom random = new SplittableRandom(seed);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = 100 + 50 * (float) Math.sin(i / channels % side / 5.0) + random.nextInt(20);
		return image;
	}

	private static Path write(final Path file, final int channels, final Preset preset,
		final Integer... iterations) throws IOException
	{
		final Raster image = image(64, channels, 1);
		final var settings = new TrainingSettings(preset.recipe(), 16, 2, 0, List.of(iterations), 8, true, true, 1);
		return made(file, channels + " " + settings, () -> Trainer.train(List.of(image), new Normalization(50, 170), settings,
			TrainingMonitor.NONE));
	}

	private static synchronized Path made(final Path file, final String how, final Making making) throws IOException {
		final byte[] bytes = MADE.get(how);
		if (bytes != null) return Files.write(file, bytes);
		making.model().write(file);
		MADE.put(how, Files.readAllBytes(file));
		return file;
	}

	private interface Making {

		Model model() throws IOException;
	}
}
