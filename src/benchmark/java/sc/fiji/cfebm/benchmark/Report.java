package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A benchmark's output in Markdown, on the console and in {@code target/benchmarks/<name>.md}. Closing it prints the
 * results, one line {@code RESULT <key> <number> <unit>} each.
 */
final class Report implements AutoCloseable {

	private static final PrintStream CONSOLE = new PrintStream(System.out, true, StandardCharsets.UTF_8);

	private final PrintWriter file;
	private final List<String> results = new ArrayList<>();

	Report(final String name) throws IOException {
		final Path folder = Path.of("target", "benchmarks");
		Files.createDirectories(folder);
		file = new PrintWriter(Files.newBufferedWriter(folder.resolve(name + ".md")));
		print("# " + name);
		final var system = ManagementFactory.getOperatingSystemMXBean();
		text(String.format(Locale.ROOT, "%s %s, %d processors, load average %.1f at the start, Java %s.", system.getName(),
			system.getArch(), system.getAvailableProcessors(), system.getSystemLoadAverage(), Runtime.version()));
	}

	/** A heading. */
	void heading(final String heading) {
		print("\n## " + heading);
	}

	/** A paragraph. */
	void text(final String paragraph) {
		print("\n" + paragraph);
	}

	/** A table; cells may be numbers, which are rounded to three digits. The first column is set to the left. */
	void table(final List<String> columns, final List<List<Object>> rows) {
		final List<List<String>> cells = new ArrayList<>();
		cells.add(columns);
		for (final List<Object> row : rows)
			cells.add(row.stream().map(Report::cell).toList());
		final int[] widths = new int[columns.size()];
		for (final List<String> row : cells)
			for (int c = 0; c < widths.length; c++)
				widths[c] = Math.max(widths[c], row.get(c).length());
		print("");
		for (int r = 0; r < cells.size(); r++) {
			final StringBuilder line = new StringBuilder("|"), rule = new StringBuilder("|");
			for (int c = 0; c < widths.length; c++) {
				line.append(String.format(c == 0 ? " %-" + widths[c] + "s |" : " %" + widths[c] + "s |", cells.get(r).get(c)));
				rule.append(c == 0 ? ":" : "-").append("-".repeat(widths[c])).append(c == 0 ? "-|" : ":|");
			}
			print(line.toString());
			if (r == 0) print(rule.toString());
		}
	}

	/** A result under its stable key. */
	void result(final String key, final double value, final String unit) {
		results.add(String.format(Locale.ROOT, "RESULT %s %.4g %s", key, value, unit));
	}

	/** A line on what is going on, which is not part of the report. */
	void progress(final String line) {
		System.err.println(line);
	}

	/** A number rounded to three digits without an exponent; anything else as it prints. */
	static String cell(final Object value) {
		if (!(value instanceof Double)) return String.valueOf(value);
		final double v = (Double) value;
		if (!Double.isFinite(v)) return "";
		final int before = v == 0 ? 1 : (int) Math.floor(Math.log10(Math.abs(v))) + 1;
		return String.format(Locale.ROOT, "%." + Math.max(0, Math.min(6, 3 - before)) + "f", v);
	}

	/** A level in decibels, to a hundredth. */
	static String decibels(final double level) {
		return String.format(Locale.ROOT, "%.2f", level);
	}

	@Override
	public void close() {
		if (!results.isEmpty()) print("");
		results.forEach(this::print);
		file.close();
	}

	private void print(final String line) {
		CONSOLE.println(line);
		file.println(line);
	}
}
