package sc.fiji.cfebm.task.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Operators against what they are said to be, and the step towards an observation against the equations that it solves. */
class OperatorsTest {

	private static final List<LinearOperator> ALL = List.of(new Blur(Psfs.gaussian(1.3), 37, 24), new Blur(Psfs.motion(7, 30), 20, 31), new Blur(Psfs
		.gaussian(0.4), 1, 1), new Blur(Psfs.gaussian(3).cut(6, 5), 6, 5), new Pooling(9, 7));

	private static final LinearOperator STRIPES = new RowOffsets(11, 6, 0.7);

	static float[] random(final int size, final long seed) {
		final float[] values = new float[size];
		final SplittableRandom random = new SplittableRandom(seed);
		for (int i = 0; i < size; i++)
			values[i] = (float) random.nextGaussian();
		return values;
	}

	private static double dot(final float[] a, final float[] b) {
		double sum = 0;
		for (int i = 0; i < a.length; i++)
			sum += (double) a[i] * b[i];
		return sum;
	}

	private static List<LinearOperator> withStripes() {
		return Stream.concat(ALL.stream(), Stream.of(STRIPES)).toList();
	}

	private static float[] image(final LinearOperator h, final long seed) {
		return random(h.width() * h.height(), seed);
	}

	private static float[] observed(final LinearOperator h, final long seed) {
		return random(h.observedWidth() * h.observedHeight(), seed);
	}

	@Test
	void adjointsAreTransposes() {
		for (final LinearOperator h : withStripes()) {
			final float[] x = image(h, 1), y = observed(h, 2), hx = observed(h, 3), hty = image(h, 4);
			h.apply(x, hx);
			h.adjoint(y, hty);
			assertEquals(dot(hx, y), dot(x, hty), 1e-4 * Math.sqrt(dot(x, x) * dot(y, y)));
		}
	}

	/** Whatever numbers an image is given by, an operator does the same to it. */
	@Test
	void coefficientsStandForImages() {
		for (final LinearOperator h : withStripes()) {
			final Coefficients coefficients = Coefficients.of(h);
			final float[] y = observed(h, 1), z = observed(h, 2), a = new float[coefficients.count()], b = a.clone(), solved = a.clone();
			coefficients.adjoint(y, a);
			coefficients.adjoint(z, b);
			final float[] hty = image(h, 3), htz = image(h, 4), image = new float[hty.length], expected = observed(h, 5), seen = observed(h, 6);
			h.adjoint(y, hty);
			h.adjoint(z, htz);
			assertEquals(dot(hty, htz), coefficients.dot(a, b), 1e-4 * Math.sqrt(dot(hty, hty) * dot(htz, htz)));
			coefficients.addTo(image, a);
			assertArrayEquals(hty, image, 1e-4f);
			h.apply(hty, expected);
			coefficients.apply(a, seen);
			assertArrayEquals(expected, seen, 1e-4f);
			h.precondition(7, 0.5, hty, htz);
			coefficients.precondition(7, 0.5, a, solved);
			Arrays.fill(image, 0);
			coefficients.addTo(image, solved);
			assertArrayEquals(htz, image, 1e-4f);
		}
	}

	@Test
	void blurIsTheSumOverThePointSpreadFunction() {
		final Psf psf = Psfs.motion(5, 200);
		final Blur blur = new Blur(psf, 13, 11);
		final float[] x = image(blur, 1), y = observed(blur, 2), whole = new float[x.length];
		blur.apply(x, y);
		for (int i = 0; i < x.length; i++)
			for (int k = 0; k < psf.values().length; k++)
				whole[i] += psf.values()[k] * x[Math.floorMod(i / blur.width() - k / psf.width() + psf.height() / 2, blur.height()) * blur.width() +
					Math.floorMod(i % blur.width() - k % psf.width() + psf.width() / 2, blur.width())];
		assertArrayEquals(blur.seen(whole), y, 1e-5f);
	}

	/** Where all is observed, the closed form and conjugate gradients, which begin with it, agree; and both solve the equations. */
	@Test
	void theStepTowardsAnObservationSolvesItsEquations() {
		final double prior = 0.02;
		for (final LinearOperator h : withStripes()) {
			final float[] y = observed(h, 5), z = image(h, 6), weights = new float[y.length];
			for (int i = 0; i < weights.length; i++)
				weights[i] = i % 5 == 0 ? 0 : 1 + i % 3;
			final float[] x = z.clone();
			new DataStep(h).solve(y, weights, prior, x, 300, 1e-10);
			final float[] seen = new float[y.length], back = new float[x.length];
			h.apply(x, seen);
			for (int i = 0; i < seen.length; i++)
				seen[i] = weights[i] * (y[i] - seen[i]);
			h.adjoint(seen, back);
			for (int i = 0; i < x.length; i++)
				assertEquals(0, back[i] - prior * (x[i] - z[i]), 2e-4);
		}
	}

	@Test
	void oneIterationIsEnoughForAClosedForm() {
		final LinearOperator pooling = new Pooling(9, 7);
		final Blur blur = new Blur(new Psf(1, 1, new float[] { 1 }), 32, 20);
		for (final LinearOperator h : List.of(pooling, blur, STRIPES)) {
			final float[] y = observed(h, 5), z = image(h, 6), weights = new float[y.length], one = z.clone(), many = z.clone();
			Arrays.fill(weights, 3);
			new DataStep(h).solve(y, weights, 0.1, one, 1, 0);
			new DataStep(h).solve(y, weights, 0.1, many, 50, 1e-10);
			assertArrayEquals(many, one, 1e-4f);
		}
	}

	@Test
	void aPreconditionerInvertsWhatItIsOf() {
		for (final LinearOperator h : List.of(new Pooling(5, 4), STRIPES)) {
			final float[] x = image(h, 1), y = observed(h, 2), right = new float[x.length], solved = new float[x.length];
			h.apply(x, y);
			h.adjoint(y, right);
			for (int i = 0; i < x.length; i++)
				right[i] = 7 * right[i] + 0.5f * x[i];
			h.precondition(7, 0.5, right, solved);
			assertArrayEquals(x, solved, 1e-5f);
		}
	}

	/** Of a row's mean, which offsets make unsure, so much is left that the noise of both is the same. */
	@Test
	void offsetsOfRowsBecomeWhiteNoise() {
		final int w = 40, h = 3000;
		final double sigma = 2, tau = 3;
		final float[] x = random(w * h, 1), offsets = random(h, 2), y = new float[w * h];
		for (int i = 0; i < x.length; i++)
			x[i] = (float) (sigma * x[i] + tau * offsets[i / w]);
		new RowOffsets(w, h, tau / sigma).apply(x, y);
		double means = 0;
		for (int r = 0; r < h; r++) {
			double sum = 0;
			for (int i = 0; i < w; i++)
				sum += y[r * w + i];
			means += sum * sum / w / h;
		}
		assertEquals(sigma, Math.sqrt(means), 0.1);
		assertEquals(sigma, Math.sqrt(dot(y, y) / y.length), 0.02);
	}

	@Test
	void whatIsFlatBeginsFlat() {
		for (final LinearOperator h : ALL) {
			final float[] y = new float[h.observedWidth() * h.observedHeight()], x = new float[h.width() * h.height()], flat = new float[x.length];
			Arrays.fill(y, 42);
			Arrays.fill(flat, 42);
			h.start(y, x);
			assertArrayEquals(flat, x, 1e-3f);
		}
	}

	/** Whatever is seen through the PSF: beyond what that lets through there is nothing but noise. */
	@Test
	void noiseIsToldWhereThePsfStopsTheImage() {
		final int w = 90, h = 71;
		final Blur blur = new Blur(Psfs.gaussian(1.5), w, h);
		final float[] image = random(blur.width() * blur.height(), 1), seen = new float[w * h];
		for (int i = 0; i < image.length; i++)
			image[i] *= 100;
		blur.apply(image, seen);
		final double clean = blur.stopped(seen);
		assertTrue(clean < 2, () -> "" + clean);
		final SplittableRandom random = new SplittableRandom(2);
		for (int i = 0; i < seen.length; i++)
			seen[i] += (float) (5 * random.nextGaussian());
		assertEquals(5, blur.stopped(seen), 0.5);
		// This one stops nothing.
		assertEquals(0, new Blur(Psfs.gaussian(0.4), w, h).stopped(seen));
	}

	/** A point in the middle of an image begins where it is. */
	@Test
	void whatIsSeenStaysInItsPlace() {
		final Blur blur = new Blur(Psfs.gaussian(2), 30, 21);
		final float[] y = random(30 * 21, 1), x = new float[blur.width() * blur.height()];
		blur.start(y, x);
		assertArrayEquals(y, blur.seen(x), 0);
	}
}
