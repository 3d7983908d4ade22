package sc.fiji.cfebm.command.host;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.scijava.Context;
import org.scijava.thread.ThreadService;

import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;

/** The threads that wait for a command, of a macro or a script: ImageJ keeps options and the current image for each thread. */
public final class Callers {

	private Callers() {}

	/** From the one that called to those further out; none in a context without SciJava's threads. */
	public static List<Thread> of(final Context context) {
		final List<Thread> callers = new ArrayList<>();
		final ThreadService threads = context.getService(ThreadService.class);
		if (threads == null) return callers;
		Thread thread = threads.getParent(Thread.currentThread());
		for (; thread != null; thread = threads.getParent(thread))
			callers.add(thread);
		return callers;
	}

	/** The image that {@code IJ.run(image, ...)} is about; null if the callers have none of their own. */
	public static ImagePlus image(final Context context) {
		try {
			// ImageJ gives it to the thread itself alone.
			final Field images = WindowManager.class.getDeclaredField("tempImageTable");
			images.setAccessible(true);
			for (final Thread caller : of(context)) {
				final Object image = ((Map<?, ?>) images.get(null)).get(caller);
				if (image != null) return (ImagePlus) image;
			}
			return null;
		}
		catch (final ReflectiveOperationException | RuntimeException e) {
			return null; // another ImageJ than this was written for; then it is the image in front
		}
	}

	/** Fiji looks for a macro's options here, too, and ImageJ shows no message in a dialog as long as there are any. */
	public static void dropOptions(final Context context) {
		for (final Thread caller : of(context))
			Macro.setOptions(caller, null);
	}
}
