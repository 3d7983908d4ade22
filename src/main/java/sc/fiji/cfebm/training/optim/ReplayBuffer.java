package sc.fiji.cfebm.training.optim;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.langevin.Annealing;
import sc.fiji.cfebm.langevin.CoarseToFine;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Noise;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Samples of an energy E(x, σ) for contrastive training: about every other batch comes from fresh coarse-to-fine chains and goes
 * into the buffer, the others are taken from there, noised a little and annealed again, so that the samples keep up with
 * the energy for a third of the price.
 */
public final class ReplayBuffer implements NegativeSampler {

	/** Noise added to kept samples, and the Langevin steps that take it away. */
	private static final double NOISE = 0.1;
	private static final int STEPS = 5;

	private final List<? extends Energy> stages;
	private final MixtureStart start;
	private final Annealing annealing;
	private final int capacity;
	private final double level;
	private final BooleanSupplier canceled;
	/** Values of one tile. */
	private final int size;
	private final float[] kept;
	private int filled;

	/**
	 * @param stages the coarser stages' networks, then the one in training
	 * @param level of the noise that samples get, in model units
	 */
	public ReplayBuffer(final List<? extends Energy> stages, final MixtureStart start, final Annealing annealing,
		final int capacity, final double level, final BooleanSupplier canceled)
	{
		this.stages = stages;
		this.start = start;
		this.annealing = annealing;
		this.capacity = capacity;
		this.level = level;
		this.canceled = canceled;
		final Energy finest = finest();
		size = finest.size() * finest.size() * finest.channels();
		kept = new float[Math.multiplyExact(capacity, size)];
	}

	/** Samples with the noise at which they are compared with data. */
	@Override
	public float[] draw(final int count, final RandomGenerator rng) {
		final float[] x = filled >= count && rng.nextBoolean() ? again(count, rng) : fresh(count, rng);
		Noise.add(x, level, rng);
		return x;
	}

	private float[] fresh(final int count, final RandomGenerator rng) {
		final float[] x = CoarseToFine.annealed(stages, start, count, annealing, rng, canceled);
		for (int i = 0; i < count && capacity > 0; i++) {
			final int to = filled < capacity ? filled++ : rng.nextInt(capacity);
			System.arraycopy(x, i * size, kept, to * size, size);
		}
		return x;
	}

	private float[] again(final int count, final RandomGenerator rng) {
		final float[] x = new float[count * size];
		final int first = rng.nextInt(filled);
		for (int i = 0; i < count; i++)
			System.arraycopy(kept, (first + i) % filled * size, x, i * size, size);
		final double from = Math.max(NOISE, annealing.lowest());
		Noise.add(x, from, rng);
		new LangevinChain(GradientFields.batch(finest()), PlacedNoise.of(rng.nextLong())).cancelWhen(canceled).run(x, Schedule.posterior(from, annealing
			.lowest(), STEPS));
		for (int i = 0; i < count; i++)
			System.arraycopy(x, i * size, kept, (first + i) % filled * size, size);
		return x;
	}

	private Energy finest() {
		return stages.get(stages.size() - 1);
	}

	/** What is kept, for a checkpoint. */
	public float[] values() {
		return Arrays.copyOf(kept, filled * size);
	}

	/** Puts back what a checkpoint kept; nothing: forgets all. */
	public void restore(final float[] values) {
		filled = values.length / size;
		System.arraycopy(values, 0, kept, 0, filled * size);
	}
}
