package sc.fiji.cfebm.benchmark;

import java.util.List;

import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.task.Denoiser;

/** Restoring gray images as a user does who says nothing but the model, the method and perhaps σ; the range is their own. */
final class AsUsed {

	private AsUsed() {}

	/** In one step, by {@code Cfebm}, which has the command's defaults. @param sigma 0: it is estimated, as the command does */
	static Raster denoised(final Cfebm cfebm, final Raster noisy, final double sigma) {
		final Raster out = noisy.copy();
		final Img<FloatType> image = ArrayImgs.floats(noisy.values(), noisy.width(), noisy.height());
		cfebm.denoise(image, ArrayImgs.floats(out.values(), out.width(), out.height()), sigma, Progress.NONE);
		return out;
	}

	/** By the command's method Posterior, with its numbers of images and steps, σ estimated: the mean and its standard deviation. */
	static Denoiser.Result posterior(final Denoiser denoiser, final Model model, final Raster noisy) {
		final NoiseModel noise = new NoiseSettings(0, 0, 0, 0).of(NoiseEstimate.of(noisy));
		return denoiser.denoise(noisy, noise.range(model, range(ImageRange.withoutNoise(noisy))), new Denoiser.Settings(
			Denoiser.Method.POSTERIOR, noise, Defaults.CHAINS, Defaults.STEPS, Defaults.SEED), Progress.NONE);
	}

	/** The range of a gray image whose holes are to be filled in. */
	static Normalization ofKnown(final Raster damaged, final boolean[] hole) {
		return range(ImageRange.known(damaged, hole));
	}

	private static Normalization range(final Raster seen) {
		return ImageRange.of(1, List.of(seen));
	}
}
