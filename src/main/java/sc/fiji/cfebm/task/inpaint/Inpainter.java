package sc.fiji.cfebm.task.inpaint;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Projection;
import sc.fiji.cfebm.langevin.RunningMoments;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Distances;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.task.Checks;
import sc.fiji.cfebm.task.SmoothFill;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Fills holes in images of any size. A smooth surface through the known pixels ({@link SmoothFill}) is where it starts. The
 * conservative filling replaces the hole by its denoised image again and again, at noise levels that fall: plug and play
 * (Venkatakrishnan et al., 2013) with known pixels that are exact. Langevin chains, whose known pixels are noised to the
 * chain's level after every step, draw what else may have been there: generative fillings, and the standard deviation. Not
 * thread-safe; close it to free native memory.
 */
public final class Inpainter implements AutoCloseable {

	public enum Method {
		/** The filling that is nearest to the truth: smooth where nobody knows better. */
		CONSERVATIVE("Conservative"),
		/** A draw, coarse to fine where a hole is wide: structure that may have been there. */
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

	/**
	 * First noise level in model units for each pixel between the middle of a hole and what is known: what is removed as
	 * noise is as wide as what is to be filled (docs/experiments.md).
	 */
	private static final double LEVEL_PER_PIXEL = 0.1;
	/** Pixels from which on a hole is as wide as any: the levels that energies know end there. */
	private static final int WIDEST = 16;
	/** A hole wider than twice this has no known pixel near its middle, and draws see it at half the scale first. */
	private static final int FAR = 16;
	/** The same for draws, which begin at the image's own scale at up to a level: as little as their spread needs. */
	private static final double DRAWN_LEVEL_PER_PIXEL = 0.3, DRAWN_LEVEL = 0.6;
	/** Levels at which draws that begin coarser do so, and at which each finer scale takes over. */
	private static final double COARSE_LEVEL = 1, FINER_LEVEL = 0.3;
	private static final int STEPS = 15;
	/** Nobody knows whole gray values to less than half of one: an error that draws do not have. */
	private static final float WHOLE = 0.5f;

	/**
	 * @param method how
	 * @param completions how many draws the standard deviation comes from; 1: none is wanted
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
	 * @param filled in gray values; known pixels are bitwise those of the input
	 * @param standardDeviation how far from the conservative filling the truth may be, in gray values, deep in a hole that of a pixel's
	 *          surroundings; zero at known pixels, and everywhere for one completion
	 */
	public record Result(Raster filled, Raster standardDeviation) {}

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
		final Run run = new Run(Level.of(units.toModel(part), partUnknown, progress), window, settings, progress);
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		final RunningMoments draws = new RunningMoments(part.width(), part.height(), part.channels());
		float[] first = null;
		for (int n = 0; n < run.draws; n++) {
			final float[] draw = run.draw(n, seeds.nextLong());
			draws.add(draw);
			if (n == 0) first = draw;
		}
		final boolean spreads = settings.completions > 1, generative = settings.method == Method.GENERATIVE;
		final float[] conservative = needsMean() ? draws.mean().values() : spreads || !generative ? run.conservative() : null;
		final Raster filled = new Raster(part.width(), part.height(), part.channels(), generative ? first : conservative), spread = spreads
			? DeepSpread.of(draws.deviationFrom(conservative), partUnknown) : new Raster(part.width(), part.height(), part.channels());
		final Raster out = image.copy(), deviation = new Raster(image.width(), image.height(), image.channels()), gray = units
			.toGrayDeviation(spread, filled);
		if (spreads && image.isWhole(unknown)) for (int i = 0; i < gray.values().length; i++)
			gray.values()[i] = (float) Math.hypot(gray.values()[i], WHOLE);
		window.paste(units.toGray(filled), partHole, out);
		window.paste(gray, partHole, deviation);
		return new Result(out, deviation);
	}

	/** Whether results depend on the range, but for where chains begin: those of the preset Paper's models do. */
	public boolean needsRange() {
		return model.kind() == Kind.CONTRASTIVE;
	}

	/** Whether the conservative filling is the mean of draws: the energies of the preset Paper tell no denoised image. */
	public boolean needsMean() {
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

	/** One call's work. */
	private final class Run {

		/** From the coarsest scale that is of use to the image's own. */
		private final List<Level> levels;
		/** The part of the image that the finest level is. */
		private final Window window;
		private final Settings settings;
		private final Progress progress;
		/** Noise levels in model units at which the conservative filling and draws of the image's own scale begin. */
		private final double first, drawnFirst;
		private final int draws;
		/** Share [H,W] of what a chain ends with in a filling; the rest is the smooth surface. */
		private final float[] share;

		Run(final Level finest, final Window window, final Settings settings, final Progress progress) {
			this.window = window;
			this.settings = settings;
			this.progress = progress;
			draws = settings.completions > 1 || settings.method == Method.GENERATIVE || needsMean()
				? settings.completions : 0;
			levels = levels(finest);
			float widest = 0;
			for (final float distance : finest.distances(WIDEST))
				widest = Math.max(widest, distance);
			final double highest = model.info().sigmaMax();
			first = Math.max(lowest(), Math.min(LEVEL_PER_PIXEL * widest, highest));
			drawnFirst = Math.max(lowest(), Math.min(Math.min(DRAWN_LEVEL, DRAWN_LEVEL_PER_PIXEL * widest), highest));
			final int width = settings.feather + 1;
			share = finest.distances(width);
			for (int p = 0; p < share.length; p++)
				share[p] /= width;
		}

		private List<Level> levels(final Level finest) {
			final List<Level> all = new ArrayList<>(List.of(finest));
			while (draws > 0 && all.size() < networks.size() && all.get(0).isWide()) {
				final Level coarser = all.get(0).halve(progress);
				if (coarser == null) break;
				all.add(0, coarser);
			}
			return all;
		}

		private double lowest() {
			return Annealing.lowest(model.info().sigmaMin());
		}

		/** The filling nearest to the truth, [H,W,C] in model units. */
		float[] conservative() {
			final Level level = levels.get(levels.size() - 1);
			final float[] x = level.image.values().clone();
			final Schedule schedule = Schedule.denoising(first, Math.min(first, model.info().sigmaMin()), settings.steps > 0
				? settings.steps : STEPS);
			chain(level, networks.size() - 1, PlacedNoise.of(settings.seed), Projection.exactly(level.image.values(), level.hole,
				model.channels())).count(step -> progress.update((draws + (double) step / schedule.length()) / (draws + 1),
					"Inpainting")).run(x, schedule);
			return seamed(x);
		}

		/**
		 * @param number of the draw, from 0
		 * @return what may have been in the hole, [H,W,C] in model units
		 */
		float[] draw(final int number, final long seed) {
			final SplittableRandom seeds = new SplittableRandom(seed);
			float[] x = null;
			for (int l = 0; l < levels.size(); l++) {
				final Level level = levels.get(l);
				final int w = level.image.width(), h = level.image.height(), scale = 1 << levels.size() - 1 - l;
				x = l == 0 ? level.image.values().clone() : merged(level, x, levels.get(l - 1).image);
				final Schedule schedule = schedule(l);
				// Windows begin at multiples of the finest tile, so that coarse pixels lie as those of the whole image.
				final PlacedNoise noise = PlacedNoise.of(window.x() / scale, window.y() / scale, w, h, model.channels(), null, seeds.nextLong());
				noise.add(x, schedule.levels()[0], PlacedNoise.BEGINNING);
				final double before = (double) number * levels.size() + l, total = (draws + 1.0) * levels.size();
				final String message = "Inpainting: draw " + (number + 1) + " of " + draws + ", scale " + (l + 1) + " of " + levels.size();
				final LangevinChain chain = chain(level, networks.size() - levels.size() + l, noise, Projection.known(level.image
					.values(), level.hole, model.channels())).count(step -> progress.update((before + (double) step / schedule
						.length()) / total, message));
				if (model.kind() == Kind.CONTRASTIVE) chain.clamped();
				chain.run(x, schedule);
			}
			return seamed(x);
		}

		private LangevinChain chain(final Level level, final int stage, final PlacedNoise noise, final Projection known) {
			return new LangevinChain(GradientFields.tiled(networks.get(stage).equivariant(), level.image.width(), level.image.height(),
				level.hole, new SplittableRandom(settings.seed)), noise).project(known).cancelWhen(progress::isCanceled);
		}

		private float[] seamed(final float[] x) {
			final float[] smooth = levels.get(levels.size() - 1).image.values();
			for (int i = 0; i < x.length; i++)
				x[i] = smooth[i] + share[i / model.channels()] * (x[i] - smooth[i]);
			return x;
		}

		/** @param l number of the scale, from the coarsest */
		private Schedule schedule(final int l) {
			final int stage = networks.size() - levels.size() + l;
			if (model.kind() == Kind.CONTRASTIVE) return Schedule.paper(settings.steps > 0 ? settings.steps : Math.max(1, model
				.info().langevinSteps()), stage, networks.size());
			final int steps = settings.steps > 0 ? settings.steps : STEPS;
			// Along the flow: fresh noise on the way makes draws too much alike (docs/experiments.md).
			final double coarse = Math.max(lowest(), Math.min(l == 0 ? COARSE_LEVEL : FINER_LEVEL, model.info().sigmaMax()));
			return Schedule.reverse(levels.size() == 1 ? drawnFirst : coarse, lowest(), steps, 0);
		}
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
