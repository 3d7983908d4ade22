package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;
import static sc.fiji.cfebm.energy.unet.Unets.part;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.Precision;

/** What must hold for the energy of any network, trained or not. */
class UnetEnergyTest {

	private static final Workers WORKERS = new Workers(1);

	@AfterAll
	static void closeWorkers() {
		WORKERS.close();
	}

	@ParameterizedTest
	@EnumSource(EnergyForm.class)
	void fadePathAloneIsThePreviousStageOfThePooledImage(final EnergyForm form) {
		for (final int channels : new int[] { 1, 3 }) {
			final UnetSpec spec = Unets.spec(channels, List.of(6, 5, 4), true, channels == 3, channels - 1, form);
			final SplittableRandom rng = new SplittableRandom(1);
			final UnetParameters coarse = Unets.parameters(spec, 1, 1, 5), fine = coarse.grow(rng);
			assertEquals(0, fine.beta());
			assertEquals(2, fine.stage());
			final NoisyImages x = Unets.images(spec, 2, 16, 24);
			final float[] sigma = x.sigma().clone();
			for (int i = 0; i < sigma.length; i++)
				sigma[i] /= 2;
			final NoisyImages pooled = new NoisyImages(pool(x.pixels(), 24, channels), 2, 8, 12, sigma, x.offset(), x.told(), x.correlation());
			final double[] a = new double[2], b = new double[2];
			final float[] denoised = new float[x.pixels().length], coarser = new float[denoised.length / 4];
			try (UnetEnergy f = energy(fine); UnetEnergy c = energy(coarse)) {
				f.evaluate(x, new Wanted(a, null, null, null, denoised));
				c.evaluate(pooled, new Wanted(b, null, null, null, coarser));
			}
			assertArrayEquals(b, a, 1e-6 * Math.abs(b[0]));
			assertTrue(Math.abs(b[0] - b[1]) > 1e-3 * Math.abs(b[0]), "the energies should differ from image to image");
			// What is finer than the coarse image stays; the coarse image becomes the coarse network's.
			assertClose(doubles(coarser), doubles(pool(denoised, 24, channels)), 1e-5, "denoised");
		}
	}

	@Test
	void gainAndOffsetOfImagesMakeNoDifference() {
		final float gain = 37.3f, offset = -1234.5f;
		final UnetSpec spec = Unets.spec(1, List.of(6, 5, 4), false, false, EnergyForm.INNER);
		final UnetParameters p = Unets.parameters(spec, 2, 1, 3);
		final float[] pixels = Unets.random(2 * 16 * 16, 4), other = new float[pixels.length];
		for (int i = 0; i < pixels.length; i++)
			other[i] = gain * pixels[i] + offset;
		final float[] a = new float[pixels.length], b = new float[pixels.length];
		final double[] energiesA = new double[2], energiesB = new double[2];
		try (UnetEnergy energy = new UnetEnergy(p, Precision.FLOAT, WORKERS)) {
			energy.evaluate(NoisyImages.of(pixels, 2, 16, 16, 0.2f, 0.5f), new Wanted(energiesA, null, null, null, a));
			energy.evaluate(NoisyImages.of(other, 2, 16, 16, gain * 0.2f, gain * 0.5f), new Wanted(energiesB, null, null, null, b));
		}
		for (int i = 0; i < a.length; i++)
			a[i] = gain * a[i] + offset;
		assertClose(doubles(a), doubles(b), 1e-4, "denoised");
		assertClose(energiesA, energiesB, 1e-4, "energies");
	}

	/** With kernels that sum to zero, and surroundings taken off, an offset makes no difference at all. */
	@Test
	void offsetsMakeNoDifferenceWithZeroSums() {
		final UnetSpec spec = Unets.spec(2, List.of(4, 4), false, true, 3, EnergyForm.INNER_CORRECTED);
		final NoisyImages x = new NoisyImages(Unets.random(2 * 24 * 16, 4), 1, 24, 16, new float[] { 0.3f }, new float[] { 0 }, 0);
		final NoisyImages y = new NoisyImages(x.pixels(), 1, 24, 16, x.sigma(), new float[] { 0.4f, -1.5f }, 0);
		final float[] a = new float[x.pixels().length], b = a.clone(), denoisedA = a.clone(), denoisedB = a.clone();
		final double[] energyA = new double[1], energyB = new double[1];
		try (UnetEnergy energy = energy(Unets.parameters(spec, 1, 0.3, 3))) {
			energy.evaluate(x, new Wanted(energyA, null, null, a, denoisedA));
			energy.evaluate(y, new Wanted(energyB, null, null, b, denoisedB));
		}
		assertClose(doubles(a), doubles(b), 1e-5, "estimate");
		assertClose(doubles(denoisedA), doubles(denoisedB), 1e-5, "denoised");
		assertClose(energyA, energyB, 1e-5, "energy");
	}

	/** Form, stage, channels, β; σ differs from pixel to pixel, and a few pixels are missing. */
	@ParameterizedTest
	@CsvSource({ "INNER,2,1,1", "INNER,1,2,0.3", "INNER_CORRECTED,1,1,1", "INNER_CORRECTED,2,1,0.5", "NORM,2,1,1" })
	void gradientIsTheDerivativeOfTheEnergy(final EnergyForm form, final int stage, final int channels, final double beta) {
		final UnetSpec spec = Unets.spec(channels, List.of(5, 4, 3), false, channels == 2, 2, form);
		final UnetParameters p = Unets.parameters(spec, stage, beta, 8);
		final NoisyImages x = uneven(spec, 2, 16, 8);
		final double[] energies = new double[2], numeric = new double[24], analytic = new double[24];
		final float[] gradient = new float[x.pixels().length], map = new float[gradient.length / channels];
		try (UnetEnergy energy = energy(p)) {
			energy.evaluate(x, new Wanted(energies, map, gradient, null, null));
			double sum = 0;
			for (final float v : map)
				sum += v;
			assertEquals(energies[0] + energies[1], sum, 1e-5 * Math.abs(sum) + 1e-5);
			final SplittableRandom rng = new SplittableRandom(3);
			for (int k = 0; k < numeric.length; k++) {
				final int i = k == 0 ? 5 * channels : rng.nextInt(gradient.length);
				final float step = 1f / 64;
				numeric[k] = fourthOrder(h -> {
					final float[] moved = x.pixels().clone();
					moved[i] += (float) h * step;
					final double[] e = new double[2];
					energy.evaluate(x.with(moved), Wanted.energies(e));
					return e[0] + e[1];
				}) / step;
				analytic[k] = gradient[i];
			}
		}
		assertEquals(0, analytic[0], 1e-30, "a missing pixel");
		assertClose(numeric, analytic, 2e-4, "gradient");
	}

	@Test
	void missingPixelsStayAndMakeNoDifference() {
		final UnetSpec spec = Unets.spec(1, List.of(5, 4), false, false, EnergyForm.INNER);
		final UnetParameters p = Unets.parameters(spec, 1, 1, 8);
		final NoisyImages x = uneven(spec, 1, 16, 16);
		final float[] other = x.pixels().clone();
		for (int i = 0; i < other.length; i++)
			if (Float.isInfinite(x.sigma()[i])) other[i] = i % 2 == 0 ? 1e30f : Float.NaN;
		final float[] a = new float[other.length], b = new float[other.length], n = new float[other.length];
		final double[] ea = new double[1], eb = new double[1];
		try (UnetEnergy energy = energy(p)) {
			energy.evaluate(x, new Wanted(ea, null, null, null, a));
			energy.evaluate(x.with(other), new Wanted(eb, null, null, n, b));
		}
		assertArrayEquals(ea, eb);
		for (int i = 0; i < a.length; i++) {
			if (!Float.isInfinite(x.sigma()[i])) assertEquals(a[i], b[i]);
			else {
				assertEquals(other[i], b[i]);
				assertEquals(other[i], n[i]);
			}
		}
	}

	/** Form, stage, channels, β, zero sum. */
	@ParameterizedTest
	@CsvSource({ "INNER,2,1,1,false", "INNER,1,2,0.3,true", "INNER_CORRECTED,1,1,1,false", "NORM,1,1,1,false" })
	void trainingGradientsAreTheDerivativesOfTheLosses(final EnergyForm form, final int stage, final int channels,
		final double beta, final boolean zeroSum)
	{
		final UnetSpec spec = Unets.spec(channels, List.of(5, 4, 3), true, zeroSum, form);
		final UnetParameters p = Unets.parameters(spec, stage, beta, 8);
		final NoisyImages x = uneven(spec, 2, 16, 8);
		final float[] clean = Unets.random(x.pixels().length, 12);
		final double[] weights = { 0.7, -0.4 }, losses = new double[2];
		final double[] estimate = new double[p.values().length], denoised = estimate.clone(), inFloat = estimate.clone();
		try (UnetEnergy energy = energy(p); UnetEnergy floats = new UnetEnergy(p, Precision.FLOAT, WORKERS)) {
			energy.estimateGradient(x, clean, weights, losses, estimate);
			final double[] numeric = numeric(energy, p, q -> {
				final float[] n = new float[clean.length];
				energy.evaluate(x, Wanted.estimate(n));
				return loss(x, n, clean, weights);
			});
			assertClose(numeric, chosen(p, estimate), 1e-3, "estimate");
			energy.setParameters(p);
			energy.denoisedGradient(x, clean, weights, true, losses, denoised);
			final double[] again = new double[2], rough = new double[denoised.length];
			energy.denoisedGradient(x, clean, weights, false, again, rough);
			assertClose(denoised, rough, 2e-2, "without a central difference");
			assertClose(losses, again, 1e-5, "losses");
			final double[] second = numeric(energy, p, q -> {
				final float[] d = new float[clean.length];
				energy.evaluate(x, Wanted.denoised(d));
				return loss(x, d, clean, weights);
			});
			assertClose(second, chosen(p, denoised), 2e-3, "denoised");
			final float[] d = new float[clean.length];
			energy.setParameters(p);
			energy.evaluate(x, Wanted.denoised(d));
			assertEquals(loss(x, d, clean, weights), weights[0] * losses[0] + weights[1] * losses[1], 1e-4);
			floats.denoisedGradient(x, clean, weights, true, null, inFloat);
		}
		for (final UnetParameters.Entry e : p.entries())
			assertClose(part(denoised, e), part(inFloat, e), 2e-3, "denoised in float, " + e.name());
	}

	@Test
	void chunksAndWorkersMakeNoDifference() {
		final UnetSpec spec = Unets.spec(1, List.of(8, 8), false, false, EnergyForm.INNER);
		final UnetParameters p = Unets.parameters(spec, 1, 1, 8);
		// Several chunks, the last of them not full.
		final int count = 11, side = 48;
		final float[] sigma = new float[count], pixels = Unets.random(count * side * side, 3);
		Arrays.fill(sigma, 0.3f);
		final NoisyImages x = NoisyImages.of(pixels, count, side, side, sigma);
		final double[] weights = new SplittableRandom(2).doubles(count, -1, 1).toArray();
		final float[][] denoised = new float[2][pixels.length];
		final double[][] energies = new double[2][count], gradients = new double[2][p.values().length], losses =
			new double[2][p.values().length];
		final int open = NativeRuntime.open();
		for (int k = 0; k < 2; k++)
			try (Workers workers = new Workers(1 + 2 * k); UnetEnergy energy = new UnetEnergy(p, Precision.FLOAT, workers)) {
				energy.evaluate(x, new Wanted(energies[k], null, null, null, denoised[k]));
				energy.parameterGradient(x, weights, null, gradients[k]);
				energy.denoisedGradient(x, pixels, weights, false, null, losses[k]);
			}
		assertEquals(open, NativeRuntime.open());
		assertArrayEquals(denoised[0], denoised[1]);
		assertArrayEquals(energies[0], energies[1]);
		assertArrayEquals(gradients[0], gradients[1]);
		assertArrayEquals(losses[0], losses[1]);
		final double[] apart = new double[gradients[0].length];
		try (UnetEnergy energy = new UnetEnergy(p, Precision.FLOAT, WORKERS)) {
			for (int n = 0; n < count; n++)
				energy.parameterGradient(NoisyImages.of(Arrays.copyOfRange(pixels, n * side * side, (n + 1) * side * side), 1, side,
					side, 0.3f), new double[] { weights[n] }, null, apart);
		}
		assertClose(gradients[0], apart, 1e-5, "one by one");
	}

	/** Channels, β, way, zero sum, whether the parameters' gradients are wanted: an image in strips as an image at once. */
	@ParameterizedTest
	@CsvSource({ "1,1,nd4j,false,false", "3,0.4,nd4j,true,false", "1,0.4,gemm,true,false", "1,1,nd4j,false,true", "3,0.4,nd4j,true,true",
		"1,0.4,gemm,true,true" })
	void stripsMakeNoDifference(final int channels, final double beta, final String way, final boolean zeroSum, final boolean training) {
		System.setProperty(NativeRuntime.CONVOLUTION, way);
		final UnetSpec spec = Unets.spec(channels, List.of(6, 5, 4), true, zeroSum, EnergyForm.INNER);
		final int height = 208, width = 1024, values = height * width * channels, open = NativeRuntime.open();
		final float[] z = Unets.random(values, 3), told = { 0.3f, -1.4f }, correlation = { 0.5f, 0.2f }, cotangent = Unets.random(values, 4);
		final float[][] r = new float[3][values], gradient = new float[3][values];
		final double[][] parameters = new double[3][];
		try (UnetWeights weights = new UnetWeights(Unets.parameters(spec, 2, beta, 8), Precision.FLOAT)) {
			for (int k = 0; k < 3; k++)
				try (Workers workers = new Workers(1 + k); UnetProgram program = k == 0 ? new UnetProgram(weights, 1, height, width,
					training) : new UnetProgram(weights, height, width, training, workers))
				{
					for (int repeat = 0; repeat < 2; repeat++) {
						program.forward(z, told, correlation);
						program.read(r[k], null);
						program.backward(cotangent, null, training, gradient[k]);
						program.addGradients(parameters[k] = new double[weights.size()]);
					}
				}
		}
		finally {
			System.clearProperty(NativeRuntime.CONVOLUTION);
		}
		assertEquals(open, NativeRuntime.open());
		assertClose(doubles(r[0]), doubles(r[1]), 1e-5, "R");
		assertClose(doubles(gradient[0]), doubles(gradient[1]), 1e-5, "gradient");
		assertClose(parameters[0], parameters[1], 1e-5, "gradient of the parameters");
		assertArrayEquals(r[1], r[2]);
		assertArrayEquals(gradient[1], gradient[2]);
		assertArrayEquals(parameters[1], parameters[2]);
	}

	@Test
	void oneBadBatchDoesNotSpoilTheNext() {
		final UnetSpec spec = Unets.spec(1, List.of(4, 3), false, false, EnergyForm.INNER);
		final UnetParameters p = Unets.parameters(spec, 1, 0.5, 8);
		final NoisyImages x = Unets.images(spec, 3, 8, 8);
		final float[] bad = new float[x.pixels().length];
		Arrays.fill(bad, Float.NaN);
		final double[] a = new double[p.values().length], b = a.clone(), weights = { 1, -2, 3 };
		try (UnetEnergy used = energy(p); UnetEnergy fresh = energy(p)) {
			used.parameterGradient(x.with(bad), weights, null, new double[a.length]);
			used.parameterGradient(x, weights, null, a);
			fresh.parameterGradient(x, weights, null, b);
		}
		assertArrayEquals(b, a);
	}

	@Test
	void parametersGrowAndAreCopied() {
		final UnetSpec spec = new UnetSpec(1, List.of(64, 48, 32));
		final SplittableRandom rng = new SplittableRandom(1);
		final UnetParameters coarse = UnetParameters.random(spec, 1, rng);
		final UnetParameters fine = coarse.grow(rng);
		assertArrayEquals(part(coarse.values(), coarse.entry("encode16.a")), part(fine.values(), fine.entry("encode16.a")));
		assertArrayEquals(part(coarse.values(), coarse.entry("last.bias")), part(fine.values(), fine.entry("fade.last.bias")));
		assertThrows(IllegalStateException.class, () -> fine.grow(rng));
		assertSame(fine, fine.trimmed());
		fine.setBeta(1);
		final UnetParameters whole = fine.trimmed();
		// The prototype's.
		assertEquals(307_236, whole.values().length);
		assertThrows(IllegalArgumentException.class, () -> whole.setBeta(0.5));
		final UnetParameters copy = fine.copy();
		copy.roundToFloat();
		assertEquals((float) fine.values()[3], copy.values()[3]);
		assertTrue(copy.isFinite());
		copy.values()[5] = Double.NaN;
		assertFalse(copy.isFinite());
		assertTrue(fine.isFinite());
		final float[] pixels = new float[12 * 12];
		try (UnetEnergy energy = energy(whole)) {
			assertEquals("Heights and widths are multiples of 8, not 12×12.", assertThrows(IllegalArgumentException.class,
				() -> energy.evaluate(NoisyImages.of(pixels, 1, 12, 12, 1), Wanted.estimate(pixels))).getMessage());
		}
	}

	private static UnetEnergy energy(final UnetParameters p) {
		return new UnetEnergy(p, Precision.DOUBLE, WORKERS);
	}

	/** σ differs from pixel to pixel by powers of two, every seventh pixel from the fifth on is missing; pixels are dyadic. A network that can be told is told of all but
	 * the last image, and all pixels have the same σ. */
	private static NoisyImages uneven(final UnetSpec spec, final int count, final int height, final int width) {
		final float[] sigma = new float[count * height * width], pixels = Unets.random(sigma.length * spec.channels(), 7);
		for (int i = 0; i < sigma.length; i++)
			sigma[i] = i % 7 == 5 ? Float.POSITIVE_INFINITY : i % 3 == 0 ? 0.5f : 0.25f;
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = Math.round(64 * pixels[i]) / 64f;
		if (spec.told()) return new NoisyImages(pixels, count, height, width, new float[] { 0.25f }, new float[count], count - 1);
		return new NoisyImages(pixels, count, height, width, sigma, new float[count], 0);
	}

	private static double loss(final NoisyImages x, final float[] result, final float[] clean, final double[] weights) {
		double loss = 0;
		for (int i = 0; i < result.length; i++) {
			final double error = (double) result[i] - clean[i];
			final int pixel = i / x.channels();
			if (Float.isFinite(x.sigmaAt(pixel))) loss += weights[pixel / (x.height() * x.width())] * error * error;
		}
		return loss;
	}

	/** Derivatives with respect to some parameters of each entry. */
	private static double[] numeric(final UnetEnergy energy, final UnetParameters p, final ToDoubleFunction<UnetParameters> loss) {
		final double[] all = chosen(p, p.values());
		int k = 0;
		for (final UnetParameters.Entry e : p.entries())
			for (final int i : new int[] { e.offset(), e.offset() + e.size() / 2 }) {
				final double before = p.values()[i], step = 1e-2;
				all[k++] = fourthOrder(h -> {
					p.values()[i] = before + h * step;
					energy.setParameters(p);
					return loss.applyAsDouble(p);
				}) / step;
				p.values()[i] = before;
			}
		return all;
	}

	private static double[] chosen(final UnetParameters p, final double[] values) {
		final java.util.stream.DoubleStream.Builder chosen = java.util.stream.DoubleStream.builder();
		for (final UnetParameters.Entry e : p.entries())
			chosen.add(values[e.offset()]).add(values[e.offset() + e.size() / 2]);
		return chosen.build().toArray();
	}

	private interface Along {

		double at(double steps);
	}

	private static double fourthOrder(final Along f) {
		return (8 * (f.at(1) - f.at(-1)) - (f.at(2) - f.at(-2))) / 12;
	}

	private static float[] pool(final float[] images, final int w, final int c) {
		final float[] out = new float[images.length / 4];
		for (int i = 0; i < images.length; i++) {
			final int channel = i % c, x = i / c % w, line = i / c / w;
			out[(line / 2 * (w / 2) + x / 2) * c + channel] += images[i] / 4;
		}
		return out;
	}
}
