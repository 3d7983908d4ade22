package sc.fiji.cfebm.training.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.progress.Progress;

/** Several monitors as one, and when they want previews. */
class MonitorsTest {

	private static final TrainingStep STEP = new TrainingStep(0, 1, 1, 9, false, 0, 0, 1, Double.NaN, Double.NaN, 0, 0, 1);
	private static final Preview PREVIEW = new Preview(STEP, List.of(), null, null, null, Double.NaN, Double.NaN);

	/** Writes down what it is told. */
	private static final class Witness implements TrainingMonitor {

		final List<String> told = new ArrayList<>();
		boolean stopped, canceled, wants;

		@Override
		public void update(final double fraction, final String message) {
			told.add(message + " " + fraction);
		}

		@Override
		public void log(final String line) {
			told.add(line);
		}

		@Override
		public boolean isCanceled() {
			return canceled;
		}

		@Override
		public boolean isStopped() {
			return stopped;
		}

		@Override
		public void step(final TrainingStep step) {
			told.add("step " + step.iteration());
		}

		@Override
		public boolean wantsPreview() {
			told.add("asked");
			return wants;
		}

		@Override
		public void preview(final Preview preview) {
			told.add("preview");
		}
	}

	@Test
	void allAreToldAndAnyOfThemEndsTheTraining() {
		final Witness progress = new Witness();
		final Witness a = new Witness(), b = new Witness();
		final TrainingMonitor all = new CompositeMonitor(progress, a, null, b);
		all.update(0.5, "half");
		all.log("a line");
		all.step(STEP);
		assertEquals(List.of("half 0.5", "a line"), progress.told);
		assertEquals(List.of("half 0.5", "a line", "step 1"), a.told);
		assertEquals(a.told, b.told);
		assertFalse(all.isStopped() || all.isCanceled());
		b.stopped = true;
		assertTrue(all.isStopped());
		assertFalse(all.isCanceled());
		a.canceled = true;
		assertTrue(all.isCanceled());
		a.canceled = false;
		progress.canceled = true;
		assertTrue(all.isCanceled());
	}

	@Test
	void aPreviewGoesToThoseThatWantedIt() {
		final Witness a = new Witness(), b = new Witness();
		final TrainingMonitor all = new CompositeMonitor(Progress.NONE, a, b);
		assertFalse(all.wantsPreview());
		b.wants = true;
		assertTrue(all.wantsPreview());
		all.preview(PREVIEW);
		a.wants = true;
		assertTrue(all.wantsPreview());
		all.preview(PREVIEW);
		assertEquals(List.of("asked", "asked", "asked", "preview"), a.told);
		assertEquals(List.of("asked", "asked", "preview", "asked", "preview"), b.told);
	}

	@Test
	void previewsTakeNoMoreThanAFiftiethOfTheTime() {
		final AtomicLong now = new AtomicLong(-5_000_000_000L);
		final PreviewPacer pacer = new PreviewPacer(10, now::get);
		assertTrue(pacer.isDue());
		now.addAndGet(100_000_000);
		pacer.made();
		assertEquals(10, secondsUntilDue(pacer, now), 0.2);
		// A stage whose previews take a second.
		now.addAndGet(1_000_000_000);
		pacer.made();
		assertEquals(50, secondsUntilDue(pacer, now) + 1, 0.2);
	}

	private static double secondsUntilDue(final PreviewPacer pacer, final AtomicLong now) {
		final long begin = now.get();
		while (!pacer.isDue())
			now.addAndGet(50_000_000);
		return (now.get() - begin) * 1e-9;
	}
}
