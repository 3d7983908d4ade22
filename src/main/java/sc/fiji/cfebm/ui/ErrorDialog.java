package sc.fiji.cfebm.ui;

import ij.IJ;

/** Says what is wrong, in ImageJ's dialog; a macro that is running stops. */
public final class ErrorDialog {

	/** Of a line, in characters. */
	private static final int LENGTH = 100;

	private ErrorDialog() {}

	/** Without a window the sentence is printed as it is. */
	public static void show(final String sentence) {
		IJ.error("CF-EBM", IJ.getInstance() == null ? sentence : wrapped(sentence));
	}

	/** In several lines if it is long: ImageJ's dialog would be wider than the screen. */
	static String wrapped(final String sentence) {
		final StringBuilder lines = new StringBuilder();
		int length = 0;
		for (final String word : sentence.split(" ")) {
			final boolean first = lines.length() == 0, fits = length + 1 + word.length() <= LENGTH;
			if (!first) lines.append(fits ? ' ' : '\n');
			lines.append(word);
			length = first || !fits ? word.length() : length + 1 + word.length();
		}
		return lines.toString();
	}
}
