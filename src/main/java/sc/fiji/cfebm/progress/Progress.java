package sc.fiji.cfebm.progress;

/** How a long computation says where it is, and learns that it should stop. Called on the computation's own thread. */
public interface Progress {

	/** Ignores what is said, never asks to stop. */
	Progress NONE = new Progress() {};

	/**
	 * @param fraction share done, 0 to 1
	 * @param message one short line
	 */
	default void update(final double fraction, final String message) {}

	/** A line worth keeping in the log. */
	default void log(final String line) {}

	default boolean isCanceled() {
		return false;
	}

	/** @throws java.util.concurrent.CancellationException if the user asked to stop */
	default void throwIfCanceled() {
		if (isCanceled()) throw new java.util.concurrent.CancellationException("Canceled.");
	}

	/** The progress of one of several parts that are alike, of which this is the whole; from 0. */
	default Progress part(final int index, final int count) {
		final Progress whole = this;
		return new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				whole.update((index + fraction) / count, message);
			}

			@Override
			public void log(final String line) {
				whole.log(line);
			}

			@Override
			public boolean isCanceled() {
				return whole.isCanceled();
			}
		};
	}
}
