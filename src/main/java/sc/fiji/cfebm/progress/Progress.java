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
}
