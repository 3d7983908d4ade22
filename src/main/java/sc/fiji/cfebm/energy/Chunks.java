package sc.fiji.cfebm.energy;

/**
 * Works any number of tiles off in chunks of a size, and halves it, for good, when memory is short. All that a network computes
 * goes through here: previews, samples and trainings alike. For one thread.
 */
public final class Chunks {

	/** What is done to a chunk. */
	@FunctionalInterface
	public interface Work {

		/**
		 * @param size of the buffers to use: a power of two
		 * @param first the chunk's first tile
		 * @param count number of its tiles, at most {@code size}
		 * @throws OutOfMemoryError if there is not enough memory for so many: the work is done again with fewer
		 */
		void run(int size, int first, int count);
	}

	private final Runnable release;
	private int most;

	/**
	 * @param most tiles of a chunk, a power of two
	 * @param release gives back the memory that chunks have used, when it is short
	 */
	public Chunks(final int most, final Runnable release) {
		this.most = most;
		this.release = release;
	}

	/** Most tiles of a chunk by now. */
	public int most() {
		return most;
	}

	/**
	 * @param done is run after each chunk, and never again for the same one
	 * @throws OutOfMemoryError if there is not even enough memory for one tile; all that was used is given back
	 */
	public void run(final int count, final Work work, final Runnable done) {
		for (int first = 0; first < count;) {
			final int size = sizeFor(count - first), used = Math.min(size, count - first);
			try {
				work.run(size, first, used);
			}
			catch (final OutOfMemoryError e) {
				release.run();
				if (size == 1) throw e;
				most = size / 2;
				continue;
			}
			done.run();
			first += used;
		}
	}

	/** A power of two for so many tiles or, if they are more than fit, for the first of them. */
	private int sizeFor(final int wanted) {
		int size = 1;
		while (size < wanted && size < most)
			size *= 2;
		return size;
	}
}
