package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.tensor.Precision;

/** Images of any size. */
class WholeImageTest {

	private static final int PIECE = 64;
	private static final Workers WORKERS = new Workers(1);

	@AfterAll
	static void closeWorkers() {
		WORKERS.close();
	}

	private record Results(float[] map, float[] gradient, float[] estimate, float[] denoised) {

		static Results of(final NoisyImages x, final WholeImage whole) {
			final int size = x.pixels().length;
			final Results r = new Results(new float[x.height() * x.width()], new float[size], new float[size], new float[size]);
			final double[] energies = new double[1];
			whole.evaluate(x, new Wanted(energies, r.map, r.gradient, r.estimate, r.denoised));
			double sum = 0;
			for (final float v : r.map)
				sum += v;
			assertEquals(sum, energies[0], 1e-9 * Math.abs(sum));
			return r;
		}
	}

	@Test
	void aPartOfACropIsTheWholesToTheBit() {
		final UnetSpec spec = Unets.spec(2, List.of(5, 4), false, false, EnergyForm.INNER);
		final int height = 300, width = 280, halo = 2 * UnetSpec.reach(1), top = PIECE, left = 0, cropHeight = 230, cropWidth = 250;
		final NoisyImages x = image(spec, height, width);
		final NoisyImages crop = crop(x, top, left, cropHeight, cropWidth);
		try (UnetEnergy energy = new UnetEnergy(Unets.parameters(spec, 1, 1, 4), Precision.FLOAT, WORKERS)) {
			final WholeImage pieces = new WholeImage(energy, false, PIECE);
			final Results whole = Results.of(x, pieces), part = Results.of(crop, pieces);
			int compared = 0;
			// Pieces that are whole, with all around them, in both.
			for (int y = 0; y < cropHeight; y += PIECE)
				for (int z = 0; z < cropWidth; z += PIECE) {
					if (y < halo || z < halo || y + PIECE + halo > cropHeight || z + PIECE + halo > cropWidth) continue;
					for (int i = 0; i < PIECE * PIECE; i++) {
						final int a = (y + i / PIECE) * cropWidth + z + i % PIECE, b = (top + y + i / PIECE) * width + left + z + i % PIECE;
						assertEquals(whole.map[b], part.map[a]);
						for (int c = 0; c < 2; c++) {
							assertEquals(whole.gradient[2 * b + c], part.gradient[2 * a + c]);
							assertEquals(whole.estimate[2 * b + c], part.estimate[2 * a + c]);
							assertEquals(whole.denoised[2 * b + c], part.denoised[2 * a + c]);
						}
						compared++;
					}
				}
			assertEquals(PIECE * PIECE, compared);
		}
	}

	@ParameterizedTest
	@CsvSource({ "false,0", "true,0", "false,1" })
	void piecesMakeNoDifference(final boolean careful, final int stage) {
		final UnetSpec spec = Unets.spec(1, List.of(5, 4), false, false, EnergyForm.INNER);
		final NoisyImages x = image(spec, 135, 71);
		try (UnetEnergy energy = new UnetEnergy(Unets.parameters(spec, stage, 1, 4), Precision.FLOAT, WORKERS)) {
			final Results whole = Results.of(x, new WholeImage(energy, careful)), pieces = Results.of(x, new WholeImage(energy, careful,
				32));
			assertClose(doubles(whole.map), doubles(pieces.map), 1e-5, "map");
			assertClose(doubles(whole.gradient), doubles(pieces.gradient), 1e-5, "gradient");
			assertClose(doubles(whole.estimate), doubles(pieces.estimate), 1e-5, "estimate");
			assertClose(doubles(whole.denoised), doubles(pieces.denoised), 1e-5, "denoised");
		}
	}

	@Test
	void carefulIsTheMeanOfFourShifts() {
		final UnetSpec spec = Unets.spec(1, List.of(4), false, false, EnergyForm.INNER);
		final NoisyImages x = image(spec, 40, 42);
		try (UnetEnergy energy = new UnetEnergy(Unets.parameters(spec, 0, 1, 4), Precision.FLOAT, WORKERS)) {
			final Results careful = Results.of(x, new WholeImage(energy, true));
			final int y = 20, z = 22;
			double mean = 0;
			for (int shift = 0; shift < 4; shift++) {
				final int dy = shift / 2, dx = shift % 2;
				// The same pixel, far from the borders, where it lies otherwise on the lattice.
				final Results one = Results.of(crop(x, dy, dx, 38, 40), new WholeImage(energy, false));
				mean += one.denoised[(y - dy) * 40 + z - dx] / 4;
			}
			assertEquals(mean, careful.denoised[y * 42 + z], 1e-5);
		}
	}

	@ParameterizedTest
	@CsvSource({ "1,1", "1,7", "3,2", "17,9" })
	void smallImagesGo(final int height, final int width) {
		final UnetSpec spec = Unets.spec(1, List.of(4, 3, 3), false, false, EnergyForm.INNER);
		final NoisyImages x = image(spec, height, width);
		try (UnetEnergy energy = new UnetEnergy(Unets.parameters(spec, 2, 1, 4), Precision.FLOAT, WORKERS)) {
			for (final float v : Results.of(x, new WholeImage(energy, true)).denoised)
				assertEquals(true, Float.isFinite(v));
			final float[] two = new float[2 * height * width];
			assertEquals("This is for one image, not 2.", assertThrows(IllegalArgumentException.class, () -> new WholeImage(energy, false)
				.evaluate(NoisyImages.of(two, 2, height, width, 1), Wanted.estimate(two))).getMessage());
		}
	}

	@Test
	void missingPixelsStayAsTheyAre() {
		final UnetSpec spec = Unets.spec(1, List.of(4), false, false, EnergyForm.INNER);
		final NoisyImages all = image(spec, 20, 20);
		final float[] sigma = all.sigma().clone(), pixels = all.pixels().clone(), a = pixels.clone(), b = pixels.clone();
		sigma[50] = Float.POSITIVE_INFINITY;
		try (UnetEnergy energy = new UnetEnergy(Unets.parameters(spec, 0, 1, 4), Precision.FLOAT, WORKERS)) {
			final WholeImage whole = new WholeImage(energy, true);
			pixels[50] = 12345;
			whole.evaluate(new NoisyImages(pixels, 1, 20, 20, sigma, all.offset(), 0), Wanted.denoised(a));
			assertEquals(12345, a[50]);
			pixels[50] = Float.NaN;
			whole.evaluate(new NoisyImages(pixels, 1, 20, 20, sigma, all.offset(), 0), Wanted.denoised(b));
			assertEquals(Float.NaN, b[50]);
			a[50] = b[50];
			assertArrayEquals(a, b);
		}
	}

	/** σ differs from pixel to pixel. */
	private static NoisyImages image(final UnetSpec spec, final int height, final int width) {
		final float[] sigma = Unets.random(height * width, 5);
		for (int i = 0; i < sigma.length; i++)
			sigma[i] = 0.3f + 0.1f * sigma[i];
		return new NoisyImages(Unets.random(height * width * spec.channels(), 7), 1, height, width, sigma, new float[] { 0.1f }, 0);
	}

	private static NoisyImages crop(final NoisyImages x, final int top, final int left, final int height, final int width) {
		final int c = x.channels();
		final float[] sigma = new float[height * width], pixels = new float[sigma.length * c];
		for (int i = 0; i < sigma.length; i++) {
			final int from = (top + i / width) * x.width() + left + i % width;
			sigma[i] = x.sigma()[from];
			System.arraycopy(x.pixels(), from * c, pixels, i * c, c);
		}
		return new NoisyImages(pixels, 1, height, width, sigma, x.offset(), 0);
	}
}
