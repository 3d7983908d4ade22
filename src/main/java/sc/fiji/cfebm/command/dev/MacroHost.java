package sc.fiji.cfebm.command.dev;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

import net.imagej.patcher.LegacyInjector;

import ij.Macro;
import ij.macro.Interpreter;

import sc.fiji.cfebm.command.host.MacroErrors;

/**
 * Runs an ImageJ macro without a display, with this plugin's commands: {@code mvn -q compile exec:exec@macro
 * -Dmacro=FILE [-Darg=S]}. What the macro prints goes to the standard output. If it fails or is aborted, one line says
 * why and the exit status is 1.
 */
public final class MacroHost {

	/** Kept, or the level would be lost with the logger. */
	private static final Logger PREFERENCES = Logger.getLogger("java.util.prefs");

	private MacroHost() {}

	public static void main(final String[] args) throws IOException {
		prepare();
		System.exit(Runner.run(System.getProperty("cfebm.macro", ""), System.getProperty("cfebm.arg", "")));
	}

	/** To be called before any class of ImageJ is loaded: its headless mode is patched in. */
	public static void prepare() throws IOException {
		System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
		// The JDK says on first use that it has created a folder for preferences; nobody asked.
		PREFERENCES.setLevel(Level.SEVERE);
		LegacyInjector.preinit();
		Host.installPlugin();
	}

	/** Apart, so that the JVM loads ImageJ's classes after they have been patched. */
	public static final class Runner {

		/** @return the exit status: 0, or 1 after one line that says what went wrong */
		public static int run(final String file, final String arg) throws IOException {
			if (file.isBlank() || !Files.isRegularFile(Path.of(file))) {
				System.out.println("There is no macro file “" + file + "”: give one with -Dmacro=FILE.");
				return 1;
			}
			final Interpreter interpreter = new Interpreter();
			// The message is asked for below; otherwise it would go into a dialog that nobody sees.
			interpreter.setIgnoreErrors(true);
			// Without a window ImageJ exits with status 0 when a macro asks for an image and there is none.
			final Thread hook = new Thread(() -> {
				if (report(interpreter, file) != 0) Runtime.getRuntime().halt(1);
			});
			Runtime.getRuntime().addShutdownHook(hook);
			final String macro = Files.readString(Path.of(file), StandardCharsets.UTF_8);
			try {
				interpreter.run(macro, arg);
			}
			catch (final RuntimeException e) {
				if (report(interpreter, file) != 0) return 1;
				if (!Macro.MACRO_CANCELED.equals(e.getMessage())) System.out.println(file + ": the macro failed: " + e);
				// exit("message") has said it already; exit alone is no failure, but ImageJ throws the same.
				else if (isPlainExit(macro, interpreter.getLineNumber())) return 0;
				return 1;
			}
			finally {
				Runtime.getRuntime().removeShutdownHook(hook);
			}
			return report(interpreter, file);
		}

		private static boolean isPlainExit(final String macro, final int line) {
			return macro.lines().skip(line - 1).findFirst().orElse("").matches(".*\\bexit *(\\( *\\))? *(;.*)?");
		}

		private static int report(final Interpreter interpreter, final String file) {
			final String ours = MacroErrors.takeMacroError();
			if (ours == null && interpreter.getErrorMessage() == null) return 0;
			System.out.println(file + ", " + (ours != null ? ours : "line " + interpreter.getLineNumber() + ": " + interpreter
				.getErrorMessage()));
			System.out.flush();
			return 1;
		}
	}
}
