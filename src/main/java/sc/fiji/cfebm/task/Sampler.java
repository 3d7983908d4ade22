package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;

/**
 * Draws images out of a model, from noise, coarse to fine. They are inventions: they show what the model has learnt and
 * are nothing to measure. Every image has a generator of its own, so that the first ten of a hundred are those that ten
 * alone would be, up to the rounding of floats. Not thread-safe; close it to free native memory.
 */
public final class Sampler implements AutoCloseable {

	/** Tiles that climb together. */
	private static final int BATCH = 64;
	/** Steps per stage of an energy of score matching, corrected ones: more change nothing (docs/experiments.md). */
	private static final int USUAL_STEPS = 15;

	/**
	 * @param count number of images
	 * @param stage the last one climbed to, from 0 on; see {@link Sampler#finest} and {@link sc.fiji.cfebm.energy.EnergyPyramid#stageOf}
	 * @param steps Langevin steps per stage; 0: as many as usual for the model
	 * @param width of an image in that stage's pixels, at least its tile's side; 0: that side
	 * @param height likewise
	 * @param every how many steps there are between the states of the trajectory; 0: no trajectory
	 * @param seed of everything random
	 */
	public record Settings(int count, int stage, int steps, int width, int height, int every, long seed) {

		public Settings {
			if (count < 1) throw new IllegalArgumentException("The number of images must be at least 1, not " + count + ".");
			if (steps < 0) throw new IllegalArgumentException("The number of steps must be at least 1, or 0 for the model's " +
				"own, not " + steps + ".");
			if (every < 0) throw new IllegalArgumentException("The trajectory takes every k-th step with k at least 1, or 0 " +
				"for none, not " + every + ".");
		}

		/** Tiles of a stage, with as many steps as usual and no trajectory. */
		public static Settings of(final int count, final int stage, final long seed) {
			return new Settings(count, stage, 0, 0, 0, 0, seed);
		}

		/** Other Langevin steps per stage. */
		public Settings withSteps(final int other) {
			return new Settings(count, stage, other, width, height, every, seed);
		}

		/** Images of another size. */
		public Settings withSize(final int w, final int h) {
			return new Settings(count, stage, steps, w, h, every, seed);
		}

		/** With a trajectory of every k-th step. */
		public Settings withTrajectory(final int k) {
			return new Settings(count, stage, steps, width, height, k, seed);
		}
	}

	/**
	 * @param samples the images [H,W,C] in gray values, not clamped
	 * @param trajectory its states, each one raster per image, enlarged to the images' size: at each stage the one it
	 *          starts from, every k-th, and the last; empty if not asked for
	 */
	public record Result(List<Raster> samples, List<List<Raster>> trajectory) {}

	private final Model model;
	private final List<StageNetwork> networks;

	/** @throws IllegalArgumentException with one sentence, if the model cannot be sampled */
	public Sampler(final Model model) {
		Checks.requireBrightness(model);
		this.model = model;
		networks = model.pyramid().networks();
	}

	/** The stage of the model's own size. */
	public int finest() {
		return networks.size() - 1;
	}

	/** Langevin steps per stage if none are given: for a contrastive energy those of its training. */
	public int usualSteps() {
		return model.kind() == Kind.CONTRASTIVE ? Math.max(1, model.info().langevinSteps()) : USUAL_STEPS;
	}

	/**
	 * Tiles of one stage.
	 *
	 * @param count N
	 * @param stage from 0, the coarsest
	 * @param steps Langevin steps per stage; 0: as many as usual for the model
	 * @return [N,r,r,C] in model units, r the stage's side
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public float[] tiles(final int count, final int stage, final int steps, final long seed, final Progress progress) {
		final int side = NetworkSpec.resolution(stage), size = side * side * model.channels();
		final float[] tiles = new float[Math.multiplyExact(count, size)];
		int offset = 0;
		for (final Raster tile : new Run(Settings.of(count, stage, seed).withSteps(steps), progress).run()) {
			System.arraycopy(tile.values(), 0, tiles, offset, size);
			offset += size;
		}
		return tiles;
	}

	/**
	 * Images of any size.
	 *
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result sample(final Settings settings, final Progress progress) {
		final Run run = new Run(settings, progress);
		return new Result(run.run().stream().map(model.units(model.range())::toGray).toList(), run.trajectory);
	}

	/** One call's work. */
	private final class Run {

		private final Settings settings;
		private final Progress progress;
		private final int width, height, steps;
		/** Cut off a large image at each side: mirrored tiles put too much there. */
		private final int margin;
		private final CoarseToFine chains;
		private final List<List<Raster>> trajectory = new ArrayList<>();
		/** Where the batch stands: its first image, its number of images, the frames of it seen. */
		private int first, count, frames;

		Run(final Settings settings, final Progress progress) {
			this.settings = settings;
			this.progress = progress;
			if (settings.stage < 0 || settings.stage > finest()) throw new IllegalArgumentException(
				"The model has the stages 0 to " + finest() + ", not " + settings.stage + ".");
			final int w = side("width", settings.width), h = side("height", settings.height), tile = NetworkSpec.resolution(
				settings.stage);
			margin = w == tile && h == tile ? 0 : tile / 4;
			width = w + 2 * margin;
			height = h + 2 * margin;
			if ((w + 2.0 * margin) * (h + 2.0 * margin) * model.channels() > Integer.MAX_VALUE - 8) throw new IllegalArgumentException("A " +
				w + "×" + h + " image is too large: a plane may have at most 2^31 values.");
			steps = settings.steps == 0 ? usualSteps() : settings.steps;
			final var stages = networks.subList(0, settings.stage + 1);
			chains = (model.kind() == Kind.CONTRASTIVE ? new CoarseToFine(stages, steps) : new CoarseToFine(stages, model.info()
				.start(), Annealing.of(model.info().sigmaMin(), model.info().sigmaMax(), steps))).cancelWhen(progress::isCanceled).count(this::tell);
			if (settings.every > 0) chains.listen(settings.every, this::see);
		}

		private int side(final String name, final int wanted) {
			final int tile = NetworkSpec.resolution(settings.stage);
			if (wanted != 0 && wanted < tile) throw new IllegalArgumentException("The " + name + " is " + wanted +
				": it must be at least " + tile + " pixels, the stage's tile, or 0 for just that.");
			return wanted == 0 ? tile : wanted;
		}

		/** All images in model units. */
		List<Raster> run() {
			final SplittableRandom seeds = new SplittableRandom(settings.seed);
			final List<Raster> samples = new ArrayList<>();
			for (; first < settings.count; first += count) {
				count = margin == 0 ? Math.min(BATCH, settings.count - first) : 1;
				frames = 0;
				final List<SplittableRandom> rngs = Stream.generate(seeds::split).limit(count).toList();
				split(margin == 0 ? chains.tiles(rngs) : chains.image(width, height, rngs.get(0)).values(), settings.stage).forEach(
					image -> samples.add(cut(image)));
			}
			return samples;
		}

		private void tell(final int stage, final int step) {
			// A stage has four times the pixels of the one before.
			final double pixels = 3L << 2 * stage, before = (1L << 2 * stage) - 1, all = (1L << 2 * settings.stage + 2) - 1;
			progress.update((first + count * (before + pixels * step / steps) / all) / settings.count, "Sampling: image " + (first +
				1) + " of " + settings.count + ", stage " + (stage + 1) + " of " + (settings.stage + 1));
		}

		private void see(final int stage, final int step, final float[] x) {
			if (frames == trajectory.size()) trajectory.add(new ArrayList<>());
			split(x, stage).forEach(state -> trajectory.get(frames).add(model.units(model.range()).toGray(cut(enlarged(state, stage)))));
			frames++;
		}

		/** The batch's images at a stage. */
		private List<Raster> split(final float[] x, final int stage) {
			final int size = x.length / count;
			return IntStream.range(0, count).mapToObj(i -> new Raster(at(width, stage), at(height, stage), model.channels(),
				Arrays.copyOfRange(x, i * size, (i + 1) * size))).toList();
		}

		private Raster enlarged(final Raster state, final int stage) {
			Raster image = state;
			for (int s = stage + 1; s <= settings.stage; s++)
				image = Resample.doubled(image, at(width, s), at(height, s));
			return image;
		}

		private Raster cut(final Raster image) {
			if (margin == 0) return image;
			return new Window(margin, margin, width - 2 * margin, height - 2 * margin).cut(image);
		}

		private int at(final int size, final int stage) {
			return CoarseToFine.sizeAt(size, stage, settings.stage + 1);
		}
	}

	@Override
	public void close() {
		networks.forEach(StageNetwork::close);
	}
}
