package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.EnergyNetwork;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.Fields;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.Projection;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.tile.Intensities;
import sc.fiji.cfebm.tile.Normalization;
import sc.fiji.cfebm.tile.Progress;
import sc.fiji.cfebm.tile.Raster;
import sc.fiji.cfebm.tile.Resample;
import sc.fiji.cfebm.tile.Window;

/**
 * Fills holes in images of any size, coarse to fine: first at the scale of stage 0, where a hole is a few pixels wide,
 * then finer and finer. Known pixels are put back, noised to the chain's level, after every Langevin step. Not
 * thread-safe; close it to free native memory.
 */
public final class Inpainter implements AutoCloseable {

	/** Share of fresh noise in each step of the annealed chain. */
	private static final double FRESH = 0.7;

	/**
	 * @param completions how many times the hole is filled; the result is their mean
	 * @param steps Langevin steps per stage
	 * @param seed of everything random
	 */
	public record Settings(int completions, int steps, long seed) {

		public Settings {
			if (completions < 1 || steps < 1) throw new IllegalArgumentException(
				"Completions and steps must be at least 1, not " + completions + " and " + steps + ".");
		}
	}

	/**
	 * @param mean in gray values; known pixels are bitwise those of the input
	 * @param standardDeviation of the completions in gray values; zero at known pixels, and everywhere for one
	 *          completion
	 */
	public record Result(Raster mean, Raster standardDeviation) {}

	/** An image at one stage's scale, and where it is a hole: a coarse pixel is known only if all pixels under it are. */
	private record Level(Raster image, boolean[] hole) {

		Level halve() {
			final int w = image.width(), h = image.height(), c = image.channels();
			final int cw = (w + 1) / 2, ch = (h + 1) / 2;
			final Raster out = new Raster(cw, ch, c);
			final boolean[] unknown = new boolean[cw * ch];
			for (int y = 0; y < ch; y++)
				for (int x = 0; x < cw; x++)
					for (int k = 0; k < 4; k++) {
						final int fx = Math.min(2 * x + k % 2, w - 1), fy = Math.min(2 * y + k / 2, h - 1);
						unknown[y * cw + x] |= hole[fy * w + fx];
						for (int i = 0; i < c; i++)
							out.values()[out.index(x, y, i)] += 0.25f * image.get(fx, fy, i);
					}
			return new Level(out, unknown);
		}
	}

	private final Model model;
	private final List<EnergyNetwork> networks = new ArrayList<>();

	public Inpainter(final Model model) {
		this.model = model;
		for (int s = 0; s < model.pyramid().stages(); s++)
			networks.add(model.pyramid().network(s));
	}

	/**
	 * Fills the hole of one image.
	 *
	 * @param image [H,W,C] in gray values; what it holds inside the hole has no influence, but must be finite
	 * @param hole [H,W], true where a pixel is to be filled in
	 * @param range the gray values that become -1 and 1
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Result inpaint(final Raster image, final boolean[] hole, final Normalization range, final Settings settings,
		final Progress progress)
	{
		Checks.requireFits(model, image);
		Checks.requireLevels(model);
		requireHole(image, hole);
		final Intensities units = model.units(range);
		final Window window = Window.around(hole, image, model.size());
		final Raster part = window.cut(image);
		final boolean[] partHole = window.cut(hole, image.width());
		final List<Level> levels = levels(units.toModel(part), partHole);
		final Spread spread = new Spread(part.width(), part.height(), part.channels());
		final SplittableRandom seeds = new SplittableRandom(settings.seed);
		for (int n = 0; n < settings.completions; n++)
			spread.add(complete(levels, settings, seeds.split(), progress, n));
		final Raster filled = spread.mean(), mean = image.copy(), deviation = new Raster(image.width(), image.height(), image.channels());
		window.paste(units.toGray(filled), partHole, mean);
		window.paste(units.toGrayDeviation(spread.standardDeviation(1), filled), partHole, deviation);
		return new Result(mean, deviation);
	}

	private static void requireHole(final Raster image, final boolean[] hole) {
		if (hole.length != image.width() * image.height()) throw new IllegalArgumentException("The mask has " +
			hole.length + " pixels, but the image has " + image.width() + "×" + image.height() + ".");
		int marked = 0;
		for (final boolean h : hole)
			if (h) marked++;
		if (marked == 0) throw new IllegalArgumentException(
			"The mask marks no pixel of the image: select the area to fill in.");
		if (marked == hole.length) throw new IllegalArgumentException(
			"The mask covers the whole image: leave some pixels known.");
	}

	/** From stage 0's scale to the image's own. */
	private List<Level> levels(final Raster image, final boolean[] hole) {
		final List<Level> levels = new ArrayList<>();
		levels.add(new Level(image, hole));
		while (levels.size() < networks.size()) {
			final Level coarser = levels.get(0).halve();
			boolean anyKnown = false;
			for (final boolean h : coarser.hole)
				anyKnown |= !h;
			// A level without a known pixel knows nothing that the image's mean does not.
			if (!anyKnown) break;
			levels.add(0, coarser);
		}
		return levels;
	}

	private float[] complete(final List<Level> levels, final Settings settings, final SplittableRandom rng,
		final Progress progress, final int completion)
	{
		Raster x = null;
		for (int l = 0; l < levels.size(); l++) {
			final Level level = levels.get(l);
			final int stage = networks.size() - levels.size() + l;
			x = x == null ? filledWithMean(level) : merged(level, Resample.doubled(x, level.image.width(), level.image
				.height()));
			final Schedule schedule = schedule(l == 0, stage, settings.steps);
			final float[] state = x.values();
			final double level0 = schedule.levels()[0];
			Noise.add(state, level0, rng);
			final double before = (double) completion * levels.size() + l, total = (double) settings.completions * levels
				.size();
			final String message = "Inpainting: completion " + (completion + 1) + " of " + settings.completions + ", stage " +
				(stage + 1) + " of " + networks.size();
			final LangevinChain chain = new LangevinChain(Fields.tiled(networks.get(stage), x.width(), x.height(),
				level.hole, rng.split(), progress), rng).project(Projection.known(level.image.values(), level.hole, x.channels()))
					.cancelWhen(progress::isCanceled).listen(1, (step, s) -> progress.update((before + (double) step /
						schedule.length()) / total, message));
			if (model.kind() == Kind.CONTRASTIVE) chain.clamped();
			chain.run(state, schedule);
		}
		return x.values();
	}

	private Schedule schedule(final boolean first, final int stage, final int steps) {
		if (model.kind() == Kind.CONTRASTIVE) return Schedule.paper(steps, stage, networks.size());
		final Annealing levels = Annealing.of(model.info().sigmaMin(), model.info().sigmaMax(), steps);
		return Schedule.annealed(first ? levels.first() : levels.next(), levels.lowest(), steps, FRESH);
	}

	/** The known pixels, and the mean of all of them in the hole. */
	private static Raster filledWithMean(final Level level) {
		final int c = level.image.channels();
		final double[] sum = new double[c];
		int known = 0;
		for (int p = 0; p < level.hole.length; p++)
			if (!level.hole[p]) {
				known++;
				for (int i = 0; i < c; i++)
					sum[i] += level.image.values()[p * c + i];
			}
		final Raster fill = new Raster(level.image.width(), level.image.height(), c);
		for (int i = 0; i < fill.values().length; i++)
			fill.values()[i] = (float) (sum[i % c] / known);
		return merged(level, fill);
	}

	/** Known pixels of a level, and another image's in the hole. */
	private static Raster merged(final Level level, final Raster fill) {
		final int c = fill.channels();
		for (int p = 0; p < level.hole.length; p++)
			if (!level.hole[p]) System.arraycopy(level.image.values(), p * c, fill.values(), p * c, c);
		return fill;
	}

	@Override
	public void close() {
		networks.forEach(EnergyNetwork::close);
	}
}
