package sc.fiji.cfebm.training;

import java.util.List;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.*;

public final class Trainer {
	/** Kind of training. */
	public enum Preset { SCORE_MATCHING, PAPER }
	/**
	 * @param size side of the finest stage in pixels, 8·2^s
	 * @param minutes time for the whole training; used when imagesPerStage is 0
	 * @param imagesPerStage patches seen by each stage, 0 to go by minutes
	 * @param batch patches per step at the finest stage, 0 for the preset's own
	 */
	public record Settings(Preset preset, int size, int baseWidth, double minutes, long imagesPerStage, int batch, boolean flips, boolean quarterTurns, long seed) {}
	/** Images in gray values, all of the same channel count, of any sizes. A run that leaves the finite numbers stops with the last good weights and says so in the log. */
	public static Model train(final List<Raster> images, final Settings settings, final Progress progress) { throw new UnsupportedOperationException(); }
}
