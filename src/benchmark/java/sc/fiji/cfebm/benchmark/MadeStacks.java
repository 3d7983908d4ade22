package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.raster.Raster;

/**
 * Movies and z-stacks without noise, made by chance: nuclei that drift and turn, filaments that bend and glide, spots that wander, and
 * bodies with tubes in them cut into slices. Gray values from 0 to 255.
 */
final class MadeStacks {

	/** What is to be seen. */
	enum Kind {
		NUCLEI, FILAMENTS, SPOTS, SLICES
	}

	static final int SIDE = 192, PLANES = 9;

	private final RandomGenerator rng;
	private final double speed;
	private final float[][] planes = new float[PLANES][SIDE * SIDE];

	private MadeStacks(final double speed, final RandomGenerator rng) {
		this.speed = speed;
		this.rng = rng;
	}

	/**
	 * Nine planes of 192×192 pixels.
	 *
	 * @param speed of what moves, about, in pixels from frame to frame; of slices how far they lie apart, in pixels
	 */
	static List<Raster> of(final Kind kind, final double speed, final long seed) {
		return new MadeStacks(speed, new SplittableRandom(seed * 31 + kind.ordinal())).make(kind);
	}

	private List<Raster> make(final Kind kind) {
		switch (kind) {
			case NUCLEI -> nuclei();
			case FILAMENTS -> filaments();
			case SPOTS -> spots();
			case SLICES -> slices();
		}
		float high = 0;
		for (final float[] plane : planes)
			for (final float v : plane)
				high = Math.max(high, v);
		final List<Raster> made = new ArrayList<>();
		for (final float[] plane : planes) {
			for (int i = 0; i < plane.length; i++)
				plane[i] = 12 + 235 * plane[i] / high;
			made.add(new Raster(SIDE, SIDE, 1, plane));
		}
		return made;
	}

	private double velocity() {
		return speed * (0.5 + rng.nextDouble()) * (rng.nextBoolean() ? 1 : -1) / Math.sqrt(2);
	}

	/** Ellipses with a texture of their own. */
	private void nuclei() {
		for (int k = 0; k < 26; k++) {
			final double x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble(), vx = velocity(), vy = velocity(), turn = 0.01 * speed * rng
				.nextGaussian(), angle = Math.PI * rng.nextDouble(), a = rng.nextDouble(7, 15), b = a * rng.nextDouble(0.6, 1), bright = rng
					.nextDouble(0.3, 1);
			final double[] waves = new double[18];
			for (int i = 0; i < waves.length; i++)
				waves[i] = i % 3 == 2 ? 2 * Math.PI * rng.nextDouble() : 0.9 * rng.nextGaussian();
			for (int t = 0; t < PLANES; t++) {
				final double cx = x + vx * t, cy = y + vy * t, cos = Math.cos(angle + turn * t), sin = Math.sin(angle + turn * t);
				for (int p = 0; p < SIDE * SIDE; p++) {
					final double dx = p % SIDE - cx, dy = p / SIDE - cy;
					if (Math.abs(dx) > a + 4 || Math.abs(dy) > a + 4) continue;
					final double u = cos * dx + sin * dy, v = cos * dy - sin * dx, inside = 1 / (1 + Math.exp(-1.6 * b * (1 - Math.sqrt(u * u / (a *
						a) + v * v / (b * b)))));
					double texture = 1;
					for (int i = 0; i < waves.length; i += 3)
						texture += 0.12 * Math.sin(waves[i] * u + waves[i + 1] * v + waves[i + 2]);
					planes[t][p] += (float) (bright * inside * texture);
				}
			}
		}
	}

	/** Curves that glide and bend, of a microscope's sharpness. */
	private void filaments() {
		for (int k = 0; k < 28; k++) {
			final double x0 = SIDE * rng.nextDouble(), y0 = SIDE * rng.nextDouble(), vx = velocity(), vy = velocity(), way = 2 * Math.PI * rng
				.nextDouble(), bend = 0.012 * rng.nextGaussian(), wave = 0.05 + 0.1 * rng.nextDouble(), beat = 0.15 * speed * rng
					.nextGaussian(), width = rng.nextDouble(1, 1.6), bright = rng.nextDouble(0.3, 1);
			final int length = 60 + rng.nextInt(160);
			for (int t = 0; t < PLANES; t++) {
				double x = x0 + vx * t, y = y0 + vy * t;
				for (int step = 0; step < length; step++) {
					final double direction = way + bend * step + 0.25 * Math.sin(wave * step * 0.5 + beat * t);
					x += 0.7 * Math.cos(direction);
					y += 0.7 * Math.sin(direction);
					spot(planes[t], x, y, width, 0.4 * bright);
				}
			}
		}
	}

	/** Each goes a way of its own, and some come and go. */
	private void spots() {
		for (int k = 0; k < 160; k++) {
			double x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble();
			final double vx = velocity(), vy = velocity(), width = rng.nextDouble(1.1, 2.2), bright = rng.nextDouble(0.2, 1);
			final int from = rng.nextInt(5) == 0 ? rng.nextInt(PLANES) : 0;
			for (int t = 0; t < PLANES; t++) {
				if (t >= from) spot(planes[t], x, y, width, bright);
				x += vx + 0.3 * speed * rng.nextGaussian();
				y += vy + 0.3 * speed * rng.nextGaussian();
			}
		}
	}

	/** Ellipsoids with darker ones in them, and tubes that wind through, seen with a focus of finite depth. */
	private void slices() {
		final double depth = 1.5 * speed;
		for (int k = 0; k < 30; k++) {
			final double x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble(), z = (PLANES + 4) * speed * rng.nextDouble() - 2 * speed, r = rng
				.nextDouble(6, 20), flat = rng.nextDouble(0.6, 1), bright = rng.nextDouble(0.3, 1), hole = rng.nextDouble(0.2, 0.5);
			for (int t = 0; t < PLANES; t++)
				for (int p = 0; p < SIDE * SIDE; p++) {
					final double dx = (p % SIDE - x) / r, dy = (p / SIDE - y) / (r * flat), dz = (t * speed - z) / r;
					final double d = Math.sqrt(dx * dx + dy * dy + dz * dz);
					if (d > 1.6) continue;
					final double soft = r / (1.2 + depth * Math.abs(dz)), shell = 1 / (1 + Math.exp(-2 * soft * (1 - d))), inner = 1 / (1 + Math.exp(-2 *
						soft * (hole - d)));
					planes[t][p] += (float) (bright * (shell - 0.7 * inner));
				}
		}
		for (int k = 0; k < 12; k++) {
			double x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble(), z = PLANES * speed * rng.nextDouble(), way = 2 * Math.PI * rng
				.nextDouble(), rise = 0.4 * rng.nextGaussian();
			for (int step = 0; step < 260; step++) {
				way += 0.08 * rng.nextGaussian();
				rise = 0.97 * rise + 0.08 * rng.nextGaussian();
				x += 0.7 * Math.cos(way);
				y += 0.7 * Math.sin(way);
				z += 0.7 * rise;
				for (int t = 0; t < PLANES; t++) {
					final double off = (t * speed - z) / depth, wide = Math.sqrt(1.4 + off * off);
					if (Math.abs(off) < 4) spot(planes[t], x, y, wide, 0.5 * Math.exp(-off * off / 2) * 1.4 / (wide * wide));
				}
			}
		}
	}

	private static void spot(final float[] plane, final double x, final double y, final double width, final double bright) {
		final int reach = (int) Math.ceil(3 * width);
		for (int v = Math.max(0, (int) y - reach); v <= Math.min(SIDE - 1, (int) y + reach); v++)
			for (int u = Math.max(0, (int) x - reach); u <= Math.min(SIDE - 1, (int) x + reach); u++)
				plane[v * SIDE + u] += (float) (bright * Math.exp(-((u - x) * (u - x) + (v - y) * (v - y)) / (2 * width * width)));
	}
}
