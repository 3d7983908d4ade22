package sc.fiji.cfebm.ui;

import java.util.function.BooleanSupplier;

import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.task.Task;
import org.scijava.task.TaskService;

import ij.IJ;
import sc.fiji.cfebm.tile.Progress;

/**
 * Shows a computation's progress in the status bar and as a task, and its log lines in ImageJ's log. It is canceled by
 * the command's or the task's Cancel, or by Esc.
 */
public final class CommandProgress implements Progress, AutoCloseable {

	private static final int STEPS = 1000;
	/** Faster than this nobody reads, and the event queue would fill up. */
	private static final long INTERVAL_NANOS = 100_000_000;

	private final StatusService status;
	private final Task task;
	private final BooleanSupplier canceled;
	private long lastUpdate = System.nanoTime() - INTERVAL_NANOS;

	/**
	 * @param context may lack the status and task services; then nothing is shown
	 * @param name of the task
	 * @param canceled whether the command was canceled
	 */
	public CommandProgress(final Context context, final String name, final BooleanSupplier canceled) {
		this.status = context.getService(StatusService.class);
		final TaskService tasks = context.getService(TaskService.class);
		this.task = tasks == null ? null : tasks.createTask(name);
		this.canceled = canceled;
		IJ.resetEscape();
		if (task == null) return;
		task.setProgressMaximum(STEPS);
		task.start();
	}

	@Override
	public void update(final double fraction, final String message) {
		final long now = System.nanoTime();
		if (now - lastUpdate < INTERVAL_NANOS) return;
		lastUpdate = now;
		final int step = (int) Math.round(STEPS * Math.max(0, Math.min(1, fraction)));
		if (status != null) status.showStatus(step, STEPS, message);
		if (task == null) return;
		task.setStatusMessage(message);
		task.setProgressValue(step);
	}

	@Override
	public void log(final String line) {
		IJ.log(line);
	}

	@Override
	public boolean isCanceled() {
		return canceled.getAsBoolean() || task != null && task.isCanceled() || IJ.escapePressed();
	}

	/** The progress of one of several equal parts; all else is passed on. */
	public Progress part(final int index, final int count) {
		if (count == 1) return this;
		return new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				CommandProgress.this.update((index + fraction) / count, (index + 1) + "/" + count + ": " + message);
			}

			@Override
			public void log(final String line) {
				CommandProgress.this.log((index + 1) + "/" + count + ": " + line);
			}

			@Override
			public boolean isCanceled() {
				return CommandProgress.this.isCanceled();
			}
		};
	}

	/** Clears the status bar and ends the task. */
	@Override
	public void close() {
		if (status != null) status.clearStatus();
		if (task != null) task.finish();
	}
}
