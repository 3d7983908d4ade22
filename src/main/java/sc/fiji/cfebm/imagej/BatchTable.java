package sc.fiji.cfebm.imagej;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import ij.measure.ResultsTable;

/** A table of what became of files, a row each. Rows need not have all columns. Belongs to one thread. */
public final class BatchTable {

	private final List<Map<String, String>> rows = new ArrayList<>();
	private final Set<String> columns = new LinkedHashSet<>();

	/** @param columns the first ones, in their order; others follow as they come */
	public BatchTable(final List<String> columns) {
		this.columns.addAll(columns);
	}

	/** @param row values by their columns */
	public void add(final Map<String, String> row) {
		rows.add(row);
		columns.addAll(row.keySet());
	}

	/** Comma-separated values as spreadsheets read them: what has commas, quotes or line breaks is in quotes, quotes in it are doubled. */
	public String csv() {
		final StringBuilder csv = new StringBuilder(line(columns));
		for (final Map<String, String> row : rows)
			csv.append(line(columns.stream().map(column -> row.getOrDefault(column, "")).toList()));
		return csv.toString();
	}

	private static String line(final Iterable<String> values) {
		final List<String> quoted = new ArrayList<>();
		for (final String value : values)
			quoted.add(value.matches("[^,\"\\r\\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"');
		return quoted.stream().collect(Collectors.joining(",", "", "\n"));
	}

	/** Shows it as one of ImageJ's tables, in place of one of the same title; without a display nothing is shown. */
	public void show(final String title) {
		final ResultsTable table = new ResultsTable();
		table.setNaNEmptyCells(true);
		for (final Map<String, String> row : rows) {
			table.addRow();
			for (final String column : columns) {
				final String value = row.getOrDefault(column, "");
				if (value.matches("-?\\d+(\\.\\d+)?")) table.addValue(column, Double.parseDouble(value));
				else table.addValue(column, value);
			}
		}
		table.show(title);
	}
}
