package sc.fiji.cfebm.export;

import java.nio.file.Path;

import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.api.Cfebm;
import sc.fiji.cfebm.progress.Progress;

/** A program that uses a model and exports none: denoises a small image and prints one of its pixels. The argument is a model file. */
final class DenoisesAnImage {

	private DenoisesAnImage() {}

	public static void main(final String[] model) throws Exception {
		final Img<FloatType> image = ArrayImgs.floats(64, 64);
		int i = 0;
		for (final FloatType pixel : image)
			pixel.set(40 * (i++ % 4));
		try (Cfebm cfebm = Cfebm.read(Path.of(model[0]))) {
			cfebm.denoise(image, image, 10, Progress.NONE);
		}
		System.out.println("pixel: " + image.firstElement());
	}
}
