package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

class MotionTest {

	private static final int W = 90, H = 70;
	private static final int[] PLACES = { -2, -1, 1, 2 };

	/** Two blobs that go apart, each by so much from plane to plane. */
	private static float[] blobs(final int place, final double speed) {
		final float[] plane = new float[W * H];
		for (int i = 0; i < plane.length; i++)
			plane[i] = (float) (blob(i % W - 25 + speed * place, i / W - 35) + blob(i % W - 65 - speed * place, i / W - 35 - 0.5 * speed * place));
		return plane;
	}

	private static double blob(final double dx, final double dy) {
		return 100 * Math.exp(-(dx * dx + dy * dy) / 50) * (1 + 0.3 * Math.sin(dx) * Math.cos(dy));
	}

	private static float[][] planes(final double speed) {
		final float[][] planes = new float[PLACES.length][];
		for (int p = 0; p < planes.length; p++)
			planes[p] = blobs(PLACES[p], speed);
		return planes;
	}

	@Test
	void whatGoesApartIsFollowed() {
		for (final double speed : new double[] { 0.4, 3 }) {
			final float[][] planes = planes(speed);
			final Motion motion = Motion.between(planes, PLACES, W, H, 0.1);
			final float[] wanted = blobs(0, speed);
			for (int p = 0; p < PLACES.length; p++) {
				final double still = error(planes[p], wanted), followed = error(motion.undone(planes[p], PLACES[p], W, H), wanted);
				assertTrue(followed < 0.2 * still, speed + ", " + PLACES[p] + ": " + followed + " of " + still);
			}
		}
	}

	@Test
	void whatStandsStillStaysAsItIsThoughItFades() {
		final float[][] planes = planes(0);
		for (int p = 0; p < planes.length; p++)
			for (int i = 0; i < planes[p].length; i++)
				planes[p][i] = (1 - 0.1f * p) * planes[p][i] + 3 * p;
		final Motion motion = Motion.between(planes, PLACES, W, H, 0.1);
		for (int p = 0; p < planes.length; p++)
			assertArrayEquals(planes[p], motion.undone(planes[p], PLACES[p], W, H), 0.05f);
	}

	@Test
	void planesOfOneValueOrOfNoiseAloneHardlyMove() {
		final float[][] flat = new float[2][W * H];
		final int[] places = { -1, 1 };
		assertArrayEquals(flat[0], Motion.between(flat, places, W, H, 1).undone(flat[0], -1, W, H));
		final SplittableRandom random = new SplittableRandom(1);
		for (final float[] plane : flat)
			for (int i = 0; i < plane.length; i++)
				plane[i] = (float) random.nextGaussian();
		final float[] columns = new float[W * H];
		for (int i = 0; i < columns.length; i++)
			columns[i] = i % W;
		final float[] moved = Motion.between(flat, places, W, H, 1).undone(columns, 1, W, H);
		for (int i = 0; i < moved.length; i++)
			assertEquals(columns[i], moved[i], 1.5f);
	}

	@Test
	void noisyPlanesAreFollowedByTheirHalves() {
		final SplittableRandom random = new SplittableRandom(1);
		final float[][] planes = planes(3);
		final float[][] halves = new float[5][];
		final int[] places = { -2, -1, 0, 1, 2 };
		for (int p = 0; p < 5; p++) {
			final float[] noisy = blobs(places[p], 3);
			for (int i = 0; i < noisy.length; i++)
				noisy[i] += (float) (20 * random.nextGaussian());
			halves[p] = Motion.half(noisy, W, H);
		}
		final Motion motion = Motion.ofHalves(halves, places, W, H, 20, true);
		final float[] wanted = blobs(0, 3);
		for (int p = 0; p < PLACES.length; p++)
			assertTrue(error(motion.undone(planes[p], PLACES[p], W, H), wanted) < 0.4 * error(planes[p], wanted));
	}

	/** Displacements fade to the smallest numbers there are where nothing is to be seen. */
	@Test
	void beyondWhatIsSeenNothingIsMissing() {
		for (final int width : new int[] { 1, 240, 600, 1000 }) {
			final int height = 48;
			final int[] places = { -1, 1 };
			final float[][] planes = new float[2][width * height], halves = new float[2][];
			for (int p = 0; p < 2; p++) {
				for (int i = 0; i < width * height; i++)
					planes[p][i] = (float) blob(i % width - width + 15 + 2 * p, i / width - 24);
				halves[p] = Motion.half(planes[p], width, height);
			}
			for (final Motion motion : new Motion[] { Motion.between(planes, places, width, height, 1), Motion.ofHalves(halves, places, width, height, 1,
				false), Motion.between(planes, places, width, height, 1e-30) })
				for (final float v : motion.undone(planes[0], -1, width, height))
					assertTrue(Float.isFinite(v));
		}
	}

	@Test
	void whatRunsInOneDirectionAloneIsFollowedWithoutNoise() {
		final float[][] planes = new float[4][W * H];
		for (int p = 0; p < 4; p++)
			for (int i = 0; i < W * H; i++)
				planes[p][i] = (float) Math.sin((i % W + i / W + PLACES[p]) / 3.0);
		for (final double sigma : new double[] { 1e-3, 1e-10, 1e-22 })
			for (final float v : Motion.between(planes, PLACES, W, H, sigma).undone(planes[0], -2, W, H))
				assertTrue(Float.isFinite(v));
	}

	private static double error(final float[] plane, final float[] wanted) {
		double sum = 0;
		for (int i = 0; i < plane.length; i++)
			sum += (plane[i] - wanted[i]) * (plane[i] - wanted[i]);
		return Math.sqrt(sum / plane.length);
	}
}
