package sc.fiji.cfebm.cli;

import java.io.PrintWriter;
import java.util.Map;

import sc.fiji.cfebm.progress.Progress;

/** Progress on the standard error stream, a bar on a terminal and a line now and then in a file; results on the standard output. */
final class Console implements Progress {

	private static final int WIDTH = 30, STEPS = 10;

	private final PrintWriter out, err;
	private final boolean json, quiet, terminal;
	private final long begin = System.nanoTime();
	private int shown = -1;
	private boolean open;

	Console(final PrintWriter out, final PrintWriter err, final boolean json, final boolean quiet) {
		this.out = out;
		this.err = err;
		this.json = json;
		this.quiet = quiet;
		terminal = System.console() != null && System.getenv("TERM") != null;
	}

	@Override
	public void update(final double fraction, final String message) {
		if (quiet) return;
		final int step = (int) (fraction * (terminal ? 100 : STEPS));
		if (step == shown) return;
		shown = step;
		final long left = fraction <= 0 ? 0 : Math.round((System.nanoTime() - begin) * 1e-9 * (1 - fraction) / fraction);
		// Some tasks know better.
		final String rest = left < 2 || message.endsWith(" left") || message.contains(" left. ") ? "" : String.format(", %d:%02d:%02d left", left / 3600, left / 60 % 60, left % 60);
		if (!terminal) {
			err.println(Math.round(100 * fraction) + " %: " + message + rest);
			return;
		}
		final int filled = (int) Math.round(WIDTH * fraction);
		err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + Math.round(100 * fraction) + " % " + message + rest +
			"\u001b[K");
		err.flush();
		open = true;
	}

	@Override
	public void log(final String line) {
		end();
		if (!quiet) err.println(line);
	}

	/** Ends the bar's line. */
	void end() {
		if (open) err.println();
		open = false;
		shown = -1;
	}

	void error(final String sentence) {
		end();
		err.println(sentence);
	}

	/** @param facts for {@code --json} @param words otherwise */
	void result(final Map<String, Object> facts, final String words) {
		end();
		out.println(json ? Shared.json(facts) : words);
	}
}
