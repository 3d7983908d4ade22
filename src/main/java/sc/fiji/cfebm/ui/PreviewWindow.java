package sc.fiji.cfebm.ui;

import java.awt.EventQueue;
import java.awt.KeyboardFocusManager;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Window;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.scijava.Context;

import ij.ImagePlus;

/**
 * An image shown while a dialog is open. It is computed on a thread of its own; asked for again, what runs is canceled
 * and its result takes the place of the one before. Thread-safe.
 */
public final class PreviewWindow implements AutoCloseable {

	/** Computes the image. */
	@FunctionalInterface
	public interface Job {

		/** @return null if there is nothing to show: it failed and has said so, or it was canceled */
		ImagePlus run(CommandProgress progress);
	}

	private ExecutorService thread;
	/** The newest; all others are canceled. */
	private volatile Job wanted;
	/** Belongs to the event thread. */
	private ImagePlus shown;

	/**
	 * Begins to compute an image and returns.
	 *
	 * @param name of the task while it runs
	 */
	public synchronized void show(final Context context, final String name, final Job job) {
		wanted = job;
		if (thread == null) thread = Executors.newSingleThreadExecutor(task -> {
			final Thread t = new Thread(task, "CF-EBM preview");
			t.setDaemon(true);
			return t;
		});
		thread.execute(() -> {
			if (wanted != job) return;
			try (CommandProgress progress = new CommandProgress(context, name, () -> wanted != job)) {
				final ImagePlus image = job.run(progress);
				if (image != null) EventQueue.invokeLater(() -> put(image, job));
			}
		});
	}

	private void put(final ImagePlus image, final Job job) {
		if (wanted != job) return;
		if (shown != null && shown.isVisible()) shown.setImage(image);
		else {
			shown = image;
			final Window dialog = KeyboardFocusManager.getCurrentKeyboardFocusManager().getActiveWindow();
			shown.show();
			if (dialog != null) moveAside(shown.getWindow(), dialog.getBounds(), dialog.getGraphicsConfiguration().getBounds());
		}
		shown.getWindow().toFront();
	}

	/** To a side of the dialog where there is room, if it lies upon it. */
	private static void moveAside(final Window image, final Rectangle dialog, final Rectangle screen) {
		final Rectangle bounds = image.getBounds();
		if (!bounds.intersects(dialog)) return;
		final int right = dialog.x + dialog.width, below = dialog.y + dialog.height;
		Stream.of(new Point(right, dialog.y), new Point(dialog.x - bounds.width, dialog.y), new Point(dialog.x, below), new Point(dialog.x, dialog.y -
			bounds.height)).filter(place -> screen.contains(new Rectangle(place, bounds.getSize()))).findFirst().ifPresent(image::setLocation);
	}

	/** Takes the image away; what runs ends soon. */
	public synchronized void stop() {
		wanted = null;
		if (thread != null) EventQueue.invokeLater(() -> {
			if (shown == null) return;
			shown.changes = false;
			shown.close();
			shown = null;
		});
	}

	/** As {@link #stop}, and waits until nothing runs any more. Not to be called on the event thread. */
	@Override
	public void close() {
		stop();
		final ExecutorService running;
		synchronized (this) {
			running = thread;
			thread = null;
		}
		if (running == null) return;
		running.shutdown();
		try {
			running.awaitTermination(1, TimeUnit.MINUTES);
		}
		catch (final InterruptedException e) {
			Thread.currentThread().interrupt();
		}
	}
}
