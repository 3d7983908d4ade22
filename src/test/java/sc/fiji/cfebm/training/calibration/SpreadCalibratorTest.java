package sc.fiji.cfebm.training.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Uncertainty;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.PatchSource;

class SpreadCalibratorTest {

	private static final int COUNT = 40_000;

	/** From 0.01 to 1. */
	private static double[] spreads() {
		final SplittableRandom rng = new SplittableRandom(1);
		return IntStream.range(0, COUNT).mapToDouble(i -> 0.01 * Math.pow(100, rng.nextDouble())).toArray();
	}

	private static double[] errors(final double[] spreads, final double factor, final double floor) {
		final SplittableRandom rng = new SplittableRandom(2);
		return IntStream.range(0, COUNT).mapToDouble(i -> Math.abs(factor * Math.hypot(spreads[i], floor) * rng.nextGaussian())).toArray();
	}

	@ParameterizedTest
	@CsvSource({ "1.5, 0.1", "0.8, 0.03", "2.5, 0.3" })
	void findsFactorAndFloorOfNormalErrors(final double factor, final double floor) {
		final double[] spreads = spreads();
		final SpreadCalibrator.Fit fit = SpreadCalibrator.fit(errors(spreads, factor, floor), spreads);
		assertEquals(1, fit.floor() / floor, 0.15);
		assertEquals(1, fit.factor() / factor, 0.1);
	}

	@Test
	void findsNoFloorWhereThereIsNone() {
		final double[] spreads = spreads();
		final SpreadCalibrator.Fit fit = SpreadCalibrator.fit(errors(spreads, 1.3, 0), spreads);
		assertEquals(0, fit.floor());
		assertEquals(1.3, fit.factor(), 0.02);
	}

	@Test
	void withoutAnySpreadTheFloorAloneIsTheErrors() {
		final double[] none = new double[COUNT];
		final SpreadCalibrator.Fit fit = SpreadCalibrator.fit(errors(none, 2, 0.05), none);
		assertEquals(0.1, fit.factor() * Math.max(1e-9, fit.floor()), 0.002);
	}

	/** Errors that are 4 times as large for a tenth of the pixels, whatever their spread says. */
	@Test
	void heavyTailsAreSharedBetweenOneStandardDeviationAndTwo() {
		final double[] spreads = spreads(), errors = errors(spreads, 1, 0);
		for (int i = 0; i < COUNT; i += 10)
			errors[i] *= 4;
		final SpreadCalibrator.Fit fit = SpreadCalibrator.fit(errors, spreads);
		assertTrue(within(errors, spreads, fit, 1) > 0.6827);
		assertTrue(within(errors, spreads, fit, 2) < 0.9545);
	}

	private static double within(final double[] errors, final double[] spreads, final SpreadCalibrator.Fit fit, final double most) {
		return (double) IntStream.range(0, COUNT).filter(i -> errors[i] <= most * fit.factor() * Math.hypot(spreads[i], fit.floor()))
			.count() / COUNT;
	}

	private static Uncertainty measured(final boolean canceled) {
		final Raster image = new Raster(40, 30, 1);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = (float) (127 + 100 * Math.sin(i % 40 / 5.0));
		try (StageNetwork network = new UnetSpec(1, List.of(1, 1), false, false, true, 2, EnergyForm.INNER_CORRECTED).random(0,
			new SplittableRandom(1)).network())
		{
			return SpreadCalibrator.measure(network, 1, SpreadCalibrator.sources(List.of(image, image), null, 1, 16, true, true, new SplittableRandom(
				2)), 0, 0.01, 1, new SplittableRandom(3), () -> canceled);
		}
	}

	@Test
	void patchesComeFromTheHalfOfMoreContrastEachInItsOwnRange() {
		final List<Raster> images = IntStream.of(5, 1, 4, 2, 3).mapToObj(contrast -> {
			final Raster image = new Raster(16, 16, 1);
			for (int i = 0; i < 256; i++)
				image.values()[i] = contrast * (i / 255f);
			return image;
		}).toList();
		final List<PatchSource> own = SpreadCalibrator.sources(images, null, 1, 16, false, false, new SplittableRandom(1));
		assertEquals(3, own.size());
		for (final PatchSource image : own)
			assertEquals(2, range(image), 0.02);
		assertArrayEquals(new double[] { 3, 4, 5 }, SpreadCalibrator.sources(images, new Normalization(-1, 1), 1, 16, false, false,
			new SplittableRandom(1)).stream().mapToDouble(SpreadCalibratorTest::range).sorted().toArray(), 0.01);
	}

	private static double range(final PatchSource image) {
		final float[] patch = image.draw(1, 16, new SplittableRandom(1));
		Arrays.sort(patch);
		return patch[patch.length - 1] - patch[0];
	}

	@Test
	void measuresTheSameForTheSameSeedAtLevelsBetweenTheLowestAndTheHighest() {
		final Uncertainty first = measured(false), second = measured(false);
		assertArrayEquals(first.factor(), second.factor());
		assertArrayEquals(first.floor(), second.floor());
		assertTrue(first.sigma()[0] > 0.01 && first.sigma()[first.sigma().length - 1] < 1);
	}

	@Test
	void stopsWhereTheUserAskedTo() {
		assertThrows(CancellationException.class, () -> measured(true));
	}
}
