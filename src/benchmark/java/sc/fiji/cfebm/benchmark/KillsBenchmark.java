package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import sc.fiji.cfebm.cli.Main;
import sc.fiji.cfebm.imagej.ImageFolder;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.job.TestVolumes;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.training.Checkpoints;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/**
 * A hundred programs that are killed (SIGKILL) at random moments: trainings, runs of a plan, programs that write models. Each is started
 * again until it has ended by itself; what it then has made must be, bit by bit, what one that was never killed makes, and nothing else may
 * lie there.
 */
final class KillsBenchmark implements Benchmark {

	private static final String CALLED = "kills_train_faults", TRAINED = "kills_checkpoint_faults", RUN = "kills_run_faults", WRITTEN = "kills_write_faults";
	/** Kills after which a program may go on to its end. */
	private static final int MOST = 4;
	/** By this share of the time that a program takes, Java has about begun with it. */
	private static final double BEGUN = 0.15;
	/** On Unix, of what was killed by the signal 9. */
	private static final int KILLED = 128 + 9;
	/** How a training says that it goes on from a checkpoint, and a run that something was done before. */
	private static final Pattern CONTINUED = Pattern.compile("continuing in stage|, [1-9]\\d* before");
	private static final Path IMAGES = Path.of("test-images", "nuclei", "train"), MODELS = Path.of("plugins", "CF-EBM", "models");
	private static final String RESULT = "result.cfebm", VOLUME = "result.zarr", PLAN = "plan.json";

	@Override
	public String name() {
		return "kills";
	}

	@Override
	public List<String> keys() {
		return List.of(CALLED, TRAINED, RUN, WRITTEN);
	}

	/** Something that a program makes in a folder of its own. */
	private abstract static class Work {

		final String key, name;
		final int kills;

		/**
		 * @param key of the result
		 * @param kills how many there are to be
		 */
		Work(final String key, final String name, final int kills) {
			this.key = key;
			this.name = name;
			this.kills = kills;
		}

		/** Puts there what the program begins with. */
		void prepare(final Path folder) throws IOException {}

		/** The program's class and arguments. */
		abstract List<String> program(Path folder);

		/** Whether what a killed program has left can be used as it is. */
		boolean isWhole(final Path folder) throws IOException {
			return true;
		}

		/** What the program has made, to be compared. */
		abstract Object result(Path folder) throws IOException;
	}

	/** A training of a few iterations of a small network. */
	private static final class Trained extends Work {

		private final Function<String, List<String>> program;

		/** @param program of the model's file */
		Trained(final String key, final String name, final int kills, final Function<String, List<String>> program) {
			super(key, name, kills);
			this.program = program;
		}

		@Override
		List<String> program(final Path folder) {
			return program.apply(folder.resolve(RESULT).toString());
		}

		@Override
		Object result(final Path folder) throws IOException {
			return content(folder.resolve(RESULT));
		}
	}

	/** A program that trains, and writes the model into the file that it is given. */
	static final class Training {

		public static void main(final String[] args) throws IOException {
			final Path model = Path.of(args[0]);
			Model.requireWritable(model);
			final Split split = Split.of(ImageFolder.read(List.of(IMAGES.toFile()), Progress.NONE), 16, SEED);
			Trainer.train(split, new Normalization(0, 255), new TrainingSettings(Preset.ROBUST.recipe(), 16, 2, 0, List.of(60, 40), 2, true, true, SEED),
				new Checkpoints(model.resolveSibling("checkpoint"), 0.05, true), new TrainingMonitor() {

					@Override
					public void log(final String line) {
						System.out.println(line);
					}
				}).write(model);
			Files.delete(model.resolveSibling("checkpoint"));
			System.exit(0);
		}
	}

	/** Planes of a small volume in pieces. */
	private static final class Run extends Work {

		private final Path input;

		Run(final Path input) {
			super(RUN, "`cfebm run`", 30);
			this.input = input;
		}

		@Override
		void prepare(final Path folder) throws IOException {
			final StringWriter said = new StringWriter();
			final PrintWriter console = new PrintWriter(said, true);
			if (Main.run(console, console, "plan", input.toString(), folder.resolve(VOLUME).toString(), "--model=" + MODELS.resolve("nuclei.cfebm"), "--sigma=" +
				TestVolumes.SIGMA, "--piece=64", "-o", folder.resolve(PLAN).toString()) != 0) throw new IOException("There is no plan: " + said);
		}

		@Override
		List<String> program(final Path folder) {
			return List.of(Main.class.getName(), "run", folder.resolve(PLAN).toString(), "--threads=1", "--quiet");
		}

		@Override
		Object result(final Path folder) throws IOException {
			return TestVolumes.files(folder.resolve(VOLUME));
		}
	}

	/** Two models that are written over each other. */
	private static final class Writes extends Work {

		private final List<ByteBuffer> either = new ArrayList<>();

		Writes() {
			super(WRITTEN, "writing a model", 20);
		}

		@Override
		void prepare(final Path folder) throws IOException {
			for (final Path model : Writing.TWO) {
				Model.read(model).write(folder.resolve(RESULT));
				if (either.size() < Writing.TWO.size()) either.add(bytes(folder));
			}
		}

		@Override
		List<String> program(final Path folder) {
			return List.of(Writing.class.getName(), folder.resolve(RESULT).toString());
		}

		@Override
		boolean isWhole(final Path folder) throws IOException {
			return either.contains(bytes(folder));
		}

		@Override
		Object result(final Path folder) throws IOException {
			return bytes(folder);
		}

		private static ByteBuffer bytes(final Path folder) throws IOException {
			return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(RESULT)));
		}
	}

	/** A program that writes two models by turns into the file that it is given. */
	static final class Writing {

		static final List<Path> TWO = List.of(MODELS.resolve("nuclei.cfebm"), MODELS.resolve("microscopy.cfebm"));
		private static final int TIMES = 8;

		public static void main(final String[] args) throws IOException {
			final List<Model> models = List.of(Model.read(TWO.get(0)), Model.read(TWO.get(1)));
			for (int i = 0; i < TIMES; i++)
				models.get(i % 2).write(Path.of(args[0]));
			System.exit(0);
		}
	}

	/** A model's entries; all but the time that its training took. */
	private static Map<String, Object> content(final Path model) throws IOException {
		final Map<String, Object> content = new TreeMap<>();
		try (ZipFile zip = new ZipFile(model.toFile())) {
			for (final ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
				final byte[] bytes = zip.getInputStream(entry).readAllBytes();
				if (entry.getName().endsWith(".json")) {
					final JsonObject header = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
					if (header.getAsJsonObject("training").remove("seconds") == null) throw new IOException("The model does not say how long it took.");
					content.put(entry.getName(), header);
				}
				else content.put(entry.getName(), ByteBuffer.wrap(bytes));
			}
		}
		return content;
	}

	/** What became of the kills of one kind of work. */
	private static final class Tally {

		/** What a program takes from its beginning to its end, the least seen: other work may have slowed the first one down. */
		double millis;
		int kills, halves, right, wrong, unreadable, litter, ended, continued;
	}

	private final SplittableRandom rng = new SplittableRandom(SEED);

	@Override
	public void run(final Options options, final Report report) throws Exception {
		final Path folder = Files.createTempDirectory("cfebm-kills");
		final List<List<Object>> rows = new ArrayList<>();
		try {
			final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 128, 128, 40);
			int number = 0;
			for (final Work work : List.of(new Trained(CALLED, "`cfebm train`", 25, model -> List.of(Main.class.getName(), "train", IMAGES.toString(), model,
				"--size=16", "--width=2", "--batch=2", "--iterations=60,40", "--start=None", "--noise=None")), new Trained(TRAINED, "training, a checkpoint every 50 ms", 25,
					model -> List.of(Training.class.getName(), model)), new Run(input), new Writes())) {
				if (!options.wants(work.key)) continue;
				final Tally tally = kill(work, Files.createDirectory(folder.resolve(Integer.toString(number++))), report);
				rows.add(List.of(work.name, tally.kills, tally.halves, tally.ended, tally.continued, tally.right, tally.wrong, tally.unreadable, tally.litter));
				report.result(work.key, tally.wrong + tally.unreadable + tally.litter, "of " + tally.kills);
			}
		}
		finally {
			Benchmark.delete(folder);
		}
		report.text("A program is killed at a random moment of the time that it takes, started again, killed again, " + MOST +
			" times at the most, and then goes on to its end. Half written: a temporary file was there when it was killed. Ended: programs that came to their end after " +
			"kills; gone on: those of them that found something done. Right, wrong, unreadable: kills after which the end was what it is without a kill, was another one, " +
			"or could not be gone on from. Litter: files that a program that was never killed does not leave.");
		report.table(List.of("what", "kills", "half written", "ended", "gone on", "right", "wrong", "unreadable", "litter"), rows);
	}

	private Tally kill(final Work work, final Path folder, final Report report) throws IOException, InterruptedException {
		final Path straight = Files.createDirectory(folder.resolve("straight")), log = folder.resolve("log.txt");
		work.prepare(straight);
		final long begin = System.nanoTime();
		final Process whole = start(work, straight, log);
		if (whole.waitFor() != 0) throw new IOException(work.name + " fails without a kill: " + Files.readString(log));
		final Tally tally = new Tally();
		tally.millis = (System.nanoTime() - begin) * 1e-6;
		final Object right = work.result(straight);
		final Set<String> names = names(straight);
		while (tally.kills < work.kills) {
			final Path own = Files.createDirectory(folder.resolve("killed"));
			work.prepare(own);
			life(work, own, log, right, names, tally, report);
			Benchmark.delete(own);
			report.progress(work.name + ": " + tally.kills + " kills, " + tally.right + " right");
		}
		return tally;
	}

	/** From a program's first start to its end. */
	private void life(final Work work, final Path folder, final Path log, final Object right, final Set<String> names,
		final Tally tally, final Report report) throws IOException, InterruptedException
	{
		int kills = 0;
		for (;;) {
			final long begin = System.nanoTime();
			final Process process = start(work, folder, log);
			if (kills < MOST && tally.kills < work.kills) {
				process.waitFor((long) (tally.millis * (BEGUN + (1 - BEGUN) * rng.nextDouble())), TimeUnit.MILLISECONDS);
				process.destroyForcibly();
			}
			final int status = process.waitFor();
			if (status == KILLED) {
				kills++;
				tally.kills++;
				if (names(folder).stream().anyMatch(name -> isTemporary(name) && name.contains("-" + process.pid() + "-"))) tally.halves++;
				if (work.isWhole(folder)) continue;
			}
			if (status != 0) {
				tally.unreadable += kills;
				report.text("Fault of " + work.name + ": " + Files.readString(log).strip());
				return;
			}
			if (kills == 0) {
				tally.millis = Math.min(tally.millis, (System.nanoTime() - begin) * 1e-6);
				return;
			}
			tally.ended++;
			if (CONTINUED.matcher(Files.readString(log)).find()) tally.continued++;
			if (right.equals(work.result(folder))) tally.right += kills;
			else tally.wrong += kills;
			final Set<String> more = new HashSet<>(names(folder));
			more.removeAll(names);
			tally.litter += more.size();
			if (!more.isEmpty()) report.text("Litter of " + work.name + ": " + String.join(", ", more));
			return;
		}
	}

	private static boolean isTemporary(final String path) {
		return AtomicFile.isTemporary(Path.of(path).getFileName().toString());
	}

	/** Files of a folder and those below it. */
	private static Set<String> names(final Path folder) throws IOException {
		try (Stream<Path> all = Files.walk(folder)) {
			return new HashSet<>(all.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).toList());
		}
	}

	/** With one thread, as bits depend on their number, and a compiler that is soon through. */
	private static Process start(final Work work, final Path folder, final Path log) throws IOException {
		final List<String> command = new ArrayList<>(Arrays.asList(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
			"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
		command.addAll(work.program(folder));
		final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().put("OMP_NUM_THREADS", "1");
		return builder.start();
	}
}
