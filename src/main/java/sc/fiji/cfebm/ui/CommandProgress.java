package sc.fiji.cfebm.ui;

import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.task.Task;
import org.scijava.task.TaskService;

import ij.IJ;
import sc.fiji.cfebm.progress.Progress;

/**
 * Shows a computation's progress in the status bar and as a task, and its log lines in ImageJ's log. It is canceled by
 * the command's or the task's Cancel, or by Esc, unless Esc is to ask first.
 */
public final class CommandProgress implements Progress, AutoCloseable {

	private static final int STEPS = 1000;
	/** Faster than this nobody reads, and the event queue would fill up. */
	private static final long INTERVAL_NANOS = 100_000_000;
	/** No time left is told before. */
	private static final double SECONDS_TO_JUDGE = 2;

	private final StatusService status;
	private final Task task;
	private final BooleanSupplier canceled;
	private final LongSupplier nanos;
	/** Who is told instead of ImageJ's log and status bar; null: nobody. */
	private final Progress listener;
	private final EscapeKey escape = new EscapeKey();
	private volatile Runnable question;
	private long lastUpdate;
	/** What is worked on now of what there is, and when the first was begun. */
	private String kind = "";
	private int index, count = 1;
	private long begun;

	/**
	 * @param context may lack the status and task services; then nothing is shown
	 * @param name of the task
	 * @param canceled whether the command was canceled
	 */
	public CommandProgress(final Context context, final String name, final BooleanSupplier canceled) {
		this(context, name, canceled, System::nanoTime, null);
	}

	/**
	 * For a command without windows.
	 *
	 * @param context without status and task services
	 * @param listener told all there is to tell, and asked whether to stop
	 */
	public CommandProgress(final Context context, final Progress listener) {
		this(context, "", listener::isCanceled, System::nanoTime, listener);
	}

	/** @param nanos the time */
	CommandProgress(final Context context, final String name, final BooleanSupplier canceled, final LongSupplier nanos) {
		this(context, name, canceled, nanos, null);
	}

	private CommandProgress(final Context context, final String name, final BooleanSupplier canceled, final LongSupplier nanos,
		final Progress listener)
	{
		this.nanos = nanos;
		this.listener = listener;
		lastUpdate = nanos.getAsLong() - INTERVAL_NANOS;
		this.status = context.getService(StatusService.class);
		final TaskService tasks = context.getService(TaskService.class);
		this.task = tasks == null ? null : tasks.createTask(name);
		this.canceled = canceled;
		if (task == null) return;
		tell(() -> {
			task.setProgressMaximum(STEPS);
			task.start();
		});
	}

	@Override
	public void update(final double fraction, final String message) {
		final long now = nanos.getAsLong();
		if (now - lastUpdate < INTERVAL_NANOS) return;
		lastUpdate = now;
		final double done = (index + Math.max(0, Math.min(1, fraction))) / count;
		final int step = (int) Math.round(STEPS * done);
		final String text = count == 1 ? message : text(kind, index, count, done, (now - begun) * 1e-9, message);
		if (listener != null) listener.update(done, text);
		if (status != null) status.showStatus(step, STEPS, text);
		if (task != null) tell(() -> {
			task.setStatusMessage(text);
			task.setProgressValue(step);
		});
	}

	/** A task waits for the event thread with each change, and that may be waiting for this thread, or busy. */
	private static void tell(final Runnable change) {
		if (GraphicsEnvironment.isHeadless()) change.run();
		else EventQueue.invokeLater(change);
	}

	@Override
	public void log(final String line) {
		if (listener != null) listener.log(line);
		else IJ.log(line);
	}

	@Override
	public boolean isCanceled() {
		return canceled.getAsBoolean() || task != null && task.isCanceled() || isEscaped();
	}

	/**
	 * From now on Esc does not cancel but asks, once each time it is pressed.
	 *
	 * @param asks returns at once; called on the thread that asks {@link #isCanceled()}; null: Esc cancels again
	 */
	public void onEscape(final Runnable asks) {
		question = asks;
	}

	private boolean isEscaped() {
		if (!escape.isPressed()) return false;
		final Runnable asks = question;
		if (asks == null) return true;
		escape.forget();
		asks.run();
		return false;
	}

	/**
	 * From now on what is told is about one of several things, each of which has parts of its own.
	 *
	 * @param kind what it is called, such as "image"
	 * @param index from 0
	 */
	public void narrow(final String kind, final int index, final int count) {
		if (index == 0) begun = nanos.getAsLong();
		this.kind = kind;
		this.index = index;
		this.count = count;
	}

	/**
	 * The progress of several parts, worked on one after the other, that take equally long.
	 *
	 * @param kind what a part is called, such as "slice"
	 */
	public Parts parts(final String kind, final int count) {
		return new Parts(kind, count);
	}

	/** Says which part is being worked on, and how long all that are left will take. */
	public final class Parts {

		private final String kind;
		private final int count;
		private final long start = nanos.getAsLong();
		private int begun;

		private Parts(final String kind, final int count) {
			this.kind = kind;
			this.count = count;
		}

		/** The progress of the next part. */
		public Progress next() {
			final int index = begun++;
			return new Progress() {

				@Override
				public void update(final double fraction, final String message) {
					// The time that all is going to take is told once.
					final double done = (index + fraction) / count, seconds = CommandProgress.this.count > 1 ? 0 : (nanos.getAsLong() - start) *
						1e-9;
					CommandProgress.this.update(done, text(kind, index, count, done, seconds, message));
				}

				@Override
				public void log(final String line) {
					CommandProgress.this.log(count == 1 ? line : text(kind, index, count, 0, 0, line));
				}

				@Override
				public boolean isCanceled() {
					return CommandProgress.this.isCanceled();
				}
			};
		}
	}

	/** A message after which part of how many it is about and, once that can be told, the time left. */
	static String text(final String kind, final int index, final int count, final double done, final double seconds,
		final String message)
	{
		final StringBuilder text = new StringBuilder(count == 1 ? "" : kind + " " + (index + 1) + " of " + count);
		if (seconds >= SECONDS_TO_JUDGE && done > 0) text.append(count == 1 ? "" : ", ").append("about ").append(duration(seconds *
			(1 - done) / done)).append(" left");
		if (text.length() == 0) return message;
		text.setCharAt(0, Character.toUpperCase(text.charAt(0)));
		return text + ". " + message;
	}

	/** Seconds as people say them: "45 s", "12 min", "3 h 05 min". */
	static String duration(final double seconds) {
		final long s = Math.round(seconds), minutes = Math.round(seconds / 60);
		if (s < 100) return s + " s";
		return minutes < 100 ? minutes + " min" : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
	}

	/** Clears the status bar and ends the task. */
	@Override
	public void close() {
		escape.close();
		if (status != null) {
			// Fiji hides its bar where it is full, and not where the status is cleared.
			status.showStatus(STEPS, STEPS, "");
			status.clearStatus();
		}
		if (task != null) tell(task::finish);
	}
}
