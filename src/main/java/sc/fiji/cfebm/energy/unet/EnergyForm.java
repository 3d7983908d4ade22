package sc.fiji.cfebm.energy.unet;

/**
 * How the network's outputs become an energy of images in units of the noise, z = (x - m)/(4σ), or of what a high-pass leaves
 * of them. A form gives each
 * value's share of the energy with its derivatives; images are [N,H,W,C], all arrays laid out alike.
 */
public enum EnergyForm {

	/** E = -2·Σ z·R, that is g = σ²E = -½⟨x - m, N - x⟩: half of its descent is N's own step. */
	INNER(1) {

		@Override
		void evaluate(final float[] z, final float[] r, final float[] p, final int first, final int end, final Shares to) {
			final double[] energy = to.energy;
			for (int i = first; i < end; i++) {
				final float output = r[i];
				if (energy != null) energy[i] = -2.0 * z[i] * output;
				to.r[i] = -2 * z[i];
				to.z[i] = -2 * output;
			}
		}
	},
	/** E = -2·Σ (z + P)·R with P a second output of the network. */
	INNER_CORRECTED(2) {

		@Override
		void evaluate(final float[] z, final float[] r, final float[] p, final int first, final int end, final Shares to) {
			final double[] energy = to.energy;
			for (int i = first; i < end; i++) {
				final double sum = -2.0 * z[i] - 2.0 * p[i];
				if (energy != null) energy[i] = sum * r[i];
				to.r[i] = (float) sum;
				to.z[i] = to.p[i] = -2 * r[i];
			}
		}
	},
	/** E = ½·Σ R², that is g = ½|x - N|². */
	NORM(1) {

		@Override
		void evaluate(final float[] z, final float[] r, final float[] p, final int first, final int end, final Shares to) {
			final double[] energy = to.energy;
			for (int i = first; i < end; i++) {
				if (energy != null) energy[i] = 0.5 * r[i] * r[i];
				to.r[i] = r[i];
				to.z[i] = 0;
			}
		}
	};

	/**
	 * What a form says.
	 *
	 * @param energy each value's share of E; null: not wanted
	 * @param r ∂E/∂R
	 * @param p ∂E/∂P; null where there is no second output
	 * @param z ∂E/∂z as far as it does not go through the network
	 */
	record Shares(double[] energy, float[] r, float[] p, float[] z) {}

	private final int outputs;

	EnergyForm(final int outputs) {
		this.outputs = outputs;
	}

	/** How many images the network gives: R alone, or R and P. */
	public int outputs() {
		return outputs;
	}

	/**
	 * Looks at the values from {@code first} to {@code end}.
	 *
	 * @param p may be null where there is one output; @param to its z may be z; its r may be r, or p if its p is r
	 */
	abstract void evaluate(float[] z, float[] r, float[] p, int first, int end, Shares to);
}
