package sc.fiji.cfebm.task;

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
public record Anomaly(Window part, Raster map, double score, Map<String, Raster> parts) {}
