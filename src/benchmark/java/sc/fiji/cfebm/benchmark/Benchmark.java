package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.List;

/** One benchmark of the program {@link Benchmarks}. */
interface Benchmark {

	/** What {@code -Dbenchmark} calls it. */
	String name();

	/** The keys of its results, which stay stable. */
	List<String> keys();

	/** Measures what the options ask for; tables, texts and results go to the report. */
	void run(Options options, Report report) throws Exception;

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
