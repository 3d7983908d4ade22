package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** One benchmark of the program {@link Benchmarks}. */
interface Benchmark {

	/** Of all trainings. */
	long SEED = 1;

	/** What {@code -Dbenchmark} calls it. */
	String name();

	/** The keys of its results, which stay stable. */
	List<String> keys();

	/** Measures what the options ask for; tables, texts and results go to the report. */
	void run(Options options, Report report) throws Exception;

	/**
	 * A training as benchmarks use them.
	 *
	 * @param preset the recipe
	 * @param size of the tiles in pixels
	 * @param width base width
	 * @param turns whether patches are turned by quarters; they are always flipped
	 * @param iterations of each stage; none: for the minutes asked for
	 */
	record Training(Preset preset, int size, int width, boolean turns, Integer... iterations) {}

	/** Deletes a folder with all that is in it, if it is there. */
	static void delete(final Path folder) throws IOException {
		if (!Files.exists(folder)) return;
		final List<Path> all;
		try (Stream<Path> walk = Files.walk(folder)) {
			all = walk.sorted(Comparator.reverseOrder()).toList();
		}
		for (final Path path : all)
			Files.delete(path);
	}

	/** Trains a model; every image counts as a file. */
	static Model train(final List<Raster> images, final Normalization range, final Training training, final Options options,
		final Report report)
	{
		return Trainer.train(images, range, new TrainingSettings(training.preset.recipe(), training.size, training.width, options
			.minutes(), List.of(training.iterations), 0, true, training.turns, SEED), monitor(report));
	}

	/** The model of this name in the folder of models; trained on these images if there is none. */
	static Model model(final String name, final List<Raster> images, final Normalization range, final Training training,
		final Options options, final Report report) throws IOException
	{
		final Path file = options.models().resolve(name + ".cfebm");
		if (!Files.exists(file)) {
			Files.createDirectories(options.models());
			train(images, range, training, options, report).write(file);
		}
		return Model.read(file);
	}

	/** Hands log lines on to the report's progress. */
	static TrainingMonitor monitor(final Report report) {
		return new TrainingMonitor() {

			@Override
			public void log(final String line) {
				report.progress(line);
			}
		};
	}

	/**
	 * What the command line says.
	 *
	 * @param data folder of images
	 * @param models folder of trained models; a benchmark trains what it needs and does not find there
	 * @param minutes how long such a training takes
	 * @param only the keys to compute, empty for all
	 */
	record Options(Path data, Path models, double minutes, List<String> only) {

		/** Whether any of these keys is to be computed. */
		boolean wants(final String... keys) {
			return only.isEmpty() || List.of(keys).stream().anyMatch(only::contains);
		}
	}
}
