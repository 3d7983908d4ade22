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
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Precision;
import sc.fiji.cfebm.tensor.Tensor;

/**
 * Our engine against libtorch, the same network in the same run: ours, theirs, theirs tuned, ours, … A ratio is the
 * median of the ratios of neighbouring runs, so that other load on the machine bears on both.
 */
final class EngineBenchmark implements Benchmark {

	private static final String STEP = "langevin_worst_ratio_to_libtorch",
			STEP_TUNED = "langevin_worst_ratio_to_tuned_libtorch", PARAMETERS = "parameter_gradient_worst_ratio_to_libtorch",
			SHARE = "share_of_peak", RESIDENT = "resident_mb_after_2000_steps";

	private static final int STAGE = 2, SIZE = NetworkSpec.resolution(STAGE), ROUNDS = 9;
	/** A run takes at least so long, by repeating what it measures. */
	private static final double RUN_MILLISECONDS = 50;
	/** A row stops repeating after so long, if it has enough rounds by then. */
	private static final double ROW_SECONDS = 9;
	private static final int ENOUGH_ROUNDS = 7, FEWEST_ROUNDS = 3;
	/** Rounds during which others kept more processors busy than this are repeated, as far as time allows. */
	private static final double QUIET = 0.1;
	private static final double TOLERANCE = 1e-4;

	/** @param torchBatch how many tiles libtorch works on at once */
	private record Case(String label, int channels, int base, int tiles, int torchBatch) {}

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

	private record Row(Case c, Flops flops, Times step, Times parameters) {}

	@Override
	public String name() {
		return "engine";
	}

	@Override
	public List<String> keys() {
		return List.of(STEP, STEP_TUNED, PARAMETERS, SHARE, RESIDENT);
	}

	@Override
	public void run(final Options options, final Report report) throws Exception {
		if (options.wants(STEP, STEP_TUNED, PARAMETERS, SHARE)) compare(options, report);
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
			for (final Case c : cases()) {
				peak = Math.max(peak, peak());
				final Row r = measure(c, options, plain, tuned, deviations);
				rows.add(r);
				report.progress(c.label + ": Langevin step " + r.step + "; parameter gradient " + r.parameters);
			}
			peak = Math.max(peak, peak());
		}
		report.text(NativeRuntime.describe() + "; libtorch on " + System.getenv().getOrDefault("OMP_NUM_THREADS", "2") +
			" threads. Tiles of " + SIZE + "×" + SIZE + " pixels, medians of " + ROUNDS +
			" interleaved rounds (fewer where they are slow); ratios below 1 mean that ours is faster. The last column says how many " +
			"processors others kept busy meanwhile: where that is not about 0, the row measures the disturbance too.");
		if (wantsPlain || wantsTuned) report.text(String.format(Locale.ROOT,
			"The same numbers from both, as largest difference over largest value: energies %.1e, image gradients %.1e, " +
				"parameter gradients %.1e.", deviations[0], deviations[1], deviations[2]));
		report.text("Best single convolution: " + Report.cell(peak) + " GFLOP/s. Nominal GFLOP/s count the network as the " +
			"paper writes it; executed ones what is left of it after linear operations are merged, without products " +
			"with zeros, and the shares of the best convolution are of these.");
		if (options.wants(STEP, STEP_TUNED, SHARE)) {
			report.heading("Langevin step");
			table(report, rows, peak, false);
		}
		if (options.wants(PARAMETERS)) {
			report.heading("Parameter gradient");
			table(report, rows, peak, true);
		}
		final long disturbed = rows.stream().filter(r -> Math.max(r.step.others, r.parameters.others) > 2 * QUIET).count();
		if (disturbed > 0) report.text("**" + disturbed + " of " + rows.size() + " rows were disturbed by other processes: " +
			"these results say little; repeat them on a quiet machine.**");
		if (options.wants(STEP)) report.result(STEP, rows.stream().mapToDouble(r -> ratio(r.step.ours, r.step.torch)).max()
			.getAsDouble(), "ratio");
		if (options.wants(STEP_TUNED)) report.result(STEP_TUNED, rows.stream().mapToDouble(r -> ratio(r.step.ours,
			r.step.tuned)).max().getAsDouble(), "ratio");
		if (options.wants(PARAMETERS)) report.result(PARAMETERS, rows.stream().mapToDouble(r -> ratio(r.parameters.ours,
			r.parameters.torch)).max().getAsDouble(), "ratio");
		final double best = peak;
		if (options.wants(SHARE)) report.result(SHARE, rows.stream().mapToDouble(r -> rate(r, r.flops.executedStep(),
			r.step.ours) / best).min().getAsDouble(), "fraction");
	}

	private static List<Case> cases() {
		final List<Case> cases = new ArrayList<>();
		for (final int channels : new int[] { 1, 3 })
			for (final int base : new int[] { 8, 16, 32 })
				for (final int tiles : new int[] { 16, 64 })
					cases.add(new Case("C=" + channels + " b=" + base + " N=" + tiles, channels, base, tiles, tiles));
		cases.add(new Case("512×512 gray, b=8", 1, 8, 256, 64));
		return cases;
	}

	private static Row measure(final Case c, final Options options, final Libtorch plain, final Libtorch tuned,
		final double[] deviations) throws IOException
	{
		final PaperParameters p = parameters(c.channels, c.base);
		final float[] tiles = tiles(c.tiles * SIZE * SIZE * c.channels);
		final double[] weights = new SplittableRandom(3).doubles(c.tiles, -1, 1).toArray();
		final Times step = new Times(), parameters = new Times();
		try (EnergyNetwork network = new EnergyNetwork(p)) {
			for (final Libtorch torch : new Libtorch[] { plain, tuned })
				if (torch != null) {
					torch.setParameters(p);
					compare(network, p, torch, c, deviations);
					torch.setTiles(tiles, weights, c.torchBatch);
				}
			if (options.wants(STEP, STEP_TUNED, SHARE)) {
				final LangevinStep ours = new LangevinStep(network, tiles);
				rounds(step, n -> {
					final long start = System.nanoTime();
					ours.run(n);
					return (System.nanoTime() - start) * 1e-6 / n;
				}, plain == null || !options.wants(STEP) ? null : n -> plain.langevin(n, LangevinStep.A, LangevinStep.S),
					tuned == null ? null : n -> tuned.langevin(n, LangevinStep.A, LangevinStep.S));
			}
			if (options.wants(PARAMETERS)) {
				final double[] gradient = new double[p.values().length];
				rounds(parameters, n -> {
					final long start = System.nanoTime();
					for (int i = 0; i < n; i++)
						network.parameterGradient(tiles, weights, c.tiles, null, gradient);
					return (System.nanoTime() - start) * 1e-6 / n;
				}, plain::parameterGradient, tuned == null ? null : tuned::parameterGradient);
			}
		}
		return new Row(c, Flops.of(p), step, parameters);
	}

	/** Makes sure that both compute the same. */
	private static void compare(final EnergyNetwork network, final PaperParameters p, final Libtorch torch, final Case c,
		final double[] deviations) throws IOException
	{
		final int count = 4;
		final float[] tiles = tiles(count * SIZE * SIZE * c.channels);
		final double[] weights = { 0.7, -1.2, 0.4, 1 };
		final double[] energies = new double[count], gradient = new double[p.values().length];
		final float[] image = new float[tiles.length];
		network.evaluate(tiles, count, energies, image);
		network.parameterGradient(tiles, weights, count, null, gradient);
		final double[] theirEnergies = new double[count], theirGradient = new double[gradient.length];
		final float[] theirImage = new float[image.length];
		torch.setTiles(tiles, weights, count);
		torch.evaluate(theirEnergies, theirImage, theirGradient);
		final double[] d = { deviation(energies, theirEnergies), deviation(doubles(image), doubles(theirImage)), deviation(
			gradient, theirGradient) };
		for (int i = 0; i < d.length; i++) {
			deviations[i] = Math.max(deviations[i], d[i]);
			if (!(d[i] < TOLERANCE)) throw new IllegalStateException("libtorch's network is not the same as ours: for " +
				c.label + " energies, image gradients and parameter gradients deviate by " + Arrays.toString(d) + ".");
		}
	}

	private interface Run {

		/** Does its work n times; returns the milliseconds of one. */
		double time(int n) throws IOException;
	}

	/** Interleaves runs; what is null is left out. */
	private static void rounds(final Times times, final Run ours, final Run torch, final Run tuned) throws IOException {
		for (final Run run : new Run[] { ours, torch, tuned })
			if (run != null) run.time(3);
		final int n = (int) Math.max(1, Math.ceil(RUN_MILLISECONDS / ours.time(2)));
		final List<Round> rounds = new ArrayList<>();
		final OtherLoad load = new OtherLoad();
		final long start = System.nanoTime();
		int quiet = 0;
		for (int k = 0; quiet < ROUNDS; k++) {
			final double seconds = (System.nanoTime() - start) * 1e-9;
			if (seconds > ROW_SECONDS && (k >= ENOUGH_ROUNDS || k >= FEWEST_ROUNDS && seconds > 2 * ROW_SECONDS)) break;
			load.start();
			final Round round = new Round(timed(ours, n), torch == null ? 0 : timed(torch, n), tuned == null ? 0 : timed(
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

	private static double timed(final Run run, final int n) throws IOException {
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
			final double nominal = parameters ? r.flops.nominalParameters() : r.flops.nominalStep();
			final double executed = rate(r, parameters ? r.flops.executedParameters() : r.flops.executedStep(), t.ours);
			cells.add(List.of(r.c.label, ms, median(t.torch), median(t.tuned), ratio(t.ours, t.torch), ratio(t.ours,
				t.tuned), r.c.tiles / ms * 1e3, rate(r, nominal, t.ours), executed, executed / peak, String.format(Locale.ROOT, "%.2f",
				t.others)));
		}
		report.table(List.of("tiles", "ours ms", "libtorch ms", "tuned ms", "ratio", "ratio to tuned", "images/s",
			"nominal GFLOP/s", "executed GFLOP/s", "share of best", "others' load"), cells);
	}

	private static double rate(final Row r, final double flops, final List<Double> milliseconds) {
		return flops * r.c.tiles / median(milliseconds) * 1e-6;
	}

	/** Median of the ratios of neighbouring runs; not a number if one was not measured. */
	static double ratio(final List<Double> a, final List<Double> b) {
		final List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < Math.min(a.size(), b.size()); i++)
			ratios.add(a.get(i) / b.get(i));
		return median(ratios);
	}

	static double median(final List<Double> values) {
		if (values.isEmpty()) return Double.NaN;
		final double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
		return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
	}

	/** In a fresh process, so that it is the engine's own memory. */
	private void resident(final Report report) throws IOException {
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
		if (megabytes.size() != 5) throw new IOException("The process that measures resident memory failed.");
		report.heading("Resident memory");
		report.text("A fresh process, 16 gray tiles, base width 8, in MB. Its young generation is 8 MB, or the Java garbage of " +
			"ND4J's calls (about 16 kB a step) would count until it is collected.");
		report.table(List.of("Langevin steps", "after warm-up", "500", "1000", "1500", "2000"), List.of(List.of("",
			megabytes.get(0), megabytes.get(1), megabytes.get(2), megabytes.get(3), megabytes.get(4))));
		report.result(RESIDENT, megabytes.get(4), "MB");
	}

	static PaperParameters parameters(final int channels, final int base) {
		final SplittableRandom rng = new SplittableRandom(1);
		final PaperParameters p = PaperParameters.random(new PaperSpec(channels, base, false), STAGE, rng);
		for (final PaperParameters.Entry e : p.entries())
			if (e.name().endsWith(".bias")) for (int i = 0; i < Libtorch.size(e); i++)
				p.values()[e.offset() + i] = 0.1 * rng.nextGaussian();
		return p;
	}

	static float[] tiles(final int size) {
		final SplittableRandom rng = new SplittableRandom(2);
		final float[] tiles = new float[size];
		for (int i = 0; i < size; i++)
			tiles[i] = (float) rng.nextDouble(-1, 1);
		return tiles;
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
		final double[] out = new double[a.length];
		for (int i = 0; i < a.length; i++)
			out[i] = a[i];
		return out;
	}
}
