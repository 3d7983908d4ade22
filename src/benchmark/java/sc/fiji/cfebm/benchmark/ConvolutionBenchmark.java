package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.energy.unet.UnetEnergy;
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
	private static final int ROUNDS = 5;
	private static final double RUN_MILLISECONDS = 50;

	private static final List<UnetCase> CASES = List.of(UnetCase.batch(1, UnetCase.USUAL, 8), UnetCase.batch(1, UnetCase.USUAL,
		32), UnetCase.batch(1, UnetCase.WIDE, 8), UnetCase.batch(3, UnetCase.USUAL, 8), UnetCase.large(1, UnetCase.USUAL));

	/** A network whose convolutions go one of the ways; the work to be timed. */
	private record Way(String convolution, UnetEnergy energy, boolean oneDnn, LangevinStep step, UnetCase images, float[] pixels,
		double[] weights, double[] gradient)
	{

		static Way of(final String convolution, final boolean oneDnn, final UnetCase c) {
			final UnetEnergy energy = new UnetEnergy(c.parameters());
			final float[] pixels = c.images();
			return new Way(convolution, energy, oneDnn, new LangevinStep(energy, pixels, c.side()), c, pixels, c.weights(), new double[c
				.parameters().values().length]);
		}

		/** Of one Langevin step or one parameter gradient. */
		double milliseconds(final boolean parameters, final int n) {
			// Each worker builds its operations when it first needs them.
			System.setProperty(NativeRuntime.CONVOLUTION, convolution);
			Nd4j.getEnvironment().allowHelpers(oneDnn);
			final long start = System.nanoTime();
			if (parameters) for (int i = 0; i < n; i++)
				energy.parameterGradient(images.noisy(pixels), weights, null, gradient);
			else step.run(n);
			final double milliseconds = (System.nanoTime() - start) * 1e-6 / n;
			Nd4j.getEnvironment().allowHelpers(true);
			System.clearProperty(NativeRuntime.CONVOLUTION);
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
		report.text(NativeRuntime.describe() + ". Images of C channels; the network's widths from fine to coarse. Medians of " +
			ROUNDS + " interleaved rounds; ratios below 1 mean that shifted products are faster. The last column says how many " +
			"processors others kept busy meanwhile.");
		if (options.wants(STEP_ONEDNN, STEP_GENERIC)) table(report, false, STEP_ONEDNN, STEP_GENERIC);
		if (options.wants(PARAMETERS_ONEDNN, PARAMETERS_GENERIC)) table(report, true, PARAMETERS_ONEDNN, PARAMETERS_GENERIC);
	}

	private static void table(final Report report, final boolean parameters, final String oneDnnKey,
		final String genericKey) throws IOException
	{
		report.heading(parameters ? "Parameter gradient" : "Langevin step");
		final List<List<Object>> rows = new ArrayList<>();
		double toOneDnn = 0, toGeneric = 0;
		for (final UnetCase c : CASES) {
			report.progress(c.label());
			final Way[] ways = { Way.of("gemm", false, c), Way.of("nd4j", true, c), Way.of("nd4j", false, c) };
			final List<List<Double>> times = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
			final OtherLoad load = new OtherLoad();
			final int[] n = new int[ways.length];
			for (int w = 0; w < ways.length; w++) {
				ways[w].milliseconds(parameters, 1);
				n[w] = (int) Math.ceil(RUN_MILLISECONDS / ways[w].milliseconds(parameters, 2));
			}
			load.start();
			for (int k = 0; k < ROUNDS; k++)
				for (int w = 0; w < ways.length; w++)
					times.get(w).add(ways[w].milliseconds(parameters, n[w]));
			final double others = load.stop();
			for (final Way way : ways)
				way.energy.close();
			final double oneDnn = EngineBenchmark.ratio(times.get(0), times.get(1)), generic = EngineBenchmark.ratio(times.get(
				0), times.get(2));
			toOneDnn = Math.max(toOneDnn, oneDnn);
			toGeneric = Math.max(toGeneric, generic);
			rows.add(List.of(c.label(), EngineBenchmark.median(times.get(0)), EngineBenchmark.median(times.get(1)), EngineBenchmark
				.median(times.get(2)), oneDnn, generic, String.format(Locale.ROOT, "%.2f", others)));
		}
		report.table(List.of("images", "shifted gemm ms", "oneDNN ms", "generic ms", "ratio to oneDNN", "ratio to generic",
			"others' load"), rows);
		report.result(oneDnnKey, toOneDnn, "ratio");
		report.result(genericKey, toGeneric, "ratio");
	}
}
