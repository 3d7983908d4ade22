package sc.fiji.cfebm.platform;

/** ND4J's native library can't be loaded; the message is one sentence for the user that says what to do. */
public final class NativeLibraryError extends LinkageError {

	private static final long serialVersionUID = 1;

	NativeLibraryError(final String sentence, final Throwable cause) {
		super(sentence, cause);
	}
}
