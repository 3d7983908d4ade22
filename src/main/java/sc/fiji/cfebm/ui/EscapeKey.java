package sc.fiji.cfebm.ui;

import java.util.HashSet;
import java.util.Set;

import ij.IJ;

/**
 * ImageJ's Esc key, as one of several commands sees it that run at the same time. ImageJ remembers no more than that Esc was
 * pressed, and whoever begins forgets it for all; here each command that runs is told once of each time. For any thread.
 */
final class EscapeKey implements AutoCloseable {

	private static final Set<EscapeKey> LISTENING = new HashSet<>();
	/** What ImageJ said last. */
	private static boolean down;

	private boolean pressed;

	/** From now on; what was pressed before is for those who listen already. */
	EscapeKey() {
		synchronized (LISTENING) {
			look();
			IJ.resetEscape();
			down = false;
			LISTENING.add(this);
		}
	}

	/** Whether Esc was pressed since the last {@link #forget()}. */
	boolean isPressed() {
		synchronized (LISTENING) {
			look();
			return pressed;
		}
	}

	/** Its command knows, and goes on. ImageJ still says that Esc was pressed: other plugins may not have asked yet. */
	void forget() {
		synchronized (LISTENING) {
			pressed = false;
		}
	}

	@Override
	public void close() {
		synchronized (LISTENING) {
			LISTENING.remove(this);
		}
	}

	private static void look() {
		final boolean now = IJ.escapePressed();
		if (now && !down) LISTENING.forEach(key -> key.pressed = true);
		down = now;
	}
}
