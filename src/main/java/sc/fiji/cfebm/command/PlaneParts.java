package sc.fiji.cfebm.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Restored;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Cleaned;
import sc.fiji.cfebm.task.Cleaned.Single;

/**
 * What a model is shown of a plane: the plane, or, of an RGB image for a gray model, its three colors one by one, the gray image that
 * it is, or its brightness; without line offsets and outliers, if the task is not to see them.
 *
 * @param whole the plane as it is
 * @param parts what is worked on, in the order of the channels; one or three
 * @param how the parts were made, for the log; null: it needs no word
 * @param rows how large the offsets of rows were that the parts are without, a standard deviation in gray values; 0: there were none
 * @param columns the same of columns
 * @param outliers how many pixels were replaced in the parts
 */
record PlaneParts(Raster whole, List<Plane> parts, String how, double rows, double columns, int outliers) {

	private static final String[] COLORS = { "red", "green", "blue" };

	/** @param integers whether results are rounded to whole numbers */
	static PlaneParts of(final Planes planes, final int slice, final int channel, final int modelChannels, final PlaneTask<?, ?> task,
		final boolean integers)
	{
		final Raster whole = planes.read(slice);
		final List<Raster> shown = new ArrayList<>();
		String how = null;
		if (whole.channels() == modelChannels || modelChannels == 3) shown.add(whole);
		else if (whole.isGray()) {
			shown.add(whole.channel(0));
			how = "its red, green and blue are the same, so it is taken for the gray image that it is";
		}
		else if (task.isOfBrightness()) {
			shown.add(whole.mean());
			how = "the model is for gray images: of the colors their mean is looked at";
		}
		else {
			for (int c = 0; c < whole.channels(); c++)
				shown.add(whole.channel(c));
			how = "the model is for gray images: red, green and blue are done one by one";
		}
		final List<Plane> parts = new ArrayList<>();
		int outliers = 0;
		double rows = 0, columns = 0;
		for (int c = 0; c < shown.size(); c++) {
			final Cleaned cleaned = Cleaned.of(shown.get(c), task.lines(), task.isWithoutOutliers() ? Single.REPLACED : Single.KEPT);
			rows = Math.max(rows, cleaned.rows());
			columns = Math.max(columns, cleaned.columns());
			outliers += cleaned.outliers();
			final String name = (shown.size() == 1 ? "" : COLORS[c] + (planes.count() == 1 ? " of " : ", ")) + planes.name(slice);
			parts.add(new Plane(planes, slice, shown.size() == 1 ? channel : c + 1, cleaned.image(), name, integers));
		}
		return new PlaneParts(whole, parts, how, rows, columns, outliers);
	}

	/** Whether something was taken away from the parts. */
	boolean isCleaned() {
		return rows > 0 || columns > 0 || outliers > 0;
	}

	/** The share of the parts' values, 0 to 1, that are this one, or are brighter. */
	double share(final double level) {
		long count = 0, all = 0;
		for (final Plane part : parts) {
			all += part.read().values().length;
			for (final float v : part.read().values())
				if (v >= level) count++;
		}
		return (double) count / all;
	}

	/**
	 * One image of what became of the parts.
	 *
	 * @param images [H,W,1] each, or the only one
	 * @return of as many channels as the plane has
	 */
	Raster joined(final List<Raster> images) {
		if (images.size() > 1) return Raster.of(images);
		return images.get(0).channels() == 1 ? images.get(0).replicated(whole.channels()) : images.get(0);
	}

	/** What became of the plane, of what became of its parts; null: that part stays as it is. */
	Restored.Plane restored(final List<Restored.Plane> results) {
		final boolean[] where = results.stream().filter(Objects::nonNull).findFirst().orElseThrow().where();
		final List<Raster> means = new ArrayList<>(), deviations = new ArrayList<>();
		boolean[] unlike = null;
		for (int i = 0; i < results.size(); i++) {
			final Restored.Plane result = results.get(i) == null ? new Restored.Plane(parts.get(i).read(), where) : results.get(i);
			means.add(result.mean());
			deviations.add(result.deviation());
			unlike = either(unlike, result.unlike());
		}
		return new Restored.Plane(joined(means), deviations.contains(null) ? null : joined(deviations), where, unlike);
	}

	/** Null is false everywhere. */
	private static boolean[] either(final boolean[] one, final boolean[] other) {
		if (one == null || other == null) return one == null ? other : one;
		final boolean[] either = one.clone();
		for (int i = 0; i < either.length; i++)
			either[i] |= other[i];
		return either;
	}
}
