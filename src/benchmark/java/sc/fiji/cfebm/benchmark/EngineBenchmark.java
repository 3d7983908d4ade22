package sc.fiji.cfebm.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * Our engine against libtorch, the same network in the same run: ours, theirs, theirs tuned, ours, … A ratio is the
 * median of the ratios of neighbouring runs, so that other load on the machine bears on both. Beside it what a busy process
 * costs, and whether memory grows.
 */
final class EngineBenchmark implements Benchmark {

	private static final String STEP = "langevin_worst_ratio_to_libtorch",
			STEP_TUNED = "langevin_worst_ratio_to_tuned_libtorch", PARAMETERS = "parameter_gradient_worst_ratio_to_libtorch",
			SHARE = "share_of_peak", BUSY = "busy_machine_share", RESIDENT = "resident_mb_after_2000_steps";

	private static final int ROUNDS = 9;
	/** A run takes at least so long, by repeating what it measures. */
	private static final double RUN_MILLISECONDS = 50;
	/** Beside another process longer: the system shares processors out in slices of some milliseconds. */
	private static final double BUSY_MILLISECONDS = 400;
	/** A row stops repeating after so long, if it has enough rounds by then. */
	private static final double ROW_SECONDS = 9;
	private static final int ENOUGH_ROUNDS = 7, FEWEST_ROUNDS = 3;
	/** Rounds during which others kept more processors busy than this are repeated, as far as time allows. */
	private static final double QUIET = 0.1;
	private static final double TOLERANCE = 1e-4;

	/** Milliseconds of each round, the quietest first; empty where not measured. */
	private static final class Times {

		final List<Double> ours = new ArrayList<>(), torch = new ArrayList<>(), tuned = new ArrayList<>();
		/** Processors kept busy by others in these rounds, on average. */
		double others;

		@Override
		public String toString() {
			return "ours " + Report.cell(median(ours)) + " ms, libtorch " + Report.cell(median(torch)) + " ms, tuned " +
				Report.cell(median(tuned)) + " ms, others' load " + Report.cell(others);
		}
	}

	private record Round(double ours, double torch, double tuned, double others) {}

	/** @param deviations of libtorch's from our energies, image gradients and parameter gradients, where they are not the same; else null */
	private record Row(UnetCase c, Times step, Times parameters, double[] deviations) {}

	private interface Run {

		/** Does its work n times; returns the milliseconds of one. */
		double time(int n) throws IOException;
	}

	@Override
	public String name() {
		return "engine";
	}

	@Override
	public List<String> keys() {
		return List.of(STEP, STEP_TUNED, PARAMETERS, SHARE, BUSY, RESIDENT);
	}

	@Override
	public void run(final Options options, final Report report) throws Exception {
		if (options.wants(STEP, STEP_TUNED, PARAMETERS, SHARE)) compare(options, report);
		if (options.wants(BUSY)) busy(report);
		if (options.wants(RESIDENT)) resident(report);
	}

	private void compare(final Options options, final Report report) throws IOException {
		final boolean wantsPlain = options.wants(STEP, PARAMETERS), wantsTuned = options.wants(STEP_TUNED);
		final List<Row> rows = new ArrayList<>();
		final double[] deviations = new double[3];
		double peak = 0;
		try (Libtorch plain = wantsPlain ? new Libtorch(false) : null;
				Libtorch tuned = wantsTuned ? new Libtorch(true) : null)
		{
			for (final UnetCase c : cases()) {
				peak = Math.max(peak, peak());
				final Row r = measure(c, options, plain, tuned, deviations);
				rows.add(r);
				if (r.deviations != null) report.progress(c.label() + ": libtorch deviates by " + Arrays.toString(r.deviations));
				report.progress(c.label() + ": Langevin step " + r.step + "; parameter gradient " + r.parameters);
			}
			peak = Math.max(peak, peak());
		}
		report.text(NativeRuntime.describe() + "; libtorch on as many. Images of C channels; the network's widths from fine to " +
			"coarse. Medians of " + ROUNDS + " interleaved rounds (fewer where they are slow); ratios below 1 mean that ours is faster. " +
			"The last column says how many processors others kept busy meanwhile: where that is not about 0, the row measures the " +
			"disturbance too.");
		if (wantsPlain || wantsTuned) report.text(String.format(Locale.ROOT,
			"The same numbers from both, as largest difference over largest value: energies %.1e, image gradients %.1e, " +
				"parameter gradients %.1e.", deviations[0], deviations[1], deviations[2]));
		for (final Row r : rows)
			if (r.deviations != null) report.text(String.format(Locale.ROOT, "**%s: libtorch's network is not the same as ours, it deviates by %.1e, %.1e and %.1e; " +
				"the row is not compared.**", r.c.label(), r.deviations[0], r.deviations[1], r.deviations[2]));
		report.text("Best single convolution: " + Report.cell(peak) + " GFLOP/s. GFLOP/s count convolutions alone, without the " +
			"products with zeros that make them regular.");
		final boolean steps = options.wants(STEP, STEP_TUNED, SHARE), parameters = options.wants(PARAMETERS, SHARE);
		if (steps) {
			report.heading("Langevin step");
			table(report, rows, peak, false);
		}
		if (parameters) {
			report.heading("Parameter gradient");
			table(report, rows, peak, true);
		}
		final long disturbed = rows.stream().filter(r -> Math.max(r.step.others, r.parameters.others) > 2 * QUIET).count();
		if (disturbed > 0) report.text("**" + disturbed + " of " + rows.size() + " rows were disturbed by other processes: " +
			"these results say little; repeat them on a quiet machine.**");
		if (options.wants(STEP)) report.result(STEP, worst(rows, r -> ratio(r.step.ours, r.step.torch)), "ratio");
		if (options.wants(STEP_TUNED)) report.result(STEP_TUNED, worst(rows, r -> ratio(r.step.ours, r.step.tuned)), "ratio");
		if (options.wants(PARAMETERS)) report.result(PARAMETERS, worst(rows, r -> ratio(r.parameters.ours, r.parameters.torch)), "ratio");
		final double best = peak;
		if (options.wants(SHARE)) report.result(SHARE, rows.stream().mapToDouble(r -> Math.min(rate(r.c, r.c.flops().step(),
			r.step.ours), rate(r.c, r.c.flops().parameters(), r.parameters.ours)) / best).min().getAsDouble(), "fraction");
	}

	/** Of the rows that were compared. */
	private static double worst(final List<Row> rows, final ToDoubleFunction<Row> ratio) {
		return rows.stream().mapToDouble(ratio).filter(r -> !Double.isNaN(r)).max().orElse(Double.NaN);
	}

	private static List<UnetCase> cases() {
		final List<UnetCase> cases = new ArrayList<>();
		for (final int channels : new int[] { 1, 3 })
			for (final List<Integer> widths : List.of(UnetCase.USUAL, UnetCase.WIDE)) {
				cases.add(UnetCase.batch(channels, widths, 8));
				cases.add(UnetCase.batch(channels, widths, 32));
				cases.add(UnetCase.large(channels, widths));
			}
		return cases;
	}

	private static Row measure(final UnetCase c, final Options options, final Libtorch wantedPlain, final Libtorch wantedTuned,
		final double[] deviations) throws IOException
	{
		final UnetParameters p = c.parameters();
		final Times step = new Times(), parameters = new Times();
		double[] other = null;
		try (UnetEnergy energy = UnetEnergy.onProcessor(p)) {
			for (final Libtorch torch : new Libtorch[] { wantedPlain, wantedTuned })
				if (torch != null) {
					torch.setParameters(p);
					torch.setImages(c.images(), c.weights(), c.side());
					final double[] d = compare(energy, torch, c);
					for (int i = 0; i < d.length; i++)
						if (!(d[i] < TOLERANCE)) other = d;
					for (int i = 0; i < d.length && other == null; i++)
						deviations[i] = Math.max(deviations[i], d[i]);
				}
			final Libtorch plain = other == null ? wantedPlain : null, tuned = other == null ? wantedTuned : null;
			if (options.wants(STEP, STEP_TUNED, SHARE)) rounds(step, step(energy, c), plain == null || !options.wants(STEP) ? null
				: n -> plain.langevin(n, LangevinStep.A, LangevinStep.S), tuned == null ? null : n -> tuned.langevin(n, LangevinStep.A,
					LangevinStep.S));
			if (options.wants(PARAMETERS, SHARE)) rounds(parameters, gradient(energy, c), plain == null || !options.wants(PARAMETERS)
				? null : plain::parameterGradient, tuned == null || !options.wants(PARAMETERS) ? null : tuned::parameterGradient);
		}
		return new Row(c, step, parameters, other);
	}

	private static Run step(final UnetEnergy energy, final UnetCase c) {
		final LangevinStep step = new LangevinStep(energy, c.images(), c.side());
		return timed(step::run);
	}

	private static Run gradient(final UnetEnergy energy, final UnetCase c) {
		final double[] gradient = new double[c.parameters().values().length], weights = c.weights();
		final float[] images = c.images();
		return timed(n -> {
			for (int i = 0; i < n; i++)
				energy.parameterGradient(c.noisy(images), weights, null, gradient);
		});
	}

	private interface Work {

		void run(int n);
	}

	private static Run timed(final Work work) {
		return n -> {
			final long start = System.nanoTime();
			work.run(n);
			return (System.nanoTime() - start) * 1e-6 / n;
		};
	}

	/** Largest differences of energies, image gradients and parameter gradients over their largest values. */
	private static double[] compare(final UnetEnergy energy, final Libtorch torch, final UnetCase c) throws IOException {
		final float[] images = c.images(), image = new float[images.length];
		final NoisyImages x = c.noisy(images);
		final double[] energies = new double[c.count()], gradient = new double[c.parameters().values().length];
		energy.evaluate(x, Wanted.gradient(energies, image));
		energy.parameterGradient(x, c.weights(), null, gradient);
		final double[] theirEnergies = new double[c.count()], theirGradient = new double[gradient.length];
		final float[] theirImage = new float[image.length];
		torch.evaluate(theirEnergies, theirImage, theirGradient);
		return new double[] { deviation(energies, theirEnergies), deviation(doubles(image), doubles(theirImage)), deviation(gradient,
			theirGradient) };
	}

	/** Interleaves runs; what is null is left out. */
	private static void rounds(final Times times, final Run ours, final Run torch, final Run tuned) throws IOException {
		for (final Run run : new Run[] { ours, torch, tuned })
			if (run != null) run.time(3);
		final int n = repetitions(ours, RUN_MILLISECONDS);
		final List<Round> rounds = new ArrayList<>();
		final OtherLoad load = new OtherLoad();
		final long start = System.nanoTime();
		int quiet = 0;
		for (int k = 0; quiet < ROUNDS; k++) {
			final double seconds = (System.nanoTime() - start) * 1e-9;
			if (seconds > ROW_SECONDS && (k >= ENOUGH_ROUNDS || k >= FEWEST_ROUNDS && seconds > 2 * ROW_SECONDS)) break;
			load.start();
			final Round round = new Round(rested(ours, n), torch == null ? 0 : rested(torch, n), tuned == null ? 0 : rested(
				tuned, n), load.stop());
			rounds.add(round);
			if (round.others <= QUIET) quiet++;
		}
		rounds.sort(Comparator.comparingDouble(Round::others));
		final List<Round> used = rounds.subList(0, Math.min(rounds.size(), Math.max(quiet, ENOUGH_ROUNDS)));
		for (final Round round : used) {
			times.ours.add(round.ours);
			if (torch != null) times.torch.add(round.torch);
			if (tuned != null) times.tuned.add(round.tuned);
			times.others += round.others / used.size();
		}
	}

	private static int repetitions(final Run run, final double milliseconds) throws IOException {
		return (int) Math.max(1, Math.ceil(milliseconds / run.time(2)));
	}

	private static double rested(final Run run, final int n) throws IOException {
		try {
			// Threads of the one before wait actively for a few milliseconds.
			Thread.sleep(15);
		}
		catch (final InterruptedException e) {
			throw new IOException(e);
		}
		return run.time(n);
	}

	/** GFLOP/s of the fastest run of one of several well-shaped convolutions. */
	private static double peak() {
		double best = 0;
		for (final int[] shape : new int[][] { { 64, 32 }, { 128, 16 } })
			try (Tensor x = new Tensor(Precision.FLOAT, 16, shape[1], shape[1], shape[0]);
					Tensor w = new Tensor(Precision.FLOAT, shape[0], 3, 3, shape[0]);
					Tensor y = new Tensor(Precision.FLOAT, 16, shape[1], shape[1], shape[0]);
					Op op = Op.conv2d(x, w, y, 1, 1))
			{
				x.fill(0.1);
				w.fill(0.1);
				final double gflop = 2e-9 * 9 * shape[0] * shape[0] * shape[1] * shape[1] * 16;
				for (int i = 0; i < 12; i++) {
					final long start = System.nanoTime();
					op.run();
					best = Math.max(best, gflop / ((System.nanoTime() - start) * 1e-9));
				}
			}
		return best;
	}

	private static void table(final Report report, final List<Row> rows, final double peak, final boolean parameters) {
		final List<List<Object>> cells = new ArrayList<>();
		for (final Row r : rows) {
			final Times t = parameters ? r.parameters : r.step;
			final double ms = median(t.ours);
			final double rate = rate(r.c, parameters ? r.c.flops().parameters() : r.c.flops().step(), t.ours);
			cells.add(List.of(r.c.label(), ms, median(t.torch), median(t.tuned), ratio(t.ours, t.torch), ratio(t.ours,
				t.tuned), (double) r.c.count() * r.c.side() * r.c.side() / ms * 1e-3, rate, rate / peak, String.format(Locale.ROOT, "%.2f",
					t.others)));
		}
		report.table(List.of("images", "ours ms", "libtorch ms", "tuned ms", "ratio", "ratio to tuned", "megapixels/s", "GFLOP/s",
			"share of best", "others' load"), cells);
	}

	private static double rate(final UnetCase c, final double flops, final List<Double> milliseconds) {
		return flops * c.count() / median(milliseconds) * 1e-6;
	}

	/** Median of the ratios of neighbouring runs; not a number if one was not measured. */
	static double ratio(final List<Double> a, final List<Double> b) {
		return median(IntStream.range(0, Math.min(a.size(), b.size())).mapToObj(i -> a.get(i) / b.get(i)).toList());
	}

	static double median(final List<Double> values) {
		if (values.isEmpty()) return Double.NaN;
		final double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
		return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
	}

	/** How much of its speed is left beside another process, round by round with and without it. */
	private static void busy(final Report report) throws IOException {
		report.heading("Beside a busy process");
		// One thread more than there are processors.
		final int busy = Math.max(1, Runtime.getRuntime().availableProcessors() - NativeRuntime.threads() + 1);
		final List<Beside> rows = new ArrayList<>();
		try (BusyProcess other = new BusyProcess(busy)) {
			for (final UnetCase c : List.of(UnetCase.batch(1, UnetCase.USUAL, 8), UnetCase.batch(1, UnetCase.USUAL, 32), UnetCase.large(1,
				UnetCase.USUAL)))
				try (UnetEnergy energy = UnetEnergy.onProcessor(c.parameters()); Libtorch torch = new Libtorch(false)) {
					torch.setParameters(c.parameters());
					torch.setImages(c.images(), c.weights(), c.side());
					rows.add(beside(other, c.label() + ", Langevin step", step(energy, c), n -> torch.langevin(n, LangevinStep.A,
						LangevinStep.S), report));
					// Trainings have batches.
					if (c.count() > 1) rows.add(beside(other, c.label() + ", parameter gradient", gradient(energy, c), torch::parameterGradient,
						report));
				}
		}
		report.text(NativeRuntime.describe() + " on " + Runtime.getRuntime().availableProcessors() + " processors, " + busy +
			" of which another process keeps busy every other run; medians of " + ENOUGH_ROUNDS + " runs of " + Report.cell(
				BUSY_MILLISECONDS) + " ms or more. Share: the speed beside it over the quiet speed. A fair share of the processors would " +
			"be " + Report.cell(fairShare(busy)) + ".");
		report.table(List.of("work", "quiet ms", "beside it ms", "share", "libtorch's share", "others' load"), rows.stream().map(
			r -> List.<Object> of(r.label, r.quiet, r.beside, r.share, r.torchShare, String.format(Locale.ROOT, "%.2f", r.others)))
			.toList());
		if (rows.stream().anyMatch(r -> r.others > 2 * QUIET)) report.text(
			"**Other processes disturbed this, too: it says little; repeat it on a quiet machine.**");
		report.result(BUSY, rows.stream().mapToDouble(Beside::share).min().orElseThrow(), "fraction");
	}

	/** What is left of the speed if all threads get equally much of the processors. */
	private static double fairShare(final int busy) {
		final int threads = NativeRuntime.threads(), processors = Runtime.getRuntime().availableProcessors();
		return Math.min(1, (double) processors / (threads + busy)) / Math.min(1, (double) processors / threads);
	}

	/**
	 * @param quiet milliseconds of ours
	 * @param beside the same beside the busy process
	 * @param share of the quiet speed that is left
	 * @param others processors that yet others kept busy
	 */
	private record Beside(String label, double quiet, double beside, double share, double torchShare, double others) {}

	private static Beside beside(final BusyProcess other, final String label, final Run ours, final Run torch,
		final Report report) throws IOException
	{
		report.progress(label);
		final List<List<Double>> quiet = List.of(new ArrayList<>(), new ArrayList<>()), besides = List.of(new ArrayList<>(),
			new ArrayList<>());
		final Run[] runs = { ours, torch };
		final int[] n = new int[runs.length];
		for (int r = 0; r < runs.length; r++) {
			runs[r].time(3);
			n[r] = repetitions(runs[r], BUSY_MILLISECONDS);
		}
		final OtherLoad load = new OtherLoad().start();
		for (int k = 0; k < ENOUGH_ROUNDS; k++)
			for (int r = 0; r < runs.length; r++) {
				quiet.get(r).add(rested(runs[r], n[r]));
				other.setBusy(true);
				besides.get(r).add(rested(runs[r], n[r]));
				other.setBusy(false);
			}
		return new Beside(label, median(quiet.get(0)), median(besides.get(0)), ratio(quiet.get(0), besides.get(0)), ratio(quiet.get(1),
			besides.get(1)), load.stop());
	}

	/** In a fresh process, so that it is the engine's own memory. */
	private static void resident(final Report report) throws IOException {
		if (!Files.isReadable(Path.of("/proc/self/status"))) {
			report.text("Resident memory is measured on Linux only.");
			return;
		}
		report.progress("resident memory");
		final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
			"-Xmn8m", "-classpath", System.getProperty("java.class.path"), ResidentMemory.class.getName()).redirectError(
				ProcessBuilder.Redirect.INHERIT).start();
		final List<Double> megabytes = new ArrayList<>();
		try (BufferedReader lines = process.inputReader()) {
			lines.lines().forEach(line -> megabytes.add(Double.valueOf(line)));
		}
		final List<Integer> steps = ResidentMemory.STEPS;
		if (megabytes.size() != steps.size()) throw new IOException("The process that measures resident memory failed.");
		report.heading("Resident memory");
		report.text("A fresh process, " + ResidentMemory.CASE.label() + ", in MB. Its young generation is 8 MB, or the Java " +
			"garbage of ND4J's calls would count until it is collected. The result is the growth from step " + steps.get(0) +
			" to the last.");
		final List<String> columns = new ArrayList<>(List.of("Langevin steps"));
		steps.forEach(s -> columns.add(s.toString()));
		final List<Object> row = new ArrayList<>(List.of("resident"));
		row.addAll(megabytes);
		report.table(columns, List.of(row));
		report.result(RESIDENT, megabytes.get(megabytes.size() - 1) - megabytes.get(0), "MB");
	}

	/** Largest difference over the largest value. */
	private static double deviation(final double[] a, final double[] b) {
		double difference = 0, value = 0;
		for (int i = 0; i < a.length; i++) {
			if (!Double.isFinite(a[i]) || !Double.isFinite(b[i])) return Double.NaN;
			difference = Math.max(difference, Math.abs(a[i] - b[i]));
			value = Math.max(value, Math.abs(b[i]));
		}
		return difference / value;
	}

	private static double[] doubles(final float[] a) {
		return IntStream.range(0, a.length).mapToDouble(i -> a[i]).toArray();
	}
}
