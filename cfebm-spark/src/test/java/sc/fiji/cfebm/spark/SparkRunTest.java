package sc.fiji.cfebm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Runner;
import sc.fiji.cfebm.job.Storage;
import sc.fiji.cfebm.job.ZarrStorage;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeTarget;

/** Two executor threads in this program, which try each task four times. */
class SparkRunTest {

	@TempDir
	private static Path folder;

	private static JavaSparkContext spark;
	private static Plan planned;
	private static Map<String, List<Byte>> byCommandLine;

	/** How often each block was tried, by where it begins: executors are threads of this program. */
	private static final Map<String, Integer> TRIED = new ConcurrentHashMap<>();

	@BeforeAll
	static void start() throws IOException {
		Noisy.write(folder);
		final Path plan = Noisy.plan(folder, "cli.zarr");
		Noisy.cfebm("run", plan.toString(), "--threads=1");
		planned = Plan.read(plan);
		byCommandLine = Noisy.files(planned);
		spark = context("1");
	}

	private static JavaSparkContext context(final String processors) {
		return new JavaSparkContext(new SparkConf().setMaster("local[2,4]").setAppName("test").set("spark.ui.enabled", "false").set(
			"spark.task.cpus", processors));
	}

	@AfterAll
	static void stop() {
		spark.close();
	}

	/** The same for another output. */
	private static Plan plan(final String output) throws IOException {
		return Plan.of(planned.toJson().replace("cli.zarr", output), output);
	}

	@Test
	void theResultIsThatOfTheCommandLine() throws IOException {
		final Plan plan = plan("spark.zarr");
		assertEquals(new Runner.Outcome(plan.tasks(), 0, List.of()), SparkRun.run(spark, plan, ZarrStorage::new));
		assertEquals(byCommandLine, Noisy.files(plan));
		assertEquals(new Runner.Outcome(0, plan.tasks(), List.of()), SparkRun.run(spark, plan, ZarrStorage::new));
	}

	/** Of a Spark task with two processors, which does two tasks at the same moment. */
	@Test
	void tasksOfSeveralProcessorsGiveTheSame() throws IOException {
		spark.close();
		spark = context("2");
		final Plan plan = plan("two.zarr");
		assertEquals(new Runner.Outcome(plan.tasks(), 0, List.of()), SparkRun.run(spark, plan, ZarrStorage::new));
		assertEquals(byCommandLine, Noisy.files(plan));
	}

	@Test
	void whatFailsIsTriedAgainBySpark() throws IOException {
		TRIED.clear();
		final Plan plan = plan("again.zarr");
		assertEquals(new Runner.Outcome(plan.tasks(), 0, List.of()), SparkRun.run(spark, plan, () -> failing(1, 3)));
		assertEquals(byCommandLine, Noisy.files(plan));
	}

	/** One bad block does not end the job. */
	@Test
	void whatFailsEachTimeIsListed() throws IOException {
		TRIED.clear();
		final Plan plan = plan("never.zarr");
		final Runner.Outcome outcome = SparkRun.run(spark, plan, () -> failing(1, Integer.MAX_VALUE));
		final long each = plan.tasks() / plan.dimensions()[2];
		assertEquals(plan.tasks() - each, outcome.done());
		assertEquals(each, outcome.failed().size());
		assertEquals(new Runner.Failure(each, "There is no room any more on the disk for " + plan.output() +
			": what is done stays done; make room, then the same call goes on."), outcome.failed().get(0));
		assertEquals(each, SparkRun.run(spark, plan, ZarrStorage::new).done());
		assertEquals(byCommandLine, Noisy.files(plan));
	}

	@Test
	void whatCannotBeOpenedIsOneSentence() throws IOException {
		final Plan other = Plan.of(planned.toJson().replace("\"piece\": 64", "\"piece\": 128"), "other");
		assertEquals("The result " + planned.output() + " is there already and was made by another plan: delete it, or choose another name.",
			assertThrows(IOException.class, () -> SparkRun.run(spark, other, ZarrStorage::new)).getMessage());
	}

	@Test
	void theMasterSaysHowOftenItTries() {
		assertEquals(4, SparkRun.attempts(spark.getConf()));
		assertEquals(1, SparkRun.attempts(new SparkConf(false).setMaster("local[*]")));
		assertEquals(3, SparkRun.attempts(new SparkConf(false).setMaster("local[*, 3]")));
		assertEquals(1, SparkRun.attempts(new SparkConf(false).setMaster("local")));
		assertEquals(4, SparkRun.attempts(new SparkConf(false).setMaster("yarn")));
		assertEquals(7, SparkRun.attempts(new SparkConf(false).setMaster("yarn").set("spark.task.maxFailures", "7")));
	}

	/** The disk is full for the blocks of one plane, so many times. */
	private static Storage failing(final long plane, final int times) {
		final ZarrStorage zarr = new ZarrStorage();
		return new Storage() {

			@Override
			public Volume open(final Path input) throws IOException {
				return zarr.open(input);
			}

			@Override
			public boolean canWrite(final Path output) {
				return zarr.canWrite(output);
			}

			@Override
			public VolumeTarget create(final Plan plan, final Volume source) throws IOException {
				final VolumeTarget target = zarr.create(plan, source);
				return new VolumeTarget() {

					@Override
					public int[] block() {
						return target.block();
					}

					@Override
					public boolean has(final long[] min, final int[] size) {
						return target.has(min, size);
					}

					@Override
					public void write(final long[] min, final int[] size, final float[] values) throws IOException {
						if (min[2] == plane && TRIED.merge(List.of(min[0], min[1]).toString(), 1, Integer::sum) <= times) throw new IOException(
							"No space left on device");
						target.write(min, size, values);
					}
				};
			}
		};
	}
}
