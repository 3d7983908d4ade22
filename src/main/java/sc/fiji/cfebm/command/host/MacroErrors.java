package sc.fiji.cfebm.command.host;

import java.lang.reflect.Method;

import ij.macro.Interpreter;
import sc.fiji.cfebm.ui.ErrorDialog;

/** How a command of this plugin ends the macro that runs it, and what it says then. */
public final class MacroErrors {

	private static volatile String macroError;

	private MacroErrors() {}

	/** Ends the macro that is running, without a message: the user canceled. */
	public static void cancelMacro(final String sentence) {
		macroError = sentence;
		endMacro();
	}

	/**
	 * Says what is wrong and stops the macro that is running. Throwing or canceling would let it go on with the wrong
	 * image; only ImageJ's dialog for errors stops it.
	 */
	public static void stopMacro(final String sentence) {
		final Interpreter interpreter = Interpreter.getInstance();
		// In a loop the interpreter stumbles over its own end afterwards and would report that instead.
		if (interpreter != null && macroError == null) macroError = "line " + interpreter.getLineNumber() + ": " + sentence;
		ErrorDialog.show(sentence);
	}

	/** Line and sentence of what stopped the last macro, until the next call; {@code null} if none of our commands did. */
	public static String takeMacroError() {
		final String error = macroError;
		macroError = null;
		return error;
	}

	/**
	 * Macro.abort() alone would let the macro go on. Interpreter.abort(), which Esc calls, too, and on the event thread, waits for
	 * the macro's end, and the macro for this command, and this command in Fiji for the event thread; then ImageJ kills the macro
	 * and shows a trace. It doesn't if it sees no macro any more.
	 */
	private static void endMacro() {
		final Interpreter interpreter = Interpreter.getInstance();
		if (interpreter == null) return;
		new Thread(interpreter::abortMacro, "end of macro").start();
		while (!interpreter.done())
			Thread.onSpinWait();
		try {
			final Method forget = Interpreter.class.getDeclaredMethod("setInstance", Interpreter.class);
			forget.setAccessible(true);
			forget.invoke(null, (Object) null);
		}
		catch (final ReflectiveOperationException | RuntimeException e) {
			// Another ImageJ than this was written for: the macro ends, two seconds later.
		}
	}
}
