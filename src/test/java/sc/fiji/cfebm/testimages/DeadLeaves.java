package sc.fiji.cfebm.testimages;

import java.util.List;
import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.Raster;

/**
 * Pictures that have what photographs have in common, and nothing else: opaque things of all sizes in front of each other
 * (their radii follow the power law r⁻³, so that the picture is as varied at any scale), evenly gray, shaded, striped or
 * rough as 1/f noise, under uneven light, seen through a lens. The model is Matheron's dead leaves; made from random
 * numbers alone, the pictures are nobody's.
 */
public final class DeadLeaves {

	/** The radius of a picture's smallest leaves is between these pixels; that of its largest in sides of the picture. */
	private static final double SMALLEST_FROM = 1.5, SMALLEST_TO = 24, LARGEST = 1;
	/** Share of leaves with corners; the others are ellipses. */
	private static final double POLYGONS = 0.4;
	private static final int FINE = 2, TEXTURES = 3;

	private final int size;
	private final Chance chance;
	private final Field picture;
	private final boolean[] covered;
	private final Field[] textures = new Field[TEXTURES];
	private final double smallest, brightness, contrast;
	private int open;

	private DeadLeaves(final int size, final Chance chance) {
		this.size = FINE * size;
		this.chance = chance;
		picture = new Field(this.size, this.size);
		covered = new boolean[this.size * this.size];
		open = covered.length;
		for (int i = 0; i < TEXTURES; i++)
			textures[i] = rough(size, chance.uniform(0.5, 1.3), chance);
		smallest = FINE * StrictMath.exp(chance.uniform(StrictMath.log(SMALLEST_FROM), StrictMath.log(SMALLEST_TO)));
		brightness = chance.uniform(70, 170);
		contrast = chance.uniform(25, 75);
	}

	/**
	 * Gray pictures [size,size,1], gray values 0 to 255.
	 *
	 * @param seed the same seed gives the same pictures, and more of them the same first ones
	 */
	public static List<Raster> images(final int count, final int size, final long seed) {
		return IntStream.range(0, count).parallel().mapToObj(i -> new DeadLeaves(size, new Chance("dead leaves " + seed +
			" " + i)).photographed()).toList();
	}

	/** From the front to the back: a leaf shows where none before it does. */
	private Raster photographed() {
		while (open > 0.002 * covered.length)
			drop();
		final double behind = gray();
		for (int i = 0; i < covered.length; i++)
			if (!covered[i]) picture.values[i] = behind;
		final Field light = Field.smoothNoise(size / 8, size / 8, size / 24.0, chance);
		final double uneven = chance.uniform(0, 0.2);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++)
				picture.set(x, y, picture.get(x, y) * (1 + uneven * light.at(x / 8.0, y / 8.0)));
		final Field seen = picture.blurred(FINE * chance.uniform(0.25, 0.7)).halved();
		final Raster raster = new Raster(seen.width, seen.height, 1);
		for (int i = 0; i < seen.values.length; i++)
			raster.values()[i] = Math.min(Math.max(Math.round(seen.values[i]), 0), 255);
		return raster;
	}

	private void drop() {
		// The inverse of the distribution function of the density r^-3.
		final double a = StrictMath.pow(smallest, -2), b = StrictMath.pow(LARGEST * size, -2);
		final double radius = StrictMath.pow(chance.uniform(b, a), -0.5);
		final Outline outline = chance.happens(POLYGONS) ? polygon() : ellipse();
		final double x0 = chance.uniform(-radius, size + radius), y0 = chance.uniform(-radius, size + radius);
		final Surface surface = surface(radius);
		for (int y = (int) Math.max(0, y0 - radius); y < Math.min(size, y0 + radius); y++)
			for (int x = (int) Math.max(0, x0 - radius); x < Math.min(size, x0 + radius); x++) {
				final double u = (x - x0) / radius, v = (y - y0) / radius;
				if (covered[y * size + x] || !outline.contains(u, v)) continue;
				picture.set(x, y, surface.gray(u, v));
				covered[y * size + x] = true;
				open--;
			}
	}

	/** A shape in the unit circle. */
	private interface Outline {

		boolean contains(double u, double v);
	}

	/** What a leaf looks like; coordinates in radii from its middle. */
	private interface Surface {

		double gray(double u, double v);
	}

	private Outline ellipse() {
		final double angle = chance.angle(), cos = StrictMath.cos(angle), sin = StrictMath.sin(angle), narrow = chance.uniform(0.25, 1);
		return (u, v) -> {
			final double p = cos * u + sin * v, q = (cos * v - sin * u) / narrow;
			return p * p + q * q < 1;
		};
	}

	/** What three to six straight cuts leave of a circle. */
	private Outline polygon() {
		final int cuts = 3 + chance.below(4);
		final double[] cos = new double[cuts], sin = new double[cuts], distance = new double[cuts];
		for (int i = 0; i < cuts; i++) {
			final double angle = chance.angle();
			cos[i] = StrictMath.cos(angle);
			sin[i] = StrictMath.sin(angle);
			distance[i] = chance.uniform(0.15, 0.8);
		}
		return (u, v) -> {
			for (int i = 0; i < cuts; i++)
				if (cos[i] * u + sin[i] * v > distance[i]) return false;
			return u * u + v * v < 1;
		};
	}

	private Surface surface(final double radius) {
		final double middle = gray(), angle = chance.angle(), cos = StrictMath.cos(angle), sin = StrictMath.sin(angle);
		final double slope = chance.happens(0.5) ? 0.3 * contrast * chance.gaussian() : 0;
		if (chance.happens(0.06)) {
			final double wave = FINE * StrictMath.exp(chance.uniform(StrictMath.log(3), StrictMath.log(16))), strength = chance.uniform(3, 40);
			return (u, v) -> middle + slope * v + strength * StrictMath.sin(2 * Math.PI * radius / wave * (cos * u + sin * v));
		}
		if (chance.happens(0.35)) return (u, v) -> middle + slope * (cos * u + sin * v);
		final Field texture = textures[chance.below(TEXTURES)];
		final double strength = StrictMath.exp(chance.uniform(StrictMath.log(1), StrictMath.log(30)));
		final double scale = FINE * chance.uniform(0.7, 2), x0 = chance.uniform(0, size), y0 = chance.uniform(0, size);
		return (u, v) -> middle + slope * (cos * u + sin * v) + strength * sample(texture, x0 + radius / scale * u, y0 +
			radius / scale * v);
	}

	private double gray() {
		return Math.min(Math.max(brightness + contrast * chance.gaussian(), 2), 253);
	}

	/** Noise whose octaves fall off by the power of their wavelength that is given; mean 0, variance 1. */
	private static Field rough(final int size, final double power, final Chance chance) {
		final Field sum = new Field(size, size);
		double variance = 0;
		for (double sigma = 0.5; sigma < size / 8.0; sigma *= 2) {
			final double weight = StrictMath.pow(sigma, power);
			sum.join(Field.smoothNoise(size, size, sigma, chance), (v, n) -> v + weight * n);
			variance += weight * weight;
		}
		final double norm = 1 / StrictMath.sqrt(variance);
		return sum.map(v -> norm * v);
	}

	/** The texture without end: mirrored at its borders. */
	private static double sample(final Field texture, final double x, final double y) {
		return texture.at(mirror(x, texture.width - 1), mirror(y, texture.height - 1));
	}

	private static double mirror(final double at, final double size) {
		final double in = Math.abs(at) % (2 * size);
		return in < size ? in : 2 * size - in;
	}
}
