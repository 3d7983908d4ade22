package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.task.Sampler;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Recipe;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.DenoisingProbe;

/**
 * How often trainings run away and whether they come back: five seeds on three sets with every preset, short, and one seed with a
 * learning rate that is far too high on purpose. A training is lost if the watchdog had to give it up.
 */
final class StabilityBenchmark implements Benchmark {

	private static final int SIDE = 16, WIDTH = 8, BATCH = 8, SEEDS = 5, COUNT = 64;
	private static final double WILD = 20;
	/** Of each stage: the watchdog wants to see something learnt after 100. The paper's are the slower ones. */
	private static final List<Integer> ITERATIONS = List.of(120, 110), PAPER = List.of(80, 50);
	private static final String WILDLY = "wild_unrecovered_divergences";

	@Override
	public String name() {
		return "stability";
	}

	@Override
	public List<String> keys() {
		return Stream.concat(Arrays.stream(Preset.values()).map(StabilityBenchmark::key), Stream.of(WILDLY)).toList();
	}

	private static String key(final Preset preset) {
		return preset.name().toLowerCase(Locale.ROOT) + "_unrecovered_divergences";
	}

	private static List<Integer> iterations(final Preset preset) {
		return preset == Preset.PAPER ? PAPER : ITERATIONS;
	}

	@Override
	public void run(final Options options, final Report report) throws IOException {
		report.text(SEEDS + " seeds (1 to " + SEEDS + ") per row, one (1) with learning rates × " + (int) WILD + "; " + SIDE + " px, base width " + WIDTH +
			", batches of " + BATCH + " at the finest stage; iterations of the stages: " + ITERATIONS + ", Paper " + PAPER + ". SWD ratio: sliced Wasserstein distance of " +
			COUNT + " samples to withheld patches over that of training patches; of Paper, which knows no noise. dB gained: what one step gains of withheld patches with noise of a tenth of the range.");
		Files.createDirectories(options.models());
		final Map<Preset, Integer> lost = new EnumMap<>(Preset.class);
		int wild = 0, sets = 0;
		final List<List<Object>> rows = new ArrayList<>();
		for (final SampleSet set : List.of(SampleSet.nuclei(options, report), SampleSet.cifar10(options, report), SampleSet.bsd(
			options, report)))
		{
			sets++;
			for (final Preset preset : Preset.values()) {
				if (options.wants(key(preset))) lost.merge(preset, row(set, preset, 1, SEEDS, rows, options, report), Integer::sum);
				if (options.wants(WILDLY)) wild += row(set, preset, WILD, 1, rows, options, report);
			}
		}
		report.table(List.of("set", "preset", "rollbacks of the watchdog per seed", "lost", "dB gained per seed",
			"SWD ratio per seed"), rows);
		for (final Map.Entry<Preset, Integer> each : lost.entrySet())
			report.result(key(each.getKey()), each.getValue(), "of " + SEEDS * sets);
		if (options.wants(WILDLY)) report.result(WILDLY, wild, "of " + Preset.values().length * sets);
	}

	/**
	 * Trains with one preset on one set, and adds a row.
	 *
	 * @param wild factor of the learning rates
	 * @return how many trainings are lost
	 */
	private static int row(final SampleSet set, final Preset preset, final double wild, final int seeds, final List<List<Object>> rows,
		final Options options, final Report report) throws IOException
	{
		final String name = preset + (wild == 1 ? "" : ", learning rates × " + (int) wild);
		final Recipe recipe = wild == 1 ? preset.recipe() : preset.recipe().withLearningRate(wild);
		final float[] clean = set.patches(set.reference(), SIDE).draw(COUNT, SEED);
		final List<String> rollbacks = new ArrayList<>(), gains = new ArrayList<>(), ratios = new ArrayList<>();
		int lost = 0;
		for (int seed = 1; seed <= seeds; seed++) {
			final String what = set.name() + ", " + name + ", seed " + seed;
			final Path file = options.models().resolve("stability-" + what.replaceAll("[^A-Za-z0-9]+", "-") + ".cfebm");
			if (!Files.exists(file)) Trainer.train(set.training(), set.range(), new TrainingSettings(recipe, SIDE, WIDTH, 0, iterations(preset),
				BATCH, true, set.turns(), seed), RecipeBenchmark.monitor(report, what)).write(file);
			final Model model = Model.read(file);
			final Map<String, String> record = model.info().training();
			rollbacks.add(record.get("rollbacks"));
			if (record.containsKey("stopped")) lost++;
			if (preset == Preset.PAPER) ratios.add(ratio(set, model));
			else gains.add(gain(model, clean));
			report.progress(what + ": " + record);
		}
		rows.add(List.of(set.name(), name, String.join(" ", rollbacks), lost, String.join(" ", gains), String.join(" ", ratios)));
		return lost;
	}

	/** How far samples are from withheld patches, over how far training patches are. */
	private static String ratio(final SampleSet set, final Model model) {
		try (Sampler sampler = new Sampler(model)) {
			return Report.cell(set.quality(set.reference(), SIDE, COUNT, SEED).measure(set.patches(set.training(), SIDE).stored(sampler.tiles(COUNT, sampler
				.finest(), sampler.usualSteps(), SEED, Progress.NONE))).swdRatio());
		}
	}

	/** What one step gains of patches with noise of a tenth of the range. */
	private static String gain(final Model model, final float[] clean) {
		try (StageNetwork network = model.pyramid().network(model.pyramid().stages() - 1)) {
			final DenoisingProbe probe = DenoisingProbe.of(network, clean, COUNT, new SplittableRandom(SEED));
			return Report.cell(probe.denoisedPsnr() - probe.noisyPsnr());
		}
	}
}
