package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * What the engine costs where ND4J has no oneDNN (Apple Silicon, Linux on ARM): convolutions as shifted products of
 * matrices, against oneDNN and against ND4J's generic operation, on the processor at hand. Rounds alternate between the
 * three. Where oneDNN is not wanted, ND4J's other operations go without it, too.
 */
final class ConvolutionBenchmark implements Benchmark {

	private static final String STEP_ONEDNN = "shifted_gemm_step_worst_ratio_to_onednn", STEP_GENERIC =
		"shifted_gemm_step_worst_ratio_to_generic", PARAMETERS_ONEDNN = "shifted_gemm_parameters_worst_ratio_to_onednn",
			PARAMETERS_GENERIC = "shifted_gemm_parameters_worst_ratio_to_generic";
	private static final int SIZE = 32, ROUNDS = 5;
	private static final double RUN_MILLISECONDS = 50;

	private record Case(String label, int channels, int base, int tiles) {}

	private static final List<Case> CASES = List.of(new Case("C=1 b=8 N=16", 1, 8, 16), new Case("C=1 b=8 N=64", 1, 8, 64),
		new Case("C=1 b=16 N=16", 1, 16, 16), new Case("C=1 b=32 N=16", 1, 32, 16), new Case("C=3 b=8 N=16", 3, 8, 16),
		new Case("C=3 b=16 N=64", 3, 16, 64), new Case("512×512 gray, b=8", 1, 8, 256));

	/** A network whose convolutions go one of the ways; the work to be timed. */
	private record Way(EnergyNetwork network, boolean oneDnn, LangevinStep step, float[] tiles, double[] weights,
		double[] gradient)
	{

		static Way of(final String convolution, final boolean oneDnn, final PaperParameters p, final Case c) {
			System.setProperty(NativeRuntime.CONVOLUTION, convolution);
			final EnergyNetwork network = new EnergyNetwork(p);
			final float[] tiles = EngineBenchmark.tiles(c.tiles * SIZE * SIZE * c.channels);
			final Way way = new Way(network, oneDnn, new LangevinStep(network, tiles), tiles, new SplittableRandom(3).doubles(
				c.tiles, -1, 1).toArray(), new double[p.values().length]);
			// Operations are built when they are first used.
			way.milliseconds(false, 1);
			System.clearProperty(NativeRuntime.CONVOLUTION);
			return way;
		}

		/** Of one Langevin step or one parameter gradient. */
		double milliseconds(final boolean parameters, final int n) {
			Nd4j.getEnvironment().allowHelpers(oneDnn);
			final long start = System.nanoTime();
			if (parameters) for (int i = 0; i < n; i++)
				network.parameterGradient(tiles, weights, weights.length, null, gradient);
			else step.run(n);
			final double milliseconds = (System.nanoTime() - start) * 1e-6 / n;
			Nd4j.getEnvironment().allowHelpers(true);
			return milliseconds;
		}
	}

	@Override
	public String name() {
		return "convolution";
	}

	@Override
	public List<String> keys() {
		return List.of(STEP_ONEDNN, STEP_GENERIC, PARAMETERS_ONEDNN, PARAMETERS_GENERIC);
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		report.text(NativeRuntime.describe() + ". Tiles of " + SIZE + "×" + SIZE + " pixels, medians of " + ROUNDS +
			" interleaved rounds; ratios below 1 mean that shifted products are faster. The last column says how many processors " +
			"others kept busy meanwhile.");
		if (options.wants(STEP_ONEDNN, STEP_GENERIC)) table(report, false, STEP_ONEDNN, STEP_GENERIC);
		if (options.wants(PARAMETERS_ONEDNN, PARAMETERS_GENERIC)) table(report, true, PARAMETERS_ONEDNN, PARAMETERS_GENERIC);
	}

	private static void table(final Report report, final boolean parameters, final String oneDnnKey,
		final String genericKey) throws IOException
	{
		report.heading(parameters ? "Parameter gradient" : "Langevin step");
		final List<List<Object>> rows = new ArrayList<>();
		double toOneDnn = 0, toGeneric = 0;
		for (final Case c : CASES) {
			report.progress(c.label);
			final PaperParameters p = EngineBenchmark.parameters(c.channels, c.base);
			final Way[] ways = { Way.of("gemm", false, p, c), Way.of("nd4j", true, p, c), Way.of("nd4j", false, p, c) };
			final List<List<Double>> times = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
			final OtherLoad load = new OtherLoad();
			final int[] n = new int[ways.length];
			for (int w = 0; w < ways.length; w++)
				n[w] = (int) Math.ceil(RUN_MILLISECONDS / ways[w].milliseconds(parameters, 2));
			load.start();
			for (int k = 0; k < ROUNDS; k++)
				for (int w = 0; w < ways.length; w++)
					times.get(w).add(ways[w].milliseconds(parameters, n[w]));
			final double others = load.stop();
			for (final Way way : ways)
				way.network.close();
			final double oneDnn = EngineBenchmark.ratio(times.get(0), times.get(1)), generic = EngineBenchmark.ratio(times.get(
				0), times.get(2));
			toOneDnn = Math.max(toOneDnn, oneDnn);
			toGeneric = Math.max(toGeneric, generic);
			rows.add(List.of(c.label, EngineBenchmark.median(times.get(0)), EngineBenchmark.median(times.get(1)), EngineBenchmark
				.median(times.get(2)), oneDnn, generic, String.format(Locale.ROOT, "%.2f", others)));
		}
		report.table(List.of("tiles", "shifted gemm ms", "oneDNN ms", "generic ms", "ratio to oneDNN", "ratio to generic",
			"others' load"), rows);
		report.result(oneDnnKey, toOneDnn, "ratio");
		report.result(genericKey, toGeneric, "ratio");
	}
}
