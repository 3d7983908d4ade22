package sc.fiji.cfebm.imagej;

import java.util.Locale;

import ij.ImagePlus;
import ij.ImageStack;

/**
 * How much of a result is done, plane by plane in the order of the stack, and what of it is whole: frames or slices. The result
 * has all planes of an image, or some of them alone.
 */
final class CompletedPlanes {

	private final Planes planes;
	private final PlaneSelection kept;
	private int count, first;

	/**
	 * @param kept the planes that the result has
	 * @param bytesPerPixel that it takes
	 * @throws IllegalArgumentException with one sentence, if ImageJ has not as much memory
	 */
	CompletedPlanes(final Planes planes, final PlaneSelection kept, final int bytesPerPixel) {
		this.planes = planes;
		this.kept = kept;
		final double needed = (double) kept.size() * planes.width() * planes.height() * bytesPerPixel;
		if (needed <= free()) return;
		System.gc();
		if (needed > free()) throw new IllegalArgumentException(String.format(Locale.ROOT,
			"The result of “%s” needs %.1f GB of memory and %.1f are free: %s.", planes.title(), needed / (1 << 30), free() / (1 << 30),
			planes.count() == 1 ? "give ImageJ more in Edit > Options > Memory & Threads" : kept.isAll()
				? "choose fewer planes, with the output “Chosen planes”" : "choose fewer planes"));
	}

	private static double free() {
		final Runtime vm = Runtime.getRuntime();
		return vm.maxMemory() - (double) vm.totalMemory() + vm.freeMemory();
	}

	/**
	 * Counts the next plane.
	 *
	 * @param worked whether anything was done to it
	 * @return its index in the result, from 1
	 */
	int next(final boolean worked) {
		count++;
		if (worked && first == 0) first = count;
		return count;
	}

	/** How much there is if it ended early, such as "frames 1 to 6 of 50"; empty if all is there; null if nothing is. */
	String part() {
		final int whole = whole();
		if (first == 0 && count < kept.size() || whole < first) return null;
		return whole == kept.size() ? "" : kept.isAll() ? firstOfAll(whole) : someOf(whole);
	}

	/** How many planes the whole part has: those of whole frames or, within the first frame, of slices with all their channels. */
	int whole() {
		return count - count % (count < frame() ? kept.numberOfChannels() : frame());
	}

	private int frame() {
		return kept.numberOfChannels() * kept.numberOfSlices();
	}

	private String firstOfAll(final int whole) {
		final int frames = kept.numberOfFrames();
		if (whole >= frame() && frames > 1) return first("frame", whole / frame(), frames);
		return (frames > 1 ? "frame 1, " : "") + first("slice", whole / kept.numberOfChannels(), kept.numberOfSlices());
	}

	private static String first(final String kind, final int count, final int of) {
		return (count == 1 ? kind + " 1" : kind + "s 1 to " + count) + " of " + of;
	}

	private String someOf(final int whole) {
		return whole >= frame() && kept.numberOfFrames() > 1 ? whole / frame() + " of " + kept.numberOfFrames() + " frames" : //
			whole / kept.numberOfChannels() + " of " + kept.numberOfSlices() + " slices";
	}

	/** An image like the original, see {@link Planes#like}, called after it. */
	ImagePlus like(final String suffix, final ImageStack stack) {
		return planes.like(title(suffix), cut(stack, 1), kept);
	}

	/** An image of other values, see {@link Planes#otherLike}, called after the original. */
	ImagePlus otherLike(final String suffix, final ImageStack stack, final int perPlane) {
		return planes.otherLike(title(suffix), cut(stack, perPlane), perPlane, kept);
	}

	private String title(final String suffix) {
		return planes.title("-" + suffix + (part().isEmpty() ? "" : " (" + part() + ")"));
	}

	/** Cuts off what is not whole. */
	private ImageStack cut(final ImageStack stack, final int perPlane) {
		while (stack.size() > whole() * perPlane)
			stack.deleteLastSlice();
		return stack;
	}
}
