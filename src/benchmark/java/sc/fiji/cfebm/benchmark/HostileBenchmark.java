package sc.fiji.cfebm.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Planner;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.volume.OmeZarr;
import sc.fiji.cfebm.volume.Volume;

/**
 * Ten thousand files that are wrong by chance: models, plans and zarrs in which bytes, numbers or words were changed, cut off, put in or
 * doubled, some of them with checksums that are right. Each has to be read, or to be refused by one sentence; all else is a fault.
 */
final class HostileBenchmark implements Benchmark {

	private static final String FAULTS = "hostile_faults", SLOWEST = "hostile_slowest_seconds";
	private static final int MODELS = 4000, PLANS = 3000, ZARRS = 3000;
	/** Numbers that are seldom right. */
	private static final List<String> NUMBERS = List.of("0", "-1", "1", "3", "1e9", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "1e400",
		"0.5", "NaN", "null", "\"\"", "[]", "{}", "true");
	/** The files that another library has written, as tests read them. */
	private static final Path WRITTEN = Path.of("src/test/resources/sc/fiji/cfebm/volume");

	private final SplittableRandom rng = new SplittableRandom(SEED);
	private final Map<String, int[]> outcomes = new TreeMap<>();
	private final Map<String, Integer> faults = new TreeMap<>();
	private double slowest;

	@Override
	public String name() {
		return "hostile";
	}

	@Override
	public List<String> keys() {
		return List.of(FAULTS, SLOWEST);
	}

	private interface Reading {

		void read() throws Exception;
	}

	@Override
	public void run(final Options options, final Report report) throws Exception {
		final Path folder = Files.createTempDirectory("cfebm-hostile"), model = options.models().resolve("microscopy.cfebm");
		try {
			report.progress("models");
			final byte[] whole = Files.readAllBytes(model);
			final Path changed = folder.resolve("changed.cfebm");
			for (int k = 0; k < MODELS; k++) {
				// Of a half the zip is right, and what is in it is not.
				Files.write(changed, k % 2 == 0 ? bytes(whole) : zipped(model));
				attempt("models", () -> Model.readAny(changed));
			}
			report.progress("zarrs");
			final List<Path> zarrs;
			try (Stream<Path> all = Files.list(WRITTEN)) {
				zarrs = all.filter(path -> path.toString().endsWith(".zarr")).sorted().toList();
			}
			for (int k = 0; k < ZARRS; k++) {
				final Path copy = copied(zarrs.get(k % zarrs.size()), folder.resolve("copy.zarr"));
				attempt("zarrs", () -> {
					final Volume volume = OmeZarr.open(copy);
					final long[] dimensions = volume.layout().dimensions();
					volume.read(new long[dimensions.length], Arrays.stream(dimensions).mapToInt(d -> (int) Math.min(d, 64)).toArray());
				});
				Benchmark.delete(copy);
			}
			report.progress("plans");
			final Path zarr = WRITTEN.resolve("plain.zarr");
			final String plan = Planner.plan(new Planner.Wanted(Plan.DENOISE, zarr, folder.resolve("out.zarr"), model, new NoiseSettings(20, 0, 0, 0), null, 0,
				0), OmeZarr.open(zarr), Model.read(model), 3, Progress.NONE).toJson();
			for (int k = 0; k < PLANS; k++) {
				final String text = text(plan);
				attempt("plans", () -> Plan.of(text, "plan.json"));
			}
		}
		finally {
			Benchmark.delete(folder);
		}
		report.text("Each file is read, or refused by one sentence; a fault is any other exception or error, or a message that is no sentence.");
		report.table(List.of("files", "read all the same", "refused by a sentence", "faults"), outcomes.entrySet().stream().map(e -> List.<Object>of(e.getKey(), e
			.getValue()[0], e.getValue()[1], e.getValue()[2])).toList());
		faults.forEach((what, times) -> report.text("Fault, " + times + " times: " + what));
		report.result(FAULTS, faults.values().stream().mapToInt(i -> i).sum(), "of " + (MODELS + PLANS + ZARRS));
		report.result(SLOWEST, slowest, "s");
	}

	private void attempt(final String kind, final Reading reading) {
		final int[] counts = outcomes.computeIfAbsent(kind, k -> new int[3]);
		final long begin = System.nanoTime();
		try {
			reading.read();
			counts[0]++;
		}
		catch (final IOException e) {
			if (e.getMessage() != null && e.getMessage().matches("(?s).{10,600}\\.") && !e.getMessage().contains("Exception")) counts[1]++;
			else fault(kind, e, counts);
		}
		catch (final Exception | Error e) {
			fault(kind, e, counts);
		}
		slowest = Math.max(slowest, (System.nanoTime() - begin) * 1e-9);
	}

	private void fault(final String kind, final Throwable e, final int[] counts) {
		counts[2]++;
		faults.merge(kind + ": " + e + " at " + Arrays.stream(e.getStackTrace()).filter(f -> f.getClassName().startsWith("sc.fiji")).findFirst().map(
			String::valueOf).orElse("?"), 1, Integer::sum);
	}

	private byte[] bytes(final byte[] of) {
		byte[] to = of.clone();
		switch (rng.nextInt(4)) {
			case 0 -> to = Arrays.copyOf(to, rng.nextInt(to.length));
			case 1 -> {
				final int from = rng.nextInt(to.length), length = Math.min(to.length - from, 1 + rng.nextInt(200));
				System.arraycopy(of, from, to, rng.nextInt(to.length - length + 1), length);
			}
			case 2 -> to = Arrays.copyOf(to, to.length + 1 + rng.nextInt(100));
			default -> {
				for (int n = 1 + rng.nextInt(8); n > 0; n--)
					to[rng.nextInt(to.length)] ^= (byte) (1 << rng.nextInt(8));
			}
		}
		return to;
	}

	/** JSON in which a number, a word or a few letters are others. */
	private String text(final String of) {
		final StringBuilder to = new StringBuilder(of);
		for (int n = 1 + rng.nextInt(2); n > 0; n--) {
			final int kind = rng.nextInt(4), at = rng.nextInt(Math.max(1, to.length()));
			if (to.length() < 2) break;
			if (kind == 0) to.delete(at, Math.min(to.length(), at + 1 + rng.nextInt(20)));
			else if (kind == 1) to.setCharAt(at, (char) (32 + rng.nextInt(95)));
			else {
				int from = at;
				while (from < to.length() && !Character.isDigit(to.charAt(from)))
					from++;
				int end = from;
				while (end < to.length() && (Character.isDigit(to.charAt(end)) || ".eE-+".indexOf(to.charAt(end)) >= 0))
					end++;
				if (from < end) to.replace(from, end, NUMBERS.get(rng.nextInt(NUMBERS.size())));
			}
		}
		return to.toString();
	}

	/** A model whose zip is right, of which one entry was changed. */
	private byte[] zipped(final Path model) throws IOException {
		final ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (ZipFile zip = new ZipFile(model.toFile()); ZipOutputStream to = new ZipOutputStream(out)) {
			to.setLevel(0);
			final List<ZipEntry> entries = zip.stream().map(ZipEntry.class::cast).toList();
			// The header has most to say.
			final ZipEntry changed = rng.nextInt(4) == 0 ? entries.get(rng.nextInt(entries.size())) : entries.stream().filter(e -> e.getName().endsWith(".json"))
				.findFirst().orElse(entries.get(0));
			for (final ZipEntry entry : entries) {
				final byte[] content = zip.getInputStream(entry).readAllBytes();
				to.putNextEntry(new ZipEntry(entry.getName()));
				to.write(entry != changed ? content : entry.getName().endsWith(".json") ? text(new String(content, StandardCharsets.UTF_8)).getBytes(
					StandardCharsets.UTF_8) : bytes(content));
				to.closeEntry();
			}
		}
		return out.toByteArray();
	}

	/** A zarr of which one file was changed or is missing. */
	private Path copied(final Path zarr, final Path to) throws IOException {
		final List<Path> files;
		try (Stream<Path> all = Files.walk(zarr)) {
			files = all.filter(Files::isRegularFile).sorted().toList();
		}
		final List<Path> headers = files.stream().filter(file -> file.getFileName().toString().matches("\\.z.*|zarr\\.json")).toList();
		final Path changed = rng.nextBoolean() && !headers.isEmpty() ? headers.get(rng.nextInt(headers.size())) : files.get(rng.nextInt(files.size()));
		for (final Path file : files) {
			if (file == changed && rng.nextInt(20) == 0) continue;
			final Path copy = to.resolve(zarr.relativize(file).toString());
			Files.createDirectories(copy.getParent());
			final byte[] content = Files.readAllBytes(file);
			Files.write(copy, file != changed || content.length == 0 ? content : headers.contains(file) ? text(new String(content, StandardCharsets.UTF_8))
				.getBytes(StandardCharsets.UTF_8) : bytes(content));
		}
		Files.createDirectories(to);
		return to;
	}
}
