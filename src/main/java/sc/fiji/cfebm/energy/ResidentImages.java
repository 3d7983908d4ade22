package sc.fiji.cfebm.energy;

/**
 * A chain's state [N,H,W,C] that lies where its energy is computed, such as in a device's memory, with its gradient beside it: all of a
 * step is done there, and nothing comes back but what is {@link #read}. Belongs to one thread.
 * <p>
 * All methods but {@link #close} throw {@link LostException} where that place is lost, or too small after all: the chain then has to go
 * on from what was read last.
 */
public interface ResidentImages extends AutoCloseable {

	/** The state is gone. */
	final class LostException extends RuntimeException {

		private static final long serialVersionUID = 1;

		public LostException(final Throwable cause) {
			super(cause.getMessage(), cause);
		}
	}

	/**
	 * Computes g = σ∇E(x, σ).
	 *
	 * @param limit of each value of g, to either side
	 */
	void gradient(double sigma, double limit);

	/** The mean of g and of the gradient at x - a·g, of noise σ, becomes g; x stays. */
	void correct(double a, double sigma, double limit);

	/** x ← x - a·g + s·z. @param draw of the noise z; waits until it is done */
	void step(double a, double s, int draw);

	/**
	 * Says which pixels are known, for {@link #hold}.
	 *
	 * @param values [N,H,W,C], laid out as the state
	 * @param unknown [N,H,W], true where the chain is free
	 */
	void know(float[] values, boolean[] unknown);

	/** Puts known pixels right: their values, with noise of so much. @param s 0: exactly @param draw of the noise */
	void hold(double s, int draw);

	/** Copies the state out. */
	void read(float[] x);

	@Override
	void close();
}
