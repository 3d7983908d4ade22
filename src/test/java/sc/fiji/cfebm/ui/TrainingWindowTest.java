package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Component;
import java.awt.Container;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.GraphicsEnvironment;
import java.awt.Window;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import javax.swing.JButton;
import javax.swing.JDialog;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;

class TrainingWindowTest {

	@Test
	void withoutADisplayThereIsNoWindow() {
		assumeTrue(GraphicsEnvironment.isHeadless());
		assertNull(TrainingWindow.open("none"));
	}

	@Test
	void modelUnitsBecomeGrayOrColors() {
		final var gray = PreviewView.image(new Raster(4, 1, 1, new float[] { -1, 1, 0, 7 }));
		assertEquals(0xff000000, gray.getRGB(0, 0));
		assertEquals(0xffffffff, gray.getRGB(1, 0));
		assertEquals(0xff808080, gray.getRGB(2, 0));
		assertEquals(0xffffffff, gray.getRGB(3, 0));
		final var color = PreviewView.image(new Raster(1, 1, 3, new float[] { 1, 0, -9 }));
		assertEquals(0xffff8000, color.getRGB(0, 0));
	}

	@Test
	void itsButtonStopsTheTrainingAndItStaysWhenThatHasEnded() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless());
		final TrainingWindow window = TrainingWindow.open("A window of the tests");
		assertNotNull(window);
		assertTrue(window.wantsPreview());
		final TrainingStep step = new TrainingStep(0, 1, 5, 10, false, 1, 1e-3, 0.5, Double.NaN, Double.NaN, 0, 3, 3);
		window.step(step);
		window.preview(new Preview(step, List.of(new Raster(8, 8, 1)), null, null, null, Double.NaN, Double.NaN));
		assertFalse(window.wantsPreview());
		window.log("a line");
		final TrainingFrame frame = frame("A window of the tests");
		try {
			final JButton stop = button(frame, "Stop and keep");
			assertFalse(window.isStopped());
			EventQueue.invokeAndWait(stop::doClick);
			assertTrue(window.isStopped());
			assertFalse(window.isCanceled());
			assertFalse(stop.isEnabled());
			window.close();
			EventQueue.invokeAndWait(frame::refresh);
			assertTrue(frame.hasEnded());
			assertTrue(frame.isDisplayable());
		}
		finally {
			EventQueue.invokeAndWait(frame::dispose);
		}
	}

	@Test
	void itAsksBeforeItCancelsAndGoesWithTheTraining() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless());
		final TrainingWindow window = TrainingWindow.open("Another window of the tests");
		final TrainingFrame frame = frame("Another window of the tests");
		try {
			ask(window, frame);
			click(frame, "Go on");
			assertFalse(window.isCanceled());
			ask(window, frame);
			// Asked once more, there is still one question.
			window.askToCancel();
			EventQueue.invokeAndWait(frame::refresh);
			click(frame, "Cancel the training");
			assertTrue(window.isCanceled());
			window.close();
			EventQueue.invokeAndWait(frame::refresh);
			assertFalse(frame.isDisplayable());
		}
		finally {
			EventQueue.invokeAndWait(frame::dispose);
		}
	}

	@Test
	void theQuestionGoesWhenTheTrainingEndsMeanwhile() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless());
		final TrainingWindow window = TrainingWindow.open("A third window of the tests");
		final TrainingFrame frame = frame("A third window of the tests");
		try {
			ask(window, frame);
			window.close();
			EventQueue.invokeAndWait(frame::refresh);
			until(() -> !isAsking(frame));
			assertNull(question(frame));
			assertFalse(window.isCanceled());
			assertTrue(frame.isDisplayable());
			// There is nothing to cancel any more.
			EventQueue.invokeAndWait(frame::askToCancel);
			assertNull(question(frame));
		}
		finally {
			EventQueue.invokeAndWait(frame::dispose);
		}
	}

	/** As Esc does; returns when the question is open. */
	private static void ask(final TrainingWindow window, final TrainingFrame frame) throws Exception {
		window.askToCancel();
		EventQueue.invokeAndWait(frame::refresh);
		until(() -> question(frame) != null);
	}

	private static void click(final TrainingFrame frame, final String text) throws Exception {
		EventQueue.invokeAndWait(() -> button(question(frame), text).doClick());
		until(() -> !isAsking(frame));
	}

	/** Until the event that asked has done with the answer. */
	private static boolean isAsking(final TrainingFrame frame) throws Exception {
		final boolean[] asking = { false };
		EventQueue.invokeAndWait(() -> asking[0] = frame.isAsking());
		return asking[0];
	}

	private static JDialog question(final TrainingFrame frame) {
		for (final Window owned : frame.getOwnedWindows())
			if (owned instanceof JDialog dialog && dialog.isVisible()) return dialog;
		return null;
	}

	/** Waits on the event thread's own terms: a minute is for a machine that is busy, and nothing is concluded from it but failure. */
	private static void until(final Callable<Boolean> condition) {
		assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
			while (!condition.call())
				EventQueue.invokeAndWait(() -> {});
		});
	}

	private static TrainingFrame frame(final String title) throws Exception {
		EventQueue.invokeAndWait(() -> {});
		return (TrainingFrame) Stream.of(Frame.getFrames()).filter(f -> f.getTitle().equals(title)).findFirst().orElseThrow();
	}

	private static JButton button(final Container parent, final String text) {
		for (final Component c : parent.getComponents()) {
			if (c instanceof JButton b && text.equals(b.getText())) return b;
			if (c instanceof Container inner) {
				final JButton found = button(inner, text);
				if (found != null) return found;
			}
		}
		return null;
	}
}
