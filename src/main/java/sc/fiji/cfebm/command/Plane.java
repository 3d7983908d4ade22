package sc.fiji.cfebm.command;

import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.raster.Raster;

/**
 * A plane to be worked on, or one color of it.
 *
 * @param planes the image's planes
 * @param slice its index in the stack, from 1
 * @param channel from 1; of one color of an RGB image that color's number
 * @param read its values, [H,W,C] in gray values; don't write into them
 * @param name as messages name it
 * @param isOfIntegers whether results are rounded to whole numbers
 */
record Plane(Planes planes, int slice, int channel, Raster read, String name, boolean isOfIntegers) {

	/** Whether it is the only one of its image. */
	boolean isAlone() {
		return planes.count() == 1 && name.equals(planes.name(slice));
	}

	/** The same for a result of 32 bits. */
	Plane fine() {
		return new Plane(planes, slice, channel, read, name, false);
	}

	/** What a user says of the noise in the gray values that ImageJ shows, in those of this plane. */
	NoiseSettings seen(final NoiseSettings shown) {
		final double scale = shown.sigma() > 0 ? planes.seenPerShown(slice) : 1;
		return new NoiseSettings(scale * shown.sigma(), shown.gain(), shown.gain() > 0 ? planes.shown(slice, shown.offset()) : 0, shown
			.read());
	}

	/** Says what noise in this plane's gray values is in those that ImageJ shows, where they are not the same. */
	void describe(final double sigma, final RunReport report) {
		final double scale = planes.seenPerShown(slice);
		if (scale != 1 && sigma > 0) report.number("where the image has its median that is", sigma / scale, " " + planes.unit());
	}
}
