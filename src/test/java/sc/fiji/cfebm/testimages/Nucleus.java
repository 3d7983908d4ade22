package sc.fiji.cfebm.testimages;

/** One cell nucleus: an ellipse, a little irregular, perhaps dented, with chromatin texture, nucleoli and bright foci. */
final class Nucleus {

	/** Pixels of the texture along each axis; the nucleus fills its middle. */
	private static final int TEXTURE = 64;

	final double x;
	final double y;
	/** Mean radius in pixels. */
	final double radius;
	/** Light given off, in gray values. */
	final double brightness;

	private final double a;
	private final double b;
	private final double cos;
	private final double sin;
	private final double dent;
	private final double[] lobes = new double[2];
	private final double[] phases = new double[2];
	private final Field chromatin;

	/**
	 * @param elongation long axis over short axis
	 * @param angle direction of the long axis in radians
	 * @param dent depth of a dent in the long side: 0 for an ellipse, about 0.3 for a bean
	 */
	Nucleus(final double x, final double y, final double radius, final double elongation, final double angle,
		final double dent, final double brightness, final Chance chance)
	{
		this.x = x;
		this.y = y;
		this.radius = radius;
		this.brightness = brightness;
		this.dent = dent;
		a = radius * Math.sqrt(elongation);
		b = radius / Math.sqrt(elongation);
		cos = StrictMath.cos(angle);
		sin = StrictMath.sin(angle);
		for (int i = 0; i < lobes.length; i++) {
			lobes[i] = chance.uniform(0, 0.05);
			phases[i] = chance.angle();
		}
		chromatin = chromatin(chance);
	}

	/** Fine grains on coarse patches; some dark nucleoli; in some nuclei bright heterochromatin foci. */
	private Field chromatin(final Chance chance) {
		final Field fine = Field.smoothNoise(TEXTURE, TEXTURE, 1.2, chance);
		final Field coarse = Field.smoothNoise(TEXTURE, TEXTURE, 3.5, chance);
		final Field texture = fine.join(coarse, (f, c) -> 1 + 0.10 * f + 0.13 * c);
		final int nucleoli = 1 + chance.below(radius > 9 ? 4 : 2);
		for (int i = 0; i < nucleoli; i++)
			spot(texture, 0.6, radius * chance.uniform(0.14, 0.23), -chance.uniform(0.35, 0.55), chance);
		if (chance.happens(0.4))
			for (int i = 3 + chance.below(5); i > 0; i--)
				spot(texture, 0.75, chance.uniform(0.9, 1.4), chance.uniform(0.2, 0.45), chance);
		return texture;
	}

	/** Brightens or darkens a round spot at a random place within the given part of the nucleus. */
	private void spot(final Field texture, final double within, final double size, final double change,
		final Chance chance)
	{
		final double direction = chance.angle();
		final double distance = within * Math.sqrt(chance.uniform(0, 1));
		final double u = TEXTURE / 2 + a * distance * StrictMath.cos(direction);
		final double v = TEXTURE / 2 + b * distance * StrictMath.sin(direction);
		for (int y = 0; y < TEXTURE; y++)
			for (int x = 0; x < TEXTURE; x++) {
				final double d = ((x - u) * (x - u) + (y - v) * (y - v)) / (size * size);
				// Flat in the middle with a soft edge, as a nucleolus is.
				texture.set(x, y, texture.get(x, y) * (1 + change * StrictMath.exp(-d * d)));
			}
	}

	/** Where a point lies: 0 in the centre, 1 on the outline, more outside. */
	double position(final double px, final double py) {
		final double dx = px - x;
		final double dy = py - y;
		final double u = (cos * dx + sin * dy) / a;
		final double v = (cos * dy - sin * dx) / b;
		final double theta = StrictMath.atan2(v, u);
		double outline = 1 - dent * StrictMath.exp(3.5 * (StrictMath.sin(theta) - 1));
		for (int i = 0; i < lobes.length; i++)
			outline += lobes[i] * StrictMath.cos((i + 2) * theta + phases[i]);
		return Math.sqrt(u * u + v * v) / outline;
	}

	/** 1 inside, 0 outside, with an edge a pixel wide. */
	double cover(final double position) {
		return Math.min(Math.max((1 - position) * b + 0.5, 0), 1);
	}

	/** The texture at a point, about 1 on average; it moves with the nucleus. */
	double texture(final double px, final double py) {
		final double dx = px - x;
		final double dy = py - y;
		return Math.max(chromatin.at(TEXTURE / 2 + cos * dx + sin * dy, TEXTURE / 2 + cos * dy - sin * dx), 0.05);
	}

	/** How far from the centre the nucleus reaches at most. */
	double reach() {
		return 1.4 * a + 2;
	}

	/**
	 * Adds the light of the nucleus as a wide-field microscope collects it: more where the nucleus is thicker.
	 *
	 * @param dx displacement of the nucleus in x, in pixels
	 * @param dy displacement of the nucleus in y, in pixels
	 * @param height position of the focal plane: 0 in the middle of the nucleus, 1 at its top, -1 at its bottom
	 */
	void shine(final Field field, final double dx, final double dy, final double height) {
		final double section = 1 - height * height;
		if (section <= 0)
			return;
		final double scale = 1 / Math.sqrt(section);
		for (int py = (int) Math.max(y + dy - reach(), 0); py < Math.min(y + dy + reach(), field.height); py++)
			for (int px = (int) Math.max(x + dx - reach(), 0); px < Math.min(x + dx + reach(), field.width); px++) {
				final double qx = px - dx;
				final double qy = py - dy;
				final double position = scale * position(qx, qy);
				final double cover = cover(position);
				if (cover == 0)
					continue;
				final double thickness = Math.sqrt(Math.max(1 - position * position * position, 0));
				final double light = brightness * cover * (0.5 + 0.5 * thickness) * texture(qx, qy) *
					Math.sqrt(section);
				// Neighbours press against each other; where they lie on top of each other both shine.
				final double before = field.get(px, py);
				field.set(px, py, Math.max(before, light) + 0.4 * Math.min(before, light));
			}
	}
}
