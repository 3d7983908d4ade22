package sc.fiji.cfebm.training.monitor;

import java.util.List;

import sc.fiji.cfebm.raster.Raster;

/**
 * What the model in training can do by now; images in model units.
 *
 * @param step the iteration it was made after
 * @param samples some samples of the stage in training, [r,r,C] each
 * @param clean a fixed held-out patch at the stage's resolution; null for a contrastive energy, or where images are noisy
 * @param noisy the same with noise
 * @param denoised the same, denoised in one step
 * @param noisyPsnr peak signal-to-noise ratio of the noisy patch in dB, for a peak of 2 model units; NaN without one
 * @param denoisedPsnr the same for the denoised patch
 */
public record Preview(TrainingStep step, List<Raster> samples, Raster clean, Raster noisy, Raster denoised,
	double noisyPsnr, double denoisedPsnr)
{}
