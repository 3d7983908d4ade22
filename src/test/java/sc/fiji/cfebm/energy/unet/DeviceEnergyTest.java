package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.langevin.LangevinChain;
import sc.fiji.cfebm.langevin.Projection;
import sc.fiji.cfebm.langevin.Schedule;
import sc.fiji.cfebm.opencl.FailingSession;
import sc.fiji.cfebm.opencl.Session;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tiling.GradientFields;

/** The energy on a device beside that on the processor: to a ten-thousandth of the largest value. */
class DeviceEnergyTest {

	private static final double TOLERANCE = 1e-4;

	private Session session;

	@BeforeEach
	void findDevice() {
		session = TestDevice.session();
	}

	private record Results(double[] energies, float[] map, float[] gradient, float[] estimate, float[] denoised) {

		static Results of(final UnetEnergy energy, final NoisyImages x) {
			final int size = x.pixels().length;
			final boolean device = energy.isOnDevice();
			final Results r = new Results(new double[x.count()], new float[x.count() * x.height() * x.width()], new float[size],
				new float[size], new float[size]);
			energy.evaluate(x, new Wanted(r.energies, r.map, r.gradient, r.estimate, r.denoised));
			// It would go on by itself on the processor, where all is as it should be.
			assertEquals(device, energy.isOnDevice());
			return r;
		}

		void assertLike(final Results expected) {
			assertClose(expected.energies, energies, TOLERANCE, "energies");
			assertClose(doubles(expected.map), doubles(map), TOLERANCE, "map");
			assertClose(doubles(expected.gradient), doubles(gradient), TOLERANCE, "gradient");
			assertClose(doubles(expected.estimate), doubles(estimate), TOLERANCE, "estimate");
			assertClose(doubles(expected.denoised), doubles(denoised), TOLERANCE, "denoised");
		}
	}

	@ParameterizedTest
	@CsvSource({ "1,0,1,false,false,0,INNER", "1,1,1,false,true,3,INNER_CORRECTED", "2,1,0.3,true,true,16,INNER_CORRECTED",
		"3,2,1,false,false,0,NORM", "1,2,0.6,true,false,2,INNER", "1,1,0,false,true,5,INNER_CORRECTED" })
	void energiesAndGradients(final int channels, final int stage, final double beta, final boolean told, final boolean zeroSum,
		final int box, final EnergyForm form)
	{
		// Widths that fill no group of channels, one whole group, and more than one.
		final UnetSpec spec = Unets.spec(channels, List.of(70, 5, 16), told, zeroSum, box, form);
		final UnetParameters p = Unets.parameters(spec, stage, beta, 3);
		final NoisyImages x = Unets.images(spec, 3, 24, 40);
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
			final Results expected = Results.of(here, x);
			assertTrue(there.isOnDevice());
			Results.of(there, x).assertLike(expected);
			// Another time, and after others.
			final NoisyImages one = Unets.images(spec, 1, 16, 24);
			Results.of(there, one).assertLike(Results.of(here, one));
			Results.of(there, x).assertLike(expected);
			assertTrue(there.isOnDevice());
		}
	}

	/** Features of 16 bits: a little less accurate, half of the memory, and gradients of parameters as before. */
	@ParameterizedTest
	@CsvSource({ "1,1,false", "2,0.4,true" })
	void featuresOfSixteenBits(final int channels, final double beta, final boolean told) {
		final UnetSpec spec = Unets.spec(channels, List.of(70, 5, 44), told, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = Unets.parameters(spec, 2, beta, 3);
		final NoisyImages x = Unets.images(spec, 3, 24, 40);
		final double[] weights = { 1, 2, 3 };
		final double[][] gradient = new double[2][p.values().length];
		try (FailingSession counting = new FailingSession(session.device(), session.device().largest())) {
			final long[] held = new long[2];
			final Results[] results = new Results[2];
			for (int k = 0; k < 2; k++)
				try (UnetEnergy there = UnetEnergy.on(counting, p, k == 1)) {
					held[k] = -counting.held();
					results[k] = Results.of(there, x);
					held[k] += counting.held();
					there.parameterGradient(x, weights, null, gradient[k]);
					assertTrue(there.isOnDevice());
				}
			assertTrue(held[1] < 0.75 * held[0], held[1] + " of " + held[0]);
			assertClose(results[0].energies, results[1].energies, 5e-3, "energies");
			assertClose(doubles(results[0].gradient), doubles(results[1].gradient), 5e-3, "gradient");
			assertFalse(DeviceChoice.isRough(results[0].gradient, results[1].gradient));
			assertTrue(DeviceChoice.isRough(results[0].gradient, results[0].estimate));
			assertFalse(Arrays.equals(results[0].gradient, results[1].gradient));
		}
		assertArrayEquals(gradient[0], gradient[1]);
	}

	/** Contrasts of a million times the noise: nothing becomes infinite. */
	@Test
	void featuresOfSixteenBitsDoNotOverflow() {
		final UnetSpec spec = Unets.spec(1, List.of(20, 8), false, true, 4, EnergyForm.INNER_CORRECTED);
		final NoisyImages x = NoisyImages.of(Unets.random(2 * 16 * 16, 8), 2, 16, 16, 1e-6f);
		try (UnetEnergy there = UnetEnergy.on(session, Unets.parameters(spec, 1, 1, 3), true)) {
			for (final float v : Results.of(there, x).denoised)
				assertTrue(Float.isFinite(v));
		}
	}

	@Test
	void everyPixelsOwnNoiseAndMissingOnes() {
		final UnetSpec spec = Unets.spec(1, List.of(8, 8), false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = Unets.parameters(spec, 1, 1, 4);
		final float[] sigma = Unets.random(2 * 16 * 24, 5);
		for (int i = 0; i < sigma.length; i++)
			sigma[i] = i % 37 == 0 ? Float.POSITIVE_INFINITY : 0.4f + 0.2f * sigma[i];
		final NoisyImages x = new NoisyImages(Unets.random(sigma.length, 6), 2, 16, 24, sigma, new float[] { 0.1f, -0.2f }, 0);
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
			Results.of(there, x).assertLike(Results.of(here, x));
		}
	}

	@ParameterizedTest
	@CsvSource({ "1,1,false", "0.4,2,true" })
	void gradientsOfParameters(final double beta, final int channels, final boolean told) {
		final UnetSpec spec = Unets.spec(channels, List.of(20, 8, 18), told, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = Unets.parameters(spec, 2, beta, 5);
		final NoisyImages x = Unets.images(spec, 3, 24, 32);
		final double[] weights = new SplittableRandom(6).doubles(3, -1, 1).toArray();
		final float[] clean = Unets.random(x.pixels().length, 9);
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
			for (int k = 0; k < 3; k++) {
				final double[][] gradient = new double[2][p.values().length], losses = new double[2][3];
				final float[][] input = new float[2][x.pixels().length];
				for (int e = 0; e < 2; e++) {
					final UnetEnergy energy = e == 0 ? here : there;
					if (k == 0) energy.parameterGradient(x, weights, losses[e], gradient[e]);
					if (k == 1) energy.estimateGradient(x, clean, weights, losses[e], gradient[e]);
					if (k == 2) energy.product(x, clean, input[e], gradient[e]);
				}
				assertClose(losses[0], losses[1], TOLERANCE, "energies and losses");
				assertClose(doubles(input[0]), doubles(input[1]), TOLERANCE, "gradient of the images");
				// Each layer by itself: the largest gradients would hide wrong ones.
				for (final UnetParameters.Entry entry : p.entries())
					assertClose(Unets.part(gradient[0], entry), Unets.part(gradient[1], entry), TOLERANCE, entry.name());
			}
			assertTrue(there.isOnDevice());
		}
	}

	@Test
	void imagesInPieces() {
		final UnetSpec spec = Unets.spec(1, List.of(6, 5), false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = Unets.parameters(spec, 1, 1, 7);
		final NoisyImages x = NoisyImages.of(Unets.random(133 * 150, 8), 1, 150, 133, 0.3f);
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p)) {
			final float[][] denoised = new float[2][x.pixels().length];
			new WholeImage(here, false, 64).evaluate(x, Wanted.denoised(denoised[0]));
			new WholeImage(there, false, 64).evaluate(x, Wanted.denoised(denoised[1]));
			assertClose(doubles(denoised[0]), doubles(denoised[1]), TOLERANCE, "denoised");
		}
	}

	@Test
	void newParametersAreTakenOver() {
		final UnetSpec spec = Unets.spec(1, List.of(8), false, true, 0, EnergyForm.INNER);
		final NoisyImages x = Unets.images(spec, 2, 8, 8);
		try (UnetEnergy here = UnetEnergy.onProcessor(Unets.parameters(spec, 0, 1, 1)); UnetEnergy there = UnetEnergy.on(session, Unets
			.parameters(spec, 0, 1, 2)))
		{
			Results.of(there, x);
			there.setParameters(Unets.parameters(spec, 0, 1, 1));
			Results.of(there, x).assertLike(Results.of(here, x));
		}
	}

	private static final double MOST = 1.5;

	private static Schedule falling(final int steps, final boolean noisy) {
		final double[] levels = new double[steps + 1], a = new double[steps], s = new double[steps];
		for (int t = 0; t < steps; t++) {
			levels[t] = 0.5 * Math.pow(0.95, t);
			a[t] = 0.05 * levels[t];
			s[t] = noisy && t < steps - 1 ? 0.3 * levels[t] : 0;
		}
		return new Schedule(levels, a, s);
	}

	private interface Chains {

		LangevinChain of(UnetEnergy energy);
	}

	/** A chain here, twice there, and there until the device vanishes: the same to rounding, the same bits, and those of the processor. */
	private void assertSame(final UnetParameters p, final float[] start, final Schedule schedule, final Chains chains) {
		final float[][] x = new float[4][];
		final List<String> told = new ArrayList<>();
		DeviceChoice.listen(told::add);
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(session, p); FailingSession failing = new FailingSession(
			session.device(), session.device().largest()); UnetEnergy lost = UnetEnergy.on(failing, p))
		{
			for (int k = 0; k < 4; k++) {
				x[k] = start.clone();
				if (k == 3) failing.vanishAfter(failing.calls() / 2);
				final int reads = failing.reads();
				final LangevinChain chain = chains.of(k == 0 ? here : k == 3 ? lost : there);
				if (k == 2) {
					// It is known how many calls a chain takes, and that it gives back nothing but the end.
					try (UnetEnergy counted = UnetEnergy.on(failing, p)) {
						chains.of(counted).run(x[k].clone(), schedule);
						assertTrue(counted.isOnDevice());
					}
					assertEquals(reads + 1, failing.reads());
				}
				chain.run(x[k], schedule);
			}
			assertTrue(there.isOnDevice());
			assertFalse(lost.isOnDevice());
		}
		finally {
			DeviceChoice.listen(System.err::println);
		}
		assertEquals(1, told.size(), told.toString());
		assertClose(doubles(x[0]), doubles(x[1]), TOLERANCE, "states");
		assertArrayEquals(x[1], x[2]);
		assertArrayEquals(x[0], x[3]);
		assertFalse(Arrays.equals(start, x[1]));
	}

	/** The same seed, all on the device, beside the same on the processor; at some steps the gradient is limited. */
	@ParameterizedTest
	@CsvSource({ "false,true", "true,true", "true,false" })
	void aChainOfFiftySteps(final boolean told, final boolean noisy) {
		final UnetSpec spec = new UnetSpec(1, List.of(12, 8), told, false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(3));
		assertSame(p, Unets.random(3 * 16 * 16, 4), falling(50, noisy), energy -> {
			final LangevinChain chain = new LangevinChain(GradientFields.batch(energy, 16), PlacedNoise.ofTiles(16, 1, new long[] { 1, 2, 3 }));
			return noisy ? chain.gradientLimit(MOST) : chain.corrected();
		});
	}

	/** Of odd sides, with mirrored borders, as a part of a larger one, with noise that is correlated as the network is told. */
	@Test
	void aChainOfAnImageOfAnySize() {
		final UnetSpec spec = new UnetSpec(2, List.of(12, 8), true, true, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(3));
		assertSame(p, Unets.random(21 * 33 * 2, 4), falling(20, true), energy -> new LangevinChain(GradientFields.whole(energy.equivariant()
			.ofImages(), 33, 21, new float[] { 0.5f, 0.2f }), PlacedNoise.of(-3, 5, 33, 21, 2, NoiseFilter.ofCorrelation(0.5, 0.2), 7)));
	}

	/** With their values' noise on the way, and exactly. */
	@ParameterizedTest
	@CsvSource({ "false", "true" })
	void aChainWithKnownPixels(final boolean exactly) {
		final UnetSpec spec = new UnetSpec(2, List.of(12, 8), false, false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(3));
		final float[] values = Unets.random(24 * 19 * 2, 5);
		final boolean[] unknown = new boolean[24 * 19];
		for (int i = 0; i < unknown.length; i++)
			unknown[i] = i % 3 == 0;
		assertSame(p, Unets.random(values.length, 4), falling(20, !exactly), energy -> new LangevinChain(GradientFields.whole(energy, 19, 24,
			null), PlacedNoise.of(0, 0, 19, 24, 2, null, 7)).project(exactly ? Projection.exactly(values, unknown, 2) : Projection.known(values,
				unknown, 2)));
	}

	/** What is asked for on the way is shown, and where the device vanishes after that the chain goes on from there. */
	@Test
	void statesOnTheWay() {
		final UnetSpec spec = new UnetSpec(1, List.of(12, 8), true, false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(3));
		final List<double[]> states = new ArrayList<>();
		final List<Integer> counted = new ArrayList<>();
		DeviceChoice.listen(sentence -> {});
		try (FailingSession failing = new FailingSession(session.device(), session.device().largest()); UnetEnergy here = UnetEnergy.onProcessor(
			p); UnetEnergy there = UnetEnergy.on(failing, p))
		{
			for (final UnetEnergy energy : List.of(here, there))
				new LangevinChain(GradientFields.batch(energy, 16), PlacedNoise.of(7)).count(step -> {
					counted.add(step);
					if (energy == there && step == 5) failing.vanishAfter(10);
				}).listen(4, (step, x) -> states.add(doubles(x))).run(Unets.random(256, 4), falling(10, true));
			assertFalse(there.isOnDevice());
		}
		finally {
			DeviceChoice.listen(System.err::println);
		}
		assertEquals(6, states.size());
		for (int k = 0; k < 3; k++)
			assertClose(states.get(k), states.get(k + 3), TOLERANCE, "state " + k);
		assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10), counted);
	}

	/**
	 * Where a state has room, and the features of all images have not, they go in parts; where it would leave them none, it stays an array. The
	 * processor goes on where not even one image's features have room.
	 */
	@ParameterizedTest
	@CsvSource({ "2,3,true", "2,0.5,true", "0,1.5,true", "0,0.5,false" })
	void aChainWithLittleMemory(final double states, final double images, final boolean goes) {
		final UnetSpec spec = new UnetSpec(1, List.of(12, 8), false, false, true, 4, EnergyForm.INNER_CORRECTED);
		final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(3));
		final int count = 120, size = 256;
		final float[][] x = { Unets.random(count * size, 4), Unets.random(count * size, 4) };
		final List<String> told = new ArrayList<>();
		DeviceChoice.listen(told::add);
		try (FailingSession limited = new FailingSession(session.device(), session.device().largest()); UnetEnergy here = UnetEnergy.onProcessor(
			p); UnetEnergy there = UnetEnergy.on(limited, p))
		{
			final long weights = limited.held();
			long one = 0;
			try (UnetEnergy trial = UnetEnergy.on(limited, p)) {
				Results.of(trial, NoisyImages.at(Unets.random(size, 1), 1, 16, 16, 0.3, false));
				one = limited.held() - 2 * weights;
			}
			assertTrue(1.5 * one < 2 * count * size, one + " numbers");
			limited.limit(weights + (long) (states * (count * size + 2 * count) + images * one) + 100);
			for (int k = 0; k < 2; k++)
				new LangevinChain(GradientFields.batch(k == 0 ? here : there, 16), PlacedNoise.of(7)).run(x[k], falling(3, true));
			assertEquals(goes, there.isOnDevice());
		}
		finally {
			DeviceChoice.listen(System.err::println);
		}
		assertEquals(goes ? 0 : 1, told.size(), told.toString());
		assertClose(doubles(x[0]), doubles(x[1]), TOLERANCE, "states");
	}

	/** Gradient descent on images that show one thing, here and there: the same losses, which fall. */
	@Test
	void aShortTraining() {
		final UnetSpec spec = Unets.spec(1, List.of(8, 6), false, true, 4, EnergyForm.INNER_CORRECTED);
		final double[][] losses = new double[2][12];
		for (int e = 0; e < 2; e++) {
			final UnetParameters p = UnetParameters.random(spec, 1, new SplittableRandom(11));
			try (UnetEnergy energy = e == 0 ? UnetEnergy.onProcessor(p) : UnetEnergy.on(session, p)) {
				for (int step = 0; step < losses[e].length; step++) {
					final float[] clean = new float[4 * 16 * 16], noisy = Unets.random(clean.length, step);
					for (int i = 0; i < clean.length; i++) {
						clean[i] = i % 16 < 8 ? 0.5f : -0.5f;
						noisy[i] = clean[i] + 0.5f * noisy[i];
					}
					final double[] gradient = new double[p.values().length], loss = new double[4];
					energy.denoisedGradient(NoisyImages.of(noisy, 4, 16, 16, 0.3f), clean, new double[] { 1, 1, 1, 1 }, false, loss, gradient);
					final double length = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
					for (int i = 0; i < gradient.length; i++)
						p.values()[i] -= 0.2 / length * gradient[i];
					energy.setParameters(p);
					losses[e][step] = Arrays.stream(loss).sum();
				}
				assertEquals(e == 1, energy.isOnDevice());
			}
		}
		assertClose(losses[0], losses[1], 1e-3, "losses");
		assertTrue(losses[1][11] < 0.8 * losses[1][0], Arrays.toString(losses[1]));
	}

	@Test
	void allIsGivenBack() {
		final int before = Session.open();
		final UnetSpec spec = Unets.spec(1, List.of(8), false, true, 4, EnergyForm.INNER);
		try (UnetEnergy there = UnetEnergy.on(session, Unets.parameters(spec, 0, 1, 2))) {
			Results.of(there, Unets.images(spec, 2, 8, 8));
			assertTrue(Session.open() > before);
		}
		assertEquals(before, Session.open());
	}
}
