package sc.fiji.cfebm.api;

// docs:begin
import java.io.IOException;
import java.nio.file.Path;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.integer.UnsignedShortType;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;

/** Shows an image of any size without its noise. */
final class LazyExample {

	/**
	 * @param image [W,H,…], perhaps itself read from disk where it is looked at
	 * @return the same without noise; what of it is never looked at is never computed
	 */
	static RandomAccessibleInterval<FloatType> denoised(final RandomAccessibleInterval<UnsignedShortType> image) throws IOException {
		final Model model = Model.read(Path.of("plugins/CF-EBM/models/microscopy.cfebm"));
		// Looks at 64 parts of the image. For noise that is known: new NoiseSettings(sigma, 0, 0, 0).
		final CellPlan plan = CellPlan.find(model, image, new NoiseSettings(0, 0, 0, 0));
		// To be closed when the image is not looked at any more.
		return new CellDenoiser(model, plan).lazily(image);
	}
}
// docs:end
