package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;

class SmoothFillTest {

	private static final int W = 31, H = 24;

	@Test
	void aRoughFillIsNearlyTheSame() {
		final Raster image = new Raster(70, 60, 1);
		final boolean[] hole = new boolean[70 * 60];
		for (int i = 0; i < hole.length; i++) {
			image.values()[i] = (float) (100 + 50 * Math.sin(i % 70 / 9.0) * Math.cos(i / 70 / 7.0));
			hole[i] = i % 70 < 25 || i % 11 == 0;
		}
		final Raster exact = SmoothFill.HARMONIC.fill(image, hole, Progress.NONE), rough = SmoothFill.HARMONIC.roughly(image, hole,
			Progress.NONE);
		for (int i = 0; i < hole.length; i++)
			assertEquals(exact.values()[i], rough.values()[i], hole[i] ? 2 : 0);
	}

	@Test
	void flatAndSlantedPlanesAreContinuedExactly() {
		final boolean[] hole = hole(p -> p % W > 8 && p % W < 20 && p / W > 6 && p / W < 15);
		for (final SmoothFill fill : List.of(SmoothFill.HARMONIC, SmoothFill.BIHARMONIC, SmoothFill.TENSION)) {
			final Raster plane = new Raster(W, H, 2);
			for (int p = 0; p < W * H; p++) {
				plane.values()[2 * p] = 3 * (p % W) - 2 * (p / W);
				plane.values()[2 * p + 1] = 7;
			}
			final Raster damaged = plane.copy();
			for (int p = 0; p < hole.length; p++)
				if (hole[p]) Arrays.fill(damaged.values(), 2 * p, 2 * p + 2, 1e6f);
			final Raster filled = fill.fill(damaged, hole, Progress.NONE);
			for (int i = 0; i < 2 * W * H; i++)
				if (hole[i / 2]) assertEquals(plane.values()[i], filled.values()[i], 0.02);
				else assertEquals(plane.values()[i], filled.values()[i]);
		}
	}

	/** The equations themselves, in holes of all shapes and at the border. */
	@Test
	void theEnergysGradientVanishesInTheHole() {
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster image = new Raster(W, H, 1);
		for (int p = 0; p < W * H; p++)
			image.values()[p] = rng.nextInt(100);
		final boolean[] hole = hole(p -> p % W < 12 && p / W < 9 || p % 5 == 0);
		for (final SmoothFill fill : List.of(SmoothFill.HARMONIC, SmoothFill.BIHARMONIC, SmoothFill.TENSION)) {
			final float[] x = fill.fill(image, hole, Progress.NONE).values();
			final double least = energy(x, fill);
			for (int p = 0; p < hole.length; p++)
				if (hole[p]) for (final float step : new float[] { -2, 2 }) {
					final float[] other = x.clone();
					other[p] += step;
					assertTrue(energy(other, fill) > least, fill + " at " + p);
				}
		}
	}

	@Test
	void underTensionAWideHoleIsFlatInTheMiddle() {
		final Raster image = new Raster(W, H, 1);
		// Everything is 0 but for a slope to the left of the hole.
		for (int p = 0; p < W * H; p++)
			image.values()[p] = Math.max(0, 3 - p % W) * -10;
		final boolean[] hole = hole(p -> p % W > 1 && p % W < 28 && p / W > 1 && p / W < 22);
		final double plate = overshoot(SmoothFill.BIHARMONIC.fill(image, hole, Progress.NONE)), spline = overshoot(
			SmoothFill.TENSION.fill(image, hole, Progress.NONE));
		assertTrue(spline < 0.5 * plate, plate + " " + spline);
	}

	private static double overshoot(final Raster r) {
		float most = 0;
		for (final float v : r.values())
			most = Math.max(most, v);
		return most;
	}

	private static double energy(final float[] x, final SmoothFill fill) {
		double energy = 0;
		for (int p = 0; p < x.length; p++) {
			double laplacian = 0;
			for (final int q : new int[] { p % W > 0 ? p - 1 : p, p % W < W - 1 ? p + 1 : p, p >= W ? p - W : p, p + W < x.length ? p +
				W : p })
			{
				final double d = x[p] - x[q];
				laplacian += d;
				energy += fill.stretch() * d * d / 2;
			}
			energy += fill.bend() * laplacian * laplacian;
		}
		return energy;
	}

	private static boolean[] hole(final IntPredicate in) {
		final boolean[] hole = new boolean[W * H];
		for (int p = 0; p < hole.length; p++)
			hole[p] = in.test(p);
		return hole;
	}
}
