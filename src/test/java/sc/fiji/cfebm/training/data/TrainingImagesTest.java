package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/** What noise images have that nobody says anything of. */
class TrainingImagesTest {

	private final List<String> log = new ArrayList<>();

	@Test
	void cleanImagesAreTakenForClean() {
		final TrainingImages images = look(1, v -> 0);
		assertEquals(0, images.noise());
		assertNull(images.shot());
		assertTrue(log.get(0).contains("taken for clean"), log.toString());
		// Hardly any noise is none, too.
		assertEquals(0, look(1, v -> 0.3).noise());
	}

	@Test
	void whiteNoiseIsFound() {
		final TrainingImages images = look(1, v -> 12);
		assertEquals(12, images.noise(), 1);
		assertNull(images.shot());
		assertTrue(log.get(0).contains("taken for noisy, as 3 of 3 show"), log.toString());
	}

	@Test
	void shotNoiseIsFoundAndMadeEven() {
		final TrainingImages images = look(1, v -> Math.sqrt(3 * v));
		assertEquals(1, images.noise());
		assertEquals(3, images.shot().gain(), 0.5);
	}

	@Test
	void noiseThatNeighboursShareIsFoundWithItsWholeStrength() {
		final List<ImageSource> sources = new ArrayList<>();
		for (int n = 0; n < 3; n++) {
			final Raster clean = image(1, v -> 0, n), noise = new Raster(256, 256, 1);
			final SplittableRandom rng = new SplittableRandom(n);
			for (int i = 0; i < noise.values().length; i++)
				noise.values()[i] = (float) rng.nextGaussian();
			// The mean of 2x2 has half the standard deviation, and neighbours correlated by a half.
			for (int i = 0; i < 255 * 256; i++)
				if (i % 256 < 255) clean.values()[i] += 6 * (noise.values()[i] + noise.values()[i + 1] + noise.values()[i + 256] + noise.values()[i +
					257]);
			sources.add(new ImageSource("image " + n, List.of(clean)));
		}
		final TrainingImages images = TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(0, 0, 0, 0), Progress.NONE);
		assertEquals(0.5, images.correlation().x(), 0.1);
		assertEquals(0.5, images.correlation().y(), 0.1);
		assertEquals(12, images.noise(), 2);
	}

	/** Gray values of colors are in no proportion to photons. */
	@Test
	void noiseOfColorsIsWhite() {
		final TrainingImages images = look(3, v -> Math.sqrt(3 * v));
		assertNull(images.shot());
		assertTrue(images.noise() > 5, images.toString());
	}

	/** What is said of the noise need not be estimated. */
	@Test
	void aGainOrASigmaThatIsGivenSaysWhichNoiseThereIs() {
		final Raster image = image(1, v -> 12, 1);
		final List<ImageSource> sources = List.of(new ImageSource("image", List.of(image)));
		assertEquals(7, TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(7, 0, 0, 0), Progress.NONE).noise());
		assertEquals(2, TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(0, 2, 0, 0), Progress.NONE).shot()
			.gain());
	}

	private TrainingImages look(final int channels, final DoubleUnaryOperator sigma) {
		final List<ImageSource> sources = IntStream.range(0, 3).mapToObj(i -> new ImageSource("image " + i, List.of(image(channels, sigma,
			i)))).toList();
		log.clear();
		return TrainingImages.of(sources, TrainingImages.Noise.ESTIMATE, new NoiseSettings(0, 0, 0, 0), new Progress() {

			@Override
			public void log(final String line) {
				log.add(line);
			}
		});
	}

	/** Wide waves from 25 to 225, and noise whose standard deviation follows them. */
	private static Raster image(final int channels, final DoubleUnaryOperator sigma, final long seed) {
		final Raster gray = new Raster(256, 256, 1);
		for (int i = 0; i < gray.values().length; i++)
			gray.values()[i] = (float) (125 + 100 * Math.sin(i % 256 / 25.0) * Math.cos(i / 256 / 30.0));
		final Raster waves = gray.replicated(channels);
		final SplittableRandom rng = new SplittableRandom(seed);
		for (int i = 0; i < waves.values().length; i++)
			waves.values()[i] += (float) (sigma.applyAsDouble(waves.values()[i]) * rng.nextGaussian());
		return waves;
	}
}
