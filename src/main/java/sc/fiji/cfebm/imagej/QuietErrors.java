package sc.fiji.cfebm.imagej;

import java.lang.reflect.Field;

import ij.IJ;

/**
 * While it is open, what ImageJ finds wrong with a file goes to its log, and neither into a dialog nor to the macro that runs, which
 * would end.
 */
final class QuietErrors implements AutoCloseable {

	private final Field field = macroInterpreter();
	private final Object interpreter = get(field);

	QuietErrors() {
		IJ.redirectErrorMessages(true);
		set(null);
	}

	/** ImageJ tells it of errors while a macro runs a command. Null in another ImageJ than this was written for. */
	private static Field macroInterpreter() {
		try {
			final Field field = IJ.class.getDeclaredField("macroInterpreter");
			field.setAccessible(true);
			return field;
		}
		catch (final ReflectiveOperationException | RuntimeException e) {
			return null;
		}
	}

	private static Object get(final Field field) {
		try {
			return field == null ? null : field.get(null);
		}
		catch (final IllegalAccessException e) {
			return null;
		}
	}

	private void set(final Object value) {
		try {
			// Where there was none, one that has come meanwhile is left alone.
			if (interpreter != null) field.set(null, value);
		}
		catch (final IllegalAccessException e) {
			throw new IllegalStateException(e);
		}
	}

	@Override
	public void close() {
		set(interpreter);
		IJ.redirectErrorMessages(false);
	}
}
