package sc.fiji.cfebm.testimages;

import java.util.ArrayList;
import java.util.List;

import ij.process.ColorProcessor;

/**
 * A stained tissue section in bright field: glands of cells around a hollow, in fibrous connective tissue. Computed at
 * twice the size as amounts of dye, which absorb light by the law of Beer and Lambert.
 */
final class Tissue {

	/** Absorbance of red, green and blue light per amount of dye. */
	private static final double[] HEMATOXYLIN = {0.65, 0.70, 0.29};
	private static final double[] EOSIN = {0.10, 0.90, 0.30};
	private static final double[] DAB = {0.30, 0.58, 0.80};
	/** The lamp's light through clear glass. */
	private static final double[] GLASS = {243, 242, 245};

	private final int size;
	private final Chance chance;
	private final List<Nucleus> glands = new ArrayList<>();
	private final List<Nucleus> epithelial = new ArrayList<>();
	private final List<Nucleus> stromal = new ArrayList<>();
	/** 0 in the middle of the nearest gland, 1 on its rim. */
	private final Field depth;
	/** Connective fibres, mean 0 and variance 1. */
	private final Field fibres;
	private final Field patches;
	private final Field grain;
	/** How far a point is, in pixels, from lying between two cells of a gland. */
	private final Field border;

	/** @param imageSize width and height of the image in pixels */
	Tissue(final int imageSize, final Chance chance) {
		size = 2 * imageSize;
		this.chance = chance;
		placeGlands();
		depth = depth();
		patches = Field.smoothNoise(size, size, 18, chance);
		grain = Field.smoothNoise(size, size, 1.6, chance);
		final Field direction = direction();
		fibres = fibres(direction);
		placeEpithelial();
		placeStromal(direction);
		border = border();
	}

	/** Stained with hematoxylin and eosin: nuclei purple, the rest pink. */
	ColorProcessor hematoxylinEosin() {
		final Field hematoxylin = new Field(size, size);
		final Field eosin = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double tissue = tissue(x, y);
				final boolean gland = depth.get(x, y) < 1;
				eosin.set(x, y, tissue * (gland ? 0.23 : 0.19));
				hematoxylin.set(x, y, tissue * (gland ? 0.13 : 0.03));
			}
		for (final Nucleus n : epithelial)
			dye(hematoxylin, n, 0.62 * n.brightness, 0);
		for (final Nucleus n : stromal)
			dye(hematoxylin, n, 0.80 * n.brightness, 0);
		return mixed(hematoxylin, HEMATOXYLIN, eosin, EOSIN);
	}

	/** Stained with an antibody to a nuclear protein: nuclei that have it brown, the other nuclei blue. */
	ColorProcessor immunoStain() {
		final Field hematoxylin = new Field(size, size);
		final Field brown = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double tissue = tissue(x, y);
				final boolean gland = depth.get(x, y) < 1;
				hematoxylin.set(x, y, tissue * (gland ? 0.11 : 0.075));
				brown.set(x, y, tissue * (gland ? 0.055 : 0.025));
			}
		for (final Nucleus n : epithelial) {
			final boolean positive = chance.happens(0.65);
			dye(hematoxylin, n, (positive ? 0.20 : 0.42) * n.brightness, 0);
			if (positive)
				dye(brown, n, chance.uniform(0.3, 0.95), 0.03);
		}
		for (final Nucleus n : stromal)
			dye(hematoxylin, n, 0.50 * n.brightness, 0);
		return mixed(hematoxylin, HEMATOXYLIN, brown, DAB);
	}

	/** How much protein lies at a point: about 1 in tissue, 0 in hollows and clefts. */
	private double tissue(final int x, final int y) {
		final double d = depth.get(x, y);
		final double hollow = 0.36;
		if (d < 1) {
			final double inside = clamp((d - hollow) * 14 + 0.1 * grain.get(x, y));
			final double secretion = clamp(0.5 * patches.get(x, y) - 0.35) * 0.5;
			final double cell = 1 + 0.10 * grain.get(x, y) + 0.10 * patches.get(x, y) //
				+ 0.35 * StrictMath.exp(-border.get(x, y) * border.get(x, y) / 3) //
				+ 0.3 * StrictMath.exp(-(d - hollow - 0.05) * (d - hollow - 0.05) / 0.0016);
			return Math.max(inside * cell, secretion);
		}
		// A gland lies in a sheath; further out the fibres leave clefts.
		final double sheath = clamp(1 - (d - 1) * 9);
		final double fibre = fibres.get(x, y) + 0.5 * patches.get(x, y);
		final double open = clamp(0.5 * (fibre + 1.7));
		return Math.max(sheath * 1.1, open * Math.max(1 + 0.34 * fibre + 0.06 * grain.get(x, y), 0.1));
	}

	/** Adds a nucleus to a dye, with a darker rim as its membrane has. */
	private void dye(final Field dye, final Nucleus n, final double amount, final double spill) {
		for (int y = (int) Math.max(n.y - n.reach(), 0); y < Math.min(n.y + n.reach(), size); y++)
			for (int x = (int) Math.max(n.x - n.reach(), 0); x < Math.min(n.x + n.reach(), size); x++) {
				final double position = n.position(x, y);
				final double cover = n.cover(position);
				final double rim = StrictMath.exp(-(position - 0.9) * (position - 0.9) / 0.02);
				final double texture = 1 + 1.4 * (n.texture(x, y) - 1);
				final double added = cover * amount * Math.max(0.85 * texture + 0.3 * rim, 0.1);
				final double around = spill * StrictMath.exp(-position * position / 2);
				dye.set(x, y, Math.max(dye.get(x, y), added + dye.get(x, y) * 0.6) + around);
			}
	}

	private ColorProcessor mixed(final Field dye1, final double[] absorbance1, final Field dye2,
		final double[] absorbance2)
	{
		final byte[][] rgb = new byte[3][];
		for (int c = 0; c < 3; c++) {
			final double a1 = absorbance1[c] * StrictMath.log(10);
			final double a2 = absorbance2[c] * StrictMath.log(10);
			final double glass = GLASS[c];
			rgb[c] = (byte[]) dye1.copy() //
				.join(dye2, (d1, d2) -> glass * StrictMath.exp(-a1 * d1 - a2 * d2)) //
				.blurred(1.1).halved().map(v -> v + 1.2 * chance.gaussian()).toBytes().getPixels();
		}
		final ColorProcessor image = new ColorProcessor(size / 2, size / 2);
		image.setRGB(rgb[0], rgb[1], rgb[2]);
		return image;
	}

	/** Glands are as irregular as nuclei are, so they borrow their outline. */
	private void placeGlands() {
		for (int trial = 0; trial < 400; trial++) {
			final double radius = chance.uniform(48, 78);
			final double x = chance.uniform(-20, size + 20);
			final double y = chance.uniform(-20, size + 20);
			boolean free = true;
			for (final Nucleus g : glands)
				free &= distance(g.x, g.y, x, y) > 1.12 * (g.radius + radius) + 8;
			if (free)
				glands.add(new Nucleus(x, y, radius, chance.uniform(1.05, 1.45), chance.angle(),
					chance.uniform(0, 0.15), 1, chance));
		}
	}

	private Field depth() {
		final Field dent = Field.smoothNoise(size, size, 9, chance);
		final Field field = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				double nearest = 9;
				for (final Nucleus g : glands)
					nearest = Math.min(nearest, g.position(x, y));
				field.set(x, y, nearest + 0.02 * dent.get(x, y));
			}
		return field;
	}

	/** The direction of the fibres in radians: around the glands, further out roughly one way. */
	private Field direction() {
		final Field swirl = Field.smoothNoise(size, size, 40, chance);
		final Field wave = Field.smoothNoise(size, size, 7, chance);
		final Field potential = depth.blurred(8).join(swirl, (d, s) -> Math.min(d, 1.5) + 0.25 * s);
		final double main = chance.angle();
		final double mainX = 0.02 * StrictMath.cos(main);
		final double mainY = 0.02 * StrictMath.sin(main);
		final Field direction = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double gx = potential.at(x + 1, y) - potential.at(x - 1, y) + mainX;
				final double gy = potential.at(x, y + 1) - potential.at(x, y - 1) + mainY;
				direction.set(x, y, StrictMath.atan2(gx, -gy) + 0.22 * wave.get(x, y));
			}
		return direction;
	}

	/** White noise smeared along the direction (a line integral convolution) looks like fibres. */
	private Field fibres(final Field direction) {
		final Field noise = Field.smoothNoise(size, size, 1.1, chance);
		final Field smeared = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				double sum = 0;
				for (int way = -1; way <= 1; way += 2) {
					double px = x;
					double py = y;
					for (int i = 0; i < 16; i++) {
						sum += noise.at(px, py);
						final int nx = (int) Math.min(Math.max(px, 0), size - 1);
						final int ny = (int) Math.min(Math.max(py, 0), size - 1);
						px += way * StrictMath.cos(direction.get(nx, ny));
						py += way * StrictMath.sin(direction.get(nx, ny));
					}
				}
				smeared.set(x, y, sum);
			}
		double squares = 0;
		for (final double v : smeared.values)
			squares += v * v;
		final double deviation = Math.sqrt(squares / smeared.values.length);
		return smeared.map(v -> v / deviation);
	}

	/** One layer of cells lines a gland; their nuclei stand near its rim and point to its middle. */
	private void placeEpithelial() {
		for (final Nucleus g : glands) {
			final double start = chance.angle();
			final int count = (int) Math.round(2 * Math.PI * 0.78 * g.radius / 17);
			for (int i = 0; i < count; i++) {
				final double theta = start + 2 * Math.PI * (i + chance.uniform(-0.2, 0.2)) / count;
				final double level = chance.uniform(0.68, 0.84);
				double r = 0;
				while (g.position(g.x + r * StrictMath.cos(theta), g.y + r * StrictMath.sin(theta)) < level)
					r += 0.5;
				add(epithelial, new Nucleus(g.x + r * StrictMath.cos(theta), g.y + r * StrictMath.sin(theta),
					chance.uniform(6.3, 8.2), chance.uniform(1.1, 1.7), theta + 0.25 * chance.gaussian(), 0,
					chance.uniform(0.75, 1.15), chance), 0.85);
			}
		}
	}

	/** Slender nuclei of fibroblasts along the fibres, and some round ones of lymphocytes. */
	private void placeStromal(final Field direction) {
		for (int trial = 0; trial < 260; trial++) {
			final double x = chance.uniform(0, size - 1);
			final double y = chance.uniform(0, size - 1);
			if (depth.at(x, y) < 1.12)
				continue;
			final boolean round = chance.happens(0.2);
			final double angle = direction.get((int) x, (int) y);
			add(stromal, round ? //
				new Nucleus(x, y, chance.uniform(5, 6), chance.uniform(1, 1.2), angle, 0, chance.uniform(1, 1.3), chance) :
				new Nucleus(x, y, chance.uniform(5, 6.5), chance.uniform(2.4, 4), angle, 0,
					chance.uniform(0.75, 1.1), chance), 1.3);
		}
	}

	private static void add(final List<Nucleus> nuclei, final Nucleus nucleus, final double gap) {
		for (final Nucleus n : nuclei)
			if (distance(n.x, n.y, nucleus.x, nucleus.y) < gap * (n.radius + nucleus.radius))
				return;
		nuclei.add(nucleus);
	}

	/** Cells meet halfway between their nuclei. */
	private Field border() {
		final Field field = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				double nearest = 1e9;
				double second = 1e9;
				for (final Nucleus n : epithelial) {
					final double d = distance(n.x, n.y, x, y);
					second = Math.min(second, Math.max(nearest, d));
					nearest = Math.min(nearest, d);
				}
				field.set(x, y, (second - nearest) / 2);
			}
		return field;
	}

	private static double distance(final double x0, final double y0, final double x1, final double y1) {
		return Math.sqrt((x0 - x1) * (x0 - x1) + (y0 - y1) * (y0 - y1));
	}

	private static double clamp(final double v) {
		return Math.min(Math.max(v, 0), 1);
	}
}
