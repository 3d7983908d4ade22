package sc.fiji.cfebm.volume;

import java.io.IOException;

/** What is wrong with a volume, in one sentence for the user that names it. */
public final class VolumeException extends IOException {

	private static final long serialVersionUID = 1L;

	public VolumeException(final String sentence) {
		super(sentence);
	}

	public VolumeException(final String sentence, final Throwable cause) {
		super(sentence, cause);
	}
}
