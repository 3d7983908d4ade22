package sc.fiji.cfebm.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

import sc.fiji.cfebm.cli.Main;
import sc.fiji.cfebm.cli.Volumes;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Runner;
import sc.fiji.cfebm.job.Runner.Failure;

/**
 * {@code cfebm run} on Spark: {@code spark-submit cfebm-spark.jar plan.json} does those of a plan's tasks that are not done yet, on all
 * executors. Exit codes are those of the command line: 0 all is done; 1 something failed; 2 the call is wrong.
 */
public final class SparkRun {

	/** How often Spark tries a task on a cluster where it is not told. */
	private static final int ATTEMPTS = 4;

	private SparkRun() {}

	public static void main(final String[] args) {
		System.setProperty("java.awt.headless", "true");
		if (args.length != 1) {
			System.err.println("The call is spark-submit cfebm-spark.jar PLAN, with the file that cfebm plan has written.");
			System.exit(Main.WRONG);
		}
		System.exit(run(Path.of(args[0])));
	}

	private static int run(final Path file) {
		try {
			final Plan plan = Plan.read(file);
			try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("cfebm " + plan.output()))) {
				final Runner.Outcome outcome = run(spark, plan, Volumes::new);
				System.out.println(outcome.words(plan, outcome.failed().size()));
				outcome.failed().forEach(failure -> System.err.println("Task " + failure.task() + " failed: " + failure.why()));
				return outcome.failed().isEmpty() ? 0 : Main.FAILED;
			}
		}
		catch (final IOException | IllegalArgumentException | CancellationException e) {
			System.err.println(e.getMessage());
			return Main.FAILED;
		}
	}

	/**
	 * Does what is not done yet of a plan. What comes out is what {@link Runner} makes, bit by bit.
	 *
	 * @param files opens volumes, here and on the executors
	 * @throws IOException with one sentence, if a file is missing or another one than when the plan was made, or Spark gives up
	 * @throws IllegalArgumentException with one sentence, if the model is none for the task
	 */
	static Runner.Outcome run(final JavaSparkContext spark, final Plan plan, final Files files) throws IOException {
		final String json = plan.toJson();
		final List<Long> left = new ArrayList<>();
		// What can't be opened is found here, once.
		try (Runner runner = new Runner(plan, files.storage(), 1)) {
			for (long task = 0, n = plan.tasks(); task < n; task++)
				if (!runner.isDone(task)) left.add(task);
		}
		final long before = plan.tasks() - left.size();
		if (left.isEmpty()) return new Runner.Outcome(0, before, List.of());
		final int workers = spark.getConf().getInt("spark.task.cpus", 1);
		try {
			final List<Failure> failed = new ArrayList<>(spark.parallelize(left, (left.size() + workers - 1) / workers).mapPartitions(new Tasks(
				json, files, workers, attempts(spark.getConf()))).collect());
			return new Runner.Outcome(left.size() - failed.size(), before, failed);
		}
		catch (final Exception e) {
			// Scala declares none of its exceptions.
			if (e instanceof SparkException) throw new IOException("Spark gave up, and what is done stays done: " + e.getMessage().lines()
				.findFirst().orElse("it does not say why"), e);
			throw e;
		}
		finally {
			Engines.close(json);
		}
	}

	/** How often Spark tries a task: on this computer alone the master's name says it. */
	static int attempts(final SparkConf conf) {
		final String master = conf.get("spark.master", "");
		if (!master.matches("local(\\[.*])?")) return conf.getInt("spark.task.maxFailures", ATTEMPTS);
		final Matcher said = Pattern.compile("local\\[[^,]+,\\s*(\\d+)\\s*]").matcher(master);
		return said.matches() ? Integer.parseInt(said.group(1)) : 1;
	}
}
