package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.event.KeyEvent;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.app.event.StatusEvent;
import org.scijava.event.EventHandler;
import org.scijava.event.EventService;
import org.scijava.task.TaskService;
import org.scijava.thread.ThreadService;

import ij.IJ;
import sc.fiji.cfebm.progress.Progress;

class CommandProgressTest {

	/** SciJava tells of events on threads of its own, some time after, in any order. */
	private final List<StatusEvent> shown = new CopyOnWriteArrayList<>(), bars = new CopyOnWriteArrayList<>();
	private boolean canceled;

	@EventHandler
	private void onStatus(final StatusEvent event) {
		if (event.getProgressMaximum() > 0) bars.add(event);
		if (event.getStatusMessage() != null && !event.getStatusMessage().isEmpty()) shown.add(event);
	}

	@Test
	void theTimeLeftIsThatOfAllParts() {
		assertEquals("Slice 3 of 50, about 4 min left. Denoising", CommandProgress.text("slice", 2, 50, 0.05, 12.6, "Denoising"));
		assertEquals("Image 1 of 2, about 30 s left. Denoising", CommandProgress.text("image", 0, 2, 0.25, 10, "Denoising"));
		assertEquals("About 8 min left. Denoising", CommandProgress.text("image", 0, 1, 0.5, 480, "Denoising"));
	}

	@Test
	void beforeItCanBeToldThereIsNone() {
		assertEquals("Frame 1 of 9. Denoising", CommandProgress.text("frame", 0, 9, 0.1, 1.9, "Denoising"));
		assertEquals("Frame 1 of 9. Denoising", CommandProgress.text("frame", 0, 9, 0, 60, "Denoising"));
		assertEquals("Denoising", CommandProgress.text("image", 0, 1, 0.1, 0.5, "Denoising"));
	}

	@Test
	void partsFollowEachOtherAndShareTheBar() throws Exception {
		final long[] now = { 5 };
		try (Context context = new Context(StatusService.class, TaskService.class, EventService.class);
				CommandProgress progress = new CommandProgress(context, "test", () -> canceled, () -> now[0]))
		{
			context.service(EventService.class).subscribe(this);
			final CommandProgress.Parts parts = progress.parts("slice", 4);
			parts.next().update(0.5, "Denoising");
			final Progress second = parts.next();
			now[0] += 99_999_999;
			second.update(0.25, "Too soon after the last one, Denoising");
			now[0]++;
			second.update(0.5, "Denoising");
			assertFalse(second.isCanceled());
			canceled = true;
			assertThrows(CancellationException.class, second::throwIfCanceled);
			for (int i = 0; i < 400 && messages().size() < 2; i++)
				Thread.sleep(25);
		}
		assertEquals(List.of("Slice 1 of 4. Denoising", "Slice 2 of 4. Denoising"), messages());
		assertTrue(shown.stream().anyMatch(e -> e.getProgressValue() * 8 == 3 * e.getProgressMaximum()));
	}

	/** As the bar grows. */
	private List<String> messages() {
		return shown.stream().sorted(Comparator.comparing(StatusEvent::getProgressValue)).map(StatusEvent::getStatusMessage).filter(m -> m
			.contains("Denoising")).toList();
	}

	@Test
	void atTheEndTheBarIsFull() throws Exception {
		try (Context context = new Context(StatusService.class, TaskService.class, EventService.class)) {
			context.service(EventService.class).subscribe(this);
			new CommandProgress(context, "test", () -> false).close();
			for (int i = 0; i < 400 && !isFull(); i++) {
				Thread.sleep(25);
				context.service(ThreadService.class).invoke(() -> {});
			}
			assertTrue(isFull(), bars.toString());
		}
	}

	private boolean isFull() {
		return bars.stream().anyMatch(e -> e.getProgressValue() == e.getProgressMaximum());
	}

	@Test
	void escCancelsAllThatRunAndNothingThatBeginsLater() {
		try (Context context = new Context(false); CommandProgress first = progress(context); CommandProgress second = progress(context)) {
			assertFalse(first.isCanceled());
			IJ.setKeyDown(KeyEvent.VK_ESCAPE);
			// Its start must not swallow what the others have not asked for yet.
			try (CommandProgress third = progress(context)) {
				assertFalse(third.isCanceled());
				assertTrue(first.isCanceled());
				assertTrue(second.isCanceled());
				assertTrue(first.isCanceled());
				assertFalse(third.isCanceled());
				IJ.setKeyDown(KeyEvent.VK_ESCAPE);
				assertTrue(third.isCanceled());
			}
		}
		finally {
			IJ.resetEscape();
		}
	}

	@Test
	void escAsksWhereItIsToAskAndCancelsTheOthers() {
		final int[] asked = { 0 };
		try (Context context = new Context(false); CommandProgress training = progress(context); CommandProgress other = progress(context)) {
			training.onEscape(() -> asked[0]++);
			IJ.setKeyDown(KeyEvent.VK_ESCAPE);
			for (int i = 0; i < 3; i++)
				assertFalse(training.isCanceled());
			assertEquals(1, asked[0]);
			assertTrue(other.isCanceled());
			// As the question does when it was answered.
			IJ.resetEscape();
			assertFalse(training.isCanceled());
			IJ.setKeyDown(KeyEvent.VK_ESCAPE);
			assertFalse(training.isCanceled());
			assertEquals(2, asked[0]);
		}
		finally {
			IJ.resetEscape();
		}
	}

	private static CommandProgress progress(final Context context) {
		return new CommandProgress(context, "test", () -> false);
	}

	@Test
	void durationsAreSaidAsPeopleDo() {
		assertEquals("45 s", CommandProgress.duration(45.2));
		assertEquals("2 min", CommandProgress.duration(110));
		assertEquals("3 h 05 min", CommandProgress.duration(3 * 3600 + 290));
	}
}
