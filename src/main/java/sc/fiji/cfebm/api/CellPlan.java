package sc.fiji.cfebm.api;

import java.util.ArrayList;
import java.util.List;

import net.imglib2.FinalInterval;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.RealType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;

/**
 * What all cells of an image must agree on, lest their borders show: what noise there is, and which gray values become the model's -1
 * and 1. It is found once, on parts from all over the image.
 *
 * @param noise what is to be taken off; null: there is none, and cells are copied
 * @param range the gray values that become -1 and 1
 */
public record CellPlan(NoiseModel noise, Normalization range) {

	/** How many parts of an image are looked at, and their side in pixels. */
	public static final int PARTS = 64, SIDE = 256;

	/** A part of the image without its noise, in one step. @param noisy [H,W,C] in gray values, with what the network sees around it */
	Raster denoised(final Denoiser network, final Raster noisy) {
		return network.denoise(noisy, range, new Denoiser.Settings(Denoiser.Method.ONE_STEP, noise, 1, 1, Defaults.SEED), Progress.NONE).mean();
	}

	/**
	 * For noise that is known, or that parts of an image tell.
	 *
	 * @param said what is known of the noise; what is 0 is estimated
	 * @param parts of the image [H,W,C], all with the model's channels; at least one pixel of one of them is a finite number
	 * @throws IllegalArgumentException with one sentence, if there is no such pixel
	 */
	public static CellPlan of(final Model model, final NoiseSettings said, final List<Raster> parts) {
		final List<Raster> seen = parts.stream().filter(part -> !Missing.isAll(Missing.in(part))).toList();
		if (seen.isEmpty()) throw new IllegalArgumentException("No pixel of the parts of the image that were looked at is a finite number.");
		final NoiseModel noise = said.of(() -> NoiseEstimate.of(seen));
		final Normalization range = ImageRange.of(model.channels(), seen.stream().map(ImageRange::withoutNoise).toList());
		return new CellPlan(noise, noise == null ? range : noise.range(model, range));
	}

	/**
	 * Looks at parts of an image, plane by plane, spread evenly; the same parts each time.
	 *
	 * @param image [W,H,…] for a model of gray images, [W,H,3,…] for one of RGB; only the parts are read
	 * @param said what is known of the noise; what is 0 is estimated
	 * @throws IllegalArgumentException with one sentence, if the image is none for the model, or has no finite pixel there
	 */
	public static <T extends RealType<T>> CellPlan find(final Model model, final RandomAccessibleInterval<T> image,
		final NoiseSettings said)
	{
		Cells.requireDimensions(model, image);
		final List<Raster> parts = new ArrayList<>();
		for (final FinalInterval part : parts(image, model.channels() == 1 ? 2 : 3))
			parts.add(Rasters.read(Planes.only(Views.interval(image, part), model.channels() == 1 ? 2 : 3)));
		return of(model, said, parts);
	}

	/**
	 * The parts of an image to look at: at most {@value #PARTS} of at most {@value #SIDE}×{@value #SIDE} pixels, on a grid in each plane
	 * that is looked at.
	 *
	 * @param planar how many dimensions make a plane: 2, or 3 with channels
	 */
	public static List<FinalInterval> parts(final net.imglib2.Interval image, final int planar) {
		final List<FinalInterval> parts = new ArrayList<>();
		final long planes = Planes.count(image, planar);
		final long columns = Math.max(1, image.dimension(0) / SIDE), rows = Math.max(1, image.dimension(1) / SIDE);
		// At least four places of a plane, where it has so many, and as many planes as remain.
		final long places = Math.min(Math.multiplyExact(columns, rows), Math.max(4, PARTS / planes));
		final long looked = Math.min(planes, Math.max(1, PARTS / places));
		for (long k = 0; k < looked; k++) {
			// The middle of each of so many equal shares.
			final long[] min = Planes.position(image, planar, (2 * k + 1) * planes / (2 * looked));
			for (long i = 0; i < places; i++) {
				final long place = (2 * i + 1) * columns * rows / (2 * places);
				final long[] from = min.clone(), to = min.clone();
				for (int d = 0; d < 2; d++) {
					final long tiles = d == 0 ? columns : rows, index = d == 0 ? place % columns : place / columns;
					from[d] = image.min(d) + index * (image.dimension(d) / tiles);
					to[d] = Math.min(image.max(d), from[d] + SIDE - 1);
				}
				if (planar == 3) to[2] = image.max(2);
				parts.add(new FinalInterval(from, to));
			}
		}
		return parts;
	}
}
