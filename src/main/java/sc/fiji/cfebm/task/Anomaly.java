package sc.fiji.cfebm.task;

import java.util.Map;

import sc.fiji.cfebm.raster.Raster;

/**
 * What is unusual in an image. Numbers are quantiles of the standard normal distribution: 2.33 or more is found in 1 % of
 * normal patches, 3.09 or more in 0.1 %, -1 or more in 84 %.
 *
 * @param map [H,W,1], how unusual the surroundings of each pixel are
 * @param score of the whole image, among normal images of its size
 * @param parts by name, what the map is made of, [H,W,1] each
 */
public record Anomaly(Raster map, double score, Map<String, Raster> parts) {}
