package sc.fiji.cfebm.task;

import java.util.stream.IntStream;

import sc.fiji.cfebm.energy.MissingPlane;
import sc.fiji.cfebm.raster.Gaussian;

/**
 * A plane that is missing, as its neighbours foretell it: the polynomial through what they show at each pixel ({@link MissingPlane}), where they
 * are as they are and where what they show is followed ({@link Motion}). Each of the two counts by how well the planes foretell one another by
 * it.
 */
final class PlaneBetween {

	/**
	 * Following counts as much as a pixel's own values where its squared error is this share of theirs: it was fitted to the planes that tell the
	 * errors.
	 */
	private static final double FITTED = 0.25;
	/**
	 * Standard deviation of the Gaussian window in which errors are compared, in pixels; and the square of an error that is none, in units of the
	 * noise's.
	 */
	private static final double WINDOW = 1.5, NONE = 1e-6;

	private PlaneBetween() {}

	/**
	 * Completes a slab.
	 *
	 * @param planes k of [H,W], finite, in any units, at least one before the middle one and one behind it; null for the middle one and those that
	 *          are not there; not changed
	 * @param sigma of their noise in the same units, positive
	 * @return k planes [H,W]: what was there, with what moves where it is in the middle plane; the middle one; null where there was none
	 */
	static float[][] completed(final float[][] planes, final int width, final int height, final double sigma) {
		final int half = planes.length / 2;
		final int[] places = IntStream.rangeClosed(-half, half).filter(p -> planes[half + p] != null).toArray();
		final float[][] still = new float[places.length][], moved = new float[places.length][];
		for (int p = 0; p < places.length; p++)
			still[p] = planes[half + places[p]];
		final Motion motion = Motion.between(still, places, width, height, sigma);
		for (int p = 0; p < places.length; p++)
			moved[p] = motion.undone(still[p], places[p], width, height);
		final float[] stillErrors = errors(still, places, width, height), movedErrors = errors(moved, places, width, height), share =
			new float[width * height];
		for (int i = 0; i < share.length; i++) {
			final double least = NONE * sigma * sigma, own = FITTED * (stillErrors[i] + least);
			share[i] = (float) (own / (own + movedErrors[i] + least));
		}
		final float[] weights = MissingPlane.weights(places, 0);
		final float[][] slab = new float[planes.length][];
		slab[half] = new float[share.length];
		for (int p = 0; p < places.length; p++) {
			final float[] mixed = slab[half + places[p]] = new float[share.length];
			for (int i = 0; i < share.length; i++) {
				mixed[i] = still[p][i] + share[i] * (moved[p][i] - still[p][i]);
				slab[half][i] += weights[p] * mixed[i];
			}
		}
		return slab;
	}

	/** Squares of what the last plane before the middle differs by from what the others foretell it, around each pixel. */
	private static float[] errors(final float[][] planes, final int[] places, final int width, final int height) {
		int before = 0;
		while (places[before + 1] < 0)
			before++;
		final int last = before;
		final float[] weights = MissingPlane.weights(IntStream.of(places).filter(p -> p != places[last]).toArray(), places[last]), squares =
			new float[width * height];
		for (int i = 0; i < squares.length; i++) {
			float error = planes[last][i];
			for (int p = 0; p < places.length; p++)
				if (p != last) error -= weights[p < last ? p : p - 1] * planes[p][i];
			squares[i] = error * error;
		}
		return Gaussian.smoothed(squares, width, height, WINDOW);
	}
}
