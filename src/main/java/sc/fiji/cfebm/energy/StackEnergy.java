package sc.fiji.cfebm.energy;

import java.util.List;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;

/**
 * The energy of a stack of planes: the sum of the energies of its slabs, which are k neighbouring planes each and the channels of one
 * network. A plane is in up to k slabs, the first and the last of a stack in one, so its gradient is gathered from these; each slab is
 * evaluated once, and planes that no slab to come has any part in can be forgotten. The gradient of each slab's energy denoises each of its
 * planes, so what is taken off a plane is the sum of what its slabs say, divided by their number: a step down the one energy, of a length of
 * its own for each plane. No plane is mirrored at the ends: it would show its own noise twice, as if it were none.
 */
public final class StackEnergy {

	/** What computes slabs of one network, as {@link WholeImage} does. */
	@FunctionalInterface
	public interface Slabs {

		/** @param x one image whose channels are the planes */
		void evaluate(NoisyImages x, Wanted wanted);
	}

	/** A plane [H,W], and what its slabs have said so far. */
	public static final class Plane {

		private final float[] pixels, change;
		private final double sigma;
		private int slabs;

		/**
		 * @param pixels in any units; shared, not copied
		 * @param sigma standard deviation of their noise in the same units, more than 0
		 */
		public Plane(final float[] pixels, final double sigma) {
			this.pixels = pixels;
			this.sigma = sigma;
			change = new float[pixels.length];
		}

		/** How many slabs it was in. */
		public int slabs() {
			return slabs;
		}

		/** x - σ²∇E/n, of the n slabs that it was in; the plane itself where it was in none. */
		public float[] denoised() {
			final float[] denoised = pixels.clone();
			for (int i = 0; i < denoised.length && slabs > 0; i++)
				denoised[i] += change[i] / slabs;
			return denoised;
		}
	}

	private final Slabs slabs;
	private final int width, height;

	/** Of planes of one size. */
	public StackEnergy(final Slabs slabs, final int width, final int height) {
		this.slabs = slabs;
		this.width = width;
		this.height = height;
	}

	/**
	 * Evaluates one slab, and adds what it says to its planes. The noise of all of them counts as that of the middle one.
	 *
	 * @param planes k
	 * @param correlation of the noise of neighbours in a row and in a column; null: it is white
	 * @return the slab's energy
	 */
	public double add(final List<Plane> planes, final float[] correlation) {
		final int k = planes.size(), area = width * height;
		final Plane middle = planes.get(k / 2);
		final float[] pixels = new float[area * k], offset = new float[k], denoised = new float[area * k];
		for (int p = 0; p < k; p++) {
			double sum = 0;
			for (int i = 0; i < area; i++)
				sum += pixels[i * k + p] = planes.get(p).pixels[i];
			offset[p] = (float) (sum / area);
		}
		final double[] energy = new double[1];
		slabs.evaluate(new NoisyImages(pixels, 1, height, width, new float[] { (float) middle.sigma }, offset, 0, correlation), new Wanted(
			energy, null, null, null, denoised));
		for (int p = 0; p < k; p++) {
			final Plane plane = planes.get(p);
			for (int i = 0; i < area; i++)
				plane.change[i] += denoised[i * k + p] - pixels[i * k + p];
			plane.slabs++;
		}
		return energy[0];
	}
}
