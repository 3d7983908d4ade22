package sc.fiji.cfebm.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.raster.Raster;

/**
 * Fields as microscopes show them, without any noise, made by chance: filaments, spots, membranes, tissue, and what lies on each other.
 * Gray values from 0 to 255.
 */
final class MadeFields {

	/** What is to be seen. */
	private enum Kind {
		FILAMENTS, SPOTS, MEMBRANES, TISSUE, LEAVES
	}

	private static final int SIDE = 256;

	private final RandomGenerator rng;
	private final float[] field = new float[SIDE * SIDE];

	private MadeFields(final RandomGenerator rng) {
		this.rng = rng;
	}

	/** So many fields of 256×256 pixels, of all kinds in turn. */
	static List<Raster> of(final int count, final long seed) {
		final SplittableRandom seeds = new SplittableRandom(seed);
		final List<Raster> fields = new ArrayList<>();
		for (int i = 0; i < count; i++)
			fields.add(new MadeFields(seeds.split()).make(Kind.values()[i % Kind.values().length]));
		return fields;
	}

	private Raster make(final Kind kind) {
		switch (kind) {
			case FILAMENTS -> filaments();
			case SPOTS -> spots();
			case MEMBRANES -> membranes();
			case TISSUE -> tissue();
			case LEAVES -> leaves();
		}
		haze();
		float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
		for (final float v : field) {
			low = Math.min(low, v);
			high = Math.max(high, v);
		}
		for (int i = 0; i < field.length; i++)
			field[i] = 255 * (field[i] - low) / (high - low);
		return new Raster(SIDE, SIDE, 1, field);
	}

	/** Curves that turn slowly, some thin, some thick. */
	private void filaments() {
		final int count = 15 + rng.nextInt(60);
		for (int k = 0; k < count; k++) {
			double x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble(), direction = 2 * Math.PI * rng.nextDouble(), turn = 0;
			final double width = 0.8 + 1.4 * rng.nextDouble(), bright = 0.3 + rng.nextDouble(), bend = 0.002 + 0.01 * rng.nextDouble();
			for (int step = 100 + rng.nextInt(500); step > 0; step--) {
				spot(x, y, width, 0.3 * bright);
				turn = 0.95 * turn + bend * rng.nextGaussian();
				direction += turn;
				x += 0.6 * Math.cos(direction);
				y += 0.6 * Math.sin(direction);
			}
		}
	}

	/** From the size of a point's image on. */
	private void spots() {
		final int count = 40 + rng.nextInt(500);
		final double largest = 1 + 4 * rng.nextDouble();
		for (int k = 0; k < count; k++)
			spot(SIDE * rng.nextDouble(), SIDE * rng.nextDouble(), 0.9 + largest * Math.pow(rng.nextDouble(), 3), 0.2 + rng.nextDouble());
	}

	private void spot(final double x, final double y, final double width, final double bright) {
		final int r = (int) Math.ceil(3.5 * width);
		for (int v = Math.max(0, (int) y - r); v <= Math.min(SIDE - 1, (int) y + r); v++)
			for (int u = Math.max(0, (int) x - r); u <= Math.min(SIDE - 1, (int) x + r); u++)
				field[v * SIDE + u] += (float) (bright * Math.exp(-((u - x) * (u - x) + (v - y) * (v - y)) / (2 * width * width)));
	}

	/** What is as far from two cells as from each other's. */
	private void membranes() {
		final int cells = 12 + rng.nextInt(70);
		final double[] x = new double[cells], y = new double[cells], inside = new double[cells];
		for (int k = 0; k < cells; k++) {
			x[k] = SIDE * rng.nextDouble();
			y[k] = SIDE * rng.nextDouble();
			inside[k] = 0.4 * rng.nextDouble();
		}
		final double width = 0.8 + 1.7 * rng.nextDouble();
		for (int i = 0; i < field.length; i++) {
			double nearest = Double.MAX_VALUE, second = Double.MAX_VALUE;
			int cell = 0;
			for (int k = 0; k < cells; k++) {
				final double d = Math.hypot(i % SIDE - x[k], i / SIDE - y[k]);
				if (d < nearest) {
					second = nearest;
					nearest = d;
					cell = k;
				}
				else second = Math.min(second, d);
			}
			final double edge = (second - nearest) / 2;
			field[i] += (float) (inside[cell] + Math.exp(-edge * edge / (2 * width * width)));
		}
	}

	/** Clouds of several sizes, with edges. */
	private void tissue() {
		for (int size = 3 + rng.nextInt(3); size < 80; size *= 2 + rng.nextInt(2)) {
			final float[] cloud = cloud(size);
			final double sharp = 1 + 8 * rng.nextDouble(), share = 0.3 + rng.nextDouble();
			for (int i = 0; i < field.length; i++)
				field[i] += (float) (share / (1 + Math.exp(-sharp * cloud[i])));
		}
	}

	/** White noise of a grid, interpolated in between by cosines. */
	private float[] cloud(final int size) {
		final int n = SIDE / size + 2;
		final double[] grid = new double[n * n];
		for (int i = 0; i < grid.length; i++)
			grid[i] = rng.nextGaussian();
		final float[] cloud = new float[field.length];
		for (int i = 0; i < cloud.length; i++) {
			final int u = i % SIDE / size, v = i / SIDE / size;
			final double a = ease((double) (i % SIDE % size) / size), b = ease((double) (i / SIDE % size) / size);
			cloud[i] = (float) ((1 - b) * ((1 - a) * grid[v * n + u] + a * grid[v * n + u + 1]) + b * ((1 - a) * grid[(v + 1) * n + u] + a *
				grid[(v + 1) * n + u + 1]));
		}
		return cloud;
	}

	private static double ease(final double t) {
		return (1 - Math.cos(Math.PI * t)) / 2;
	}

	/** Ellipses that hide each other, as leaves on the ground: few large ones, many small ones. */
	private void leaves() {
		for (int k = 0; k < 600; k++) {
			final double r = Math.min(90, 3 / Math.sqrt(1e-3 + rng.nextDouble())), flat = 0.4 + 0.6 * rng.nextDouble();
			final double angle = Math.PI * rng.nextDouble(), x = SIDE * rng.nextDouble(), y = SIDE * rng.nextDouble(), c = Math.cos(angle), s =
				Math.sin(angle);
			final float bright = (float) rng.nextDouble();
			for (int i = 0; i < field.length; i++) {
				final double dx = i % SIDE - x, dy = i / SIDE - y;
				// About how many pixels inside: a pixel at the edge is partly covered.
				final double inside = r * flat - Math.hypot((c * dx + s * dy) * flat, c * dy - s * dx);
				final float cover = (float) Math.max(0, Math.min(1, inside + 0.5));
				field[i] += cover * (bright - field[i]);
			}
		}
	}

	/** Light from out of focus. */
	private void haze() {
		final float[] cloud = cloud(64 + rng.nextInt(64));
		final double share = 0.1 * rng.nextDouble();
		for (int i = 0; i < field.length; i++)
			field[i] += (float) (share * cloud[i]);
	}
}
