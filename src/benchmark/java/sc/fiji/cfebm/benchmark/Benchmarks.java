package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import sc.fiji.cfebm.benchmark.Benchmark.Options;

/**
 * Starts a benchmark: {@code mvn -q -Pbenchmarks test-compile exec:exec@benchmark -Dbenchmark=NAME [-Ddata=DIR]
 * [-Dmodels=DIR] [-Dminutes=M] [-Donly=KEY[,KEY]]}.
 */
public final class Benchmarks {

	private static final List<Benchmark> ALL = List.of(new EngineBenchmark(), new ConvolutionBenchmark(),
		new NucleiBenchmark(), new SamplingBenchmark(), new RecipeBenchmark(), new StabilityBenchmark(), new TrainingBenchmark(),
		new BundledBenchmark(), new MemoryBenchmark(), new SoakBenchmark(), new DenoiseBenchmark(), new DeconvolveBenchmark(),
		new InpaintBenchmark(), new AnomalyBenchmark(), new StyleBenchmark(), new MicroscopeBenchmark(), new OwnImagesBenchmark(),
		new ScaleBenchmark(), new StackBenchmark(), new GpuBenchmark(), new HostileBenchmark(), new KillsBenchmark());

	private Benchmarks() {}

	public static void main(final String[] args) throws Exception {
		final String name = args.length == 0 ? "" : args[0], only = System.getProperty("only", "");
		final Benchmark benchmark = ALL.stream().filter(b -> b.name().equals(name)).findFirst().orElse(null);
		if (benchmark == null) fail("There is no benchmark \"" + name + "\"; -Dbenchmark takes one of: " + ALL.stream().map(
			Benchmark::name).collect(Collectors.joining(", ")) + ".");
		final List<String> keys = only.isEmpty() ? List.of() : List.of(only.split(","));
		for (final String key : keys)
			if (!benchmark.keys().contains(key)) fail("The benchmark \"" + name + "\" has no key \"" + key +
				"\"; -Donly takes one of these, or several with commas between them: " + String.join(", ", benchmark.keys()) + ".");
		final Options options = new Options(Path.of(System.getProperty("data", ".")), Path.of(System.getProperty("models",
			"target/models")), minutes(), keys);
		try (Report report = new Report(name + (only.isEmpty() ? "" : "-" + keys.get(0)))) {
			benchmark.run(options, report);
		}
		catch (final IllegalArgumentException e) {
			fail(e.getMessage() + " (-Ddata=DIR names the folder of images.)");
		}
		// ND4J leaves threads behind.
		System.exit(0);
	}

	private static double minutes() {
		final String minutes = System.getProperty("minutes", "10");
		try {
			final double m = Double.parseDouble(minutes);
			if (m > 0 && m < Double.POSITIVE_INFINITY) return m;
		}
		catch (final NumberFormatException e) {
			// Said below.
		}
		fail("-Dminutes takes a positive number, not \"" + minutes + "\".");
		return 0;
	}

	private static void fail(final String message) {
		System.err.println(message);
		System.exit(1);
	}
}
