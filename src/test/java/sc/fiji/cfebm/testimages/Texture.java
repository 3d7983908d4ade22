package sc.fiji.cfebm.testimages;

/**
 * Plain-woven cloth under slanting light: every thread goes over and under the crossing ones in turn, and none is quite
 * as wide, as bright or as straight as the next.
 */
final class Texture {

	private static final double WARP_PITCH = 8.3;
	private static final double WEFT_PITCH = 9.1;
	/** Gray value of what is seen between the threads. */
	private static final double BEHIND = 34;
	/** Blur of the lens, sigma in pixels. */
	private static final double LENS = 0.6;

	private final int size;
	private final Chance chance;
	/** Distances the cloth is pulled by, so that its rows are not quite straight. */
	private final Field pullX;
	private final Field pullY;
	private final Field lighting;
	private final Field fluff;
	private final Field grain;
	private final Yarn[] warps;
	private final Yarn[] wefts;
	/** Pixels that a defect has changed, apart from the lens' blur. */
	private final boolean[] touched;

	private record Yarn(double offset, double width, double brightness, double phase) {}

	Texture(final int size, final Chance chance) {
		this.size = size;
		this.chance = chance;
		pullX = Field.smoothNoise(size, size, 22, chance);
		pullY = Field.smoothNoise(size, size, 22, chance);
		lighting = Field.smoothNoise(size, size, 50, chance);
		fluff = Field.smoothNoise(size, size, 0.8, chance);
		grain = new Field(size, size).map(v -> 2 * chance.gaussian());
		warps = threads((int) (size / WARP_PITCH) + 5, 118);
		wefts = threads((int) (size / WEFT_PITCH) + 5, 142);
		touched = new boolean[size * size];
	}

	private Yarn[] threads(final int count, final double brightness) {
		final Yarn[] threads = new Yarn[count];
		for (int i = 0; i < count; i++)
			threads[i] = new Yarn(0.05 * chance.gaussian(), 0.90 + 0.05 * chance.gaussian(),
				brightness * (1 + 0.06 * chance.gaussian()), chance.angle());
		return threads;
	}

	/** The cloth as it should be. */
	Field intact() {
		return photographed(woven(-1, 0, 0));
	}

	/** A picture of the cloth with a defect, and its mask: 255 where it differs from the intact cloth, else 0. */
	record Defect(Field image, Field mask) {}

	/** The same cloth with a weft thread missing over a length; its broken ends stick out. */
	Defect broken() {
		final int row = (int) (0.55 * size / WEFT_PITCH);
		final double from = 0.30 * size;
		final double to = 0.63 * size;
		final Field cloth = woven(row, from, to);
		final double y = (row - 1.5) * WEFT_PITCH;
		fibre(cloth, from + 2, y + 1, -0.5, 13, 0.10, 1.4, 150);
		fibre(cloth, from + 1, y + 2, 0.35, 9, -0.12, 1.1, 140);
		fibre(cloth, to - 2, y, 3.6, 15, 0.09, 1.4, 155);
		fibre(cloth, to - 1, y + 2, 2.7, 8, 0.08, 1.0, 140);
		return defect(cloth);
	}

	/** The same cloth with an oil stain, and a lint fibre lying on it. */
	Defect stained() {
		final Field cloth = woven(-1, 0, 0);
		final Nucleus outline = new Nucleus(0.62 * size, 0.40 * size, 0.11 * size, 1.35, 0.6, 0.25, 1, chance);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double position = outline.position(x, y);
				if (position >= 1)
					continue;
				// Oil darkens, and most at the rim where it dried.
				final double edge = Math.min((1 - position) * 5, 1);
				final double rim = StrictMath.exp(-(position - 0.85) * (position - 0.85) / 0.01);
				cloth.set(x, y, cloth.get(x, y) * (1 - edge * (0.27 + 0.15 * rim)));
				touched[y * size + x] = true;
			}
		fibre(cloth, 0.16 * size, 0.72 * size, -0.5, 62, 0.028, 1.1, 225);
		return defect(cloth);
	}

	/** Outside the mask every pixel is that of the intact cloth, even where the blur carried a trace of the defect. */
	private Defect defect(final Field cloth) {
		final Field intact = intact();
		final Field image = photographed(cloth);
		final Field mask = new Field(size, size);
		for (int i = 0; i < mask.values.length; i++)
			if (touched[i] || Math.abs(image.values[i] - intact.values[i]) >= 1)
				mask.values[i] = 255;
			else
				image.values[i] = intact.values[i];
		return new Defect(image, mask);
	}

	private Field photographed(final Field cloth) {
		return cloth.blurred(LENS).join(grain, Double::sum);
	}

	/** The cloth, without the given weft thread between two positions (row -1: with all threads). */
	private Field woven(final int missingRow, final double from, final double to) {
		final Field cloth = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double u = x + 1.6 * pullX.get(x, y) + 2 * WARP_PITCH;
				final double v = y + 1.6 * pullY.get(x, y) + 2 * WEFT_PITCH;
				final int column = (int) Math.floor(u / WARP_PITCH);
				final int row = (int) Math.floor(v / WEFT_PITCH);
				final boolean missing = row == missingRow && x >= from && x < to;
				if (missing)
					touched[y * size + x] = true;
				final double light = 1 + 0.05 * lighting.get(x, y) + 0.05 * fluff.get(x, y);
				cloth.set(x, y, light * shade(u / WARP_PITCH - column - 0.5, v / WEFT_PITCH - row - 0.5,
					warps[column], wefts[row], (column + row & 1) == 0, missing));
			}
		return cloth;
	}

	/** Brightness where two threads cross; u and v run from -0.5 to 0.5 across the crossing. */
	private static double shade(final double u, final double v, final Yarn warp, final Yarn weft,
		final boolean warpOnTop, final boolean weftMissing)
	{
		final double crown = warpOnTop ? 1 : -1;
		// A thread without another to bend around hangs slack: thin, low and in the shade.
		final double warpProfile = profile(2 * (u - warp.offset) / (weftMissing ? 0.62 * warp.width : warp.width));
		final double weftProfile = weftMissing ? 0 : profile(2 * (v - weft.offset) / weft.width);
		final double warpHeight = warpProfile == 0 ? -9 :
			warpProfile + (weftMissing ? -1.6 : crown * StrictMath.cos(Math.PI * v));
		final double weftHeight = weftProfile == 0 ? -9 : weftProfile - crown * StrictMath.cos(Math.PI * u);
		if (warpProfile == 0 && weftProfile == 0)
			return BEHIND;
		if (warpHeight > weftHeight)
			return lit(warp, warpProfile, warpHeight, u, v);
		return lit(weft, weftProfile, weftHeight, v, u);
	}

	/** Height of a round thread over its middle plane; 0 beside the thread. */
	private static double profile(final double across) {
		return across * across >= 1 ? 0 : Math.sqrt(1 - across * across);
	}

	private static double lit(final Yarn thread, final double profile, final double height, final double across,
		final double along)
	{
		// The fibres of a thread are twisted: slanting stripes.
		final double twist = StrictMath.sin(2 * Math.PI * (3 * along + 1.6 * across) + thread.phase);
		final double depth = Math.min(Math.max((height + 1) / 3, 0), 1);
		final double slant = 1 - 0.16 * across;
		return thread.brightness * (0.42 + 0.35 * profile + 0.42 * depth) * slant * (1 + 0.07 * twist);
	}

	/** Lays a single thin bent fibre on the cloth. */
	private void fibre(final Field cloth, final double startX, final double startY, final double angle,
		final double length, final double curvature, final double halfWidth, final double brightness)
	{
		double x = startX;
		double y = startY;
		double direction = angle;
		for (double s = 0; s < length; s += 0.25) {
			final double width = halfWidth * Math.min(1, (length - s) / 4 + 0.4);
			for (int py = (int) (y - 2); py <= y + 3; py++)
				for (int px = (int) (x - 2); px <= x + 3; px++) {
					if (px < 0 || py < 0 || px >= size || py >= size)
						continue;
					final double d = Math.sqrt((px - x) * (px - x) + (py - y) * (py - y)) / width;
					if (d >= 1)
						continue;
					cloth.set(px, py, Math.max(cloth.get(px, py), brightness * (1 - 0.35 * d * d)));
					touched[py * size + px] = true;
				}
			x += 0.25 * StrictMath.cos(direction);
			y += 0.25 * StrictMath.sin(direction);
			direction += 0.25 * curvature * (1 + 0.8 * StrictMath.sin(s / 7));
		}
	}
}
