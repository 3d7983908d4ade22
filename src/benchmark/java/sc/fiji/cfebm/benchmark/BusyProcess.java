package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Another process that keeps processors busy when it is told to. */
final class BusyProcess implements AutoCloseable {

	private final Process process;
	private final PrintWriter commands;

	/** @param threads how many processors it is to keep busy */
	BusyProcess(final int threads) throws IOException {
		process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m", "-classpath", System
			.getProperty("java.class.path"), BusyProcess.class.getName(), Integer.toString(threads)).redirectError(
				ProcessBuilder.Redirect.INHERIT).start();
		commands = new PrintWriter(process.getOutputStream(), true);
	}

	void setBusy(final boolean busy) {
		commands.println(busy);
	}

	/** Ends it. */
	@Override
	public void close() {
		Child.end(process, commands);
	}

	private static volatile boolean busy;
	private static volatile long sink;

	public static void main(final String[] args) throws Exception {
		for (int i = 0; i < Integer.parseInt(args[0]); i++) {
			final Thread thread = new Thread(() -> {
				try {
					for (long n = 0;; n++) {
						if (!busy) Thread.sleep(1);
						else for (int k = 0; k < 1_000_000; k++)
							n = n * 6364136223846793005L + k;
						sink = n;
					}
				}
				catch (final InterruptedException e) {
					Thread.currentThread().interrupt();
				}
			});
			thread.setDaemon(true);
			thread.start();
		}
		for (int c = System.in.read(); c >= 0; c = System.in.read())
			if (c == 't' || c == 'f') busy = c == 't';
	}
}
