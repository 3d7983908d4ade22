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
	private static final double MILLISECONDS = 1e-6, MOST_NANOS = 2e9;
	private static final int LEAST_RUNS = 3, STEPS = 5;

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

	/** A card has time for all of them, a processor for a few. */
	private static List<UnetCase> cases(final boolean all) {
		final List<UnetCase> cases = new ArrayList<>();
		for (final List<Integer> widths : List.of(UnetCase.USUAL, UnetCase.WIDE, WIDEST)) {
			for (int count = 8; count <= (all ? 256 : 8); count *= 2)
				cases.add(UnetCase.batch(1, widths, count));
			for (int side = 512; side <= (all ? 8192 : widths == UnetCase.USUAL ? 512 : 0); side *= 2)
				cases.add(new UnetCase(1, widths, 1, side));
		}
		return cases;
	}

	private static void times(final Session session, final Report report) {
		final List<List<Object>> rows = new ArrayList<>();
		for (final UnetCase c : cases(!session.device().cpu())) {
			final UnetParameters p = c.parameters();
			try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
				final double[] gradient = new double[p.values().length];
				final NoisyImages x = c.noisy(c.images());
				final LangevinStep ofHere = new LangevinStep(here, c.images(), c.side()), ofThere = new LangevinStep(there, c.images(), c.side());
				// Some at a time there, so that what is sent before and after does not count for much.
				final double theirs = milliseconds(() -> ofThere.run(STEPS)) / STEPS, ours = milliseconds(() -> ofHere.run(1));
				double theirGradient = Double.NaN, ourGradient = Double.NaN;
				if (c.count() > 1) {
					theirGradient = milliseconds(() -> there.parameterGradient(x, c.weights(), null, gradient));
					ourGradient = milliseconds(() -> here.parameterGradient(x, c.weights(), null, gradient));
				}
				requireDevice(there);
				final double flop = c.count() * c.flops().step(), bytes = c.count() * Traffic.step(c.spec(), c.side());
				rows.add(List.of(c.label(), ours, theirs, ours / theirs, flop / theirs * 1e-6, bytes / theirs * 1e-6, ourGradient, theirGradient,
					ourGradient / theirGradient));
				report.progress(rows.get(rows.size() - 1).toString());
			}
			catch (final OutOfMemoryError e) {
				report.text(c.label() + " does not fit: " + e.getMessage());
			}
		}
		report.text(NativeRuntime.describe() + ". A Langevin step is the whole chain's time over its steps: on the device nothing is sent in " +
			"between, on the processor noise is drawn as its chains do. Medians.");
		report.table(List.of("images", "step: processor ms", "device ms", "times faster", "GFLOP/s", "GB/s",
			"parameter gradient: processor ms", "device ms", "times faster"), rows);
	}

	/** Median of several runs after one that does not count. */
	private static double milliseconds(final Work work) {
		work.run();
		final List<Long> times = new ArrayList<>();
		for (long start = System.nanoTime(), now = start; times.size() < LEAST_RUNS || now - start < MOST_NANOS && times.size() < 9;) {
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
				final double flop = c.count() * c.flops().step(), bytes = c.count() * Traffic.step(c.spec(), c.side());
				final List<Object> row = new ArrayList<>(List.of(c.label(), 1e-9 * flop, 1e-9 * bytes, flop / bytes));
				CARDS.forEach(card -> row.add(card.bound(flop, bytes)));
				rows.add(row);
			}
		final List<String> columns = new ArrayList<>(List.of("Langevin step of", "GFLOP", "GB", "FLOP per byte"));
		CARDS.forEach(card -> columns.add(card.name() + " ms"));
		report.table(columns, rows);
		report.text("Bounds, from the makers' peak of single precision (" + CARDS.stream().map(card -> card.teraflops() + " TFLOP/s and " + card
			.gigabytes() + " GB/s").reduce((a, b) -> a + "; " + b).get() + "), not measurements.");
	}
}
