package sc.fiji.cfebm.testimages;

import java.util.List;

/**
 * What does not belong into a field of nuclei: light that is added to it, or an area that is out of focus.
 *
 * @param light in gray values, before the microscope's blur
 * @param outOfFocus 0 where the field is sharp, 1 where it is out of focus
 */
record Oddity(Field light, Field outOfFocus) {

	/** Blur of what is out of focus, sigma in pixels. */
	private static final double DEFOCUS = 3.5;
	/** The mask is where the added light exceeds so many gray values. */
	private static final double VISIBLE = 5;

	static Oddity none(final int size) {
		return new Oddity(new Field(size, size), new Field(size, size));
	}

	/** A shining fibre of lint. */
	static Oddity fibre(final int size, final Chance chance) {
		final Filament fibre = new Filament(0.2 * size, 0.25 * size, 0.5, 0.7 * size, 0.02, 0, chance);
		return added(Filament.image(size, List.of(fibre), 0, 1).map(v -> 90 * v));
	}

	/** A nucleus far too large, with a deep dent. */
	static Oddity giant(final int size, final Chance chance) {
		return nuclei(size, List.of(new Nucleus(0.55 * size, 0.5 * size, 0.19 * size, 1.25, chance.angle(), 0.45, 95, chance)));
	}

	/** A nucleus that has fallen to pieces: a group of small, bright globules. */
	static Oddity fragments(final int size, final Chance chance) {
		final List<Nucleus> pieces = Nuclei.place(26, 9, 2, 4, 0.6, chance);
		final Field group = new Field(size, size);
		for (final Nucleus piece : pieces)
			new Nucleus(piece.x + 0.3 * size, piece.y + 0.45 * size, piece.radius, 1, 0, 0, 170, chance).shine(group, 0, 0, 0);
		return added(group);
	}

	/** A speck of dust that shines far brighter than all nuclei. */
	static Oddity dust(final int size, final Chance chance) {
		return nuclei(size, List.of(new Nucleus(0.68 * size, 0.3 * size, 5, 2.2, chance.angle(), 0.3, 420, chance)));
	}

	/** An area that lies out of focus. */
	static Oddity blurred(final int size) {
		final Field area = new Field(size, size);
		for (int y = 0; y < size; y++)
			for (int x = 0; x < size; x++) {
				final double dx = x - 0.72 * size, dy = y - 0.3 * size;
				area.set(x, y, Math.min(Math.max((0.27 * size - Math.sqrt(dx * dx + dy * dy)) / 8 + 0.5, 0), 1));
			}
		return new Oddity(new Field(size, size), area);
	}

	private static Oddity nuclei(final int size, final List<Nucleus> nuclei) {
		final Field light = new Field(size, size);
		for (final Nucleus nucleus : nuclei)
			nucleus.shine(light, 0, 0, 0);
		return added(light);
	}

	private static Oddity added(final Field light) {
		return new Oddity(light, new Field(light.width, light.height));
	}

	/** The light of a field with this in it. */
	Field addedTo(final Field nuclei) {
		return nuclei.copy().join(light, (a, b) -> Math.max(a, b) + 0.4 * Math.min(a, b));
	}

	/** A picture of a field, out of focus where this is. */
	Field defocus(final Field picture) {
		return picture.blurred(DEFOCUS).join(picture, (soft, sharp) -> soft - sharp).join(outOfFocus, (d, share) -> d * share).join(picture,
			Double::sum);
	}

	/** 255 where this is to be seen, else 0. */
	Field mask() {
		return light.blurred(Nuclei.PSF).join(outOfFocus, (l, share) -> l > VISIBLE || share >= 0.5 ? 255 : 0);
	}
}
