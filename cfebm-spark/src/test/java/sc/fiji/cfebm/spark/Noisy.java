package sc.fiji.cfebm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import sc.fiji.cfebm.cli.Main;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.OmeZarrTarget;
import sc.fiji.cfebm.volume.PixelType;

/** A small noisy volume, and what the command line makes of it. */
final class Noisy {

	private static final Path MODEL = Path.of("..", "plugins", "CF-EBM", "models", "nuclei.cfebm");
	private static final int WIDTH = 200, HEIGHT = 120, DEPTH = 2, SIGMA = 60;
	private static final String INPUT = "in.zarr";

	private Noisy() {}

	/** Writes it into a folder. */
	static void write(final Path folder) throws IOException {
		final Layout layout = new Layout(new long[] { WIDTH, HEIGHT, DEPTH }, Stream.of("x", "y", "z").map(name -> new Axis(name, "space",
			"micrometer", 1, 0)).toList(), PixelType.UINT16);
		final int[] size = { WIDTH, HEIGHT, DEPTH };
		final OmeZarrTarget target = new OmeZarrTarget(folder.resolve(INPUT), layout, OmeMetadata.NONE, new OmeZarrTarget.Format(5, size, List
			.of()));
		final SplittableRandom random = new SplittableRandom(3);
		final float[] values = new float[WIDTH * HEIGHT * DEPTH];
		for (int i = 0; i < values.length; i++)
			values[i] = (float) (1000 + 300 * Math.sin(0.05 * (i % WIDTH)) + SIGMA * random.nextGaussian());
		target.write(new long[3], size, values);
	}

	/** A plan for it by the command line. */
	static Path plan(final Path folder, final String output) {
		final Path plan = folder.resolve(output + ".json");
		cfebm("plan", folder.resolve(INPUT).toString(), folder.resolve(output).toString(), "--model=" + MODEL, "--sigma=" + SIGMA, "--piece=64", "-o", plan
			.toString());
		return plan;
	}

	/** Runs the command line. */
	static void cfebm(final String... call) {
		final StringWriter said = new StringWriter();
		assertEquals(0, Main.run(new PrintWriter(said), new PrintWriter(said), call), () -> Arrays.toString(call) + said);
	}

	/** All files of a result but its plan, which names it. */
	static Map<String, List<Byte>> files(final Plan plan) throws IOException {
		final Path folder = Path.of(plan.output());
		final Map<String, List<Byte>> files = new HashMap<>();
		try (Stream<Path> all = Files.walk(folder)) {
			for (final Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
				if (file.endsWith("cfebm-plan.json")) continue;
				final byte[] bytes = Files.readAllBytes(file);
				files.put(folder.relativize(file).toString(), Stream.iterate(0, i -> i < bytes.length, i -> i + 1).map(i -> bytes[i]).toList());
			}
		}
		return files;
	}
}
