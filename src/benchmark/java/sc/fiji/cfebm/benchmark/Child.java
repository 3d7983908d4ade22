package sc.fiji.cfebm.benchmark;

import java.io.PrintWriter;

/** A process that does as it is told, line by line. */
final class Child {

	private Child() {}

	/** Closes the way to a process, which ends when there is nothing more to read, and waits for that. */
	static void end(final Process process, final PrintWriter commands) {
		commands.close();
		try {
			process.waitFor();
		}
		catch (final InterruptedException e) {
			process.destroy();
			Thread.currentThread().interrupt();
		}
	}
}
