package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;

/**
 * How often trainings run away and whether they come back: five seeds on three sets with both presets, short, and with a
 * learning rate that is far too high on purpose. A training is lost if the watchdog had to give it up.
 */
final class StabilityBenchmark implements Benchmark {

	private static final int SIDE = 32, WIDTH = 8, BATCH = 16, SEEDS = 5, COUNT = 500;
	private static final double WILD = 20;

	/** A recipe and the iterations of its stages, a minute or so on one thread. */
	private record Way(String name, Recipe recipe, List<Integer> iterations) {}

	private static final List<Way> WAYS = List.of(new Way("Robust", Preset.ROBUST.recipe(), List.of(300, 200, 120)), new Way(
		"Paper", Preset.PAPER.recipe(), List.of(100, 60, 30)), new Way("Robust, learning rates × " + (int) WILD, Preset.ROBUST
			.recipe().withLearningRate(WILD), List.of(300, 200, 120)), new Way("Paper, learning rate × " + (int) WILD, Preset.PAPER
				.recipe().withLearningRate(WILD), List.of(100, 60, 30)));

	@Override
	public String name() {
		return "stability";
	}

	@Override
	public List<String> keys() {
		return List.of("robust_unrecovered_divergences", "paper_unrecovered_divergences");
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		report.text(SEEDS + " seeds (1 to " + SEEDS + ") per row, " + SIDE + " px, base width " + WIDTH + ", batches of 64, 32 and " + BATCH +
			"; iterations per stage: " + WAYS.stream().map(w -> w.name + " " + w.iterations).collect(Collectors.joining("; ")) +
			". SWD ratio: sliced Wasserstein distance of " + COUNT + " samples to withheld patches over that of training patches.");
		final int[] lost = new int[WAYS.size()];
		final List<List<Object>> rows = new ArrayList<>();
		for (final SampleSet set : List.of(SampleSet.nuclei(options, report), SampleSet.cifar10(options, report), SampleSet.bsd(
			options, report)))
			for (int w = 0; w < WAYS.size(); w++) {
				final Row row = row(set, WAYS.get(w), w < 2 ? SEEDS : 1, options, report);
				lost[w] += row.lost;
				rows.add(List.of(set.name(), WAYS.get(w).name, row.rollbacks, row.lost, row.ratios));
			}
		report.table(List.of("set", "preset", "rollbacks of the watchdog per seed", "lost", "SWD ratio per seed"), rows);
		for (int w = 0; w < 2; w++)
			report.result(keys().get(w), lost[w], "");
	}

	private record Row(String rollbacks, int lost, String ratios) {}

	private static Row row(final SampleSet set, final Way way, final int seeds, final Options options, final Report report)
		throws IOException
	{
		final List<Raster> images = set.training();
		final SampleQuality quality = set.quality(set.reference(), SIDE, COUNT, 1);
		final List<String> rollbacks = new ArrayList<>(), ratios = new ArrayList<>();
		int lost = 0;
		for (int seed = 1; seed <= seeds; seed++) {
			final Path file = options.models().resolve("stability-" + set.name() + "-" + way.name.replaceAll("[^A-Za-z0-9]+",
				"-") + "-" + seed + ".cfebm");
			Files.createDirectories(options.models());
			if (!Files.exists(file)) Trainer.train(images, set.range(), new TrainingSettings(way.recipe, SIDE, WIDTH, 0,
				way.iterations, BATCH, true, set.turns(), seed), RecipeBenchmark.monitor(report, set.name() + ", " + way.name + ", seed " + seed)).write(file);
			final Model model = Model.read(file);
			rollbacks.add(model.info().training().get("rollbacks"));
			if (model.info().training().containsKey("stopped")) lost++;
			try (Sampler sampler = new Sampler(model)) {
				ratios.add(Report.cell(quality.measure(set.patches(images, SIDE).stored(sampler.tiles(COUNT, sampler.finest(), sampler
					.usualSteps(), 1, Progress.NONE))).swdRatio()));
			}
			report.progress(set.name() + ", " + way.name + ", seed " + seed + ": " + model.info().training());
		}
		return new Row(String.join(" ", rollbacks), lost, String.join(" ", ratios));
	}
}
