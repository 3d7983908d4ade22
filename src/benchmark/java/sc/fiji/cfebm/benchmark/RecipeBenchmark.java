package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import sc.fiji.cfebm.benchmark.SampleQuality.Figures;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/**
 * What each part of the preset Robust is good for: variants of it with one constant changed, on three sets, all with the
 * same iterations; samples against withheld patches, and one-step denoising of these.
 */
final class RecipeBenchmark implements Benchmark {

	private static final int SIDE = 32, WIDTH = 8, COUNT = 1000, STEPS = 15;
	private static final List<Integer> ITERATIONS = List.of(2000, 1300, 800);
	/** Of 255. */
	private static final double SIGMA = 25;

	@Override
	public String name() {
		return "recipe";
	}

	@Override
	public List<String> keys() {
		return List.of("recipe_nuclei", "recipe_cifar10", "recipe_photographs");
	}

	private static Map<String, Recipe> variants() {
		final Recipe robust = Preset.ROBUST.recipe();
		final Map<String, Recipe> variants = new LinkedHashMap<>();
		variants.put("robust", robust);
		variants.put("score matching alone", Preset.SCORE_MATCHING.recipe());
		variants.put("no cap", robust.withContrastive(robust.contrastive().withCap(1e9)));
		variants.put("no replay buffer", robust.withContrastive(robust.contrastive().withBuffer(0)));
		variants.put("penalty 0.01", robust.withContrastive(robust.contrastive().withPenalty(0.01)));
		variants.put("fade over a tenth", robust.withFade(0.1));
		return variants;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		report.text(SIDE + " px, base width " + WIDTH + ", iterations " + ITERATIONS + ", seed 1; " + COUNT + " samples with " +
			STEPS + " steps per stage against as many withheld patches; PSNR of these patches, white noise of σ = " + SIGMA +
			" denoised in one step, peak 255.");
		if (options.wants(keys().get(0))) measure(SampleSet.nuclei(options, report), keys().get(0), options, report);
		if (options.wants(keys().get(1))) measure(SampleSet.cifar10(options, report), keys().get(1), options, report);
		if (options.wants(keys().get(2))) measure(SampleSet.bsd(options, report), keys().get(2), options, report);
	}

	private static void measure(final SampleSet set, final String key, final Options options, final Report report)
		throws IOException
	{
		report.heading(set.name());
		final SampleQuality quality = set.quality(set.reference(), SIDE, COUNT, 1);
		final float[] clean = set.patches(set.reference(), SIDE).draw(COUNT, 1);
		final List<List<Object>> rows = new ArrayList<>();
		for (final var variant : variants().entrySet()) {
			final Path file = options.models().resolve("recipe-" + set.name() + "-" + variant.getKey().replace(' ', '-') +
				".cfebm");
			Files.createDirectories(options.models());
			if (!Files.exists(file)) Trainer.train(set.training(), set.range(), new TrainingSettings(variant.getValue(), SIDE, WIDTH,
				0, ITERATIONS, 0, true, set.turns(), 1), monitor(report, set.name() + ", " + variant.getKey())).write(file);
			final Model model = Model.read(file);
			final Figures figures;
			try (Sampler sampler = new Sampler(model)) {
				figures = quality.measure(set.patches(set.training(), SIDE).stored(sampler.tiles(COUNT, sampler.finest(), STEPS, 1,
					Progress.NONE)));
			}
			rows.add(List.of(variant.getKey(), figures.swd(), figures.swdRatio(), figures.frechet(), figures.frechetRatio(),
				psnr(model, clean), model.info().training().get("rollbacks"), model.info().training().get("seconds")));
			if (rows.size() == 1) report.result(key, figures.swdRatio(), "");
		}
		report.table(List.of("variant", "SWD", "ratio", "Fréchet", "ratio", "PSNR", "rollbacks", "seconds of training"), rows);
	}

	private static double psnr(final Model model, final float[] clean) {
		final double sigma = model.range().toModel(SIGMA);
		final SplittableRandom rng = new SplittableRandom(9);
		final float[] noisy = clean.clone(), gradient = new float[clean.length];
		for (int i = 0; i < noisy.length; i++)
			noisy[i] += (float) (sigma * rng.nextGaussian());
		try (StageNetwork network = model.pyramid().network(model.pyramid().stages() - 1)) {
			network.at(sigma).evaluate(noisy, COUNT, null, gradient);
		}
		double sum = 0;
		for (int i = 0; i < noisy.length; i++) {
			final double d = model.range().toGray(noisy[i] - sigma * gradient[i] - clean[i]);
			sum += d * d;
		}
		return 10 * Math.log10(255.0 * 255 * clean.length / sum);
	}

	/** Passes on what the watchdog says. */
	static TrainingMonitor monitor(final Report report, final String what) {
		return new TrainingMonitor() {

			@Override
			public void log(final String line) {
				if (line.contains("halved") || line.contains("stopped")) report.progress(what + ": " + line);
			}
		};
	}
}
