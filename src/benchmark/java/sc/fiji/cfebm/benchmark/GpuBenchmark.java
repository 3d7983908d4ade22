package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.opencl.Session;
import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * The engine on every device of OpenCL beside the one on the processor: whether it gives the same numbers, how long it takes, and what
 * it would take at the least on cards on paper.
 */
final class GpuBenchmark implements Benchmark {

	private static final String ERROR = "opencl_worst_relative_error";

	private static final List<Integer> WIDEST = List.of(128, 96, 64);
	/** Longest step that is still measured where OpenCL is on the processor, so that all of them take some minutes. */
	private static final double MILLISECONDS = 1e-6, MOST_NANOS = 2e9, LONGEST = 2500, SLOW = 500;
	private static final int LEAST_RUNS = 3, MOST_RUNS = 9, STEPS = 5;

	/**
	 * A graphics card as its maker describes it.
	 *
	 * @param teraflops of single precision
	 * @param gigabytes from and to its memory in a second
	 */
	private record Card(String name, double teraflops, double gigabytes) {

		/** Milliseconds that it can't be below. */
		double bound(final double flop, final double bytes) {
			return 1e3 * Math.max(flop / (1e12 * teraflops), bytes / (1e9 * gigabytes));
		}
	}

	private static final List<Card> CARDS = List.of(new Card("Apple M1 (8 cores)", 2.6, 68), new Card("Radeon RX 6600", 8.9, 224), new Card(
		"GeForce RTX 4090", 82.6, 1008));

	private interface Work {

		void run();
	}

	@Override
	public String name() {
		return "gpu";
	}

	@Override
	public List<String> keys() {
		return List.of(ERROR);
	}

	@Override
	public void run(final Options options, final Report report) {
		onPaper(report);
		final Devices devices = Devices.here();
		devices.remarks().forEach(report::text);
		double worst = 0;
		for (final Device device : devices.list())
			worst = Math.max(worst, on(device, report));
		// Nothing measured is no result.
		if (!devices.list().isEmpty()) report.result(ERROR, worst, "fraction");
	}

	/** @return the worst error; not a number if the device failed */
	private static double on(final Device device, final Report report) {
		report.heading(device.describe());
		try {
			final Session session = Devices.session(device);
			double worst = 0;
			for (final List<Integer> widths : List.of(UnetCase.USUAL, UnetCase.WIDE, WIDEST))
				for (final int channels : new int[] { 1, 3 })
					worst = Math.max(worst, error(session, UnetCase.batch(channels, widths, 3)));
			report.text(String.format(Locale.ROOT,
				"Largest difference from the processor's energies, image gradients and parameter gradients, over the largest value: %.1e.", worst));
			times(session, report);
			return worst;
		}
		catch (final DeviceException e) {
			report.text("**It failed**: " + e.getMessage());
			return Double.NaN;
		}
	}

	private static double error(final Session session, final UnetCase c) {
		final UnetParameters p = c.parameters();
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
			final NoisyImages x = c.noisy(c.images());
			final double[][] energies = new double[2][c.count()], gradients = new double[2][p.values().length];
			final float[][] images = new float[2][x.pixels().length];
			for (int k = 0; k < 2; k++) {
				final UnetEnergy energy = k == 0 ? here : there;
				energy.evaluate(x, Wanted.gradient(energies[k], images[k]));
				energy.parameterGradient(x, c.weights(), null, gradients[k]);
			}
			requireDevice(there);
			final double[][] pixels = new double[2][images[0].length];
			for (int k = 0; k < 2; k++)
				for (int i = 0; i < pixels[k].length; i++)
					pixels[k][i] = images[k][i];
			return Math.max(deviation(energies), Math.max(deviation(pixels), deviation(gradients)));
		}
	}

	private static void requireDevice(final UnetEnergy energy) {
		if (!energy.isOnDevice()) throw new DeviceException("The processor had to go on.");
	}

	private static double deviation(final double[][] pair) {
		double error = 0, largest = 0;
		for (int i = 0; i < pair[0].length; i++) {
			error = Math.max(error, Math.abs(pair[1][i] - pair[0][i]));
			largest = Math.max(largest, Math.abs(pair[0][i]));
		}
		return error / largest;
	}

	private static List<UnetCase> cases(final List<Integer> widths) {
		final List<UnetCase> cases = new ArrayList<>();
		for (int count = 8; count <= 256; count *= 2)
			cases.add(UnetCase.batch(1, widths, count));
		for (int side = 512; side <= 8192; side *= 2)
			cases.add(new UnetCase(1, widths, 1, side));
		return cases;
	}

	private static void times(final Session session, final Report report) {
		final List<List<Object>> rows = new ArrayList<>();
		final List<String> skipped = new ArrayList<>();
		for (final List<Integer> widths : List.of(UnetCase.USUAL, UnetCase.WIDE, WIDEST)) {
			double perPixel = 0;
			for (final UnetCase c : cases(widths)) {
				final double pixels = (double) c.count() * c.side() * c.side();
				if (session.device().cpu() && perPixel * pixels > LONGEST) {
					skipped.add(c.label() + " (" + Math.round(1e-3 * perPixel * pixels) + " s)");
					continue;
				}
				try {
					rows.add(row(session, c));
					perPixel = (Double) rows.get(rows.size() - 1).get(2) / pixels;
					report.progress(rows.get(rows.size() - 1).toString());
				}
				catch (final OutOfMemoryError e) {
					skipped.add(c.label() + " (does not fit: " + e.getMessage() + ")");
				}
			}
		}
		report.text(NativeRuntime.describe() + ". A Langevin step is the whole chain's time over its steps: on the device nothing is sent in " +
			"between. Medians." + (skipped.isEmpty() ? "" : " Left out, as a step would take so long: " + String.join(", ", skipped) + "."));
		report.table(List.of("images", "step: processor ms", "device ms", "times faster", "with features of 16 bits ms", "GFLOP/s", "GB/s",
			"parameter gradient: processor ms", "device ms", "times faster"), rows);
	}

	private static List<Object> row(final Session session, final UnetCase c) {
		final UnetParameters p = c.parameters();
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p); UnetEnergy compact = UnetEnergy.on(
			session, p, true))
		{
			final LangevinStep ofHere = step(here, c), ofThere = step(there, c), ofCompact = step(compact, c);
			final double ours = milliseconds(() -> ofHere.run(1)), one = milliseconds(() -> ofThere.run(1));
			// Some at a time, so that what is sent before and after does not count for much.
			final int steps = one > SLOW ? 1 : STEPS;
			final double theirs = steps == 1 ? one : milliseconds(() -> ofThere.run(steps)) / steps;
			final double halves = milliseconds(() -> ofCompact.run(steps)) / steps;
			double theirGradient = Double.NaN, ourGradient = Double.NaN;
			if (c.count() > 1) {
				final double[] gradient = new double[p.values().length];
				final NoisyImages x = c.noisy(c.images());
				theirGradient = milliseconds(() -> there.parameterGradient(x, c.weights(), null, gradient));
				ourGradient = milliseconds(() -> here.parameterGradient(x, c.weights(), null, gradient));
			}
			requireDevice(there);
			requireDevice(compact);
			final double flop = c.count() * c.flops().step(), bytes = c.count() * Traffic.step(c.spec(), c.side(), false);
			return List.of(c.label(), ours, theirs, ours / theirs, halves, flop / theirs * 1e-6, bytes / theirs * 1e-6, ourGradient, theirGradient,
				ourGradient / theirGradient);
		}
	}

	private static LangevinStep step(final UnetEnergy energy, final UnetCase c) {
		return new LangevinStep(energy, c.images(), c.side());
	}

	/** Median of several runs after one that does not count. */
	private static double milliseconds(final Work work) {
		work.run();
		final List<Long> times = new ArrayList<>();
		for (long start = System.nanoTime(), now = start; times.isEmpty() || now - start < MOST_NANOS && times.size() < MOST_RUNS || times
			.size() < LEAST_RUNS && now - start < 2 * MOST_NANOS;)
		{
			work.run();
			final long after = System.nanoTime();
			times.add(after - now);
			now = after;
		}
		return MILLISECONDS * times.stream().mapToLong(t -> t).sorted().toArray()[times.size() / 2];
	}

	/** What a step has to compute and to move, and how long that takes on cards that reach what their makers say. */
	private static void onPaper(final Report report) {
		report.heading("On paper");
		final List<List<Object>> rows = new ArrayList<>();
		for (final List<Integer> widths : List.of(UnetCase.USUAL, UnetCase.WIDE, WIDEST))
			for (final UnetCase c : List.of(UnetCase.batch(1, widths, 256), new UnetCase(1, widths, 1, 2048))) {
				final double flop = c.count() * c.flops().step(), bytes = c.count() * Traffic.step(c.spec(), c.side(), false), fewer = c.count() * Traffic
					.step(c.spec(), c.side(), true);
				final List<Object> row = new ArrayList<>(List.of(c.label(), 1e-9 * flop, 1e-9 * bytes, flop / bytes));
				for (final Card card : CARDS) {
					row.add(card.bound(flop, bytes));
					row.add(card.bound(flop, fewer));
				}
				rows.add(row);
			}
		final List<String> columns = new ArrayList<>(List.of("Langevin step of", "GFLOP", "GB", "FLOP per byte"));
		for (final Card card : CARDS) {
			columns.add(card.name() + " ms");
			columns.add("16 bits ms");
		}
		report.table(columns, rows);
		report.text("Bounds, from the makers' peak of single precision (" + CARDS.stream().map(card -> card.teraflops() + " TFLOP/s and " + card
			.gigabytes() + " GB/s").reduce((a, b) -> a + "; " + b).get() + "), not measurements.");
	}
}
