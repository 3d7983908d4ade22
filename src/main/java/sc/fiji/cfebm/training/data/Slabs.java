package sc.fiji.cfebm.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

/** Neighbouring planes of stacks as the channels of one image each: what a model of neighbouring planes is trained on. */
public final class Slabs {

	private Slabs() {}

	/**
	 * Slabs of so many planes, each a bit more than half as many planes behind the one before, so that the images' stacks are in memory less than
	 * twice. A clean image without such a stack stays as it is, and {@link PatchSource} makes
	 * neighbours for it; a noisy one is left out, since made neighbours would share its noise.
	 *
	 * @param images gray
	 * @param planes k, odd, 3 or more
	 * @param noisy whether they have noise
	 * @throws IllegalArgumentException with one sentence, if nothing is left, or the images are not gray
	 */
	public static List<ImageSource> of(final List<ImageSource> images, final int planes, final boolean noisy) {
		final List<ImageSource> slabs = new ArrayList<>();
		for (final ImageSource image : images) {
			if (image.planes().get(0).channels() > 1) throw new IllegalArgumentException(
				"A model of neighbouring planes is one of gray images, and these are RGB: convert them, or train on single planes (planes=1).");
			final List<Raster> joined = image.stacks().stream().flatMap(stack -> IntStream.rangeClosed(0, stack.size() - planes).filter(
				first -> first % (planes / 2 + 1) == 0 || first == stack.size() - planes).mapToObj(first -> Raster.of(stack.subList(first, first +
					planes).stream().map(image.planes()::get).toList()))).toList();
			if (!joined.isEmpty()) slabs.add(new ImageSource(image.name(), joined));
			else if (!noisy) slabs.add(image);
		}
		if (slabs.isEmpty()) throw new IllegalArgumentException("The images have noise, and none is a stack of " + planes +
			" slices or frames: a model of neighbouring planes learns from noisy stacks, or from clean images of any kind.");
		return slabs;
	}
}
