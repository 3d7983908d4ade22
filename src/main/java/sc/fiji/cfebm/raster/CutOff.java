package sc.fiji.cfebm.raster;

/**
 * The ends of a channel's gray values at which what lay beyond was cut off: a saturated sensor, a black level, an export of 8 bits. Such
 * values pile up: far more pixels have the last one than the one next to it. Not so where few photons are counted: that none were is a
 * number as any other.
 *
 * @param low the lowest value; NaN: nothing was cut off there
 * @param high the highest value; NaN likewise
 */
public record CutOff(float low, float high) {

	private static final int AROUND = 3;
	/** Share of a channel's pixels that have the last value at least, and how many times as many as have the next one. */
	private static final double SHARE = 1e-3, PILED_UP = 2.5;
	/**
	 * Values beside the lowest, in steps, that most of the pixels have where few photons are counted; that share of all pixels, and of
	 * those that have another value than the lowest.
	 */
	private static final double FEW_STEPS = 2, MOSTLY = 0.7, SOME = 0.2;

	/** @param image [H,W,C]; missing pixels do not count */
	public static CutOff of(final Raster image, final int channel) {
		return new CutOff(end(image, channel, 1), end(image, channel, -1));
	}

	/** Whether a pixel that has this value may have been farther out. */
	public boolean has(final float value) {
		return value == low || value == high;
	}

	/**
	 * Pixels around which, three pixels far, all were cut off at the same end: the true values lie beyond, and not by chance alone.
	 *
	 * @param image [H,W,C]
	 * @return [H,W]; null: there are none
	 */
	public boolean[] plateaus(final Raster image, final int channel) {
		final boolean[] dark = plateaus(image, channel, low), bright = plateaus(image, channel, high);
		if (dark == null || bright == null) return dark == null ? bright : dark;
		for (int i = 0; i < dark.length; i++)
			dark[i] |= bright[i];
		return dark;
	}

	private static boolean[] plateaus(final Raster image, final int channel, final float end) {
		if (Float.isNaN(end)) return null;
		final int w = image.width(), h = image.height();
		final boolean[] at = new boolean[w * h], rows = new boolean[w * h], all = new boolean[w * h];
		for (int i = 0; i < at.length; i++)
			at[i] = image.values()[i * image.channels() + channel] == end;
		boolean any = false;
		for (int i = 0; i < at.length; i++) {
			rows[i] = true;
			for (int x = Math.max(0, i % w - AROUND); x <= Math.min(w - 1, i % w + AROUND); x++)
				rows[i] &= at[i / w * w + x];
		}
		for (int i = 0; i < at.length; i++) {
			all[i] = true;
			for (int y = Math.max(0, i / w - AROUND); y <= Math.min(h - 1, i / w + AROUND); y++)
				all[i] &= rows[y * w + i % w];
			any |= all[i];
		}
		return any ? all : null;
	}

	/** @param inwards 1: the lowest; -1: the highest */
	private static float end(final Raster image, final int channel, final int inwards) {
		float end = Float.NaN, next = Float.NaN;
		int atEnd = 0, atNext = 0, all = 0;
		for (int i = channel; i < image.values().length; i += image.channels()) {
			final float v = image.values()[i];
			if (!Float.isFinite(v)) continue;
			all++;
			if (v == end) atEnd++;
			else if (v == next) atNext++;
			else if (Float.isNaN(end) || inwards * v < inwards * end) {
				next = end;
				atNext = atEnd;
				end = v;
				atEnd = 1;
			}
			else if (Float.isNaN(next) || inwards * v < inwards * next) {
				next = v;
				atNext = 1;
			}
		}
		if (Float.isNaN(next) || atEnd <= SHARE * all || atEnd <= PILED_UP * atNext) return Float.NaN;
		return inwards > 0 && isOfFew(image, channel, end + FEW_STEPS * (next - end), atEnd, all) ? Float.NaN : end;
	}

	private static boolean isOfFew(final Raster image, final int channel, final double most, final int none, final int all) {
		int few = 0;
		for (int i = channel; i < image.values().length; i += image.channels())
			if (Float.isFinite(image.values()[i]) && image.values()[i] <= most) few++;
		return few >= MOSTLY * all && few - none >= SOME * (all - none);
	}
}
