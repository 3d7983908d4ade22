package sc.fiji.cfebm.raster;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The planes of one image file or one open image. Planes of one source may show nearly the same (slices, frames or
 * channels of one specimen); planes of different sources are taken to be different images.
 *
 * @param name as the user knows it
 * @param planes [H,W,C] in gray values, in the order of the stack, at least one
 * @param stacks the planes that are neighbours, slices or frames of the same channel, by their index in {@code planes}, in order; none where there
 *          is but one plane, or that is not known
 */
public record ImageSource(String name, List<Raster> planes, List<List<Integer>> stacks) {

	public ImageSource {
		if (planes.isEmpty()) throw new IllegalArgumentException("“" + name + "” has no planes.");
	}

	/** Nothing is known of neighbours. */
	public ImageSource(final String name, final List<Raster> planes) {
		this(name, planes, List.of());
	}

	/** The same planes in other values. */
	public ImageSource map(final UnaryOperator<Raster> values) {
		return new ImageSource(name, planes.stream().map(values).toList(), stacks);
	}

	/** Values of all planes and channels together. */
	public long size() {
		return planes.stream().mapToLong(p -> p.values().length).sum();
	}

	/** The planes of all sources, in order. */
	public static List<Raster> planes(final List<ImageSource> sources) {
		return sources.stream().flatMap(s -> s.planes.stream()).toList();
	}
}
