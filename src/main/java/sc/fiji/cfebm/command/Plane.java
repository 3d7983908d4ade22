package sc.fiji.cfebm.command;

import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.raster.Raster;

/**
 * A plane to be worked on.
 *
 * @param planes the image's planes
 * @param slice its index in the stack, from 1
 * @param channel from 1
 */
record Plane(Planes planes, int slice, int channel) {

	/** Its values, [H,W,C] in gray values; don't write into it. */
	Raster read() {
		return planes.read(slice);
	}

	/** Whether results are rounded to whole numbers. */
	boolean isOfIntegers() {
		return planes.isOfIntegers();
	}

	/** As messages name it. */
	String name() {
		return planes.name(slice);
	}

	/** Whether it is the only one of its image. */
	boolean isAlone() {
		return planes.count() == 1;
	}
}
