package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Component;
import java.awt.Container;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.GraphicsEnvironment;
import java.util.List;
import java.util.stream.Stream;

import javax.swing.JButton;

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
		EventQueue.invokeAndWait(() -> {});
		final Frame frame = Stream.of(Frame.getFrames()).filter(f -> f.getTitle().equals("A window of the tests")).findFirst()
			.orElseThrow();
		try {
			final JButton stop = button(frame, "Stop and keep");
			assertFalse(window.isStopped());
			EventQueue.invokeAndWait(stop::doClick);
			assertTrue(window.isStopped());
			assertFalse(window.isCanceled());
			assertFalse(stop.isEnabled());
			window.close();
			Thread.sleep(1000);
			assertTrue(frame.isDisplayable());
		}
		finally {
			EventQueue.invokeAndWait(frame::dispose);
		}
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
