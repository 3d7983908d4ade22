package sc.fiji.cfebm.command;

import sc.fiji.cfebm.imagej.Planes;
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
}
