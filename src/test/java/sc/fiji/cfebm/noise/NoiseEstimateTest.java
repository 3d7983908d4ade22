package sc.fiji.cfebm.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.task.Waves.waves;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.raster.Raster;

/** Noise of known strength, found again in waves that half of the time are covered with fine stripes. */
class NoiseEstimateTest {

	@ParameterizedTest
	@ValueSource(doubles = { 2, 10, 40 })
	void whiteNoiseIsTakenFromWhereItIsFlat(final double sigma) {
		final Raster image = waves(256, 200, 0.2);
		final SplittableRandom rng = new SplittableRandom(8);
		for (int i = 0; i < image.values().length; i++) {
			if (i % 256 < 150) image.values()[i] += 60 * (i / 2 % 2);
			image.values()[i] += sigma * rng.nextGaussian();
		}
		assertEquals(sigma, NoiseEstimate.of(image).sigma(), 0.06 * sigma);
	}

	/** As where nothing was recorded, or a channel is empty. */
	@Test
	void blankPlanesAndChannelsSayNothing() {
		final NoiseEstimate some = new NoiseEstimate(8);
		final SplittableRandom rng = new SplittableRandom(8);
		for (int n = 0; n < 8; n++) {
			final Raster plane = waves(128, 128, n % 4 == 0 ? 0 : 0.2);
			for (int i = 0; i < plane.values().length; i++)
				plane.values()[i] = n % 4 == 0 ? 7 : (float) (plane.values()[i] + 10 * rng.nextGaussian());
			some.add(plane);
		}
		assertEquals(10, some.sigma(), 1);
		final Raster two = new Raster(128, 128, 2);
		for (int i = 1; i < two.values().length; i += 2)
			two.values()[i] = (float) (100 + 10 * rng.nextGaussian());
		assertEquals(10, NoiseEstimate.of(two).sigma(), 1);
		assertEquals(0, NoiseEstimate.of(new Raster(128, 128, 1)).sigma());
		assertEquals("", NoiseEstimate.of(new Raster(128, 128, 1)).warning());
	}

	/** JPEG takes fine noise off; what is left of the coarse tells how much there was. */
	@ParameterizedTest
	@ValueSource(ints = { BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB })
	void noiseBeforeJpegIsTold(final int type) throws Exception {
		final BufferedImage image = new BufferedImage(320, 240, type);
		final SplittableRandom rng = new SplittableRandom(3);
		for (int y = 0; y < 240; y++)
			for (int x = 0; x < 320; x++)
				for (int c = 0; c < image.getRaster().getNumBands(); c++)
					image.getRaster().setSample(x, y, c, (int) Math.round(Math.max(0, Math.min(255, 120 + 60 * Math.sin(x / 30.0) * Math.cos(y /
						25.0) + 15 * rng.nextGaussian()))));
		assertFalse(NoiseEstimate.of(raster(image)).isCompressed());
		final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
		final ImageWriteParam quality = writer.getDefaultWriteParam();
		quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
		quality.setCompressionQuality(0.5f);
		try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
			writer.setOutput(out);
			writer.write(null, new IIOImage(image, null, null), quality);
		}
		final NoiseEstimate estimate = NoiseEstimate.of(raster(ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()))));
		assertTrue(estimate.isCompressed());
		assertEquals(15, estimate.find().sigma(), 3);
	}

	private static Raster raster(final BufferedImage image) {
		final int channels = image.getRaster().getNumBands();
		final Raster raster = new Raster(image.getWidth(), image.getHeight(), channels);
		for (int i = 0; i < raster.values().length; i++)
			raster.values()[i] = image.getRaster().getSample(i / channels % image.getWidth(), i / channels / image.getWidth(), i % channels);
		return raster;
	}

	@Test
	void anImageWithoutNoiseOrTooSmallHasNone() {
		assertEquals(0, NoiseEstimate.of(new Raster(30, 30, 1)).sigma());
		assertEquals(0, NoiseEstimate.of(new Raster(9, 30, 1)).sigma());
	}

	/** Half of the pixels of a dark half are cut off at 0, and those of a bright quarter at 255. */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 3 })
	void noiseThatWasCutOffIsCountedIn(final double gain) {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = new Raster(240, 200, 1);
		for (int i = 0; i < image.values().length; i++) {
			final double clean = i % 240 < 120 ? 5 : i % 240 < 180 ? 130 : 240;
			image.values()[i] = (float) Math.rint(Math.max(0, Math.min(255, clean + Math.sqrt(gain * clean + 400) * rng.nextGaussian())));
		}
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertEquals(gain > 0, found.shot() != null, found.toString());
		for (final double clean : new double[] { 5, 130, 240 })
			assertEquals(1, found.sigmaAt(clean) / Math.sqrt(gain * clean + 400), 0.1);
		assertEquals("", NoiseEstimate.of(image).warning());
	}

	@Test
	void anImageThatIsAllCutOffIsWarnedOf() {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = new Raster(200, 200, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) Math.max(0, 20 * rng.nextGaussian() - 15);
		assertTrue(NoiseEstimate.of(image).warning().contains("most pixels have the image's lowest or highest value"));
	}

	/** Noise that is drawn anew until it fits, as ImageJ's "Add Specified Noise" does: in the dark there is less of it. */
	@Test
	void noiseThatFallsTowardsAnEndIsToldFartherAway() {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = new Raster(256, 256, 1);
		for (int i = 0; i < image.values().length; i++) {
			final double clean = Math.max(0, 120 * Math.sin(i % 256 / 80.0));
			double noisy;
			do
				noisy = Math.rint(clean + 25 * rng.nextGaussian());
			while (noisy < 0 || noisy > 255);
			image.values()[i] = (float) noisy;
		}
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertEquals(25, found.sigma(), 2, found.toString());
	}

	@Test
	void blocksWithMissingPixelsAreLeftOut() {
		final Raster image = noisy(1, 100, 0, 2), gaps = image.copy();
		for (int i = 0; i < 256 * 256; i++)
			if (i % 256 < 100 || i == 40_123) gaps.values()[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
		final double sigma = NoiseEstimate.of(image).sigma();
		assertEquals(sigma, NoiseEstimate.of(gaps).sigma(), 0.1 * sigma);
		java.util.Arrays.fill(gaps.values(), Float.NaN);
		assertEquals(0, NoiseEstimate.of(gaps).sigma());
		assertTrue(NoiseEstimate.of(gaps).isFree() && NoiseEstimate.of(new Raster(64, 64, 1)).isFree() && !NoiseEstimate.of(image).isFree());
	}

	@Test
	void gainAndInterceptOfShotNoiseAreFound() {
		final Anscombe truth = Anscombe.of(4, 100, 6);
		final NoiseEstimate several = new NoiseEstimate(4);
		for (int k = 0; k < 4; k++)
			several.add(noisy(4, 100, 6, k));
		final Anscombe found = several.shot();
		assertEquals(truth.gain(), found.gain(), 0.08 * truth.gain());
		for (final double value : new double[] { 110, 200, 290 })
			assertEquals(truth.sigma(value), found.sigma(value), 0.06 * truth.sigma(value));
	}

	@Test
	void noiseThatDoesNotGrowWithBrightnessIsNoShotNoise() {
		final Raster image = waves(128, 128, 0.2);
		final SplittableRandom rng = new SplittableRandom(8);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] += (float) ((20 - 0.09 * image.values()[i]) * rng.nextGaussian());
		for (final Raster raster : new Raster[] { image, new Raster(64, 64, 1), new Raster(5, 5, 1) })
			assertTrue(assertThrows(IllegalArgumentException.class, () -> NoiseEstimate.of(raster).shot()).getMessage().contains(
				"does not grow with the brightness"));
	}

	/** Waves of 0 to 200 gray values above the offset. */
	@Test
	void theKindOfNoiseIsFound() {
		final NoiseModel shot = NoiseEstimate.of(noisy(4, 100, 6, 1)).find();
		assertEquals(4, shot.shot().gain(), 0.4);
		assertFalse(shot.correlation().isAny());
		assertTrue(shot.toString().startsWith("shot noise, gain "), shot.toString());
		final NoiseModel white = NoiseEstimate.of(filtered(0, 12)).find();
		assertEquals(12, white.sigma(), 0.7);
		assertTrue(white.shot() == null && !white.correlation().isAny(), white.toString());
		assertNull(NoiseEstimate.of(new Raster(100, 100, 1)).find());
	}

	/** Few photons on a dark ground without an offset: that none were counted is no cut-off. */
	@Test
	void zeroIsANumberOfPhotons() {
		final Raster image = new Raster(256, 256, 1);
		final Well19937c rng = new Well19937c(6);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = new PoissonDistribution(rng, 0.3 + 2 * (1 + Math.sin(i % 256 / 30.0)) * (1 + Math.cos(i / 256 / 35.0)), 1e-12,
				1000).sample();
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertEquals(1, found.shot().gain(), 0.1);
		assertEquals(0, found.shot().black(), 0.15);
		assertEquals("", NoiseEstimate.of(image).warning());
	}

	/** Hardly any photon on the ground, three in the brightest spots. */
	@Test
	void blocksWithoutAPhotonDoNotHideTheNoise() {
		final Raster image = new Raster(256, 256, 1);
		final Well19937c rng = new Well19937c(7);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = new PoissonDistribution(rng, 0.001 + 3 * Math.pow(Math.max(0, Math.sin(i % 256 / 20.0) * Math.sin(i / 256 / 20.0)), 3),
				1e-12, 1000).sample();
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertEquals(1, found.shot().gain(), 0.15);
		assertEquals(0, found.shot().black(), 0.1);
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.6, 0.9 })
	void correlatedNoiseIsFoundWithItsWholeStrength(final double width) {
		final NoiseModel found = NoiseEstimate.of(filtered(width, 12)).find();
		final double truth = Math.exp(-1 / (4 * width * width));
		assertNull(found.shot());
		assertEquals(12, found.sigma(), 1.5);
		assertEquals(truth, found.correlation().x(), 0.12);
		assertEquals(truth, found.correlation().y(), 0.12);
		assertTrue(found.toString().contains("neighbours correlated"), found.toString());
	}

	/** Fine texture in a half of what is bright is neither correlated noise nor shots. */
	@Test
	void structureIsNoNoise() {
		final SplittableRandom rng = new SplittableRandom(3);
		final Raster image = filtered(0.9, 30);
		for (int y = 0; y < 256; y++)
			for (int x = 0; x < 256; x++)
				image.values()[y * 256 + x] = (float) (3 * rng.nextGaussian() + (x < 128 ? 50 + 10 * Math.sin(y / 40.0) : 90 + 10 * Math.sin(x /
					30.0) + (y < 128 ? image.get(x, y, 0) - 100 : 0)));
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertTrue(found.shot() == null && !found.correlation().isAny(), found.toString());
		assertEquals(3, found.sigma(), 0.4);
	}

	/** What is bright is full of fine texture, so that the noise is to be seen in the dark half alone, where it grows with brightness. */
	@Test
	void shotsAreFoundWhereStructureHidesThemInBrightParts() {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = new Raster(256, 256, 1);
		for (int i = 0; i < image.values().length; i++) {
			final int x = i % 256, y = i / 256;
			final double clean = x < 140 ? 5 + 30 * (1 + Math.sin(y / 40.0) * Math.cos(x / 30.0)) : 150 + 30 * Math.sin(y / 25.0) + 50 * rng
				.nextGaussian();
			image.values()[i] = (float) (100 + clean + Math.sqrt(2 * Math.max(0, clean) + 4) * rng.nextGaussian());
		}
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertEquals(2, found.shot().gain(), 0.4);
		assertEquals(98, found.shot().black(), 3);
	}

	/** The same with correlated noise, alike everywhere, in a quarter of the image. */
	@Test
	void correlatedNoiseIsFoundWhereMostIsStructure() {
		final SplittableRandom rng = new SplittableRandom(5);
		final Raster image = filtered(0.7, 10);
		for (int i = 0; i < image.values().length; i++)
			if (i % 256 > 80) image.values()[i] += (float) ((20 + i / 256 / 4) * rng.nextGaussian());
		final NoiseModel found = NoiseEstimate.of(image).find();
		assertNull(found.shot());
		assertEquals(10, found.sigma(), 1.5);
		assertEquals(0.6, found.correlation().x(), 0.12);
	}

	@Test
	void aResidualThatIsMoreThanNoiseIsShown() {
		final Raster clean = waves(256, 200, 0.2), image = clean.copy();
		final SplittableRandom rng = new SplittableRandom(4);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] += 5 * rng.nextGaussian();
		final NoiseModel noise = NoiseModel.white(5);
		assertFalse(Residual.of(image, clean, noise).isAlarming());
		for (int y = 80; y < 88; y++)
			for (int x = 40; x < 48; x++)
				image.values()[y * 256 + x] += 12;
		final Residual found = Residual.of(image, clean, noise);
		assertEquals(1.0 / (32 * 25), found.share(), 1e-9);
		assertEquals(44, found.x());
		assertEquals(84, found.y());
		for (int i = 0; i < 256 * 200; i++)
			assertEquals(i % 256 >= 40 && i % 256 < 48 && i / 256 >= 80 && i / 256 < 88, found.where()[i]);
		assertNull(Residual.of(clean, clean, noise).where());
		assertFalse(Residual.of(image, image, noise).isAlarming());
	}

	/** Gentle waves with noise of a standard deviation that went through a Gaussian filter; of width 0: white. */
	private static Raster filtered(final double width, final double sigma) {
		final Raster image = new Raster(256, 256, 1), noise = new Raster(264, 264, 1);
		final SplittableRandom rng = new SplittableRandom(11);
		for (int i = 0; i < noise.values().length; i++)
			noise.values()[i] = (float) rng.nextGaussian();
		double squares = 0;
		final double[] taps = new double[9];
		for (int k = 0; k < 9; k++)
			squares += Math.pow(taps[k] = width == 0 ? k == 4 ? 1 : 0 : Math.exp(-(k - 4) * (k - 4) / (2 * width * width)), 2);
		for (int i = 0; i < 256 * 256; i++) {
			double sum = 0;
			for (int k = 0; k < 81; k++)
				sum += taps[k / 9] * taps[k % 9] * noise.get(i % 256 + k % 9, i / 256 + k / 9, 0);
			image.values()[i] = (float) (100 + 40 * Math.sin(i % 256 / 40.0) * Math.cos(i / 256 / 30.0) + sigma * sum / squares);
		}
		return image;
	}

	private static Raster noisy(final double gain, final double offset, final double read, final long seed) {
		final Raster image = waves(256, 256, 0.3);
		final Well19937c rng = new Well19937c(seed);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (gain * new PoissonDistribution(rng, Math.max(1e-6, image.values()[i]) / gain,
				1e-12, 10_000).sample() + offset + read * rng.nextGaussian());
		return image;
	}
}
