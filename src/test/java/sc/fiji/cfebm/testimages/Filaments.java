package sc.fiji.cfebm.testimages;

import java.util.ArrayList;
import java.util.List;

/** Networks of filaments as in a fluorescence image of the cytoskeleton. */
final class Filaments {

	private Filaments() {}

	/** Filaments that cross the image in all directions. */
	static List<Filament> network(final int size, final int count, final Chance chance) {
		final List<Filament> filaments = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			// From a circle around the image towards a point in it, so that few end inside.
			final double side = chance.angle();
			final double x = size * (0.5 + 0.72 * StrictMath.cos(side));
			final double y = size * (0.5 + 0.72 * StrictMath.sin(side));
			filaments.add(towards(x, y, chance.uniform(0.15, 0.85) * size, chance.uniform(0.15, 0.85) * size,
				size * chance.uniform(0.9, 1.8), 0.008, chance));
		}
		return filaments;
	}

	/** Filaments that radiate from a centre, and a few that cross them. */
	static List<Filament> aster(final int size, final int count, final double centreX, final double centreY,
		final Chance chance)
	{
		final List<Filament> filaments = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			final double angle = 2 * Math.PI * (i + chance.uniform(-0.5, 0.5)) / count;
			// They start around the centre, not all in one point.
			final double gap = chance.uniform(1, 8);
			filaments.add(new Filament(centreX + gap * StrictMath.cos(angle), centreY + gap * StrictMath.sin(angle),
				angle + 0.15 * chance.gaussian(), size * chance.uniform(0.35, 1.1), 0.009, 2 * chance.gaussian(),
				chance));
		}
		filaments.addAll(network(size, count / 6, chance));
		return filaments;
	}

	/** Filaments along the long axis of a cell, and a few that cross them. */
	static List<Filament> aligned(final int size, final int count, final double angle, final Chance chance) {
		final List<Filament> filaments = new ArrayList<>();
		final double cos = StrictMath.cos(angle);
		final double sin = StrictMath.sin(angle);
		for (int i = 0; i < count; i++) {
			final double across = size * chance.uniform(-0.65, 0.65);
			final double along = -size * chance.uniform(0.3, 0.8);
			filaments.add(new Filament(size / 2 + along * cos - across * sin, size / 2 + along * sin + across * cos,
				angle + 0.12 * chance.gaussian(), size * chance.uniform(0.8, 1.7), 0.007, 2 * chance.gaussian(),
				chance));
		}
		filaments.addAll(network(size, count / 5, chance));
		return filaments;
	}

	private static Filament towards(final double x, final double y, final double targetX, final double targetY,
		final double length, final double curvature, final Chance chance)
	{
		return new Filament(x, y, StrictMath.atan2(targetY - y, targetX - x), length, curvature,
			2 * chance.gaussian(), chance);
	}

	/** Camera counts without noise: the camera's offset, unbound label in the cell, and the filaments. */
	static Field image(final int size, final List<Filament> filaments, final Chance chance) {
		final Field light = Filament.image(size, filaments, 0, 1);
		final Field cell = Field.smoothNoise(size, size, size / 6.0, chance);
		return light.blurred(12).join(light, (haze, sharp) -> 120 * haze + 850 * sharp) //
			.join(cell, (v, c) -> v + 230 + 40 * c);
	}
}
