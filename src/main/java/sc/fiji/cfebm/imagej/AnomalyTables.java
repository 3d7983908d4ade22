package sc.fiji.cfebm.imagej;

import ij.measure.ResultsTable;
import ij.process.ImageStatistics;

/**
 * The tables of anomalies: regions in ImageJ's own results, where macros and <i>Analyze</i> find them, and planes in a table
 * of their own. Rows are added to those there are, as ImageJ's measurements are; without a display there are only the
 * results.
 */
final class AnomalyTables {

	private static final String PLANES = "Anomaly scores", RESULTS = "Results";

	private final Planes planes;
	private final ResultsTable regions = ResultsTable.getResultsTable(), scores;

	AnomalyTables(final Planes planes) {
		this.planes = planes;
		final ResultsTable shown = ResultsTable.getResultsTable(PLANES);
		scores = shown == null ? new ResultsTable() : shown;
	}

	/**
	 * @param number of the region, as its outline is called
	 * @param values of the map in it, lengths in the image's units
	 */
	void addRegion(final int slice, final int number, final ImageStatistics values) {
		addPlace(regions, slice);
		regions.addValue("Region", number);
		regions.addValue("Area", values.area);
		regions.addValue("Peak z", values.max);
		regions.addValue("Mean z", values.mean);
		regions.addValue("X", values.xCentroid);
		regions.addValue("Y", values.yCentroid);
		regions.addValue("BX", values.roiX);
		regions.addValue("BY", values.roiY);
		regions.addValue("Width", values.roiWidth);
		regions.addValue("Height", values.roiHeight);
	}

	void addPlane(final int slice, final AnomalyRegions found) {
		addPlace(scores, slice);
		scores.addValue("Score", found.score());
		scores.addValue("Threshold", found.threshold());
		scores.addValue("Regions", found.regions().size());
		scores.addValue("%Area", 100 * found.share());
	}

	private void addPlace(final ResultsTable table, final int slice) {
		final int[] at = planes.position(slice);
		table.addRow();
		table.addLabel(planes.tableLabel(slice));
		table.addValue("Ch", at[0]);
		table.addValue("Slice", at[1]);
		table.addValue("Frame", at[2]);
	}

	void show() {
		if (regions.size() > 0) regions.show(RESULTS);
		scores.show(PLANES);
	}
}
