package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import org.apache.commons.math3.linear.MatrixUtils;

import sc.fiji.cfebm.benchmark.FrechetDistance.Gaussian;

/**
 * How far sets of patches [N,r,r,C] in model units are from a reference of real patches, and how far from the floor: the
 * distance of <em>other</em> real patches to that reference, with the same N. The reference is cut from images no
 * method has seen, the floor from the training images; so a model that has learnt the distribution of its training
 * images perfectly has ratio 1, up to chance. Few images make a high floor and so generous ratios: they hide what is
 * finer than the difference between the two sets of images.
 */
public final class SampleQuality {

	/**
	 * Distances to the reference.
	 *
	 * @param levels sliced Wasserstein distance per level, finest first, in thousandths (see {@link SlicedWasserstein})
	 * @param swd their mean
	 * @param frechet see {@link FrechetDistance}
	 * @param swdRatio {@code swd} divided by the floor's
	 * @param frechetRatio {@code frechet} divided by the floor's
	 */
	public record Figures(double[] levels, double swd, double frechet, double swdRatio, double frechetRatio) {

		@Override
		public String toString() {
			return "SWD " + Arrays.stream(levels).mapToObj(Report::cell).toList() + ", mean " + Report.cell(swd) + " (×" +
				Report.cell(swdRatio) + "), Fréchet " + Report.cell(frechet) + " (×" + Report.cell(frechetRatio) + ")";
		}
	}

	private final SlicedWasserstein wasserstein;
	private final FrechetDistance frechet;
	private final Figures floor;

	private SampleQuality(final float[] reference, final float[] floor, final int side, final int channels) {
		wasserstein = new SlicedWasserstein(reference, side, channels);
		frechet = new FrechetDistance(reference, side, channels);
		final List<Figures> draws = new ArrayList<>();
		for (int from = 0; from < floor.length; from += reference.length)
			draws.add(measure(Arrays.copyOfRange(floor, from, from + reference.length), 1, 1));
		final double[] levels = new double[wasserstein.levels().length];
		Arrays.setAll(levels, l -> mean(draws, f -> f.levels[l]));
		this.floor = new Figures(levels, mean(draws, Figures::swd), mean(draws, Figures::frechet), 1, 1);
	}

	private static double mean(final List<Figures> draws, final ToDoubleFunction<Figures> figure) {
		return draws.stream().mapToDouble(figure).average().orElseThrow();
	}

	/**
	 * @param reference held-out real patches [N,r,r,C]
	 * @param floor as many patches of the training images, or several times as many: then each N are measured, and the
	 *          floor is the mean of their distances
	 * @param side r in pixels
	 */
	public static SampleQuality of(final float[] reference, final float[] floor, final int side, final int channels) {
		return new SampleQuality(reference, floor, side, channels);
	}

	/** @param samples as many patches as the reference has */
	public Figures measure(final float[] samples) {
		return measure(samples, floor.swd, floor.frechet);
	}

	/** The floor's own figures; its ratios are 1. */
	public Figures floor() {
		return floor;
	}

	/** Sides of the levels in pixels, finest first. */
	public int[] levels() {
		return wasserstein.levels();
	}

	private Figures measure(final float[] samples, final double swdFloor, final double frechetFloor) {
		final double[] levels = wasserstein.to(samples);
		final double swd = Arrays.stream(levels).average().orElseThrow(), distance = frechet.to(samples);
		return new Figures(levels, swd, distance, swd / swdFloor, distance / frechetFloor);
	}

	/** Facts that must hold before any figure is believed. */
	static void check() {
		final Gaussian a = new Gaussian(new double[] { 1, 0 }, MatrixUtils.createRealDiagonalMatrix(new double[] { 4, 1 })),
				b = new Gaussian(new double[] { 1, 3 }, MatrixUtils.createRealDiagonalMatrix(new double[] { 1, 9 }));
		near("Fréchet distance of two diagonal Gaussians", FrechetDistance.between(a, b), 9 + 1 + 4, 1e-9);
		final Gaussian c = new Gaussian(new double[2], MatrixUtils.createRealMatrix(new double[][] { { 2, 1 }, { 1, 2 } }));
		final Gaussian d = new Gaussian(new double[2], MatrixUtils.createRealMatrix(new double[][] { { 2, -1 }, { -1, 2 } }));
		// Here the covariances commute, with eigenvalues 3, 1 and 1, 3.
		near("Fréchet distance of two correlated Gaussians", FrechetDistance.between(c, d), 8 - 4 * Math.sqrt(3), 1e-9);
		final SplittableRandom rng = new SplittableRandom(1);
		final float[] noise = new float[200 * 16 * 16 * 3], shifted = new float[noise.length];
		for (int i = 0; i < noise.length; i++) {
			noise[i] = (float) rng.nextGaussian();
			shifted[i] = noise[i] + 0.5f;
		}
		final SampleQuality quality = of(noise, shifted, 16, 3);
		final Figures self = quality.measure(noise);
		near("sliced Wasserstein distance of a set to itself", self.swd, 0, 0);
		near("Fréchet distance of a set to itself", self.frechet, 0, 1e-4);
		// A shift is no matter of the band between 16 and 8 px, but moves the 8 px image.
		near("shift at 16 px", quality.floor.levels[0], 0, 1e-2);
		if (!(quality.floor.levels[1] > 100 && quality.floor.frechet > 1)) throw new IllegalStateException(
			"A shift by half a standard deviation makes distances of " + quality.floor + " only.");
	}

	private static void near(final String what, final double is, final double right, final double tolerance) {
		if (!(Math.abs(is - right) <= tolerance)) throw new IllegalStateException("The " + what + " is " + is + ", not " +
			right + ".");
	}
}
