package sc.fiji.cfebm.benchmark;

import java.util.List;
import java.util.SplittableRandom;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.data.PatchSource;

/** Patches of real images as training draws them. */
public final class Patches {

	private final PatchSource source;
	private final Normalization range;
	private final int side;

	/**
	 * @param images in gray values, all with the same channels
	 * @param range the gray values that become -1 and 1
	 * @param side of a patch in pixels
	 * @param flips whether patches are mirrored at random, and {@code turns}, turned: as for the training
	 */
	public Patches(final List<Raster> images, final Normalization range, final int side, final boolean flips,
		final boolean turns)
	{
		this.range = range;
		this.side = side;
		source = new PatchSource(images, range, side, flips, turns, false);
	}

	/** [N,r,r,C] in model units. */
	public float[] draw(final int count, final long seed) {
		return draw(count, side, seed);
	}

	/** The same, mean-pooled to {@code resolution} pixels a side. */
	public float[] draw(final int count, final int resolution, final long seed) {
		return source.draw(count, resolution, new SplittableRandom(seed));
	}

	/** Values as an 8-bit image of these gray values would hold them: rounded and clamped; a new array. */
	public float[] stored(final float[] patches) {
		final float[] out = new float[patches.length];
		final double scale = (range.high() - range.low()) / 2, offset = (range.high() + range.low()) / 2;
		for (int i = 0; i < out.length; i++)
			out[i] = (float) ((Math.max(0, Math.min(255, Math.rint(patches[i] * scale + offset))) - offset) / scale);
		return out;
	}
}
