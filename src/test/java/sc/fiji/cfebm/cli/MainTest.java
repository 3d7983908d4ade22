package sc.fiji.cfebm.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileSaver;
import ij.process.ByteProcessor;

import sc.fiji.cfebm.command.FileCommands;
import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.job.TestVolumes;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.volume.Volume;

/** The command line. */
class MainTest {

	@TempDir
	private Path folder;

	private record Outcome(int code, String out, String err) {}

	@BeforeAll
	static void home() {
		System.setProperty(BundledModels.HOME, Path.of("").toAbsolutePath().toString());
	}

	@AfterAll
	static void noHome() {
		System.clearProperty(BundledModels.HOME);
	}

	private static Outcome run(final Object... args) {
		final StringWriter out = new StringWriter(), err = new StringWriter();
		final int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), Stream.of(args).map(Object::toString).toArray(
			String[]::new));
		return new Outcome(code, out.toString(), err.toString());
	}

	@Test
	void aVolumeIsDenoisedInOneCallAsInMany() throws Exception {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 4), once = folder.resolve("once.zarr"), parts = folder
			.resolve("parts.zarr"), plan = folder.resolve("plan.json");
		final Outcome denoised = run("denoise", input, once, "--model=nuclei", "--threads=1");
		assertEquals(0, denoised.code, denoised.err);
		assertEquals("4 of 4 tasks done; the result is whole: " + once + System.lineSeparator(), denoised.out);
		assertTrue(denoised.err.contains("noise: white, sigma ") && denoised.err.contains("100 %: 4 of 4"), denoised.err);
		final Outcome again = run("denoise", input, once, "--model=nuclei", "--threads=1", "--quiet", "--json");
		assertEquals("", again.err);
		final JsonObject json = JsonParser.parseString(again.out).getAsJsonObject();
		assertEquals(0, json.get("done").getAsInt());
		assertEquals(4, json.get("before").getAsInt());
		assertEquals(0, json.get("failed").getAsJsonArray().size());

		assertEquals(plan + ": 4 tasks" + System.lineSeparator(), run("plan", input, parts, "--model", TestVolumes.MODEL, "-o", plan).out);
		assertEquals(Main.LEFT, run("status", plan).code);
		assertFalse(Files.exists(parts));
		final Outcome second = run("run", plan, "--part=2/2", "--quiet");
		assertEquals(Main.LEFT, second.code);
		assertEquals("2 of 4 tasks done; 2 are left" + System.lineSeparator(), second.out);
		assertEquals("2 of 4 tasks are done" + System.lineSeparator(), run("status", plan).out);
		assertEquals(0, run("run", plan, "--part=1/2").code);
		assertEquals(0, run("status", plan).code);
		assertEquals(TestVolumes.files(once), TestVolumes.files(parts));
	}

	@Test
	void neighboursHelpWhereTheyAreAskedTo() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 70, 60, 3), with = folder.resolve("with.zarr"), planned = folder
			.resolve("planned.zarr"), without = folder.resolve("without.zarr"), plan = folder.resolve("plan.json");
		final Outcome helped = run("denoise", input, with, "--model=microscopy", "--neighbours=slices");
		assertEquals(0, helped.code, helped.err);
		assertTrue(helped.err.contains("planes help each other along z"), helped.err);
		assertEquals(0, run("plan", input, planned, "--model=microscopy", "--neighbours=Automatic", "-o", plan).code);
		assertEquals(0, run("run", plan, "--threads=1").code);
		assertEquals(TestVolumes.files(with), TestVolumes.files(planned));
		assertEquals(0, run("denoise", input, without, "--model=microscopy", "--neighbours=None").code);
		assertNotEquals(TestVolumes.files(without), TestVolumes.files(with));
		says(1, "The volume has no neighbouring frames: leave them out (neighbours=None).", List.of("denoise", input, folder.resolve("a.zarr"),
			"--model=microscopy", "--neighbours=Frames"));
		says(1, "Maps of volumes are made plane by plane: leave neighbours out (neighbours=None).", List.of("plan", input, folder.resolve("map.zarr"),
			"--model=nuclei", "--task=anomaly", "--neighbours=Slices"));
		// Of an image it is the macro's key.
		final Path image = folder.resolve("image.tif");
		IJ.saveAsTiff(new ImagePlus("", new ByteProcessor(40, 40)), image.toString());
		says(1, "The image has one slice alone, which no other can help: leave neighbours out (neighbours=None).", List.of("denoise", image, folder
			.resolve("image-out.tif"), "--model=microscopy", "--sigma=3", "--neighbours=Slices"));
	}

	/** Killed where it hurts, again and again. */
	@Test
	void aProgramThatIsKilledLosesNothing() throws Exception {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 4, "xyz", 230, 120, 6), once = folder.resolve("once.zarr"), killed = folder
			.resolve("killed.zarr"), plan = folder.resolve("plan.json");
		assertEquals(0, run("denoise", input, once, "--model=nuclei", "--piece=128", "--threads=2", "--quiet").code);
		assertEquals(0, run("plan", input, killed, "--model=nuclei", "--piece=128", "-o", plan).code);
		int kills = 0;
		for (int limit = 1; limit < 7; limit += 4) {
			final Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
				"-XX:TieredStopAtLevel=1", "-cp", Jvm.classPath(), Main.class.getName(), "run", plan.toString(), "--threads=2")).redirectErrorStream(
					true).redirectOutput(folder.resolve("log.txt").toFile()).start();
			while (process.isAlive() && chunks(killed) < limit)
				Thread.sleep(5);
			if (process.isAlive()) kills++;
			// On Unix that is kill -9.
			process.destroyForcibly();
			assertTrue(process.waitFor(5, TimeUnit.MINUTES));
		}
		assertTrue(kills > 0, Files.readString(folder.resolve("log.txt")));
		final Outcome rest = run("run", plan, "--threads=1", "--quiet");
		assertEquals(0, rest.code, rest.err);
		assertFalse(rest.out.startsWith("12 of 12 tasks done;"), rest.out);
		assertEquals(TestVolumes.files(once), TestVolumes.files(killed));
		// Elsewhere it takes a day to know that nobody writes them any more.
		if (OS.LINUX.isCurrentOs()) try (Stream<Path> files = Files.walk(killed)) {
			assertEquals(List.of(), files.filter(file -> AtomicFile.isTemporary(file.getFileName().toString())).toList());
		}
	}

	private static long chunks(final Path zarr) throws IOException {
		final Path array = zarr.resolve("0");
		if (!Files.isDirectory(array)) return 0;
		try (Stream<Path> files = Files.walk(array)) {
			return files.filter(f -> f.getFileName().toString().matches("\\d+") && Files.isRegularFile(f)).count();
		}
		catch (final java.io.UncheckedIOException e) {
			// A temporary file that was moved meanwhile.
			return 0;
		}
	}

	/** As the plugin does it. */
	@Test
	void imagesAndFoldersGoAsWell() throws IOException {
		final Path images = Files.createDirectories(folder.resolve("images")), one = images.resolve("one image.tif"), result = folder.resolve(
			"denoised.tif"), results = folder.resolve("results");
		final ImagePlus image = noisy(1);
		FileSaver saver = new FileSaver(image);
		assertTrue(saver.saveAsTiff(one.toString()));
		saver = new FileSaver(noisy(2));
		assertTrue(saver.saveAsPng(images.resolve("two.png").toString()));
		assertEquals("80×70, 8-bit" + System.lineSeparator(), run("info", one).out);

		final Outcome denoised = run("denoise", one, result, "--model=nuclei", "--sigma=20", "--quiet");
		assertEquals(0, denoised.code, denoised.err);
		assertEquals(result + System.lineSeparator(), denoised.out);
		final ImagePlus read = IJ.openImage(result.toString());
		assertEquals(8, read.getBitDepth());
		assertTrue(read.getStatistics().stdDev < 0.8 * image.getStatistics().stdDev);
		// Two images, of which one has a standard deviation.
		final Outcome posterior = run("denoise", one, folder.resolve("p.tif"), "--model=nuclei", "--sigma=20", "--method=Posterior", "--chains",
			"2", "--steps=2", "--quiet", "--json");
		assertEquals(2, JsonParser.parseString(posterior.out).getAsJsonObject().getAsJsonArray("saved").size(), posterior.out + posterior.err);

		final Outcome all = run("denoise", images, results, "--model=nuclei", "--sigma=20");
		assertEquals(0, all.code, all.err);
		assertTrue(all.err.contains("2 of 2 images done"), all.err);
		assertTrue(Files.exists(results.resolve("one image-denoised.tif")));
		assertTrue(run("denoise", images, results, "--model=nuclei", "--sigma=20").err.contains("2 done before"));
		// As a volume.
		assertEquals(0, run("denoise", one, folder.resolve("v.zarr"), "--model=nuclei", "--sigma=20", "--quiet").code);
		assertEquals("80×70 xy uint8, zarr version 3, 1 level", run("info", folder.resolve("v.zarr")).out.lines().findFirst().orElseThrow());
		assertEquals(0, run("anomaly", one, folder.resolve("map.tif"), "--model=nuclei", "--quiet").code);
		assertEquals(0, run("sample", folder.resolve("samples.tif"), "--model=nuclei", "--count=2", "--steps=2", "--quiet").code);
		assertEquals(2, IJ.openImage(folder.resolve("samples.tif").toString()).getStackSize());

		final ImagePlus point = IJ.createImage("point", 9, 9, 1, 32);
		point.getProcessor().setf(4, 4, 1);
		point.getProcessor().blurGaussian(1);
		assertTrue(new FileSaver(point).saveAsTiff(folder.resolve("psf.tif").toString()));
		final Outcome sharper = run("deconvolve", one, folder.resolve("sharper.tif"), "--model=nuclei", "--psf=" + folder.resolve("psf.tif"), "--quiet");
		assertEquals(0, sharper.code, sharper.err);
		assertEquals(80, IJ.openImage(folder.resolve("sharper.tif").toString()).getWidth());
		final Path map = folder.resolve("map.tif");
		final byte[] mine = Files.readAllBytes(map);
		says(1, "The result " + map + " exists: choose another name, or say --overwrite.", List.of("denoise", one, map, "--model=nuclei", "--sigma=20"));
		assertArrayEquals(mine, Files.readAllBytes(map));
		assertEquals(0, run("denoise", one, map, "--model=nuclei", "--sigma=20", "--overwrite", "--quiet").code);
		assertFalse(java.util.Arrays.equals(mine, Files.readAllBytes(map)));
		says(1, "The PSF “bead” is neither the title of an open image nor an image file; it can also be “From numbers” or “Motion”.", List.of("deconvolve", one,
			folder.resolve("no.tif"), "--model=nuclei", "--psf=bead"));

		final ImagePlus holes = noisy(3);
		holes.setProcessor(holes.getProcessor().convertToFloat());
		for (int i = 0; i < 9; i++)
			holes.getProcessor().setf(30 + i % 3, 30 + i / 3, Float.NaN);
		saver = new FileSaver(holes);
		assertTrue(saver.saveAsTiff(one.toString()));
		final Outcome filled = run("inpaint", one, folder.resolve("filled.tif"), "--model=nuclei", "--mask=NaN", "--quiet");
		assertEquals(0, filled.code, filled.err);
		assertTrue(Float.isFinite(IJ.openImage(folder.resolve("filled.tif").toString()).getProcessor().getf(31, 31)));
	}

	private static ImagePlus noisy(final int seed) {
		final SplittableRandom random = new SplittableRandom(seed);
		final ByteProcessor pixels = new ByteProcessor(80, 70);
		for (int i = 0; i < 80 * 70; i++)
			pixels.set(i, (int) Math.max(0, Math.min(255, 120 + 20 * random.nextGaussian())));
		return new ImagePlus("noise", pixels);
	}

	@Test
	void imagesThatDoNotGoAreOneSentence() throws IOException {
		final Path image = folder.resolve("image.tif"), text = folder.resolve("notes.txt"), out = folder.resolve("out.tif"), zarr = TestVolumes
			.write(folder.resolve("in.zarr"), 5, "xy", 80, 70);
		final FileSaver saver = new FileSaver(noisy(4));
		assertTrue(saver.saveAsTiff(image.toString()));
		Files.writeString(text, "notes");
		says(1, "There is no file or folder nothing.tif.", List.of("denoise", "nothing.tif", out), "--model=nuclei");
		says(1, "There is no file or folder nothing.tif.", List.of("info", "nothing.tif"));
		says(1, "There is no input “sgima”, only model, method, sigma, channels, slices, frames, output, gain, offset, read, lines, neighbours, careful, chains, steps, overlay, seed (a value with spaces needs brackets: [a value]).",
			List.of("denoise", image, out, "--model=nuclei", "--sgima=3"));
		says(1, text + " can't be opened. It is not an image of a known kind.",
			List.of("denoise", text, out, "--model=nuclei"));
		says(1, "The result " + image + " would replace the image it is made of: choose another name.", List.of("denoise", image, image,
			"--model=nuclei"));
		says(2, "The result's name must end with .tif, and " + text + " does not. See cfebm denoise --help.", List.of("denoise", image, text,
			"--model=nuclei"));
		says(2, "inpaint takes an image or a folder of images, and " + zarr +
			" is a zarr: for volumes there are cfebm denoise, and cfebm plan --task=anomaly. See cfebm inpaint --help.", List
			.of("inpaint", zarr, out, "--model=nuclei"));
		says(2, "--task must be denoise or anomaly, not anomalies. See cfebm plan --help.", List.of("plan", zarr, folder.resolve("map.zarr"),
			"--model=nuclei", "--task=anomalies"));
		says(2, "--sigma, --gain, --offset and --read are for denoising: maps need no noise. See cfebm plan --help.", List.of("plan", zarr, folder
			.resolve("map.zarr"), "--model=nuclei", "--task=anomaly", "--sigma=3"));
		for (final String option : List.of("--ome=0.5", "--type=uint8", "--piece=128", "--threads=1", "--part=1/2", "--retries=0"))
			says(2, option.substring(0, option.indexOf('=')) + " is for volumes, whose result ends with .zarr. See cfebm denoise --help.", List
				.of("denoise", image, out, "--model=nuclei", option));
		says(2, "--model is given twice: give it once. See cfebm anomaly --help.", List.of("anomaly", image, out, "--model=nuclei", "--model=a"));
		says(2, "The model's name must end with .cfebm, and " + text + " does not. See cfebm train --help.", List.of("train", folder, text));
		says(2, "There is no command “denose”: did you mean denoise? See cfebm --help.", List.of("denose", image, out));
		says(2, "Invalid value for option '--side': 'abc' is not a whole number. See cfebm bench --help.", List.of("bench", "--side=abc"));
		says(2, "There is no folder " + folder.resolve("none") + " of images. See cfebm train --help.", List.of("train", folder.resolve("none"),
			"a.cfebm"));
		says(2, "--side must be from 64 to 2048, not 3000. See cfebm bench --help.", List.of("bench", "--side=3000"));
	}

	@Test
	void benchSaysHowLongItTakes() {
		final Outcome bench = run("bench", "--model=nuclei", "--side=64", "--threads=1", "--json");
		final JsonObject json = JsonParser.parseString(bench.out).getAsJsonObject();
		assertTrue(json.getAsJsonObject("secondsPerMegapixel").get("1").getAsDouble() > 0, bench.err);
		assertEquals("the processor", json.get("device").getAsString());
		assertEquals("The processor computes, as was asked for.", json.get("images").getAsString());
	}

	/** Any number of threads share it, and give the same bits; they are the processor's but for rounding. */
	@Test
	void whatIsComputedOnADeviceThatIsNamed() throws Exception {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 4), plan = folder.resolve("plan.json"), image = folder
			.resolve("image.tif");
		final FileSaver saver = new FileSaver(noisy(1));
		assertTrue(saver.saveAsTiff(image.toString()));
		final String before = DeviceChoice.wanted(), device = "--device=" + TestDevice.device().name();
		try {
			final List<Path> volumes = new ArrayList<>();
			for (final String[] how : new String[][] { { "--device=cpu", "1" }, { device, "1" }, { device, "3" } }) {
				volumes.add(folder.resolve("out" + volumes.size() + ".zarr"));
				final Outcome denoised = run("denoise", input, volumes.get(volumes.size() - 1), "--model=nuclei", "--quiet", "--type=float32", how[0],
					"--threads=" + how[1]);
				assertEquals(0, denoised.code, denoised.err);
			}
			assertEquals(TestVolumes.files(volumes.get(1)), TestVolumes.files(volumes.get(2)));
			assertNotEquals(TestVolumes.files(volumes.get(0)), TestVolumes.files(volumes.get(1)));
			assertEquals(0, run("plan", input, folder.resolve("run.zarr"), "--model=nuclei", "--type=float32", "-o", plan).code);
			assertEquals(0, run("run", plan, "--quiet", device).code);
			assertEquals(TestVolumes.files(volumes.get(1)), TestVolumes.files(folder.resolve("run.zarr")));
			final float[] here = pixels(volumes.get(0)), there = pixels(volumes.get(1));
			for (int i = 0; i < here.length; i++)
				assertEquals(here[i], there[i], 1e-3 * Math.max(1, Math.abs(here[i])));

			for (final String each : List.of("--device=cpu", device))
				assertEquals(0, run("denoise", image, folder.resolve(each.equals(device) ? "there.tif" : "here.tif"), "--model=nuclei", "--sigma=20",
					"--quiet", each).code);
			final ImagePlus one = IJ.openImage(folder.resolve("here.tif").toString()), two = IJ.openImage(folder.resolve("there.tif").toString());
			for (int i = 0; i < 80 * 70; i++)
				assertEquals(one.getProcessor().get(i), two.getProcessor().get(i), 1);

			final Outcome bench = run("bench", "--model=nuclei", "--side=64", "--threads=1", device);
			assertTrue(bench.out.endsWith("computed by " + TestDevice.device().name() + System.lineSeparator()), bench.out + bench.err);
			final Outcome auto = run("bench", "--model=nuclei", "--side=64", "--threads=1", "--device=auto");
			assertTrue(auto.out.contains("computed by the processor" + System.lineSeparator() +
				"that is for volumes; for images and trainings: The "), auto.out + auto.err);
		}
		finally {
			DeviceChoice.want(before);
		}
	}

	private static float[] pixels(final Path zarr) throws IOException {
		final Volume volume = new Volumes().open(zarr);
		final long[] size = volume.layout().dimensions();
		return volume.read(new long[size.length], Arrays.stream(size).mapToInt(Math::toIntExact).toArray());
	}

	@Test
	void aDeviceThatIsNotThereIsOneSentence() {
		for (final List<Object> call : List.<List<Object>> of(List.of("bench"), List.of("denoise", "in.zarr", "out.zarr", "--model=nuclei"))) {
			final Outcome none = run(Stream.concat(call.stream(), Stream.of("--device=no such card")).toArray());
			assertEquals(2, none.code);
			assertTrue(none.err.matches("There is no device “no such card”[.:] .+\\R") && none.err.lines().count() == 1, none.err);
		}
	}

	@Test
	void infoSaysWhatThereIs() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 4, "xyc", 100, 70, 2);
		assertEquals(String.join(System.lineSeparator(), "100×70×2 xyc uint16, zarr version 2, 1 level", "x: 0.5 micrometer",
			"y: 0.5 micrometer", "c: 1.0", ""), run("info", input).out);
		final JsonObject json = JsonParser.parseString(run("info", input, "--json").out).getAsJsonObject();
		assertEquals("uint16", json.get("type").getAsString());
		assertEquals(100, json.getAsJsonArray("dimensions").get(0).getAsInt());
		assertTrue(run("info", "nuclei").out.contains("32"));
		final Path onnx = folder.resolve("nuclei.onnx"), zip = folder.resolve("nuclei.zip");
		Files.write(onnx, new byte[10]);
		AtomicFile.writeZip(zip, Map.of("rdf.yaml", new byte[3]));
		says(1, onnx + " is a network in ONNX, for other programs: info reads .cfebm files, such as the one it was made of.", List.of("info",
			onnx));
		says(1, zip + " is a package of bioimage.io, for other programs: info reads .cfebm files, such as the one it was made of.", List.of(
			"info", zip));
		assertTrue(JsonParser.parseString(run("info", TestVolumes.MODEL, "--json").out).getAsJsonObject().has("model"));
	}

	@Test
	void helpSaysWhatThereIs() {
		final Outcome help = run();
		assertEquals(0, help.code);
		for (final String command : List.of("denoise", "deconvolve", "inpaint", "anomaly", "train", "sample", "info", "plan", "run", "status", "bench")) {
			assertTrue(help.out.contains(command), help.out);
			final Outcome one = run(command, "--help");
			assertEquals(0, one.code);
			assertTrue(one.out.startsWith("Usage: cfebm " + command), one.out);
		}
		// All keys that a macro has, each once.
		for (final FileCommands.Kind kind : FileCommands.Kind.values()) {
			final String listed = run(kind.name().toLowerCase(Locale.ROOT), "--help").out;
			assertTrue(FileCommands.keys(kind).size() > 5);
			FileCommands.keys(kind).keySet().forEach(key -> assertEquals(1, listed.lines().filter(line -> line.matches("\\s+--" + key + "[ =].*|\\s+--" + key))
				.count(), key + listed));
		}
		assertTrue(run("deconvolve", "--help").out.contains("--wavelength"));
		assertFalse(run("train", "--help").out.contains("--folder"));
		assertTrue(run("--version").out.startsWith("cfebm "));
	}

	@Test
	void aWrongCallIsOneSentence() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xy", 80, 70), out = folder.resolve("out.zarr"), text = folder.resolve(
			"notes.txt");
		Files.writeString(text, "notes");
		final List<Object> good = List.of("denoise", input, out, "--model=nuclei", "--quiet");
		says(2, "--piece must be a multiple of 64 from 64 to 2048, not 100. See cfebm denoise --help.", good, "--piece=100");
		says(2, "--ome must be 0.4 or 0.5, not 0.6. See cfebm denoise --help.", good, "--ome=0.6");
		says(2, "--threads must be at least 1, not 0. See cfebm denoise --help.", good, "--threads=0");
		says(2, "A part is i/n with i from 1 to n, not 3/2. See cfebm denoise --help.", good, "--part=3/2");
		says(2, "Both sigma and a gain are given: give sigma for white noise, a gain for shot noise. See cfebm denoise --help.", good,
			"--sigma=3", "--gain=2");
		says(2, "Unknown option: '--sgima=3'. See cfebm denoise --help.", good, "--sgima=3");
		says(2, "The result's name must end with .zarr, and " + text + " does not. See cfebm plan --help.", List.of("plan", input, text,
			"--model=nuclei"));
		says(2, "Missing required option: '--model=MODEL'. See cfebm denoise --help.", List.of("denoise", input, out));
		says(1, "There is no model file other, and no model of that name comes with the plugin (microscopy, nuclei, photo, photo-color).", List
			.of("denoise", input, out, "--model=other"));
		says(1, "There is no file or folder " + folder.resolve("none.zarr") + ".", List.of("denoise", folder.resolve("none.zarr"), out,
			"--model=nuclei"));
		says(1, folder + " is no volume that is read here: an OME-Zarr is, or an image file.", List.of("plan", folder, out, "--model=nuclei"));
		says(1, text + " can't be opened. It is not an image of a known kind.", List.of("plan", text, out, "--model=nuclei"));
		says(1, "There is no plan " + folder.resolve("plan.json") + ": make one by cfebm plan.", List.of("run", folder.resolve("plan.json")));
		assertFalse(Files.exists(out));
	}

	/** Java's own messages of files are no more than their names. */
	@Test
	void whatFilesThrowIsASentence() {
		assertEquals("There is no file or folder a.", Main.sentence(new NoSuchFileException("a")));
		assertEquals("There is no access to a: its permissions do not allow it.", Main.sentence(new AccessDeniedException("a")));
		assertEquals("a can't be read or written (NotDirectoryException).", Main.sentence(new NotDirectoryException("a")));
		final String memory = "There is not enough memory: give Java more by CFEBM_OPTS=-Xmx8g or the like, or take fewer threads.";
		assertEquals(memory, Main.lacking(new OutOfMemoryError("Java heap space")));
		assertEquals(memory, Main.lacking(new java.util.concurrent.ExecutionException(new OutOfMemoryError())));
		assertEquals("A library of the program can't be loaded (java.lang.UnsatisfiedLinkError: no x): " +
			"unpack its whole folder anew, and take the build for this computer.", Main.lacking(new UnsatisfiedLinkError("no x")));
		assertNull(Main.lacking(new IOException("full")));
		assertEquals("a: full.", Main.sentence(new FileSystemException("a", null, "full")));
	}

	private static void says(final int code, final String sentence, final List<Object> call, final Object... more) {
		final List<Object> all = new ArrayList<>(call);
		all.addAll(List.of(more));
		final Outcome outcome = run(all.toArray());
		assertEquals(sentence + System.lineSeparator(), outcome.err);
		assertEquals(code, outcome.code);
		assertEquals("", outcome.out);
	}
}
