package sc.fiji.cfebm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.job.Plan;

/** The jar, given to spark-submit, whose class path has Spark's jars alone; the executor, with two task slots, is a program of its own. */
class SparkSubmitIT {

	@TempDir
	private Path folder;

	/** A folder as Spark is unpacked to, with its jars. */
	private Path spark() throws IOException {
		final Path home = Path.of(System.getProperty("cfebm.spark.home")), jars = Files.createDirectories(home.resolve("jars"));
		for (final String each : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).split(File.pathSeparator)) {
			final Path jar = Path.of(each);
			final String path = jar.toString().replace(File.separatorChar, '/');
			// What the jar has to bring itself.
			final boolean ours = Stream.of("/sc/fiji/", "/nd4j/", "/bytedeco/", "/imglib2/", "/net/imagej/", "/cfebm", "/gson/", "/picocli/",
				"/aircompressor/", "/target/", "/junit/").anyMatch(path::contains);
			final Path link = jars.resolve(jar.getFileName());
			if (Files.isRegularFile(jar) && !ours && !Files.exists(link)) Files.createSymbolicLink(link, jar);
		}
		return home;
	}

	private int submit(final Path home, final String master, final Path plan, final Path log) throws Exception {
		final List<String> call = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp", home.resolve(
			"jars") + File.separator + "*", "org.apache.spark.deploy.SparkSubmit", "--master", master, "--conf", "spark.ui.enabled=false"));
		call.addAll(List.of("--conf", "spark.executor.memory=512m", "--conf",
			"spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", System.getProperty("cfebm.spark.jar"), plan.toString()));
		final ProcessBuilder builder = new ProcessBuilder(call).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().put("SPARK_HOME", home.toString());
		builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
		// Where the start scripts are missing, which look for it.
		builder.environment().put("SPARK_SCALA_VERSION", "2.13");
		builder.directory(folder.toFile());
		final Process process = builder.start();
		if (!process.waitFor(10, TimeUnit.MINUTES)) {
			process.destroyForcibly();
			throw new AssertionError("It hangs: " + Files.readString(log));
		}
		return process.exitValue();
	}

	@Test
	void anExecutorOfItsOwnMakesWhatTheCommandLineMakes() throws Exception {
		Noisy.write(folder);
		final Path once = Noisy.plan(folder, "cli.zarr"), plan = Noisy.plan(folder, "spark.zarr"), log = folder.resolve("log.txt");
		Noisy.cfebm("run", once.toString(), "--threads=1");
		final Path home = spark();
		assertEquals(0, submit(home, "local-cluster[1,2,1024]", plan, log), () -> said(log));
		assertEquals(Noisy.files(Plan.read(once)), Noisy.files(Plan.read(plan)));
	}

	private static String said(final Path log) {
		try {
			return Files.readString(log);
		}
		catch (final IOException e) {
			return e.toString();
		}
	}
}
