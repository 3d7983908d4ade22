package sc.fiji.cfebm.volume;

import java.io.IOException;

/** Files that an image of any size is written into, block by block. Thread-safe, as long as no two threads write the same block. */
public interface VolumeTarget {

	/** The size of a block: what is written at one time. */
	int[] block();

	/** Whether a block has been written. */
	boolean has(long[] min, int[] size);

	/**
	 * Writes a block: it is there as a whole or not at all, even if the program is killed.
	 *
	 * @param min its first pixel, a multiple of the block's size
	 * @param size that of a block, less at the volume's end
	 * @param values gray values, x fastest; for integer types they are rounded and clamped
	 * @throws IOException if it can't be written; then nothing is
	 */
	void write(long[] min, int[] size, float[] values) throws IOException;
}
