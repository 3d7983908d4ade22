package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.List;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;

/** One benchmark of the program {@link Benchmarks}. */
interface Benchmark {

	/** What {@code -Dbenchmark} calls it. */
	String name();

	/** The keys of its results, which stay stable. */
	List<String> keys();

	/** Measures what the options ask for; tables, texts and results go to the report. */
	void run(Options options, Report report) throws Exception;

	/** Trains a model as benchmarks use them: score matching, base width 8, seed 1, for the minutes asked for. */
	static Model train(final List<Raster> images, final Normalization range, final int size, final Options options,
		final Report report)
	{
		return Trainer.train(images, range, new Trainer.Settings(Preset.SCORE_MATCHING, size, 8, options.minutes(), 0, 0, true,
			true, 1), new Progress() {

				@Override
				public void log(final String line) {
					report.progress(line);
				}
			});
	}

	/**
	 * What the command line says.
	 *
	 * @param data folder of images
	 * @param models folder of trained models; a benchmark trains what it needs and does not find there
	 * @param minutes how long such a training takes
	 * @param only the one key to compute, empty for all
	 */
	record Options(Path data, Path models, double minutes, String only) {

		/** Whether any of these keys is to be computed. */
		boolean wants(final String... keys) {
			return only.isEmpty() || List.of(keys).contains(only);
		}
	}
}
