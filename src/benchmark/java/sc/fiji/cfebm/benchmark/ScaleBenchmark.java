package sc.fiji.cfebm.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.OmeZarrTarget;
import sc.fiji.cfebm.volume.PixelType;

/**
 * Volumes on disk: a 16-bit OME-Zarr of {@code -Dside}² pixels and {@code -Dplanes} planes, denoised by programs of their own with a heap of
 * 1 GB; the same planes in memory by the engine alone; and images of growing size.
 */
final class ScaleBenchmark implements Benchmark {

	private static final String HEAP = "volume_peak_heap_mb", OVERHEAD = "volume_overhead_percent", SPEEDUP = "volume_speedup_of_two_workers", SECOND =
		"volume_speedup_of_a_second_processor";
	/** What holds a program to one processor, as schedulers of clusters do; on Linux. */
	private static final List<String> ONE_PROCESSOR = List.of("taskset", "--cpu-list", "0");
	/** As the command line's start script says it. */
	private static final String YOUNG = "-XX:MaxNewSize=64m";
	private static final int SIDE = 2048, PLANES = 64;
	private static final List<Integer> SIDES = List.of(64, 256, 1024, 2048, 4096, 8192, 16_384);
	/** The largest image of a run with fewer planes, which is to be a quick one. Smaller planes are for a look whether it runs. */
	private static final int QUICK = 4096;

	@Override
	public String name() {
		return "scale";
	}

	@Override
	public List<String> keys() {
		return List.of(HEAP, OVERHEAD, SPEEDUP, SECOND);
	}

	@Override
	public void run(final Options options, final Report report) throws Exception {
		final int planes = Integer.getInteger("planes", PLANES), side = Integer.getInteger("side", SIDE);
		final Path folder = Files.createTempDirectory("cfebm-scale");
		try {
			final Path input = write(folder.resolve("in.zarr"), side, planes);
			report.text("Volume: " + side + "×" + side + "×" + planes + ", uint16, zarr 3, shards of one plane; model microscopy; σ = 60 of about 1000; seed 1.");
			final ScaleRun.Outcome one = run(List.of(), input, folder.resolve("one.zarr"), 1, report);
			final List<List<Object>> rows = new ArrayList<>();
			rows.add(row("1 worker", one));
			if (options.wants(OVERHEAD)) {
				final ScaleRun.Outcome alone = run(List.of(), input, null, 1, report);
				rows.add(row("the engine alone, planes in memory", alone));
				report.result(OVERHEAD, 100 * (one.seconds() / alone.seconds() - 1), "%");
			}
			if (options.wants(SPEEDUP, HEAP, SECOND)) {
				final ScaleRun.Outcome two = run(List.of(), input, folder.resolve("two.zarr"), 2, report);
				rows.add(row("2 workers", two));
				report.result(SPEEDUP, one.seconds() / two.seconds(), "times");
				report.result(HEAP, Math.max(one.heap(), two.heap()), "MB");
				if (options.wants(SECOND)) {
					final ScaleRun.Outcome held = run(ONE_PROCESSOR, input, folder.resolve("held.zarr"), 1, report);
					rows.add(row("1 worker on one processor", held));
					report.result(SECOND, held.seconds() / two.seconds(), "times");
				}
			}
			report.table(List.of("what", "s", "s per megapixel", "peak heap MB", "peak resident MB"), rows.stream().map(row -> List.<Object>of(row
				.get(0), row.get(1), (Double) row.get(1) / (1e-6 * side * side * planes), row.get(2), row.get(3))).toList());
			if (!options.only().isEmpty()) return;
			report.heading("Time and memory against size");
			final List<List<Object>> sizes = new ArrayList<>();
			for (final int length : SIDES) {
				if (length > (side < SIDE ? side : planes < PLANES ? QUICK : Integer.MAX_VALUE)) continue;
				final Path image = write(folder.resolve(length + ".zarr"), length, 1);
				final ScaleRun.Outcome outcome = run(List.of(), image, folder.resolve(length + "-out.zarr"), 1, report);
				sizes.add(List.of(length + "²", outcome.seconds(), outcome.seconds() / (1e-6 * length * length), outcome.heap(), outcome.resident()));
				Benchmark.delete(image);
			}
			report.table(List.of("pixels", "s", "s per megapixel", "peak heap MB", "peak resident MB"), sizes);
		}
		finally {
			Benchmark.delete(folder);
		}
	}

	private static List<Object> row(final String what, final ScaleRun.Outcome outcome) {
		return List.of(what, outcome.seconds(), outcome.heap(), outcome.resident());
	}

	/** In a JVM with a heap of 1 GB. @param before the program and what starts it otherwise @param output null: the engine alone */
	private static ScaleRun.Outcome run(final List<String> before, final Path input, final Path output, final int threads, final Report report)
		throws IOException, InterruptedException
	{
		report.progress(input.getFileName() + ", " + threads + (output == null ? " in memory" : " from disk to disk"));
		final List<String> command = new ArrayList<>(before);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", YOUNG, "-cp", System.getProperty(
			"java.class.path"), ScaleRun.class.getName(), input.toString(), output == null ? "" : output.toString(), Integer.toString(threads)));
		final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			final String line = reader.readLine();
			if (process.waitFor() != 0 || line == null) throw new IOException("The run failed.");
			return ScaleRun.Outcome.of(line);
		}
	}

	/** Waves with noise, a plane in each shard. */
	private static Path write(final Path folder, final int side, final int planes) throws IOException {
		final int block = Math.min(side, SIDE);
		final Layout layout = new Layout(new long[] { side, side, planes }, List.of(new Axis("x", "space", "micrometer", 0.1, 0), new Axis("y",
			"space", "micrometer", 0.1, 0), new Axis("z", "space", "micrometer", 0.5, 0)), PixelType.UINT16);
		final OmeZarrTarget target = new OmeZarrTarget(folder, layout, OmeMetadata.NONE, new OmeZarrTarget.Format(5, new int[] { block, block, 1 },
			List.of()));
		final float[] values = new float[block * block];
		for (int z = 0; z < planes; z++)
			for (int y = 0; y < side; y += block)
				for (int x = 0; x < side; x += block) {
					final int left = x, top = y, plane = z;
					IntStream.range(0, block).parallel().forEach(row -> {
						final SplittableRandom random = new SplittableRandom(SEED + plane * 1_000_003L + (top + row) * 65_537L + left);
						for (int i = 0; i < block; i++)
							values[row * block + i] = (float) (1000 + 300 * Math.sin(0.05 * (left + i)) * Math.cos(0.06 * (top + row)) + 60 * random
								.nextGaussian());
					});
					target.write(new long[] { x, y, z }, new int[] { block, block, 1 }, values);
				}
		return folder;
	}
}
