package sc.fiji.cfebm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.GsonBuilder;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Planner;
import sc.fiji.cfebm.job.Runner;
import sc.fiji.cfebm.job.ZarrStorage;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.Volume;

/** Options that several commands have, and what is done with them. */
final class Shared {

	private Shared() {}

	/** Options that are for volumes alone. */
	private static final String PIECE_OPTION = "--piece", THREADS = "--threads", PART = "--part", RETRIES = "--retries", TYPE = "--type",
			OME = "--ome";

	/** @throws picocli.CommandLine.ParameterException if a call has an option that images and folders don't know */
	static void requireNoneForVolumes(final CommandSpec spec) {
		for (final String option : List.of(TYPE, OME, PIECE_OPTION, THREADS, PART, RETRIES))
			if (spec.commandLine().getParseResult().hasMatchedOption(option)) throw Main.wrong(spec, option +
				" is for volumes, whose result ends with .zarr.");
	}

	/** What is to be done to a volume: the keys are those of the macro. */
	static final class Wanted {

		@Spec(Spec.Target.MIXEE)
		private CommandSpec spec;

		@Option(names = "--model", required = true, paramLabel = "MODEL", description = "A .cfebm file, or the name of a model that comes along.")
		private String model;

		@Option(names = "--sigma", paramLabel = "N", description = "Standard deviation of white noise in gray values; 0, the default: the noise is found.")
		private double sigma;

		@Option(names = "--gain", paramLabel = "N", description = "Gray values per photon, for shot noise; 0, the default: found.")
		private double gain;

		@Option(names = "--offset", paramLabel = "N", description = "Gray value without light; goes with a gain.")
		private double offset;

		@Option(names = "--read", paramLabel = "N", description = "Standard deviation of the read noise in gray values; goes with a gain.")
		private double read;

		@Option(names = TYPE, paramLabel = "TYPE", description = "Of the result's pixels: ${COMPLETION-CANDIDATES}. As the input's, if none is given.")
		private PixelType type;

		@Option(names = PIECE_OPTION, paramLabel = "PIXELS", description =
			"Side of the pieces that planes are computed in, a multiple of 64 up to 2048 (default: " + Planner.PIECE + ", with neighbours " + Planner.PIECE_OF_STACK +
				"). Each thread needs about 400 bytes for each pixel of a piece.")
		private Integer piece;

		@Option(names = "--neighbours", paramLabel = "ALONG", description =
			"Along what planes of a volume help each other, with a model that has one for that beside it, as microscopy does: ${COMPLETION-CANDIDATES}. Volumes: None, if nothing is said. Images: as the plugin's command.")
		private Planner.Neighbours neighbours;

		@Option(names = OME, paramLabel = "0.4|0.5", description = "Version of OME-Zarr of the result. As the input's, if none is given.")
		private String ome;

		/** The same as keys of a macro, with others. */
		Map<String, String> keys(final List<String> more) {
			final Map<String, String> keys = new LinkedHashMap<>();
			keys.put("model", model);
			for (final Map.Entry<String, Double> number : Map.of("sigma", sigma, "gain", gain, "offset", offset, "read", read).entrySet())
				if (number.getValue() != 0) keys.put(number.getKey(), number.getValue().toString());
			if (neighbours != null) keys.put("neighbours", neighbours.toString());
			FileCall.addKeys(spec, more, keys);
			return keys;
		}

		/** Looks at the volume. */
		Plan plan(final String task, final Path input, final Path output, final Progress progress) throws IOException {
			if (piece != null && (piece < 64 || piece > 2048 || piece % 64 != 0)) throw Main.wrong(spec, "--piece must be a multiple of 64 from 64 to 2048, not " +
				piece + ".");
			if (ome != null && !List.of("0.4", "0.5").contains(ome)) throw Main.wrong(spec, "--ome must be 0.4 or 0.5, not " + ome + ".");
			if (task.equals(Plan.ANOMALY) && (sigma != 0 || gain != 0 || offset != 0 || read != 0)) throw Main.wrong(spec,
				"--sigma, --gain, --offset and --read are for denoising: maps need no noise.");
			final NoiseSettings noise;
			try {
				noise = new NoiseSettings(sigma, gain, offset, read);
			}
			catch (final IllegalArgumentException e) {
				throw Main.wrong(spec, e.getMessage());
			}
			final Volumes volumes = new Volumes();
			if (!volumes.canWrite(output)) throw Main.wrong(spec, "The result's name must end with .zarr, and " + output + " does not.");
			final Path file = Volumes.model(model);
			final Volume source = volumes.open(input);
			return Planner.plan(new Planner.Wanted(task, input, output, file, noise, type, piece == null ? 0 : piece, ome == null ? 0 : ome
				.equals("0.4") ? 2 : 3, neighbours == null ? Planner.Neighbours.NONE : neighbours),
				source, Model.read(file), ZarrStorage.version(source), progress);
		}
	}

	/** How tasks are done. */
	static final class Running {

		@Spec(Spec.Target.MIXEE)
		private CommandSpec spec;

		@Option(names = THREADS, paramLabel = "N", description = "How many tasks are done at the same moment, one thread each (default: the processors there are).")
		private int threads = Runtime.getRuntime().availableProcessors();

		@Option(names = PART, paramLabel = "I/N", description = "Does every N-th task, from the I-th on: for N jobs of a cluster.")
		private String part = "1/1";

		@Option(names = RETRIES, paramLabel = "N", defaultValue = "2", description = "How often a task that failed is tried again (default: ${DEFAULT-VALUE}).")
		private int retries;

		/** Does a plan's tasks. @return the exit code */
		int run(final Plan plan, final Console console) throws IOException {
			if (threads < 1) throw Main.wrong(spec, "--threads must be at least 1, not " + threads + ".");
			if (retries < 0) throw Main.wrong(spec, "--retries must be at least 0, not " + retries + ".");
			final Runner.Part mine;
			try {
				mine = Runner.Part.of(part);
			}
			catch (final IllegalArgumentException e) {
				throw Main.wrong(spec, e.getMessage());
			}
			try (Runner runner = new Runner(plan, new Volumes(), threads)) {
				final Runner.Outcome outcome = runner.run(mine, retries, console);
				final long left = plan.tasks() - runner.done();
				console.end();
				final Map<String, Object> facts = new LinkedHashMap<>();
				facts.put("output", plan.output());
				facts.put("tasks", plan.tasks());
				facts.put("done", outcome.done());
				facts.put("before", outcome.before());
				facts.put("left", left);
				facts.put("failed", outcome.failed());
				console.result(facts, outcome.words(plan, left));
				outcome.failed().forEach(failure -> console.error("Task " + failure.task() + " failed: " + failure.why()));
				return !outcome.failed().isEmpty() ? Main.FAILED : left > 0 ? Main.LEFT : 0;
			}
		}
	}

	/** What computes. */
	static final class Computing {

		@Spec(Spec.Target.MIXEE)
		private CommandSpec spec;

		@Option(names = "--device", paramLabel = "auto|cpu|NAME", description =
			"What computes: auto, a graphics card if it is faster than the processor; cpu, the processor; or the device of that name, or with that in its name. As Java's option cfebm.device says, or auto, if none is given. Volumes are computed on the processor unless it is a name.")
		private String device;

		/** Asks for the device, if one is given, for the networks that are made from now on; what fails is told the console. */
		void apply(final Console console) {
			DeviceChoice.listen(console::log);
			try {
				if (device == null) return;
				// Whoever names a device wants it to be tried; a script that says auto each time must not end each time.
				if (device.strip().equalsIgnoreCase(DeviceChoice.AUTO)) DeviceChoice.want(device);
				else DeviceChoice.choose(device);
			}
			catch (final IllegalArgumentException e) {
				throw Main.wrong(spec, e.getMessage());
			}
		}
	}

	/** How it is told. */
	static final class Telling {

		@Spec(Spec.Target.MIXEE)
		private CommandSpec spec;

		@Option(names = "--json", description = "Writes one JSON object to the standard output, and nothing else there.")
		private boolean json;

		@Option(names = "--quiet", description = "No progress.")
		private boolean quiet;

		Console console() {
			return new Console(spec.commandLine().getOut(), spec.commandLine().getErr(), json, quiet);
		}
	}

	/** As JSON, on several lines. */
	static String json(final Object facts) {
		return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().serializeSpecialFloatingPointValues().create().toJson(facts);
	}
}
