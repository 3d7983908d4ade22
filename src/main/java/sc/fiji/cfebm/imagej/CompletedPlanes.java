package sc.fiji.cfebm.imagej;

import ij.ImageStack;

/** How many of an image's planes are done, in the order of the stack, and what of them is whole: frames or slices. */
final class CompletedPlanes {

	private final Planes planes;
	private int count, first;

	CompletedPlanes(final Planes planes) {
		this.planes = planes;
	}

	/**
	 * Counts the next plane.
	 *
	 * @param worked whether anything was done to it
	 * @return its index in the stack, from 1
	 */
	int next(final boolean worked) {
		count++;
		if (worked && first == 0) first = count;
		return count;
	}

	/** How much there is if it ended early, such as "frames 1 to 6 of 50"; empty if all is there; null if nothing is. */
	String part() {
		final int whole = whole();
		if (first == 0 && count < planes.count() || whole < first) return null;
		return whole == planes.count() ? "" : planes.blockName(whole);
	}

	/** How many planes the whole part has. */
	int whole() {
		return planes.block(count);
	}

	/** Of an image called after the original. */
	String title(final String suffix) {
		return planes.title() + "-" + suffix + (part().isEmpty() ? "" : " (" + part() + ")");
	}

	/** Cuts off what is not whole. */
	ImageStack cut(final ImageStack stack, final int perPlane) {
		while (stack.size() > whole() * perPlane)
			stack.deleteLastSlice();
		return stack;
	}
}
