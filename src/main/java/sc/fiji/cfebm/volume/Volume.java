package sc.fiji.cfebm.volume;

import java.io.IOException;
import java.util.List;

/** An image of any size and number of dimensions in files, of which parts are read. Thread-safe. */
public interface Volume {

	Layout layout();

	/** What is packed together, in pixels: reading a part takes as long as reading all of these that it touches. */
	int[] chunk();

	/**
	 * Reads a box.
	 *
	 * @param min its first pixel
	 * @param size in pixels, at least 1 in each dimension
	 * @return its gray values, x fastest
	 * @throws VolumeException with one sentence naming the file, if it is damaged
	 * @throws IOException if it can't be read
	 */
	float[] read(long[] min, int[] size) throws IOException;

	/** Whether anything of a box is stored: of sparse volumes most is not, of others everything. */
	default boolean isAny(final long[] min, final int[] size) {
		return true;
	}

	/**
	 * Where something is stored, for sparse volumes: the first pixels of what one file has, in a fixed order. Others have one file.
	 *
	 * @throws IOException if the files can't be listed
	 */
	default List<long[]> stored() throws IOException {
		return List.of(new long[layout().dimensions().length]);
	}

	/** The size of what one file has. */
	int[] unit();

	/** What else the file says, to be written into others of its kind. */
	OmeMetadata metadata();
}
