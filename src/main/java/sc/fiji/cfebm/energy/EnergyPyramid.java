package sc.fiji.cfebm.energy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The networks of all stages, from 8×8 px to the model's size; coarse-to-fine sampling needs every one of them. */
public final class EnergyPyramid {

	private final List<StageParameters> stages;

	/** @param stages one entry per stage, from stage 0 on, all of the same spec */
	public EnergyPyramid(final List<? extends StageParameters> stages) {
		if (stages.isEmpty()) throw new IllegalArgumentException("A model needs at least one stage.");
		for (int s = 0; s < stages.size(); s++)
			if (stages.get(s).stage() != s || !stages.get(s).fits(stages.get(0)))
				throw new IllegalArgumentException("Stage " + s + " of the model does not fit the others.");
		this.stages = List.copyOf(stages);
	}

	/** Number of stages. */
	public int stages() {
		return stages.size();
	}

	/**
	 * The stage whose tiles have this side.
	 *
	 * @throws IllegalArgumentException with one sentence naming the sides there are, if there is none
	 */
	public int stageOf(final int side) {
		for (int s = 0; s < stages.size(); s++)
			if (NetworkSpec.resolution(s) == side) return s;
		throw new IllegalArgumentException("The model has no stage of " + side + " pixels, only " + IntStream.range(0,
			stages.size()).mapToObj(s -> Integer.toString(NetworkSpec.resolution(s))).collect(Collectors.joining(", ")) + ".");
	}

	/** Side of the finest stage's tile in pixels. */
	public int size() {
		return NetworkSpec.resolution(stages.size() - 1);
	}

	public StageParameters parameters(final int stage) {
		return stages.get(stage);
	}

	/** The networks of all stages, coarse to fine, ready to compute; to be closed by the caller. */
	public List<StageNetwork> networks() {
		return networks(stages.size());
	}

	/** Those of so many of the finest stages, likewise. */
	public List<StageNetwork> networks(final int count) {
		final List<StageNetwork> networks = new ArrayList<>();
		try {
			for (int s = stages.size() - count; s < stages.size(); s++)
				networks.add(network(s));
			return networks;
		}
		catch (final RuntimeException | Error e) {
			networks.forEach(StageNetwork::close);
			throw e;
		}
	}

	/** A stage's network, ready to compute; to be closed by the caller. */
	public StageNetwork network(final int stage) {
		return stages.get(stage).network();
	}
}
