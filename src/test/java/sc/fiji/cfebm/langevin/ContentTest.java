package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;

/** The content term λ‖L(x) - L(x₀)‖², alone and on a Gaussian style, where what comes out is known. */
class ContentTest {

	private static final int W = 13, H = 9;

	private static Raster random(final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final Raster image = new Raster(W, H, 2);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) rng.nextGaussian();
		return image;
	}

	private static double energy(final float[] x, final Raster image, final double weight) {
		Raster difference = new Raster(image.width(), image.height(), image.channels());
		for (int i = 0; i < x.length; i++)
			difference.values()[i] = x[i] - image.values()[i];
		difference = Resample.smoothed(Resample.smoothed(difference));
		double sum = 0;
		for (final float v : difference.values())
			sum += weight * v * v;
		return sum;
	}

	/** Against differences of the energy, at the border, too; at level 0.5 a weight of 3 is one of 3/(1 + 2·3·0.25). */
	@Test
	void gradient() {
		final Raster image = random(1), state = random(2);
		final float[] gradient = new float[state.values().length];
		Arrays.fill(gradient, 5);
		GradientTerm.content(image, 3).add(state.values(), 0.5, gradient);
		for (int i = 0; i < gradient.length; i += 7) {
			final float[] up = state.values().clone(), down = up.clone();
			up[i] += 0.1f;
			down[i] -= 0.1f;
			assertEquals(5 + 0.5 * (energy(up, image, 1.2) - energy(down, image, 1.2)) / 0.2, gradient[i], 2e-3);
		}
	}

	/**
	 * Styles whose pixels are N(m, s²), and an image that is a constant plus a checkerboard. L leaves a constant as it is and
	 * takes nearly all of a checkerboard away, so without fresh noise both follow the chain's own factors: the constant is held,
	 * the checkerboard becomes the style's.
	 */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 1, 100 })
	void gaussianStyle(final double weight) {
		final GaussianPrior style = new GaussianPrior(0.5, 0.01);
		final Schedule schedule = Schedule.reverse(0.5, 0.02, 40, 0);
		final Raster image = new Raster(16, 12, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (i % 16 + i / 16) % 2 == 0 ? -0.3f : -0.7f;
		final float[] x = image.values().clone();
		new LangevinChain(GaussianPrior.NOTHING, PlacedNoise.of(1)).addGradientTerm(style.gradient()).addGradientTerm(GradientTerm.content(image,
			weight)).run(x, schedule);
		double constant = 0, board = 0;
		for (int i = 0; i < x.length; i++) {
			constant += x[i] / x.length;
			board += x[i] * ((i % 16 + i / 16) % 2 == 0 ? 1 : -1) / x.length;
		}
		double expected = -0.5, checkered = 0.2;
		for (int t = 0; t < schedule.length(); t++) {
			final double a = schedule.steps()[t], level = schedule.levels()[t];
			final double before = expected;
			expected -= a * level * ((before - 0.5) / (0.01 + level * level) + 2 * weight / (1 + 2 * weight * level * level) * (before + 0.5));
			checkered *= 1 - a * level / (0.01 + level * level);
		}
		assertEquals(expected, constant, 1e-3);
		assertEquals(checkered, board, 2e-3);
		// Between the style's 0.5 and the image's -0.5.
		if (weight == 0) assertTrue(constant > 0.3, "" + constant);
		if (weight == 100) assertTrue(constant < 0.1, "" + constant);
	}
}
