package sc.fiji.cfebm.training.monitor;

import java.util.function.LongSupplier;

/**
 * Says when a monitor should want its next preview: at an interval, or more rarely where previews would take more than
 * a fiftieth of the time. For one thread.
 */
public final class PreviewPacer {

	private static final double SHARE = 0.02;

	private final long interval;
	private final LongSupplier nanos;
	private long asked, next;

	/** @param seconds between two previews, at least; the first one is due at once */
	public PreviewPacer(final double seconds) {
		this(seconds, System::nanoTime);
	}

	PreviewPacer(final double seconds, final LongSupplier nanos) {
		interval = (long) (seconds * 1e9);
		this.nanos = nanos;
		next = nanos.getAsLong();
	}

	/** Whether it is time; if so, the time until {@link #made()} counts as the preview's. */
	public boolean isDue() {
		asked = nanos.getAsLong();
		return asked - next >= 0;
	}

	/** The preview asked for last has come. */
	public void made() {
		next = asked + Math.max(interval, (long) ((nanos.getAsLong() - asked) / SHARE));
	}
}
