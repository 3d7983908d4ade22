package sc.fiji.cfebm.api;

// docs:begin
import java.io.IOException;
import java.nio.file.Path;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.logic.BitType;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.progress.Progress;

/** Restores an image and asks what is unusual in it. */
final class ApiExample {

	/**
	 * @param image [W,H], with white noise of σ = 20 gray values
	 * @param hole where it is to be filled in
	 * @param result receives the image, filled in and denoised
	 * @param map receives how unusual each pixel is: 2.33 or more is found in 1 % of normal patches
	 * @return how unusual the image is
	 */
	static double restore(final RandomAccessibleInterval<UnsignedByteType> image, final RandomAccessibleInterval<BitType> hole,
		final RandomAccessibleInterval<UnsignedByteType> result, final RandomAccessibleInterval<FloatType> map) throws IOException
	{
		final Progress progress = new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				System.out.printf("%3.0f %% %s%n", 100 * fraction, message);
			}

			@Override
			public boolean isCanceled() {
				return Thread.currentThread().isInterrupted();
			}
		};
		try (Cfebm nuclei = Cfebm.read(Path.of("plugins/CF-EBM/models/nuclei.cfebm"))) {
			nuclei.inpaint(image, hole, result, progress);
			nuclei.denoise(result, result, 20, progress);
			return nuclei.anomalies(result, map, progress);
		}
	}
}
// docs:end
