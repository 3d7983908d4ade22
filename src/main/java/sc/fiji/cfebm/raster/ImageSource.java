package sc.fiji.cfebm.raster;

import java.util.List;

/**
 * The planes of one image file or one open image. Planes of one source may show nearly the same (slices, frames or
 * channels of one specimen); planes of different sources are taken to be different images.
 *
 * @param name as the user knows it
 * @param planes [H,W,C] in gray values, in the order of the stack, at least one
 */
public record ImageSource(String name, List<Raster> planes) {

	public ImageSource {
		if (planes.isEmpty()) throw new IllegalArgumentException("“" + name + "” has no planes.");
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
