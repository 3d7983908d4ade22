package sc.fiji.cfebm.energy;

import java.util.List;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;

/**
 * The energy of a stack of planes: the sum of the energies of its slabs, which are k neighbouring planes each and the channels of one
 * network. A plane is in up to k slabs, the first and the last of a stack in one, so its gradient is gathered from these; each slab is
 * evaluated once, and planes that no slab to come has any part in can be forgotten. The gradient of each slab's energy denoises each of its
 * planes, so what is taken off a plane is the sum of what its slabs say, divided by their number: a step down the one energy, of a length of
 * its own for each plane. At an end of the stack a plane can be in a slab more than once, in the places of those that are not there: a network
 * that learned that sees that its copies are the same.
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

		private final float[] pixels;
		private final double sigma;
		/** Null as long as it was in no slab. */
		private float[] change;
		private int slabs;

		/**
		 * @param pixels in any units; shared, not copied
		 * @param sigma standard deviation of their noise in the same units, more than 0
		 */
		public Plane(final float[] pixels, final double sigma) {
			this.pixels = pixels;
			this.sigma = sigma;
		}

		/** How many times it was in a slab. */
		public int slabs() {
			return slabs;
		}

		/** Not copied. */
		public float[] pixels() {
			return pixels;
		}

		/** x - σ²∇E/n, of the n times that it was in a slab; the plane itself where it was in none. */
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
	 * @param planes k; one may be there more than once
	 * @param correlation of the noise of neighbours in a row and in a column; null: it is white
	 * @return the slab's energy
	 */
	public double add(final List<Plane> planes, final float[] correlation) {
		final int k = planes.size();
		final float[] pixels = joined(planes), denoised = new float[pixels.length];
		final double energy = evaluate(pixels, k, planes.get(k / 2).sigma, correlation, denoised);
		for (int p = 0; p < k; p++) {
			final Plane plane = planes.get(p);
			if (plane.change == null) plane.change = new float[plane.pixels.length];
			for (int i = 0; i < plane.change.length; i++)
				plane.change[i] += denoised[i * k + p] - pixels[i * k + p];
			plane.slabs++;
		}
		return energy;
	}

	/**
	 * The middle plane of a slab less what the slab's energy takes off it: of one that is missing, what its neighbours foretell and the energy
	 * corrects. The noise of all of them counts as that of the first.
	 *
	 * @param planes k; one may be there more than once
	 * @param correlation as of {@link #add}
	 * @return [H,W] in the planes' units
	 */
	public float[] middle(final List<Plane> planes, final float[] correlation) {
		final int k = planes.size(), middle = k / 2;
		final float[] pixels = joined(planes), denoised = new float[pixels.length], found = new float[width * height];
		evaluate(pixels, k, planes.get(0).sigma, correlation, denoised);
		for (int i = 0; i < found.length; i++)
			found[i] = denoised[i * k + middle];
		return found;
	}

	/** [H,W,k]. */
	private float[] joined(final List<Plane> planes) {
		final int k = planes.size();
		final float[] pixels = new float[width * height * k];
		for (int p = 0; p < k; p++)
			for (int i = 0; i < width * height; i++)
				pixels[i * k + p] = planes.get(p).pixels[i];
		return pixels;
	}

	private double evaluate(final float[] pixels, final int k, final double sigma, final float[] correlation, final float[] denoised) {
		final float[] offset = new float[k];
		for (int p = 0; p < k; p++) {
			double sum = 0;
			for (int i = p; i < pixels.length; i += k)
				sum += pixels[i];
			offset[p] = (float) (sum / (width * height));
		}
		final double[] energy = new double[1];
		slabs.evaluate(new NoisyImages(pixels, 1, height, width, new float[] { (float) sigma }, offset, 0, correlation), new Wanted(energy, null,
			null, null, denoised));
		return energy[0];
	}
}
