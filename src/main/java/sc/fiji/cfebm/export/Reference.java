package sc.fiji.cfebm.export;

import java.util.SplittableRandom;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.UnetEnergy;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.raster.Raster;

/**
 * What a network says of a computed image: those who run an exported one elsewhere see by it whether they get the same.
 *
 * @param noisy discs and stripes in the range of the training images, with white noise, [H,W,C]
 * @param sigma of the noise
 * @param denoised x - σ²∇E
 * @param gradient ∇E
 * @param energy E
 */
public record Reference(Raster noisy, double sigma, Raster denoised, Raster gradient, double energy) {

	/** No power of two and not square, so that nothing fits by chance. */
	private static final int WIDTH = 140, HEIGHT = 150, DISCS = 12;
	/** σ as a part of the range: what a dim image has. */
	private static final double NOISE = 0.1;

	/** @throws IllegalArgumentException with one sentence, if the stage's network is none of the energy of noisy images */
	public static Reference of(final Model model, final int stage) {
		final Normalization range = OnnxExport.scale(model);
		final double sigma = NOISE * (range.high() - range.low());
		final Raster noisy = image(model.channels(), range, sigma), denoised = like(noisy), gradient = like(noisy);
		final double[] energy = new double[1];
		try (UnetEnergy network = OnnxExport.requireNoiseAware(model, stage).trimmed().network()) {
			new WholeImage(network.equivariant().ofImages(), false).evaluate(NoisyImages.at(noisy.values(), 1, HEIGHT, WIDTH, sigma, false),
				new Wanted(energy, null, gradient.values(), null, denoised.values()));
		}
		return new Reference(noisy, sigma, denoised, gradient, energy[0]);
	}

	private static Raster like(final Raster image) {
		return new Raster(image.width(), image.height(), image.channels());
	}

	private static Raster image(final int channels, final Normalization range, final double sigma) {
		final Raster image = new Raster(WIDTH, HEIGHT, channels);
		final SplittableRandom random = new SplittableRandom(1);
		final float[] v = image.values();
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x++)
				for (int c = 0; c < channels; c++)
					v[image.index(x, y, c)] = x < WIDTH / 3 ? 0.35f + 0.15f * (float) Math.sin(0.12 * x + 0.02 * y * (c + 2)) : 0.25f;
		for (int disc = 0; disc < DISCS; disc++) {
			final double radius = random.nextDouble(5, 16), atX = random.nextDouble(WIDTH), atY = random.nextDouble(HEIGHT);
			final double[] color = random.doubles(channels, 0.3, 0.9).toArray();
			for (int y = 0; y < HEIGHT; y++)
				for (int x = 0; x < WIDTH; x++)
					for (int c = 0; c < channels; c++)
						if (Math.hypot(x - atX, y - atY) < radius) v[image.index(x, y, c)] = (float) color[c];
		}
		for (int i = 0; i < v.length; i++)
			v[i] = (float) (range.low() + (range.high() - range.low()) * v[i] + sigma * random.nextGaussian());
		return image;
	}
}
