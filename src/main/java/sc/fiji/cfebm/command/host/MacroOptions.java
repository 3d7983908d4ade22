package sc.fiji.cfebm.command.host;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.scijava.module.ModuleItem;

import ij.ImagePlus;
import ij.WindowManager;
import ij.io.Opener;

/**
 * What a macro gives a command: {@code key=value key=[a value]}; a key alone means true. Brackets may hold anything, brackets in
 * pairs among it: nothing in them is a key.
 */
public final class MacroOptions {

	/** What is usually wrong where there is a key too many: the end of a sentence. */
	private static final String BRACKETS = " (a value with spaces needs brackets: [a value]).";

	/** A key alone has the value null. */
	private final Map<String, String> values = new LinkedHashMap<>();

	/**
	 * @param options as ImageJ hands them over; null: none
	 * @throws IllegalArgumentException with one sentence, for a bracket that is not closed or a key that comes twice
	 */
	public MacroOptions(final String options) {
		final String text = options == null ? "" : options;
		for (int i = 0; i < text.length();) {
			if (Character.isWhitespace(text.charAt(i))) {
				i++;
				continue;
			}
			int end = i;
			while (end < text.length() && text.charAt(end) != '=' && !Character.isWhitespace(text.charAt(end)))
				end++;
			final String key = text.substring(i, end);
			final boolean alone = end == text.length() || text.charAt(end) != '=';
			i = alone ? end : endOfValue(text, end + 1, key);
			if (values.containsKey(key)) throw new IllegalArgumentException("“" + key +
				"” is given twice: give it once" + BRACKETS);
			values.put(key, alone ? null : unquoted(text.substring(end + 1, i)));
		}
	}

	private static int endOfValue(final String text, final int start, final String key) {
		if (start < text.length() && text.charAt(start) == '[') {
			int open = 0;
			for (int i = start; i < text.length(); i++) {
				if (text.charAt(i) == '[') open++;
				if (text.charAt(i) == ']' && --open == 0) return i + 1;
			}
			throw new IllegalArgumentException("The bracket after “" + key + "=” is not closed: write " + key + "=[a value].");
		}
		if (start < text.length() && text.charAt(start) == '\'') {
			final int quote = text.indexOf('\'', start + 1);
			if (quote > 0) return quote + 1;
		}
		int end = start;
		while (end < text.length() && !Character.isWhitespace(text.charAt(end)))
			end++;
		return end;
	}

	private static String unquoted(final String value) {
		final boolean quoted = value.length() > 1 && (value.startsWith("[") && value.endsWith("]") || value.startsWith("'") && value.endsWith(
			"'"));
		return quoted ? value.substring(1, value.length() - 1) : value;
	}

	/**
	 * ImageJ ignores a misspelt key; here an hour of training with a default in its place may depend on it.
	 *
	 * @throws IllegalArgumentException with one sentence, for a key that is no input's name
	 */
	public void requireKnown(final List<ModuleItem<?>> inputs) {
		final List<String> known = inputs.stream().map(ModuleItem::getName).toList();
		for (final String key : values.keySet())
			if (!known.contains(key)) throw new IllegalArgumentException("There is no input “" + key + "”, only " + String.join(", ", known) +
				BRACKETS);
	}

	/** Whether a value is given. */
	boolean names(final String key) {
		return values.get(key) != null;
	}

	/**
	 * The value given for an input, of the input's type; null if none is.
	 *
	 * @throws IllegalArgumentException with one sentence, if it does not fit
	 */
	Object value(final ModuleItem<?> input) {
		final String key = input.getName(), value = values.get(key);
		if (value != null) return parse(key, value, input.getType());
		if (!values.containsKey(key)) return null;
		if (input.getType() == boolean.class) return true;
		throw new IllegalArgumentException("“" + key + "” has no value: write " + key + "=VALUE, or leave it out.");
	}

	private static Object parse(final String key, final String value, final Class<?> type) {
		try {
			if (type == int.class) return Integer.valueOf(value);
			if (type == long.class) return Long.valueOf(value);
			if (type == double.class) return Double.valueOf(value);
		}
		catch (final NumberFormatException e) {
			throw new IllegalArgumentException(key + " is “" + value + "”: it must be a " + (type == double.class ? "" :
				"whole ") + "number.");
		}
		if (type == boolean.class) return truth(key, value);
		if (type == File.class) return new File(value);
		if (type == ImagePlus.class) return image(value);
		return value;
	}

	private static boolean truth(final String key, final String value) {
		if (value.equals("true") || value.equals("1")) return true;
		if (value.equals("false") || value.equals("0")) return false;
		throw new IllegalArgumentException(key + " is “" + value + "”: it must be true or false.");
	}

	private static ImagePlus image(final String titleOrPath) {
		final ImagePlus imp = WindowManager.getImage(titleOrPath);
		if (imp != null) return imp;
		if (!new File(titleOrPath).isFile()) throw new IllegalArgumentException("“" + titleOrPath +
			"” is neither the title of an open image nor the path of an image file.");
		final Opener opener = new Opener();
		// What is wrong is said here, in one sentence.
		opener.setSilentMode(true);
		final ImagePlus opened = opener.openImage(titleOrPath);
		if (opened == null) throw new IllegalArgumentException("“" + titleOrPath +
			"” is not an image that ImageJ can read: save it as a plain TIFF first.");
		return opened;
	}
}
