package sc.fiji.cfebm.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

class FeaturesTest {

	private static final double[] LEVELS = Features.levels(0.02, 1);
	private static final Normalization RANGE = new Normalization(-1, 1);

	/** A Gaussian distribution of variance 1 over the weight in each pixel of a noisy image, whatever its neighbours are: σ∇E = weight·x. */
	private record White(int channels, float weight) implements Energy, NoiseAwareEnergy {

		White(final int channels) {
			this(channels, 1);
		}

		@Override
		public int size() {
			return 8;
		}

		@Override
		public boolean isTold() {
			return true;
		}

		@Override
		public int multiple() {
			return 1;
		}

		@Override
		public int reach() {
			return 0;
		}

		@Override
		public NoiseAwareEnergy ofImages() {
			return this;
		}

		@Override
		public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
			throw new UnsupportedOperationException("Features are those of whole images.");
		}

		@Override
		public void evaluate(final NoisyImages x, final Wanted wanted) {
			for (int i = 0; i < x.pixels().length; i++) {
				final float v = x.pixels()[i], s = x.sigmaAt(i);
				if (wanted.gradient() != null) wanted.gradient()[i] = weight * v / s;
				if (wanted.map() != null) wanted.map()[i / channels] += weight * 0.5f * v * v / s;
			}
		}
	}

	private static final Energy WHITE = new White(1);

	/** Stripes of random brightness; all kinds have the same mean and variance. */
	private static Raster stripes(final int side, final boolean upright, final double strength, final long seed) {
		final SplittableRandom rng = new SplittableRandom(seed);
		final float[] lines = new float[side];
		for (int i = 0; i < side; i++)
			lines[i] = (float) rng.nextGaussian();
		final Raster image = new Raster(side, side, 1);
		for (int p = 0; p < side * side; p++)
			image.values()[p] = (float) (strength * (lines[upright ? p % side : p / side] + 0.5 * rng.nextGaussian()));
		return image;
	}

	private static Features of(final Raster image) {
		return Features.of(List.of(WHITE), 1, LEVELS, image, Progress.NONE);
	}

	private static NominalModel nominalModel() {
		final List<Raster> training = new ArrayList<>(), heldOut = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			training.add(stripes(48, true, 0.3, i));
			heldOut.add(stripes(48, true, 0.3, 100 + i));
		}
		return NominalModelFit.measure(List.of(WHITE), 1, LEVELS, training, heldOut, RANGE, 200, 1, Progress.NONE);
	}

	private static double mean(final float[] values) {
		double sum = 0;
		for (final float v : values)
			sum += v;
		return sum / values.length;
	}

	@Test
	void everyFeatureHasANameAndFitsTheNominalModel() {
		final Features f = of(stripes(20, true, 0.3, 1));
		assertEquals(Features.names(LEVELS, 1, 1).size(), f.pixels().length);
		assertEquals(f.pixels().length, f.at(3).length);
		final NominalModel nominal = nominalModel();
		assertTrue(Features.match(nominal, 1, 1, 1));
		assertFalse(Features.match(nominal, 3, 1, 1));
		assertFalse(Features.match(nominal, 1, 1, 2));
		assertEquals(nominal.tiles().features().size(), f.windows().get(0).length);
		assertFalse(Features.match(new NominalModel(new double[] { 0.1 }, nominal.surroundings(), nominal.tiles()), 1, 1, 1));
	}

	@Test
	void sizeAndGrainOfErrorsAreMeasured() {
		// The residual is σx: its mean square, and that of its differences along the stripes and across.
		final Features f = of(stripes(64, true, 0.3, 5));
		final double size = 2 * Math.log(LEVELS[2]);
		assertEquals(size + Math.log(0.09 * 1.25), mean(f.pixels()[6]), 0.3);
		assertEquals(size + Math.log(0.09 * 2 * 1.25), mean(f.pixels()[7]), 0.4);
		assertEquals(size + Math.log(0.09 * 2 * 0.25), mean(f.pixels()[8]), 0.2);
	}

	/** Of three planes the middle one is looked at, and what it differs by from the mean of the others. */
	@Test
	void ofASlabTheMiddlePlaneCounts() {
		final Raster before = stripes(64, true, 0.3, 5), middle = stripes(64, true, 0.3, 6), behind = stripes(64, true, 0.3, 7), difference = middle.copy();
		for (int p = 0; p < 64 * 64; p++)
			difference.values()[p] -= (before.values()[p] + behind.values()[p]) / 2;
		final Energy slabs = new White(3);
		final Features of = Features.of(List.of(slabs), 3, LEVELS, Raster.of(List.of(before, middle, behind)), Progress.NONE), alone = of(middle);
		assertEquals(Features.names(LEVELS, 1, 3).size(), of.pixels().length);
		for (int f = 0; f < 9; f++)
			assertArrayEquals(alone.pixels()[f], of.pixels()[f], 1e-4f);
		// A level of 1 would leave the residual as it is.
		final float[][] ofDifference = Features.of(List.of(WHITE), 1, new double[] { 1, 1, 1 }, difference, Progress.NONE).pixels();
		for (int f = 0; f < 3; f++)
			assertArrayEquals(ofDifference[f], of.pixels()[9 + f], 1e-4f);
		assertArrayEquals(alone.pixels()[9], of.pixels()[12], 1e-6f);
		assertArrayEquals(ofDifference[9], of.pixels()[13], 1e-6f);
		final List<Raster> training = new ArrayList<>(), heldOut = new ArrayList<>();
		for (int i = 0; i < 8; i++)
			for (final List<Raster> to : List.of(training, heldOut))
				to.add(Raster.of(List.of(stripes(48, true, 0.3, i), stripes(48, true, 0.3, 20 + i), stripes(48, true, 0.3, to == training ? 40 + i : 60 + i))));
		final NominalModel nominal = NominalModelFit.measure(List.of(slabs), 3, LEVELS, training, heldOut, RANGE, 200, 1, Progress.NONE);
		assertTrue(Features.match(nominal, 1, 3, 1));
		assertFalse(Features.match(nominal, 1, 1, 1));
		assertEquals(nominal.tiles().features().size(), of.windows().get(0).length);
	}

	/** Squares are looked at in the image's half, too: there without brightness, which is the same. */
	@Test
	void squaresAreSeenAtTwoScales() {
		final Raster image = stripes(21, true, 0.3, 9), half = Resample.halved(image);
		final Energy other = new White(1, 3);
		final Features fine = of(image), both = Features.of(List.of(other, WHITE), 1, LEVELS, image, Progress.NONE);
		final Features coarse = Features.of(List.of(other), 1, LEVELS, half, Window.all(half), fine.squares().stream().map(Window::halved).toList(),
			Progress.NONE);
		assertEquals(fine.squares(), both.squares());
		assertArrayEquals(fine.pixels(), both.pixels());
		final int near = Features.near(LEVELS.length, 1, 1, 1), logarithms = near - 2;
		for (int i = 0; i < fine.windows().size(); i++) {
			final double[] f = fine.windows().get(i), c = coarse.windows().get(i), b = both.windows().get(i);
			assertArrayEquals(Arrays.copyOf(f, near), Arrays.copyOf(b, near));
			assertArrayEquals(Arrays.copyOf(c, logarithms), Arrays.copyOfRange(b, near, near + logarithms));
			assertEquals(Features.near(LEVELS.length, 1, 1, 2), near + logarithms);
			assertArrayEquals(Arrays.copyOfRange(f, near, f.length), Arrays.copyOfRange(b, near + logarithms, f.length + logarithms));
			assertArrayEquals(Arrays.copyOfRange(c, near, c.length), Arrays.copyOfRange(b, f.length + logarithms, b.length));
		}
	}

	/** A part that reaches far enough gives its squares the features of the whole image, at all scales. */
	@Test
	void squaresOfAPartAreThoseOfTheWholeImage() {
		final SplittableRandom rng = new SplittableRandom(3);
		final UnetSpec spec = new UnetSpec(1, List.of(2, 2), true, false, true, 2, EnergyForm.INNER_CORRECTED);
		final EnergyPyramid pyramid = new EnergyPyramid(List.of(spec.random(0, rng), spec.random(1, rng)));
		final List<StageNetwork> networks = pyramid.networks();
		try {
			final int side = pyramid.size(), far = (Features.reachOfSquares(networks) + side - 1) / side * side;
			final Raster image = new Raster(2 * far + 3 * side + 5, side + 3, 1);
			for (int p = 0; p < image.values().length; p++)
				image.values()[p] = (float) (0.3 * rng.nextGaussian());
			final List<Window> squares = List.of(new Window(far + side, 0, side, side), new Window(far + side + 3, 3, side, side));
			final Window part = new Window(side, 0, 2 * far + side + 3, side + 3);
			final Features whole = Features.of(networks, 1, LEVELS, image, Window.all(image), squares, Progress.NONE), cut = Features.of(networks, 1, LEVELS,
				part.cut(image), part, squares, Progress.NONE);
			for (int i = 0; i < squares.size(); i++)
				assertArrayEquals(whole.windows().get(i), cut.windows().get(i), 1e-4);
		}
		finally {
			networks.forEach(StageNetwork::close);
		}
	}

	/** Images smaller than a tile have a side of one pixel at the coarser scales. */
	@Test
	void thinImagesHaveFeatures() {
		final Raster thin = new Raster(20, 3, 1);
		for (int p = 0; p < 60; p++)
			thin.values()[p] = 0.1f * (p % 7);
		for (final double[] windows : Features.of(List.of(WHITE, WHITE, WHITE), 1, LEVELS, thin, Progress.NONE).windows())
			assertTrue(Arrays.stream(windows).allMatch(Double::isFinite));
	}

	@Test
	void brightnessOfWindowsIsMeasured() {
		final Raster image = new Raster(16, 8, 1);
		for (int p = 0; p < 128; p++)
			image.values()[p] = p % 16 < 8 ? 0.25f : p % 2 == 0 ? -0.5f : 0.1f;
		final int at = Features.near(LEVELS.length, 1, 1, 1) - 2;
		final List<double[]> windows = of(image).windows();
		assertEquals(0.25, windows.get(0)[at], 1e-6);
		assertEquals(0, windows.get(0)[at + 1], 1e-6);
		assertEquals(-0.2, windows.get(2)[at], 1e-6);
		assertEquals(0.3, windows.get(2)[at + 1], 1e-6);
	}

	@Test
	void anotherGrainOfTheSameStrengthIsFar() {
		final GaussianMixture nominal = nominalModel().surroundings().features();
		final double same = mean(of(stripes(48, true, 0.3, 50)).surprises(nominal)), turned = mean(of(stripes(48, false, 0.3, 51)).surprises(
			nominal)), stronger = mean(of(stripes(48, true, 0.8, 52)).surprises(nominal));
		// Squared distances: of so many features about so many.
		assertTrue(turned > same + 10, turned + " against " + same);
		assertTrue(stronger > same + 10, stronger + " against " + same);
	}

	@Test
	void windowsCoverTheImageAndAverageItsPixels() {
		final Features f = of(stripes(20, true, 0.3, 1));
		// 20 pixels take windows of 8 at 0, 4, 8, 12.
		assertEquals(16, f.windows().size());
		final float[] surprises = new float[400];
		Arrays.fill(surprises, 1);
		for (final double mean : f.overWindows(surprises))
			assertEquals(1, mean, 1e-6);
		surprises[399] = 65;
		final double[] means = f.overWindows(surprises);
		assertEquals(1, means[14], 1e-6);
		assertEquals(2, means[15], 1e-5);
	}

	@Test
	void tilesAreUnusualBothWhereFarAndWhereSuperposed() {
		final NominalModel nominal = nominalModel();
		final double usual = zScore(nominal, stripes(48, true, 0.3, 60)), far = zScore(nominal, stripes(48, false, 0.3, 61));
		final Raster a = stripes(48, true, 0.3, 62), b = stripes(48, true, 0.3, 63), mean = a.copy();
		for (int p = 0; p < mean.values().length; p++)
			mean.values()[p] = (a.values()[p] + b.values()[p]) / 2;
		assertTrue(far > usual + 1, far + " against " + usual);
		assertTrue(zScore(nominal, mean) > usual + 0.5, zScore(nominal, mean) + " against " + usual);
	}

	@Test
	void quantilesKnowTheirLimits() {
		final ScoreQuantiles few = ScoreQuantiles.of(new double[] { 1, 2, 3, 4 }, 4), many = ScoreQuantiles.of(new SplittableRandom(1).doubles(500).toArray(), 500);
		assertTrue(Double.isNaN(many.zScore(Double.NaN)));
		assertTrue(many.zScore(-1e300) < many.zScore(0.5) && many.zScore(0.5) < many.zScore(1e300));
		assertEquals(2.05, many.threshold(many.finestRate(), "patches"), 0.01);
		for (final double rate : new double[] { 0.01, 0.5, few.finestRate() })
			assertEquals("The model was calibrated on 4 nominal patches, too few to tell a rate of false alarms: train longer or on more images.",
				assertThrows(IllegalArgumentException.class, () -> few.threshold(rate, "patches")).getMessage());
	}

	/** Mean of an image's windows. */
	private static double zScore(final NominalModel nominal, final Raster image) {
		final Features f = of(image);
		final double[] surroundings = f.overWindows(f.surprises(nominal.surroundings().features()));
		double sum = 0;
		for (int i = 0; i < surroundings.length; i++)
			sum += nominal.tiles().zScore(f.windows().get(i), surroundings[i]) / surroundings.length;
		return sum;
	}
}
