package sc.fiji.cfebm.langevin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.tiling.GradientField;

class AntitheticTest {

	/** Where the gradient is linear, the mean of such a pair is the chain without noise. */
	@Test
	void noiseCancelsInTheMeanOfAPair() {
		final GradientField pull = (x, sigma, gradient) -> {
			for (int i = 0; i < x.length; i++)
				gradient[i] = 0.3f * x[i];
		};
		final Schedule noisy = Schedule.posterior(1, 0.02, 20), silent = new Schedule(noisy.levels(), noisy.steps(),
			new double[20]);
		final float[] a = { 1, -2, 3, 0 }, b = a.clone(), still = a.clone();
		new LangevinChain(pull, new SplittableRandom(1)).run(a, noisy);
		new LangevinChain(pull, new Antithetic(new SplittableRandom(1))).run(b, noisy);
		new LangevinChain(pull, new SplittableRandom(1)).run(still, silent);
		for (int i = 0; i < a.length; i++)
			a[i] = (a[i] + b[i]) / 2;
		assertArrayEquals(still, a, 1e-5f);
	}
}
