package sc.fiji.cfebm.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether anything piles up when many images are worked on in a row: a macro in the headless host denoises 200 images with
 * the model that comes with the plugin, and after every tenth makes an anomaly map and fills in a hole.
 */
final class SoakBenchmark implements Benchmark {

	private static final String RESIDENT = "soak_resident_growth_mb", HANDLES = "soak_handles_growth", FILES =
		"soak_temporary_files";
	private static final int IMAGES = 200, EVERY = 20, WARM = 60;
	private static final String LINE = "measured ";

	private static final String MACRO = """
		setBatchMode(true);
		folder = getArgument();
		for (i = 1; i <= %d; i++) {
			open("test-images/nuclei/test_noisy_gaussian.tif");
			run("CF-EBM Denoise...", "model=nuclei sigma=20");
			saveAs("Tiff", folder + "result.tif");
			close("*");
			if (i %% 10 == 0) {
				open("test-images/nuclei/test_clean.tif");
				run("CF-EBM Anomaly Map...", "model=nuclei rate=2");
				close("*");
				run("Clear Results");
				open("test-images/nuclei/test_clean.tif");
				makeRectangle(100, 90, 24, 20);
				run("CF-EBM Inpaint...", "model=nuclei mask=Selection completions=1");
				close("*");
			}
			if (i %% %d == 0) print("%s" + i + " " + call("%s.measure"));
		}
		""".formatted(IMAGES, EVERY, LINE, SoakMeter.class.getName());

	@Override
	public String name() {
		return "soak";
	}

	@Override
	public List<String> keys() {
		return List.of(RESIDENT, HANDLES, FILES);
	}

	@Override
	public void run(final Options options, final Report report) throws Exception {
		if (!Files.isReadable(Path.of("/proc/self/status"))) throw new IOException("Resident memory is measured on Linux only.");
		final Path folder = Files.createTempDirectory("cfebm-soak"), temporary = Files.createDirectory(folder.resolve("tmp")),
				cache = Files.createDirectory(folder.resolve("cache")), results = Files.createDirectory(folder.resolve("results"));
		final Path macro = Files.writeString(folder.resolve("soak.ijm"), MACRO);
		final List<double[]> measured = new ArrayList<>();
		// A heap that is there from the beginning does not grow into what is resident.
		final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms512m",
			"-Xmx512m", "-XX:+AlwaysPreTouch", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-Djava.awt.headless=true",
			"-Djava.io.tmpdir=" + temporary, "-Dorg.bytedeco.javacpp.cachedir=" + cache, "-Dcfebm.macro=" + macro, "-Dcfebm.arg=" +
				results + "/", "-classpath", System.getProperty("java.class.path"), "sc.fiji.cfebm.command.dev.MacroHost").redirectError(
					ProcessBuilder.Redirect.INHERIT).start();
		try (BufferedReader lines = process.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				report.progress(line);
				if (line.startsWith(LINE)) measured.add(Arrays.stream(line.substring(LINE.length()).split(" ")).mapToDouble(
					Double::parseDouble).toArray());
			}
		}
		if (process.waitFor() != 0 || measured.size() != IMAGES / EVERY) throw new IOException("The macro of the soak failed.");
		final long left = SoakMeter.files(temporary);
		Benchmark.delete(folder);

		report.text("One process of the headless host denoises " + IMAGES + " images of 256×256 pixels in a row in one step with the " +
			"model nuclei, and after every tenth makes an anomaly map and fills in a hole. It has a heap of 512 MB from the " +
			"beginning; what it holds is measured after a garbage collection. Growth: from image " + WARM + " to the last.");
		report.table(List.of("images", "resident MB", "Java heap MB", "native tensors and operations", "file handles", "threads",
			"temporary and cached files"), measured.stream().map(m -> List.<Object> of((int) m[0], m[1], m[2], (int) m[3], (int) m[4],
				(int) m[5], (int) m[6])).toList());
		report.text("Temporary files that were left when the process had ended: " + left + ".");
		final double[] warm = measured.get(WARM / EVERY - 1), last = measured.get(measured.size() - 1);
		report.result(RESIDENT, last[1] - warm[1], "MB");
		report.result(HANDLES, last[4] - warm[4], "handles");
		report.result(FILES, left + last[6] - warm[6], "files");
	}
}
