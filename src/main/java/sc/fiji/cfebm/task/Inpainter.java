package sc.fiji.cfebm.task;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.*;

public final class Inpainter {
	public record Settings(int completions, int steps, long seed) {}
	/** Gray values; known pixels of the mean are bitwise those of the input; standardDeviation is zero there (and everywhere for one completion). */
	public record Result(Raster mean, Raster standardDeviation) {}
	public Inpainter(final Model model) {}
	/** hole: [H,W], true where a pixel is to be filled in. */
	public Result inpaint(final Raster image, final boolean[] hole, final Normalization range, final Settings settings, final Progress progress) { throw new UnsupportedOperationException(); }
}
