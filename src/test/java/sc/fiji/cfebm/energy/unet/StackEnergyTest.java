package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.StackEnergy;
import sc.fiji.cfebm.tensor.Precision;

/** Neighbouring planes as one network's channels, and the energy of a stack of them. */
class StackEnergyTest {

	private static final int SIDE = 16, AREA = SIDE * SIDE, PLANES = 3, STACK = 5;
	private static final double SIGMA = 0.3;
	private static final Workers WORKERS = new Workers(1);

	@AfterAll
	static void closeWorkers() {
		WORKERS.close();
	}

	private static UnetSpec spec(final int planes) {
		return new UnetSpec(planes, List.of(5, 4), false, true, true, 2, EnergyForm.INNER_CORRECTED, planes);
	}

	private static List<float[]> stack(final int count) {
		final List<float[]> planes = new ArrayList<>();
		for (int p = 0; p < count; p++)
			planes.add(Unets.random(AREA, 40 + p));
		return planes;
	}

	/** The whole stack's energy; its planes are told what their slabs say. */
	private static double energy(final UnetEnergy network, final List<float[]> pixels, final List<StackEnergy.Plane> planes, final float[] correlation) {
		final StackEnergy stack = new StackEnergy(network::evaluate, SIDE, SIDE);
		planes.clear();
		pixels.forEach(p -> planes.add(new StackEnergy.Plane(p, SIGMA)));
		double sum = 0;
		for (int p = 1; p < pixels.size() - 1; p++)
			sum += stack.add(planes.subList(p - 1, p + 2), correlation);
		return sum;
	}

	@ParameterizedTest
	@ValueSource(ints = { PLANES, STACK })
	void aPlaneDescendsTheOneEnergyOfTheStack(final int count) {
		final List<float[]> pixels = stack(count);
		final float[] correlation = { 0.2f, 0.1f };
		try (UnetEnergy network = new UnetEnergy(Unets.parameters(spec(PLANES), 1, 1, 3), Precision.DOUBLE, WORKERS)) {
			final List<StackEnergy.Plane> planes = new ArrayList<>();
			energy(network, pixels, planes, correlation);
			final SplittableRandom rng = new SplittableRandom(1);
			for (int k = 0; k < 6 * count; k++) {
				final int p = k % count, i = rng.nextInt(AREA);
				final StackEnergy.Plane plane = planes.get(p);
				assertEquals(Math.min(Math.min(p, count - 1 - p) + 1, count - 2), plane.slabs());
				final double step = 4e-3, taken = pixels.get(p)[i] - plane.denoised()[i];
				final float middle = pixels.get(p)[i];
				final List<StackEnergy.Plane> others = new ArrayList<>();
				pixels.get(p)[i] = middle + (float) step;
				final double above = energy(network, pixels, others, correlation);
				pixels.get(p)[i] = middle - (float) step;
				final double below = energy(network, pixels, others, correlation);
				pixels.get(p)[i] = middle;
				final double expected = SIGMA * SIGMA * (above - below) / (2 * step) / plane.slabs();
				assertEquals(expected, taken, 1e-3 * Math.max(Math.abs(expected), 0.1), "plane " + p + ", pixel " + i);
			}
		}
	}

	@Test
	void atAnEndAPlaneStandsInForThoseThatAreNotThere() {
		final List<float[]> pixels = stack(2);
		try (UnetEnergy network = new UnetEnergy(Unets.parameters(spec(PLANES), 1, 1, 3), Precision.DOUBLE, WORKERS)) {
			final StackEnergy stack = new StackEnergy(network::evaluate, SIDE, SIDE);
			final StackEnergy.Plane first = new StackEnergy.Plane(pixels.get(0), SIGMA), second = new StackEnergy.Plane(pixels.get(1), SIGMA);
			stack.add(List.of(first, first, second), null);
			assertEquals(2, first.slabs());
			final SplittableRandom rng = new SplittableRandom(1);
			for (int k = 0; k < 6; k++) {
				final int i = rng.nextInt(AREA);
				final double step = 4e-3, taken = pixels.get(0)[i] - first.denoised()[i], sides[] = new double[2];
				final float middle = pixels.get(0)[i];
				for (int side = 0; side < 2; side++) {
					pixels.get(0)[i] = middle + (float) (side == 0 ? -step : step);
					final StackEnergy.Plane moved = new StackEnergy.Plane(pixels.get(0), SIGMA);
					sides[side] = stack.add(List.of(moved, moved, new StackEnergy.Plane(pixels.get(1), SIGMA)), null);
				}
				pixels.get(0)[i] = middle;
				final double expected = SIGMA * SIGMA * (sides[1] - sides[0]) / (2 * step) / 2;
				assertEquals(expected, taken, 1e-3 * Math.max(Math.abs(expected), 0.1), "pixel " + i);
			}
		}
	}

	@Test
	void theMiddlePlaneAloneIsDenoisedAsWithTheOthers() {
		try (UnetEnergy network = new UnetEnergy(Unets.parameters(spec(PLANES), 1, 1, 3), Precision.FLOAT, WORKERS)) {
			final List<StackEnergy.Plane> slab = stack(PLANES).stream().map(pixels -> new StackEnergy.Plane(pixels, SIGMA)).toList();
			final StackEnergy stack = new StackEnergy(network::evaluate, SIDE, SIDE);
			final float[] middle = stack.middle(slab, null);
			assertEquals(0, slab.get(PLANES / 2).slabs());
			stack.add(slab, null);
			assertArrayEquals(slab.get(PLANES / 2).denoised(), middle, 1e-5f);
		}
	}

	@Test
	void aPlanesBrightnessMakesNoDifferenceToTheOthers() {
		try (UnetEnergy network = new UnetEnergy(Unets.parameters(spec(PLANES), 1, 1, 3), Precision.FLOAT, WORKERS)) {
			final List<StackEnergy.Plane> dark = new ArrayList<>(), bright = new ArrayList<>();
			final List<float[]> pixels = stack(PLANES), brighter = stack(PLANES);
			for (int i = 0; i < AREA; i++)
				brighter.get(0)[i] += 8;
			energy(network, pixels, dark, null);
			energy(network, brighter, bright, null);
			for (int i = 0; i < AREA; i++) {
				assertEquals(dark.get(0).denoised()[i] + 8, bright.get(0).denoised()[i], 1e-4);
				assertEquals(dark.get(1).denoised()[i], bright.get(1).denoised()[i], 1e-4);
			}
		}
	}

	@Test
	void aPlaneInNoSlabStaysAsItIs() {
		final float[] pixels = stack(1).get(0);
		assertArrayEquals(pixels, new StackEnergy.Plane(pixels, SIGMA).denoised());
	}

	@Test
	void aNetworkOfSinglePlanesBecomesOneOfNeighboursThatSaysTheSameOfTheMiddleOne() {
		for (final double beta : new double[] { 1, 0.4 }) {
			final UnetParameters one = Unets.parameters(spec(1), 1, beta, 5), three = one.adapted(spec(PLANES));
			assertEquals(beta, three.beta());
			final float[] pixels = Unets.random(AREA * PLANES, 6), middle = new float[AREA], of = new float[AREA], all = new float[AREA * PLANES];
			for (int i = 0; i < AREA; i++)
				middle[i] = pixels[i * PLANES + 1];
			try (UnetEnergy single = new UnetEnergy(one, Precision.FLOAT, WORKERS); UnetEnergy slab = new UnetEnergy(three, Precision.FLOAT,
				WORKERS))
			{
				single.evaluate(images(middle, 1), Wanted.denoised(of));
				slab.evaluate(images(pixels, PLANES), Wanted.denoised(all));
			}
			for (int i = 0; i < AREA; i++) {
				assertEquals(of[i], all[i * PLANES + 1], 1e-5);
				assertEquals(pixels[i * PLANES], all[i * PLANES], 1e-6);
				assertEquals(pixels[i * PLANES + 2], all[i * PLANES + 2], 1e-6);
			}
		}
		final UnetParameters three = Unets.parameters(spec(PLANES), 1, 1, 5);
		assertArrayEquals(three.values(), three.adapted(spec(PLANES)).values());
		assertArrayEquals(three.values(), three.adapted(spec(5)).adapted(spec(PLANES)).values());
		assertThrows(IllegalArgumentException.class, () -> three.adapted(spec(1)));
	}

	private static NoisyImages images(final float[] pixels, final int channels) {
		return new NoisyImages(pixels, 1, SIDE, SIDE, new float[] { (float) SIGMA }, new float[channels], 0, new float[] { 0.3f, 0.1f });
	}

	@Test
	void neighbouringPlanesAreAnOddNumberOfGrayOnes() {
		for (final int planes : new int[] { -1, 2, 4 })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> new UnetSpec(4, List.of(2), false, false, true, 2, EnergyForm.INNER,
				planes)).getMessage().contains("odd number"));
		assertThrows(IllegalArgumentException.class, () -> new UnetSpec(4, List.of(2), false, false, true, 2, EnergyForm.INNER, 3));
		assertThrows(IllegalArgumentException.class, () -> new UnetSpec(3, List.of(2), true, false, true, 2, EnergyForm.INNER, 3));
		// As a file says it that knows of none.
		assertEquals(1, new UnetSpec(3, List.of(2), false, false, true, 2, EnergyForm.INNER, 0).planes());
	}
}
