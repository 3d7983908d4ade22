package sc.fiji.cfebm.task;

import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;

/**
 * What is unusual in an image. Numbers are quantiles of the standard normal distribution: 2.33 or more is found in 1 % of
 * nominal patches, 3.09 or more in 0.1 %, -1 or more in 84 %.
 *
 * @param part of the image that was looked at: all of it, or the selection and what matters to it
 * @param map [H,W,1] of the part, how unusual the surroundings of each pixel are
 * @param score of the image, or of the selection in it, among nominal images of its size
 * @param parts by name, what the map is made of, [H,W,1] of the part each
 */
public record Anomaly(Window part, Raster map, double score, Map<String, Raster> parts) {

	/** Quantiles from the lowest, so far apart, as those of the higher one of two. */
	private static final double LOWEST = -8, STEP = 1 / 64.0;
	private static final float[] OF_TWO = ofTwo();

	/**
	 * What is unusual to one of two who looked at the same image in different ways. The higher number counts as that of the higher one of two
	 * independent ones: about the share of nominal patches that the number says reaches it, less if both tend to see the same.
	 *
	 * @param name before the names of the other's parts
	 * @param image that both looked at
	 * @return of the whole image; where neither looked, numbers mean nothing
	 */
	public Anomaly or(final Anomaly other, final String name, final Raster image) {
		final Raster one = part.embed(map, image), two = other.part.embed(other.map, image), either = new Raster(image.width(), image.height(), 1);
		for (int p = 0; p < either.values().length; p++)
			either.values()[p] = ofTwo(Math.max(one.values()[p], two.values()[p]));
		final Map<String, Raster> all = new LinkedHashMap<>();
		parts.forEach((of, values) -> all.put(of, part.embed(values, image)));
		other.parts.forEach((of, values) -> all.put(name + of, other.part.embed(values, image)));
		return new Anomaly(Window.all(image), either, AnomalyDetector.ofMany(Math.max(score, other.score), 2), all);
	}

	private static float[] ofTwo() {
		final float[] table = new float[(int) (48 / STEP)];
		for (int i = 0; i < table.length; i++)
			table[i] = (float) AnomalyDetector.ofMany(LOWEST + STEP * i, 2);
		return table;
	}

	/** As {@link AnomalyDetector#ofMany}, for each pixel; NaN stays. */
	private static float ofTwo(final float highest) {
		final double at = (highest - LOWEST) / STEP;
		if (!(at >= 0 && at < OF_TWO.length - 1)) return highest;
		final int i = (int) at;
		return (float) (OF_TWO[i] + (at - i) * (OF_TWO[i + 1] - OF_TWO[i]));
	}
}
