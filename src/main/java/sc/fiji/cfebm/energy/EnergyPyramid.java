package sc.fiji.cfebm.energy;

import java.util.List;

/** The networks of all stages, from 8×8 px to the model's size; coarse-to-fine sampling needs every one of them. */
public final class EnergyPyramid {

	private final List<StageParameters> stages;

	/** @param stages one entry per stage, from stage 0 on, all of the same spec */
	public EnergyPyramid(final List<StageParameters> stages) {
		if (stages.isEmpty()) throw new IllegalArgumentException("A model needs at least one stage.");
		for (int s = 0; s < stages.size(); s++)
			if (stages.get(s).stage() != s || !stages.get(s).spec().equals(stages.get(0).spec()))
				throw new IllegalArgumentException("Stage " + s + " of the model does not fit the others.");
		this.stages = List.copyOf(stages);
	}

	public NetworkSpec spec() {
		return stages.get(0).spec();
	}

	/** Number of stages. */
	public int stages() {
		return stages.size();
	}

	/** Side of the finest stage's tile in pixels. */
	public int size() {
		return NetworkSpec.resolution(stages.size() - 1);
	}

	public StageParameters parameters(final int stage) {
		return stages.get(stage);
	}

	/** A stage's network, ready to compute; to be closed by the caller. */
	public EnergyNetwork network(final int stage) {
		return new EnergyNetwork(stages.get(stage));
	}
}
