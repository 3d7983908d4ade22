package sc.fiji.cfebm.api;

// docs:begin
import java.io.IOException;
import java.nio.file.Path;

import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.real.FloatType;

import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.task.linear.LinearOperator;

/** A detector whose rows each see the mean of two lines of the specimen; what it saw, line by line. */
final class OperatorExample {

	/** y[r] = (x[r] + x[r + 1]) / 2: one row fewer than the image has. */
	record RowPairs(int width, int height) implements LinearOperator {

		@Override
		public int observedWidth() {
			return width;
		}

		@Override
		public int observedHeight() {
			return height - 1;
		}

		@Override
		public void apply(final float[] image, final float[] observed) {
			for (int i = 0; i < observed.length; i++)
				observed[i] = (image[i] + image[i + width]) / 2;
		}

		/** The transpose: each observed row gives half of itself to both of its lines. */
		@Override
		public void adjoint(final float[] observed, final float[] image) {
			java.util.Arrays.fill(image, 0);
			for (int i = 0; i < observed.length; i++) {
				image[i] += observed[i] / 2;
				image[i + width] += observed[i] / 2;
			}
		}
	}

	/**
	 * @param observed [W,H - 1], with white noise of σ = 3 gray values
	 * @param lines receives the specimen's lines, [W,H]
	 */
	static void restore(final RandomAccessibleInterval<UnsignedByteType> observed, final RandomAccessibleInterval<FloatType> lines)
		throws IOException
	{
		try (Cfebm microscopy = Cfebm.read(Path.of("plugins/CF-EBM/models/microscopy.cfebm"))) {
			microscopy.restore(observed, new RowPairs((int) lines.dimension(0), (int) lines.dimension(1)), lines, 3, Progress.NONE);
		}
	}
}
// docs:end
