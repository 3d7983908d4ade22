package sc.fiji.cfebm.energy;

import java.util.Map;
import java.util.TreeMap;

import sc.fiji.cfebm.tensor.Precision;

/**
 * The energy network of one stage, ready to compute: energies, their gradients with respect to the pixels, and the
 * parameter gradient of a weighted sum of energies. Any number of tiles is worked off in chunks that fit the
 * processor's caches, or memory where that is short; buffers are allocated once per chunk size. Not thread-safe; close it to free native memory.
 */
public final class EnergyNetwork implements StageNetwork {

	/** Values of the widest buffer of a chunk, found by measuring: larger ones leave the cache. */
	private static final int CHUNK_VALUES = 1 << 20;

	private final FusedWeights weights;
	private final Map<Integer, ComputePlan> programs = new TreeMap<>();
	private final Chunks chunks;

	/** A network that computes in float. */
	public EnergyNetwork(final PaperParameters parameters) {
		this(parameters, Precision.FLOAT);
	}

	public EnergyNetwork(final PaperParameters parameters, final Precision precision) {
		weights = new FusedWeights(parameters.spec(), parameters.stage(), precision);
		final int r = size();
		final int perTile = r * r * parameters.spec().widthOut(r);
		chunks = new Chunks(Math.max(1, Math.min(256, Integer.highestOneBit(CHUNK_VALUES / perTile))), this::closePrograms);
		try {
			setParameters(parameters);
		}
		catch (final RuntimeException | Error e) {
			// Nobody else can, before the constructor is through.
			close();
			throw e;
		}
	}

	@Override
	public void setParameters(final StageParameters parameters) {
		weights.update((PaperParameters) parameters);
	}

	@Override
	public int size() {
		return NetworkSpec.resolution(weights.stage);
	}

	@Override
	public int channels() {
		return weights.spec.channels();
	}

	@Override
	public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
		chunks.run(count, (size, first, used) -> program(size).evaluate(tiles, first, used, energies, gradient), () -> {});
	}

	@Override
	public void parameterGradient(final float[] tiles, final double[] imageWeights, final int count, final double sigma,
		final double[] energies, final double[] gradient)
	{
		parameterGradient(tiles, imageWeights, count, energies, gradient);
	}

	/** As {@link #parameterGradient(float[], double[], int, double, double[], double[])}: there is no σ here. */
	public void parameterGradient(final float[] tiles, final double[] imageWeights, final int count,
		final double[] energies, final double[] gradient)
	{
		weights.clearGradients();
		chunks.run(count, (size, first, used) -> program(size).parameterGradient(tiles, imageWeights, first, used, energies),
			weights::collectGradients);
		weights.addParameterGradient(gradient);
	}

	private ComputePlan program(final int count) {
		return programs.computeIfAbsent(count, n -> new ComputePlan(weights, n));
	}

	private void closePrograms() {
		programs.values().forEach(ComputePlan::close);
		programs.clear();
	}

	@Override
	public void close() {
		closePrograms();
		weights.close();
	}
}
