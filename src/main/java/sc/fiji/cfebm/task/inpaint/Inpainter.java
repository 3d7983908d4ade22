package sc.fiji.cfebm.task.inpaint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.Antithetic;
import sc.fiji.cfebm.langevin.GradientTerm;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.PlacedNoise;
import sc.fiji.cfebm.langevin.Projection;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Distances;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.Checks;
import sc.fiji.cfebm.task.SmoothFill;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Fills holes in images of any size. A smooth surface through the known pixels ({@link SmoothFill}) is where it starts;
 * Langevin chains make of it what the model knows. Known pixels are put back, noised to the chain's level, after every
 * step. Not thread-safe; close it to free native memory.
 */
public final class Inpainter implements AutoCloseable {

	public enum Method {
		/** Little noise at the finest scale: halfway between the smooth surface and what the model makes of it. */
		CONSERVATIVE("Conservative"),
		/** Much noise, coarse to fine, where a hole is wide: structure that may have been there. */
		GENERATIVE("Generative");

		private final String label;

		Method(final String label) {
			this.label = label;
		}

		/** Its name in dialogs and macros. */
		@Override
		public String toString() {
			return label;
		}
	}

	/** First noise level of a conservative chain in model units: it changes details, not shapes (docs/experiments.md). */
	private static final double CONSERVATIVE_LEVEL = 0.07;
	/** Share of the model in a conservative completion; the rest is the smooth surface, whose errors are others. */
	private static final float CONSERVATIVE_SHARE = 0.5f;
	/** How far, in model units, a generative chain may lightly go from the smooth surface; without it forgets brightness. */
	private static final float LEASH = 0.5f;
	/** A hole wider than twice this has no known pixel near its middle, and is seen at half the scale first. */
	private static final int FAR = 2;
	private static final int CONSERVATIVE_STEPS = 8, GENERATIVE_STEPS = 30;

	/**
	 * @param method how
	 * @param completions how many times the hole is filled; the result is their mean
	 * @param steps Langevin steps per scale; 0: as many as usual
	 * @param feather width in pixels of a seam inside the hole in which the smooth surface turns into the completion; 0:
	 *          none
	 * @param seed of everything random
	 */
	public record Settings(Method method, int completions, int steps, int feather, long seed) {

		/** Widest feathered border in pixels. */
		public static final int WIDEST = 32;

		public Settings {
			if (completions < 1) throw new IllegalArgumentException("The number of completions must be at least 1, not " + completions + ".");
			if (steps < 0) throw new IllegalArgumentException("The number of steps must be at least 1, or 0 for as many as usual, not " + steps + ".");
			if (feather < 0 || feather > WIDEST) throw new IllegalArgumentException("The feathered border must be 0 to " +
				WIDEST + " pixels wide, not " + feather + ".");
		}

		public Settings withSeed(final long other) {
			return new Settings(method, completions, steps, feather, other);
		}
	}

	/**
	 * @param mean in gray values; known pixels are bitwise those of the input
	 * @param standardDeviation of the completions in gray values; zero at known pixels, and everywhere for one
	 *          completion
	 */
	public record Result(Raster mean, Raster standardDeviation) {}

	/**
	 * An image at one stage's scale.
	 *
	 * @param image known pixels, and the smooth surface in the hole
	 * @param hole [H,W]; a coarse pixel is known only if all pixels under it are
	 */
	private record Level(Raster image, boolean[] hole) {

		static Level of(final Raster image, final boolean[] hole, final Progress progress) {
			return new Level(SmoothFill.TENSION.fill(image, hole, progress), hole);
		}

		/** Null if no pixel is known at half the scale. */
		Level halve(final Progress progress) {
			final int w = image.width(), h = image.height();
			final Raster out = Resample.halved(image);
			final int cw = out.width();
			final boolean[] unknown = new boolean[cw * out.height()];
			boolean anyKnown = false;
			for (int p = 0; p < unknown.length; p++) {
				for (int k = 0; k < 4; k++) {
					final int x = Math.min(p % cw * 2 + k % 2, w - 1), y = Math.min(p / cw * 2 + k / 2, h - 1);
					unknown[p] |= hole[y * w + x];
				}
				anyKnown |= !unknown[p];
			}
			return anyKnown ? of(out, unknown, progress) : null;
		}

		/** Whether some pixel of the hole is far from every known one. */
		boolean isWide() {
			for (final float distance : distances(FAR + 1))
				if (distance > FAR) return true;
			return false;
		}

		/** [H,W]: from each pixel of the hole to the nearest known pixel, or {@code most} if that is farther; 0 at known pixels. */
		float[] distances(final int most) {
			return Distances.toUnmarked(hole, image.width(), most);
		}
	}

	private final Model model;
	private final List<StageNetwork> networks;

	public Inpainter(final Model model) {
		this.model = model;
		networks = model.pyramid().networks();
	}

	/**
	 * Fills the hole of one image.
	 *
	 * @param image [H,W,C] in gray values; what it holds inside the hole has no influence, and nowhere what is NaN or infinite
	 * @param hole [H,W], true where a pixel is to be filled in
	 * @param range the gray values that become -1 and 1
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result inpaint(final Raster image, final boolean[] hole, final Normalization range, final Settings settings,
		final Progress progress)
	{
		Checks.requireChannels(model, image);
		final boolean[] unknown = unknown(image, hole);
		final Intensities units = model.units(range);
		final Window near = Window.around(hole, image, model.size());
		// Where nothing is known near the hole, what is farther away is.
		final Window window = Missing.isAll(near.cut(unknown, image.width())) ? Window.all(image) : near;
		final Raster part = window.cut(image);
		final boolean[] partHole = window.cut(hole, image.width()), partUnknown = window.cut(unknown, image.width());
		progress.update(0, "Inpainting");
		final List<Level> levels = levels(Level.of(units.toModel(part), partUnknown, progress), settings.method, progress);
		final RunningMoments moments = new RunningMoments(part.width(), part.height(), part.channels());
		final Run run = new Run(levels, window, settings, progress);
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		for (int n = 0; n < settings.completions; n += 2) {
			final long seed = seeds.nextLong();
			moments.add(run.complete(n, seed, UnaryOperator.identity()));
			// Noise of the opposite sign: such a pair is worth more to the mean than two that know nothing of each other.
			if (n + 1 < settings.completions) moments.add(run.complete(n + 1, seed, Antithetic::new));
		}
		final Raster filled = moments.mean(), mean = image.copy(), deviation = new Raster(image.width(), image.height(), image.channels());
		window.paste(units.toGray(filled), partHole, mean);
		window.paste(units.toGrayDeviation(moments.standardDeviation(), filled), partHole, deviation);
		return new Result(mean, deviation);
	}

	/** Whether results depend on the range, but for where chains begin: those of the preset Paper's models do. */
	public boolean needsRange() {
		return model.kind() == Kind.CONTRASTIVE;
	}

	/** [H,W]: the hole, and what is missing elsewhere. */
	private static boolean[] unknown(final Raster image, final boolean[] hole) {
		if (hole.length != image.width() * image.height()) throw new IllegalArgumentException("The mask has " +
			hole.length + " pixels, but the image has " + image.width() + "×" + image.height() + ".");
		boolean any = false;
		final boolean[] unknown = Objects.requireNonNullElseGet(Missing.in(image), () -> new boolean[hole.length]);
		for (int p = 0; p < hole.length; p++) {
			any |= hole[p];
			unknown[p] |= hole[p];
		}
		if (!any) throw new IllegalArgumentException("The mask marks no pixel of the image: select the area to fill in.");
		if (Missing.isAll(unknown)) throw new IllegalArgumentException("The mask covers the whole image: leave some pixels known.");
		return unknown;
	}

	/** From the coarsest scale that is of use to the image's own. */
	private List<Level> levels(final Level finest, final Method method, final Progress progress) {
		final List<Level> levels = new ArrayList<>(List.of(finest));
		while (method == Method.GENERATIVE && levels.size() < networks.size() && levels.get(0).isWide()) {
			final Level coarser = levels.get(0).halve(progress);
			if (coarser == null) break;
			levels.add(0, coarser);
		}
		return levels;
	}

	/** One call's work. */
	private final class Run {

		private final List<Level> levels;
		/** The part of the image that the finest level is. */
		private final Window window;
		private final Settings settings;
		private final Progress progress;
		/** Share [H,W] of what a chain ends with in a completion; the rest is the smooth surface. */
		private final float[] share;

		Run(final List<Level> levels, final Window window, final Settings settings, final Progress progress) {
			this.levels = levels;
			this.window = window;
			this.settings = settings;
			this.progress = progress;
			final Level finest = levels.get(levels.size() - 1);
			final int width = settings.feather + 1;
			share = finest.distances(width);
			for (int p = 0; p < share.length; p++)
				share[p] = (settings.method == Method.CONSERVATIVE ? CONSERVATIVE_SHARE : 1) * share[p] / width;
		}

		/**
		 * @param completion its number, from 0
		 * @param noise makes the generator of all noise out of the one given
		 */
		float[] complete(final int completion, final long seed, final UnaryOperator<RandomGenerator> noise) {
			final SplittableRandom seeds = new SplittableRandom(seed);
			float[] x = null;
			for (int l = 0; l < levels.size(); l++) {
				final Level level = levels.get(l);
				final int stage = networks.size() - levels.size() + l, w = level.image.width(), h = level.image.height();
				x = l == 0 ? level.image.values().clone() : merged(level, x, levels.get(l - 1).image);
				final Schedule schedule = schedule(stage);
				final int scale = 1 << levels.size() - 1 - l;
				// Windows begin at multiples of the finest tile, so that coarse pixels lie as those of the whole image.
				final RandomGenerator normal = noise.apply(new PlacedNoise(new Window(window.x() / scale, window.y() / scale, w, h), model
					.channels(), seeds.nextLong()));
				Noise.add(x, schedule.levels()[0], normal);
				final double before = (double) completion * levels.size() + l, total = (double) settings.completions * levels
					.size();
				final String message = "Inpainting: completion " + (completion + 1) + " of " + settings.completions +
					", scale " + (l + 1) + " of " + levels.size();
				final LangevinChain chain = new LangevinChain(GradientFields.tiled(networks.get(stage).equivariant(), w, h, level.hole, seeds
					.split()), normal).project(Projection.known(level.image.values(), level.hole, model.channels())).cancelWhen(progress::isCanceled).listen(1, (step, s) -> progress.update((before + (double) step / schedule.length()) /
							total, message));
				if (model.kind() == Kind.CONTRASTIVE) chain.clamped();
				else if (settings.method == Method.GENERATIVE) chain.addGradientTerm(GradientTerm.data(level.image.values(), leash(x.length)));
				chain.run(x, schedule);
			}
			final float[] smooth = levels.get(levels.size() - 1).image.values();
			for (int i = 0; i < x.length; i++)
				x[i] = smooth[i] + share[i / model.channels()] * (x[i] - smooth[i]);
			return x;
		}

		private Schedule schedule(final int stage) {
			final boolean conservative = settings.method == Method.CONSERVATIVE;
			if (model.kind() == Kind.CONTRASTIVE) return Schedule.paper(settings.steps > 0 ? settings.steps : Math.max(1, model
				.info().langevinSteps()), stage, networks.size());
			final int steps = settings.steps > 0 ? settings.steps : conservative ? CONSERVATIVE_STEPS : GENERATIVE_STEPS;
			final double lowest = Annealing.lowest(model.info().sigmaMin()), highest = model.info().sigmaMax();
			final Annealing usual = Annealing.of(lowest, highest, steps);
			// Where a coarser scale would have shown nothing new, the smooth surface is near the truth.
			return Schedule.posterior(conservative ? Math.max(lowest, Math.min(CONSERVATIVE_LEVEL, highest)) : stage == 0 ? usual.first()
				: usual.next(), lowest, steps);
		}
	}

	private static float[] leash(final int length) {
		final float[] sigma = new float[length];
		Arrays.fill(sigma, LEASH);
		return sigma;
	}

	/** Known pixels of a level, and in the hole those of the coarser one's state, doubled. */
	private static float[] merged(final Level level, final float[] state, final Raster coarser) {
		final int c = coarser.channels();
		final float[] x = Resample.doubled(new Raster(coarser.width(), coarser.height(), c, state), level.image.width(),
			level.image.height()).values();
		for (int p = 0; p < level.hole.length; p++)
			if (!level.hole[p]) System.arraycopy(level.image.values(), p * c, x, p * c, c);
		return x;
	}

	@Override
	public void close() {
		networks.forEach(StageNetwork::close);
	}
}
