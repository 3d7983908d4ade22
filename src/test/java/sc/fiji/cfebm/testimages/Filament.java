package sc.fiji.cfebm.testimages;

import java.util.List;

/** One microtubule-like filament: a stiff curve with a slowly varying number of labels along it. */
final class Filament {

	/** Distance between two points of the curve, in pixels. */
	private static final double STEP = 0.25;

	private final double[] x;
	private final double[] y;
	private final double[] z;
	private final double[] light;

	/**
	 * Grows a filament from a point.
	 *
	 * @param angle direction it starts in, in radians
	 * @param length in pixels
	 * @param curvature typical curvature, in radians per pixel
	 * @param depth where it starts, in pixels above the focal plane
	 */
	Filament(final double startX, final double startY, final double angle, final double length,
		final double curvature, final double depth, final Chance chance)
	{
		final int n = (int) (length / STEP);
		x = new double[n];
		y = new double[n];
		z = new double[n];
		light = new double[n];
		final double brightness = chance.uniform(0.75, 1.2);
		double direction = angle;
		double bending = curvature * chance.gaussian();
		double climb = 0.02 * chance.gaussian();
		double labels = 0;
		double px = startX;
		double py = startY;
		double pz = depth;
		for (int i = 0; i < n; i++) {
			x[i] = px;
			y[i] = py;
			z[i] = pz;
			light[i] = brightness * Math.max(1 + 0.3 * labels, 0.1) * chance.uniform(0, 2);
			px += STEP * StrictMath.cos(direction);
			py += STEP * StrictMath.sin(direction);
			pz += STEP * climb;
			direction += STEP * bending;
			// The curvature forgets itself within some 30 pixels, the labelling within some 3.
			bending += -0.008 * bending + curvature * 0.126 * chance.gaussian();
			climb += -0.008 * climb + 0.0025 * chance.gaussian();
			labels += -0.08 * labels + 0.39 * chance.gaussian();
		}
	}

	/**
	 * The light of filaments as a microscope images them: blurred, and the more so the further out of focus.
	 *
	 * @param focus position of the focal plane, in pixels
	 * @param grown how much of each filament is there, 0 to 1
	 * @return about 1 on a filament in focus, 0 elsewhere
	 */
	static Field image(final int size, final List<Filament> filaments, final double focus, final double grown) {
		final double[] sigmas = {1.2, 2.2, 4, 7};
		final Field[] layers = new Field[sigmas.length];
		for (int k = 0; k < layers.length; k++)
			layers[k] = new Field(size, size);
		for (final Filament f : filaments)
			for (int i = 0; i < f.x.length * grown; i++) {
				final double defocus = Math.abs(f.z[i] - focus);
				// Shared between the two layers whose blur is nearest.
				final double sigma = Math.min(Math.sqrt(1.44 + 0.25 * defocus * defocus), 6.99);
				int k = 0;
				while (sigma >= sigmas[k + 1])
					k++;
				final double share = (sigma - sigmas[k]) / (sigmas[k + 1] - sigmas[k]);
				layers[k].splat(f.x[i], f.y[i], f.light[i] * STEP * (1 - share));
				layers[k + 1].splat(f.x[i], f.y[i], f.light[i] * STEP * share);
			}
		final Field sum = new Field(size, size);
		for (int k = 0; k < layers.length; k++)
			sum.join(layers[k].blurred(sigmas[k]), Double::sum);
		// A line of density 1 blurred by sigma peaks at 1 / (sigma sqrt(2 pi)).
		final double peak = 1 / (sigmas[0] * Math.sqrt(2 * Math.PI));
		return sum.map(v -> v / peak);
	}
}
