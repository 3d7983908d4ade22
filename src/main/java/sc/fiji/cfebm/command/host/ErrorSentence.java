package sc.fiji.cfebm.command.host;

import java.io.IOException;

import org.scijava.log.LogService;

import sc.fiji.cfebm.platform.NativeLibraryError;

/** What went wrong, for the user. */
public final class ErrorSentence {

	private ErrorSentence() {}

	/**
	 * One sentence; what is no fault of the user's is logged with all that is known.
	 *
	 * @param log may be null
	 */
	public static String of(final Throwable e, final LogService log) {
		if (e instanceof IllegalArgumentException || e instanceof IOException) return e.getMessage();
		if (e instanceof OutOfMemoryError) return "There is not enough memory: close images and other programs, or give ImageJ " +
			"more in Edit > Options > Memory & Threads.";
		if (log != null) log.error(e);
		if (e instanceof NativeLibraryError) return e.getMessage();
		return e instanceof LinkageError ? "A part of the plugin or of Fiji is missing or too old (" + rootCause(e) +
			"): run Help > Update..., then install CF-EBM anew." : "Something went wrong in the plugin itself (" + e + "): please report it.";
	}

	private static Throwable rootCause(final Throwable e) {
		return e.getCause() == null ? e : rootCause(e.getCause());
	}
}
