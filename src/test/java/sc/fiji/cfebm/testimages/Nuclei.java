package sc.fiji.cfebm.testimages;

import java.util.ArrayList;
import java.util.List;

/** Fields of fluorescent nuclei as in a wide-field image of a cell culture. */
final class Nuclei {

	/** Blur of the microscope, sigma in pixels. */
	static final double PSF = 1.1;

	private Nuclei() {}

	/** Gray values of a field without noise: a background of about 40, nuclei up to about 230. */
	static Field image(final int size, final int count, final double crowding, final Chance chance) {
		return image(size, count, crowding, Oddity.none(size), chance);
	}

	/** The same with something in it that does not belong there. */
	static Field image(final int size, final int count, final double crowding, final Oddity oddity, final Chance chance) {
		final Field nuclei = new Field(size, size);
		for (final Nucleus nucleus : place(size, count, 6, 14, crowding, chance))
			nucleus.shine(nuclei, 0, 0, 0);
		final Field light = oddity.addedTo(nuclei);
		final Field sharp = light.blurred(PSF);
		final Field haze = light.blurred(14);
		final Field uneven = Field.smoothNoise(size, size, size / 4.0, chance);
		return oddity.defocus(sharp.join(haze, (s, h) -> 0.95 * s + 0.06 * h).join(uneven, (v, u) -> v + 39 + 2.5 * u));
	}

	/**
	 * Places nuclei one by one.
	 *
	 * @param smallest smallest mean radius in pixels
	 * @param largest largest mean radius in pixels
	 * @param crowding probability that a nucleus lies right beside another one
	 */
	static List<Nucleus> place(final int size, final int count, final double smallest, final double largest,
		final double crowding, final Chance chance)
	{
		final List<Nucleus> nuclei = new ArrayList<>();
		for (int trial = 0; nuclei.size() < count && trial < 60 * count; trial++) {
			// Most are of middle size; few are very small or very large.
			final double radius = smallest + (largest - smallest) * (chance.uniform(0, 1) + chance.uniform(0, 1)) / 2;
			double x = chance.uniform(-8, size + 8);
			double y = chance.uniform(-8, size + 8);
			final boolean beside = !nuclei.isEmpty() && chance.happens(crowding);
			if (beside) {
				final Nucleus neighbour = nuclei.get(chance.below(nuclei.size()));
				final double direction = chance.angle();
				final double distance = (radius + neighbour.radius) * chance.uniform(0.92, 1.1);
				x = neighbour.x + distance * StrictMath.cos(direction);
				y = neighbour.y + distance * StrictMath.sin(direction);
			}
			if (!free(nuclei, x, y, radius, beside ? 0.9 : 1.25))
				continue;
			final boolean bean = chance.happens(0.25);
			final double elongation = bean ? chance.uniform(1.3, 1.7) : chance.uniform(1, 1.5);
			final double dent = bean ? chance.uniform(0.2, 0.4) : chance.uniform(0, 0.06);
			// A cell that has copied its DNA shines more brightly; some lie deeper or took up little dye.
			double brightness = chance.uniform(75, 108) * (chance.happens(0.3) ? 1.5 : 1);
			if (chance.happens(0.12))
				brightness *= 0.55;
			nuclei.add(new Nucleus(x, y, radius, elongation, chance.angle(), dent, brightness, chance));
		}
		return nuclei;
	}

	private static boolean free(final List<Nucleus> nuclei, final double x, final double y, final double radius,
		final double gap)
	{
		for (final Nucleus n : nuclei) {
			final double distance = gap * (n.radius + radius);
			if ((n.x - x) * (n.x - x) + (n.y - y) * (n.y - y) < distance * distance)
				return false;
		}
		return true;
	}
}
