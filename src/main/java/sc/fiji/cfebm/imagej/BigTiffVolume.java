package sc.fiji.cfebm.imagej;

import java.awt.Rectangle;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;

import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;

/**
 * A BigTIFF file, which ImageJ does not read, as a volume: x, y, then three channels of RGB, then its pages as z. Pages of another size
 * than the first one, such as smaller copies, are left out. Strips or tiles are read when they are asked for. Thread-safe: one thread
 * reads, others wait. The command line's alone: Fiji's package lacks the reader.
 */
public final class BigTiffVolume implements Volume {

	private static final int COLORS = 3;
	/** First two bytes, which say the order of the others, and the number that says that offsets have 8 bytes. */
	private static final int LITTLE = 0x4949, BIG = 0x4d4d, OFFSETS = 43;

	private final File file;
	private final ImageReader reader;
	/** Numbers of the pages that are its planes. */
	private final List<Integer> pages = new ArrayList<>();
	private final Layout layout;
	private final boolean rgb;
	private final int[] chunk;

	/** Whether a file is one, from its first bytes. */
	public static boolean is(final File file) {
		if (!file.isFile()) return false;
		try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
			final int order = in.readUnsignedShort(), version = in.readUnsignedShort();
			return order == LITTLE && Short.toUnsignedInt(Short.reverseBytes((short) version)) == OFFSETS || order == BIG && version == OFFSETS;
		}
		catch (final IOException e) {
			return false;
		}
	}

	/** @throws VolumeException with one sentence naming the file, if it is damaged, or of a kind that is not read */
	public BigTiffVolume(final File file) throws VolumeException {
		this.file = file;
		reader = new TIFFImageReaderSpi().createReaderInstance(null);
		try {
			reader.setInput(new FileImageInputStream(file));
			final int width = reader.getWidth(0), height = reader.getHeight(0);
			final ImageTypeSpecifier kind = reader.getRawImageType(0);
			if (kind == null) throw new VolumeException(file + " can't be read: its kind of pixels is not known.");
			if (kind.getColorModel() instanceof IndexColorModel) throw new VolumeException(file +
				" is an image of a palette, whose numbers are no gray values: make it RGB or gray first.");
			for (int i = 0; i < reader.getNumImages(true); i++)
				if (reader.getWidth(i) == width && reader.getHeight(i) == height) pages.add(i);
			final int bands = kind.getNumBands();
			rgb = bands == COLORS;
			if (bands != 1 && !rgb) throw new VolumeException(file + " has " + bands +
				" values in each pixel: 1 (gray) or 3 (RGB) are read here.");
			final PixelType type = switch (kind.getSampleModel().getDataType()) {
				case DataBuffer.TYPE_BYTE -> PixelType.UINT8;
				case DataBuffer.TYPE_USHORT -> PixelType.UINT16;
				case DataBuffer.TYPE_SHORT -> PixelType.INT16;
				case DataBuffer.TYPE_FLOAT -> PixelType.FLOAT32;
				default -> throw new VolumeException(file +
					" has a type of pixels that is not read here: integers of 8 or 16 bits, or float32 are.");
			};
			final List<Axis> axes = new ArrayList<>(List.of(new Axis("x", "space", "", 1, 0), new Axis("y", "space", "", 1, 0)));
			final List<Long> size = new ArrayList<>(List.of((long) width, (long) height));
			if (rgb) axes.add(new Axis("c", "channel", "", 1, 0));
			if (rgb) size.add((long) COLORS);
			if (pages.size() > 1) axes.add(new Axis("z", "space", "", 1, 0));
			if (pages.size() > 1) size.add((long) pages.size());
			layout = new Layout(size.stream().mapToLong(Long::longValue).toArray(), axes, type);
			chunk = plane(layout, rgb, Math.min(width, reader.getTileWidth(0)), Math.min(height, reader.getTileHeight(0)));
		}
		catch (final VolumeException e) {
			throw e;
		}
		// What is damaged may make the reader throw anything; what is packed as JPEG needs a class that is not there.
		catch (final IOException | RuntimeException | LinkageError e) {
			throw new VolumeException(file + " can't be opened: it is damaged, or a kind of BigTIFF that is not read here.", e);
		}
	}

	private static int[] plane(final Layout layout, final boolean rgb, final int width, final int height) {
		final int[] plane = new int[layout.dimensions().length];
		Arrays.fill(plane, 1);
		plane[0] = width;
		plane[1] = height;
		if (rgb) plane[2] = COLORS;
		return plane;
	}

	@Override
	public Layout layout() {
		return layout;
	}

	@Override
	public int[] chunk() {
		return chunk.clone();
	}

	@Override
	public int[] unit() {
		return plane(layout, rgb, (int) layout.dimensions()[0], (int) layout.dimensions()[1]);
	}

	@Override
	public float[] read(final long[] min, final int[] size) throws IOException {
		final int area = size[0] * size[1], colors = rgb ? size[2] : 1, z = rgb ? COLORS : 2, deep = size.length > z ? size[z] : 1;
		final float[] values = new float[Math.multiplyExact(Math.multiplyExact(area, colors), deep)];
		final Rectangle part = new Rectangle((int) min[0], (int) min[1], size[0], size[1]);
		for (int i = 0; i < deep; i++) {
			final Raster raster = read(size.length > z ? (int) min[z] + i : 0, part);
			for (int c = 0; c < colors; c++) {
				final float[] samples = raster.getSamples(raster.getMinX(), raster.getMinY(), size[0], size[1], rgb ? (int) min[2] + c : 0,
					(float[]) null);
				System.arraycopy(samples, 0, values, (i * colors + c) * area, area);
			}
		}
		return values;
	}

	private Raster read(final int plane, final Rectangle part) throws VolumeException {
		synchronized (reader) {
			final ImageReadParam param = reader.getDefaultReadParam();
			param.setSourceRegion(part);
			try {
				return reader.readRaster(pages.get(plane), param);
			}
			catch (final IOException | RuntimeException | LinkageError e) {
				throw new VolumeException("Plane " + (plane + 1) + " of " + file +
					" can't be read: it is damaged, or packed in a way that is not read here.", e);
			}
		}
	}

	@Override
	public OmeMetadata metadata() {
		return new OmeMetadata(file.getName(), null, List.of(), 0);
	}
}
