package sc.fiji.cfebm.command.host;

import java.io.File;

import org.scijava.module.ModuleItem;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;

/** What a macro gives a command: {@code key=value key=[a value]}; a key alone means true. */
public final class MacroOptions {

	private MacroOptions() {}

	/**
	 * The value given for an input, of the input's type; null if none is.
	 *
	 * @throws IllegalArgumentException with one sentence, if it does not fit
	 */
	public static Object value(final ModuleItem<?> input, final String options) {
		final String key = input.getName(), value = Macro.getValue(options, key, null);
		if (value != null) return parse(key, value, input.getType());
		final boolean flag = input.getType() == boolean.class && (" " + options + " ").contains(" " + key + " ");
		return flag ? true : null;
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
		if (type == boolean.class) return value.equals("true") || value.equals("1");
		if (type == File.class) return new File(value);
		if (type == ImagePlus.class) return image(value);
		return value;
	}

	private static ImagePlus image(final String titleOrPath) {
		final ImagePlus imp = WindowManager.getImage(titleOrPath);
		if (imp != null) return imp;
		final ImagePlus opened = new File(titleOrPath).isFile() ? IJ.openImage(titleOrPath) : null;
		if (opened == null) throw new IllegalArgumentException("“" + titleOrPath +
			"” is neither the title of an open image nor the path of an image file.");
		return opened;
	}
}
