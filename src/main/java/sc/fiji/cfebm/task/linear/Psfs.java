package sc.fiji.cfebm.task.linear;

import java.util.function.DoubleBinaryOperator;

import org.apache.commons.math3.special.BesselJ;

/** Point spread functions from numbers. */
public final class Psfs {

	/** Standard deviations that a Gaussian reaches. */
	private static final double DEVIATIONS = 4;
	/** Side of the largest one, and places in a pixel, in each direction, over which a mean is taken. */
	private static final int MOST = 401, FINE = 3;
	/** Standard deviation of the Gaussian nearest to an Airy disk, in wavelengths over the numerical aperture. */
	private static final double GAUSSIAN = 0.225;
	/** Light outside of what is computed, as a share, and points of an integral over the pupil for each ring that it may have. */
	private static final double TAIL = 0.01;
	private static final int POINTS = 16, FEWEST = 64;

	private Psfs() {}

	/**
	 * A microscope and what it looks at. Lengths are in micrometres.
	 *
	 * @param aperture numerical aperture NA of the objective
	 * @param wavelength of the light that is seen, in vacuum
	 * @param pixel side of a pixel in the specimen
	 * @param immersion refractive index of what is between objective and cover glass: 1 for air, 1.33 for water, 1.515 for oil
	 * @param specimen refractive index of what is under the cover glass
	 * @param depth of what is seen, under the cover glass
	 */
	public record Optics(double aperture, double wavelength, double pixel, double immersion, double specimen, double depth) {

		/** @throws IllegalArgumentException with one sentence, if there is no such microscope */
		public Optics {
			positive("The numerical aperture", aperture);
			positive("The wavelength", wavelength);
			positive("The pixel size", pixel);
			positive("The refractive index of the immersion", immersion);
			positive("The refractive index of the specimen", specimen);
			if (!(depth >= 0) || Double.isInfinite(depth)) throw new IllegalArgumentException("The depth is " + depth +
				": it must be a number of at least 0 micrometres.");
			if (aperture >= immersion) throw new IllegalArgumentException("The numerical aperture is " + aperture +
				": it must be below the refractive index of the immersion, " + immersion + ".");
		}
	}

	private static void positive(final String name, final double value) {
		if (!(value > 0) || Double.isInfinite(value)) throw new IllegalArgumentException(name + " is " + value +
			": it must be a number above 0.");
	}

	/**
	 * A Gaussian, a mean over each pixel.
	 *
	 * @param sigma its standard deviation in pixels
	 */
	public static Psf gaussian(final double sigma) {
		positive("The standard deviation of the PSF", sigma);
		return round((int) Math.ceil(DEVIATIONS * sigma), (x, y) -> Math.exp(-0.5 * (x * x + y * y) / (sigma * sigma)));
	}

	/**
	 * The Gaussian nearest to what a microscope in focus shows of a point (B. Zhang, J. Zerubia and J.-C. Olivo-Marin, <em>Gaussian
	 * approximations of fluorescence microscope point-spread function models</em>, Applied Optics 46, 2007): σ = 0.225·λ/NA.
	 */
	public static Psf gaussian(final Optics optics) {
		return gaussian(GAUSSIAN * optics.wavelength / optics.aperture / optics.pixel);
	}

	/**
	 * A scalar model of what a wide-field microscope shows of a point under a cover glass, where it is sharpest (S. F. Gibson and F.
	 * Lanni, <em>Experimental test of an analytical model of aberration in an oil-immersion objective lens used in three-dimensional
	 * light microscopy</em>, Journal of the Optical Society of America A 8, 1991): the intensity is
	 * |∫₀¹ J₀(2π·NA·ρ·r/λ)·exp(i·W(ρ))·ρ dρ|². Cover glass and immersion are as the objective is made for, so that W is the phase from
	 * depth and defocus alone: with d the depth, n the refractive index of the specimen and m of the immersion, W(ρ) = 2π/λ·(d·√(n² - NA²ρ²) + f·√(m² - NA²ρ²)), their formula with the distances that do not differ
	 * from the design left out. Of all f it takes the one with the brightest middle: the observer has focused. Rays that the specimen's index
	 * does not let pass, ρ > n/NA, are left out where there is a depth.
	 */
	public static Psf gibsonLanni(final Optics optics) {
		final Pupil pupil = new Pupil(optics);
		// Rings carry much light far out; the share outside of a radius r is about 2/(π·v), v = 2π·NA·r/λ.
		final double v = 2 / (Math.PI * TAIL);
		final int reach = Math.min(MOST / 2, (int) Math.ceil(v * optics.wavelength / (2 * Math.PI * optics.aperture) / optics.pixel));
		return radial(reach, optics.pixel, pupil);
	}

	/** From the intensity at distances so dense that between them it is as good as straight. */
	private static Psf radial(final int reach, final double pixel, final Pupil pupil) {
		final int perPixel = Math.max(8, (int) Math.ceil(16 * pixel * pupil.optics.aperture / pupil.optics.wavelength));
		final double[] at = new double[(int) Math.ceil((reach + 1) * Math.sqrt(2) * perPixel) + 2];
		for (int i = 0; i < at.length; i++)
			at[i] = pupil.intensity(i * pixel / perPixel);
		return round(reach, (x, y) -> {
			final double r = Math.hypot(x, y) * perPixel;
			final int i = (int) r;
			return at[i] + (r - i) * (at[i + 1] - at[i]);
		});
	}

	/** The pupil of an objective, sampled. */
	private static final class Pupil {

		private final Optics optics;
		private final double edge;
		private final double focus;

		Pupil(final Optics optics) {
			this.optics = optics;
			edge = optics.depth > 0 ? Math.min(1, 0.999 * optics.specimen / optics.aperture) : 1;
			focus = optics.depth > 0 ? focus() : 0;
		}

		/** Near the paraxial focus -d·m/n, the brightest one; coarse first. */
		private double focus() {
			final double paraxial = -optics.depth * optics.immersion / optics.specimen;
			double best = paraxial, span = optics.depth;
			for (int round = 0; round < 5; round++, span /= 8) {
				final double middle = best;
				double highest = -1;
				for (int k = -16; k <= 16; k++) {
					final double f = middle + span * k / 16;
					final double i = intensity(0, f);
					if (i > highest) {
						highest = i;
						best = f;
					}
				}
			}
			return best;
		}

		double intensity(final double r) {
			return intensity(r, focus);
		}

		private double intensity(final double r, final double f) {
			final double k = 2 * Math.PI / optics.wavelength, v = k * optics.aperture * r;
			final int points = FEWEST + (int) (POINTS * (v + (optics.depth > 0 ? k * (optics.depth + Math.abs(f)) * 0.5 : 0)) / Math.PI);
			double real = 0, imaginary = 0;
			for (int i = 0; i < points; i++) {
				final double rho = edge * (i + 0.5) / points, a = optics.aperture * rho;
				final double bessel = v == 0 ? 1 : BesselJ.value(0, v * rho);
				final double w = optics.depth == 0 ? 0 : k * (optics.depth * Math.sqrt(optics.specimen * optics.specimen - a * a) + f * Math.sqrt(
					optics.immersion * optics.immersion - a * a));
				real += bessel * rho * Math.cos(w) / points;
				imaginary += bessel * rho * Math.sin(w) / points;
			}
			return real * real + imaginary * imaginary;
		}
	}

	/**
	 * A straight motion at an even pace.
	 *
	 * @param length from its beginning to its end, in pixels
	 * @param angle against the x axis in degrees, counterclockwise as ImageJ has it
	 */
	public static Psf motion(final double length, final double angle) {
		positive("The length of the motion", length);
		if (length > MOST) throw new IllegalArgumentException("The length of the motion is " + length + ": it must be at most " + MOST +
			" pixels.");
		if (!Double.isFinite(angle)) throw new IllegalArgumentException("The angle of the motion is " + angle + ": it must be a number.");
		final double ux = Math.cos(Math.toRadians(angle)), uy = -Math.sin(Math.toRadians(angle));
		final int reachX = reach(ux * length / 2), reachY = reach(uy * length / 2), w = 2 * reachX + 1;
		final float[] values = new float[w * (2 * reachY + 1)];
		final int points = (int) Math.ceil(32 * length);
		// Each point of the line is shared among the four pixels around it.
		for (int i = 0; i < points; i++) {
			final double t = length * ((i + 0.5) / points - 0.5), x = reachX + t * ux, y = reachY + t * uy;
			final int x0 = (int) Math.floor(x), y0 = (int) Math.floor(y);
			for (int dy = 0; dy < 2; dy++)
				for (int dx = 0; dx < 2; dx++) {
					final double share = (1 - Math.abs(x - x0 - dx)) * (1 - Math.abs(y - y0 - dy));
					if (share > 0) values[(y0 + dy) * w + x0 + dx] += (float) share;
				}
		}
		return Psf.normalized(w, 2 * reachY + 1, values);
	}

	/** Whole pixels to which a line goes that ends so far from a pixel's middle, whichever side. */
	private static int reach(final double end) {
		return (int) Math.ceil(Math.abs(end) + 0.5 - 1e-9);
	}

	/** A mean over each pixel. */
	private static Psf round(final int reach, final DoubleBinaryOperator density) {
		final int side = 2 * Math.min(reach, MOST / 2) + 1;
		final float[] values = new float[side * side];
		for (int i = 0; i < values.length; i++) {
			double sum = 0;
			for (int k = 0; k < FINE * FINE; k++)
				sum += density.applyAsDouble(i % side - side / 2 + (k % FINE + 0.5) / FINE - 0.5, i / side - side / 2 + (k / FINE + 0.5) / FINE - 0.5);
			values[i] = (float) sum;
		}
		return Psf.normalized(side, side, values);
	}
}
