package sc.fiji.cfebm.training.data;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/** A number that tells training images from others. */
public final class Fingerprint {

	private Fingerprint() {}

	/** Depends on every pixel, on the images' order and sizes, and on their range. */
	public static long of(final Split data, final Normalization range) {
		final CRC32 crc = new CRC32();
		crc.update(ByteBuffer.allocate(16).putDouble(range.low()).putDouble(range.high()).flip());
		update(crc, data.training());
		update(crc, data.heldOut());
		update(crc, data.pairs());
		return crc.getValue();
	}

	/** Likewise of images that chains start from. */
	public static long of(final ChainStarts starts) {
		return of(new Split(starts.images(), List.of(), false, ""), starts.range());
	}

	private static void update(final CRC32 crc, final List<Raster> images) {
		for (final Raster image : images) {
			crc.update(ByteBuffer.allocate(8).putInt(image.width()).putInt(image.channels()).flip());
			// Row by row: a large image must not need its memory twice.
			final int row = image.width() * image.channels();
			final ByteBuffer bytes = ByteBuffer.allocate(4 * row);
			for (int y = 0; y < image.height(); y++) {
				bytes.clear().asFloatBuffer().put(image.values(), y * row, row);
				crc.update(bytes);
			}
		}
	}
}
