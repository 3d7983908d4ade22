package sc.fiji.cfebm.task;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.tile.*;

public final class Denoiser {
	public enum Method { ONE_STEP, POSTERIOR }
	/** sigma in gray values; chains, steps and seed matter for POSTERIOR alone. */
	public record Settings(Method method, double sigma, int chains, int steps, long seed) {}
	/** Gray values; standardDeviation is null for ONE_STEP. */
	public record Result(Raster mean, Raster standardDeviation) {}
	public Denoiser(final Model model) {}
	/** @throws IllegalArgumentException with one sentence for the user (sigma outside the model's range, channels, non-finite pixels) */
	public Result denoise(final Raster noisy, final Normalization range, final Settings settings, final Progress progress) { throw new UnsupportedOperationException(); }
	/** Standard deviation of the noise in gray values. */
	public static double estimateSigma(final Raster noisy) { throw new UnsupportedOperationException(); }
}
