package sc.fiji.cfebm.langevin;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Chains that climb through the stages: Langevin steps, every pixel as a square of 2×2, more steps, … Not thread-safe.
 * <p>
 * Chains of energies E(x, σ) begin each stage under noise that hides all detail, and hold the means over squares of 2×2 pixels, which the
 * coarser stage has found ({@link PooledPixels}). Weaker noise would leave the squares alone where images have much detail, and strong noise
 * that is not held loses what the coarser stage has found.
 */
public final class CoarseToFine {

	/** Told how far the chains are. */
	@FunctionalInterface
	public interface Counter {

		/**
		 * @param stage from 0, the coarsest
		 * @param step steps done on this stage; 0 when it starts
		 */
		void at(int stage, int step);
	}

	/** Sees states. */
	@FunctionalInterface
	public interface Listener {

		/**
		 * @param stage from 0, the coarsest
		 * @param step steps done on this stage; 0 for the state it starts from
		 * @param x the state itself, tiles [N,r,r,C] or an image [H,W,C] in model units: to be read now, not kept
		 */
		void state(int stage, int step, float[] x);
	}

	/**
	 * Noise level down to which a stage holds what it starts from: the last differences, the squares that are left of doubled pixels among
	 * them, are left to its energy (docs/experiments.md).
	 */
	private static final double HELD = 0.03;

	private final List<? extends Energy> stages;
	private final MixtureStart start;
	private final IntFunction<Schedule> schedules;
	private BooleanSupplier canceled = () -> false;
	private Listener listener;
	private int every;
	private Counter counter = (stage, step) -> {};

	/**
	 * Samples of energies E(x, σ): stage 0 anneals from a doubled draw of the start distribution, every finer stage from the doubled
	 * sample of the one before.
	 *
	 * @param stages energies from the coarsest (8 px) on, each of tiles twice as wide as the one before
	 * @param start distribution of clean tiles of half the coarsest stage's side
	 */
	public CoarseToFine(final List<? extends Energy> stages, final MixtureStart start, final Annealing annealing) {
		this.stages = stages;
		this.start = start;
		schedules = annealing::schedule;
	}

	/**
	 * The paper's short-run chains, from uniform noise on the coarsest stage to samples of the finest: K steps per
	 * stage, clamped to [-1, 1] after each, the noise falling over all of them together.
	 *
	 * @param stages energies from the coarsest on, each of tiles twice as wide as the one before
	 * @param stepsPerStage K
	 */
	public CoarseToFine(final List<? extends Energy> stages, final int stepsPerStage) {
		this.stages = stages;
		start = null;
		schedules = s -> Schedule.paper(stepsPerStage, s, stages.size());
	}

	/** Tiles of the paper's chains, all from one generator; parameters as there and in {@link #tiles}. */
	public static float[] paper(final List<? extends Energy> stages, final int count, final int stepsPerStage,
		final RandomGenerator rng, final BooleanSupplier canceled)
	{
		return new CoarseToFine(stages, stepsPerStage).cancelWhen(canceled).tiles(count, rng);
	}

	/** Tiles of energies E(x, σ), all from one generator; parameters as there and in {@link #tiles}. */
	public static float[] annealed(final List<? extends Energy> stages, final MixtureStart start, final int count,
		final Annealing annealing, final RandomGenerator rng, final BooleanSupplier canceled)
	{
		return new CoarseToFine(stages, start, annealing).cancelWhen(canceled).tiles(count, rng);
	}

	/** Asked before each step. */
	public CoarseToFine cancelWhen(final BooleanSupplier condition) {
		canceled = condition;
		return this;
	}

	/** Shown the state that each stage starts from, every k-th and the stage's last. */
	public CoarseToFine listen(final int k, final Listener l) {
		every = k;
		listener = l;
		return this;
	}

	/** Told of every step, and of each stage's beginning. */
	public CoarseToFine count(final Counter c) {
		counter = c;
		return this;
	}

	/**
	 * Independent tiles of the finest stage's size.
	 *
	 * @param count number of tiles N
	 * @param rng the chains' generator
	 * @return samples [N,r,r,C] in model units, r the finest stage's size
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public float[] tiles(final int count, final RandomGenerator rng) {
		return tiles(Collections.nCopies(count, rng));
	}

	/**
	 * As {@link #tiles(int, RandomGenerator)}, but every tile draws from its own generator: it comes out the same
	 * whatever other tiles it climbs with, up to the rounding of floats.
	 *
	 * @param rngs one generator per tile
	 */
	public float[] tiles(final List<? extends RandomGenerator> rngs) {
		final int count = rngs.size();
		final float[] x = start == null ? uniform(values(0), rngs) : start.draw(rngs);
		// Tiles one below the other are an image one tile wide.
		return climb(x, new Canvas(this::side, s -> count * side(s), s -> GradientFields.batch(stages.get(s)), s -> PlacedNoise.ofTiles(side(
			s), stages.get(s).channels(), rngs.stream().mapToLong(RandomGenerator::nextLong).toArray())));
	}

	private int side(final int stage) {
		return stage < 0 ? MixtureStart.SIDE : stages.get(stage).size();
	}

	/**
	 * One image of any size; gradients are those of {@link GradientFields#tiled}. Stage s works at ⌈size/2^(S-1-s)⌉ for S
	 * stages.
	 *
	 * @param width W of the finest stage's image in pixels
	 * @param height H
	 * @param rng the chain's own generator
	 * @return the sample [H,W,C] in model units
	 * @throws java.util.concurrent.CancellationException within one step after the user asked to stop
	 */
	public Raster image(final int width, final int height, final SplittableRandom rng) {
		final IntUnaryOperator w = s -> sizeAt(width, s, stages.size()), h = s -> sizeAt(height, s, stages.size());
		final int c = stages.get(0).channels();
		final float[] x = start == null ? uniform(w.applyAsInt(0) * h.applyAsInt(0) * c, List.of(rng)) : start.draw(w.applyAsInt(-1), h
			.applyAsInt(-1), rng).values();
		final SplittableRandom origins = rng.split();
		return new Raster(width, height, c, climb(x, new Canvas(w, h, s -> GradientFields.tiled(stages.get(s), w.applyAsInt(s), h
			.applyAsInt(s), null, origins), s -> PlacedNoise.of(rng.nextLong()))));
	}

	/** A side's length at stage s of S, -1 for what the coarsest one starts from, where the finest stage's is {@code size}. */
	public static int sizeAt(final int size, final int stage, final int stages) {
		final int times = 1 << stages - 1 - stage;
		return (size - 1) / times + 1;
	}

	/** What a chain's state is at each stage: its size, its gradient, and its noise. */
	private record Canvas(IntUnaryOperator width, IntUnaryOperator height, IntFunction<GradientField> field,
		IntFunction<PlacedNoise> noise)
	{

		Raster image(final int stage, final int channels, final float[] x) {
			return new Raster(width.applyAsInt(stage), height.applyAsInt(stage), channels, x);
		}
	}

	private float[] climb(final float[] first, final Canvas canvas) {
		float[] x = first;
		for (int s = 0; s < stages.size(); s++) {
			final int stage = s;
			final PlacedNoise noise = canvas.noise.apply(s);
			final Raster coarser = s == 0 && start == null ? null : canvas.image(s - 1, stages.get(s).channels(), x);
			if (coarser != null) x = Resample.doubled(coarser, canvas.width.applyAsInt(s), canvas.height.applyAsInt(s)).values();
			final Schedule schedule = schedules.apply(s);
			final double level = schedule.levels()[0];
			if (level > 0) noise.add(x, level, PlacedNoise.BEGINNING);
			counter.at(s, 0);
			final LangevinChain chain = new LangevinChain(canvas.field.apply(s), noise).cancelWhen(canceled).count(step -> counter.at(stage,
				step));
			if (listener != null) {
				listener.state(s, 0, x);
				chain.listen(every, (step, state) -> listener.state(stage, step, state));
			}
			if (start == null) chain.clamped();
			else chain.corrected().gradientLimit(LangevinChain.MOST).project(new PooledPixels(coarser, canvas.width.applyAsInt(s), canvas.height
				.applyAsInt(s), noise, HELD));
			chain.run(x, schedule);
		}
		return x;
	}

	/** @param each number of values that each of the generators draws */
	private static float[] uniform(final int each, final List<? extends RandomGenerator> rngs) {
		final float[] x = new float[each * rngs.size()];
		for (int i = 0; i < x.length; i++)
			x[i] = 2 * rngs.get(i / each).nextFloat() - 1;
		return x;
	}

	/** Values of one tile. */
	private int values(final int stage) {
		final Energy energy = stages.get(stage);
		return energy.size() * energy.size() * energy.channels();
	}
}
