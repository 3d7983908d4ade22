package sc.fiji.cfebm.ui;

import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import ij.IJ;
import ij.macro.Interpreter;
import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.PreviewPacer;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/**
 * A window in which a training can be watched, stopped and canceled. What the training's thread says is queued; the
 * window takes it from there a few times a second, so the training never waits for it.
 */
public final class TrainingWindow implements TrainingMonitor, AutoCloseable {

	private static final double PREVIEW_SECONDS = 12;

	private final Queue<Consumer<TrainingFrame>> news = new ConcurrentLinkedQueue<>();
	private final PreviewPacer pacer = new PreviewPacer(PREVIEW_SECONDS);
	private volatile double fraction;
	private volatile String doing = "";
	private volatile boolean stopped, canceled;

	TrainingWindow() {}

	/**
	 * Opens a window; from any thread.
	 *
	 * @param title of the window, such as the model's name and the kind of training
	 * @return {@code null} if there is no display, or a macro in batch mode wants no windows
	 */
	public static TrainingWindow open(final String title) {
		if (GraphicsEnvironment.isHeadless() || Interpreter.isBatchMode()) return null;
		final TrainingWindow window = new TrainingWindow();
		EventQueue.invokeLater(() -> new TrainingFrame(title, window).setVisible(true));
		return window;
	}

	@Override
	public void step(final TrainingStep step) {
		news.add(f -> f.panel().add(step));
	}

	@Override
	public boolean wantsPreview() {
		return pacer.isDue();
	}

	@Override
	public void preview(final Preview preview) {
		pacer.made();
		news.add(f -> f.panel().add(preview));
	}

	@Override
	public void update(final double share, final String message) {
		fraction = share;
		doing = message;
	}

	@Override
	public void log(final String line) {
		news.add(f -> f.panel().log(line));
	}

	@Override
	public boolean isStopped() {
		return stopped;
	}

	@Override
	public boolean isCanceled() {
		return canceled;
	}

	/** The training has ended. The window stays for who comes back later, unless a macro goes on or the user canceled. */
	@Override
	public void close() {
		final boolean stays = !canceled && !IJ.isMacro();
		news.add(f -> f.end(stays));
	}

	/** Asks the user whether the training is to be canceled, and returns at once; from any thread. */
	public void askToCancel() {
		// Not in the timer's own event, which the open question would hold up, and with it all news.
		news.add(f -> EventQueue.invokeLater(f::askToCancel));
	}

	void stop() {
		stopped = true;
	}

	void cancel() {
		canceled = true;
	}

	double fraction() {
		return fraction;
	}

	/** What the training does. */
	String doing() {
		return doing;
	}

	/**
	 * Tells the window what is new; on the event thread.
	 *
	 * @return whether anything was
	 */
	boolean tell(final TrainingFrame frame) {
		Consumer<TrainingFrame> next = news.poll();
		if (next == null) return false;
		for (; next != null; next = news.poll())
			next.accept(frame);
		return true;
	}
}
