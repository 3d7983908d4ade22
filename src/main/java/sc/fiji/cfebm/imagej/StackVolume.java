package sc.fiji.cfebm.imagej;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileInfo;
import ij.io.FileOpener;
import ij.measure.Calibration;
import ij.plugin.FileInfoVirtualStack;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;

import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;

/**
 * An image file as a volume: x, y, then channels, slices and frames where there are several; RGB has channels. Its numbers are those in
 * the file. Planes of a TIFF file that is not packed are read when they are asked for, other files at once. Thread-safe.
 */
public final class StackVolume implements Volume {

	private static final int COLORS = 3;
	/** ImageJ adds so much to signed numbers of 16 bits. */
	private static final int SIGNED = 32768;
	/** Pixels that are no whole bytes, or three planes. */
	private static final Set<Integer> ODD = Set.of(FileInfo.BITMAP, FileInfo.GRAY12_UNSIGNED, FileInfo.RGB48, FileInfo.RGB48_PLANAR);

	private final File file;
	private final ImageStack stack;
	/** Where the planes lie in the file; null: they are in memory. */
	private final FileInfo[] planes;
	private final Layout layout;
	private final boolean rgb, signed;

	/** @throws IOException with one sentence naming the file, if it can't be opened, or is a palette */
	public StackVolume(final File file) throws IOException {
		this.file = file;
		final FileInfo inFile = unpacked(file);
		final ImagePlus virtual = inFile == null ? null : openVirtual(file), image = virtual == null ? open(file) : virtual;
		planes = virtual == null ? null : planes(inFile);
		stack = image.getStack();
		rgb = image.getType() == ImagePlus.COLOR_RGB;
		if (image.getType() == ImagePlus.COLOR_256) throw new VolumeException(file +
			" is an image of a palette, whose numbers are no gray values: make it RGB or gray first.");
		final Calibration calibration = image.getCalibration();
		signed = image.getBitDepth() == 16 && (calibration.isSigned16Bit() || virtual != null && inFile.fileType == FileInfo.GRAY16_SIGNED);
		final String unit = unit(calibration);
		final List<Axis> axes = new ArrayList<>(List.of(new Axis("x", "space", unit, scale(calibration.pixelWidth), 0), new Axis("y", "space",
			unit, scale(calibration.pixelHeight), 0)));
		final List<Integer> size = new ArrayList<>(List.of(image.getWidth(), image.getHeight()));
		final int channels = rgb ? COLORS : image.getNChannels();
		if (channels > 1) axes.add(new Axis("c", "channel", "", 1, 0));
		if (channels > 1) size.add(channels);
		if (image.getNSlices() > 1) axes.add(new Axis("z", "space", unit, scale(calibration.pixelDepth), 0));
		if (image.getNSlices() > 1) size.add(image.getNSlices());
		if (image.getNFrames() > 1) axes.add(new Axis("t", "time", calibration.frameInterval > 0 ? "second" : "", scale(
			calibration.frameInterval), 0));
		if (image.getNFrames() > 1) size.add(image.getNFrames());
		layout = new Layout(size.stream().mapToLong(Integer::longValue).toArray(), axes, switch (image.getBitDepth()) {
			case 16 -> signed ? PixelType.INT16 : PixelType.UINT16;
			case 32 -> PixelType.FLOAT32;
			default -> PixelType.UINT8;
		});
	}

	/** How the planes lie in a TIFF file that has them one behind the other; null: it is another file. */
	private static FileInfo unpacked(final File file) {
		try (QuietErrors quiet = new QuietErrors()) {
			final File whole = file.getAbsoluteFile();
			if (!ImageFile.isTiff(whole) || !ImageFile.isIntactTiff(whole)) return null;
			final FileInfo[] info = ImageFile.tiffInfo(whole);
			// Of a packed one each plane would be unpacked from the file's beginning on.
			return info.length == 1 && info[0].compression <= FileInfo.COMPRESSION_NONE && info[0].nImages > 1 && !ODD.contains(
				info[0].fileType) ? info[0] : null;
		}
		catch (final IOException | RuntimeException e) {
			// What is wrong is found again, and said.
			return null;
		}
	}

	private static ImagePlus openVirtual(final File file) {
		try (QuietErrors quiet = new QuietErrors()) {
			return FileInfoVirtualStack.openVirtual(file.getAbsolutePath());
		}
		catch (final RuntimeException e) {
			return null;
		}
	}

	private static FileInfo[] planes(final FileInfo all) {
		final FileInfo[] planes = new FileInfo[all.nImages];
		final long step = (long) all.width * all.height * all.getBytesPerPixel() + all.getGap();
		for (int i = 0; i < planes.length; i++) {
			planes[i] = (FileInfo) all.clone();
			planes[i].nImages = 1;
			planes[i].longOffset = all.getOffset() + i * step;
		}
		return planes;
	}

	private static ImagePlus open(final File file) throws IOException {
		try {
			return ImageFile.open(file);
		}
		catch (final ImageFile.UnreadableException e) {
			throw new VolumeException(file + " can't be opened. " + e.getMessage(), e);
		}
	}

	private static double scale(final double distance) {
		return distance > 0 && Double.isFinite(distance) ? distance : 1;
	}

	/** The name that OME has for it. */
	private static String unit(final Calibration calibration) {
		final String unit = calibration.getUnit();
		if (!calibration.scaled() || unit == null) return "";
		return switch (unit) {
			case "micron", "microns", "um", "µm", "\u03bcm" -> "micrometer";
			case "nm" -> "nanometer";
			case "mm" -> "millimeter";
			default -> unit.equals("pixel") ? "" : unit;
		};
	}

	@Override
	public Layout layout() {
		return layout;
	}

	@Override
	public int[] chunk() {
		return unit();
	}

	@Override
	public int[] unit() {
		final int[] plane = new int[layout.dimensions().length];
		Arrays.fill(plane, 1);
		plane[0] = stack.getWidth();
		plane[1] = stack.getHeight();
		return plane;
	}

	@Override
	public float[] read(final long[] min, final int[] size) throws IOException {
		final float[] values = new float[Arrays.stream(size).reduce(1, Math::multiplyExact)];
		final int area = size[0] * size[1], planes = values.length / area;
		final long[] at = min.clone();
		ImageProcessor known = null;
		int knownSlice = 0;
		for (int i = 0; i < planes; i++) {
			// Channels are the fastest dimension here as in ImageJ; those of RGB are in one slice.
			long slice = 0;
			for (int d = at.length - 1; d >= (rgb ? COLORS : 2); d--)
				slice = slice * layout.dimensions()[d] + at[d];
			if (known == null || knownSlice != slice + 1) known = plane(knownSlice = (int) slice + 1);
			for (int y = 0; y < size[1]; y++)
				for (int x = 0; x < size[0]; x++) {
					final int px = (int) min[0] + x, py = (int) min[1] + y;
					values[i * area + y * size[0] + x] = rgb ? known.get(px, py) >> 8 * (COLORS - 1 - (int) at[2]) & 0xff : known.getf(px, py) - (signed ? SIGNED : 0);
				}
			for (int d = 2; d < at.length; d++) {
				if (++at[d] < min[d] + size[d]) break;
				at[d] = min[d];
			}
		}
		return values;
	}

	private ImageProcessor plane(final int slice) throws IOException {
		final ImageProcessor plane = planes == null ? kept(slice) : fromFile(planes[slice - 1]);
		if (plane == null || rgb && !(plane instanceof ColorProcessor)) throw new VolumeException("Plane " + slice + " of " + file +
			" can't be read.");
		return plane;
	}

	private ImageProcessor kept(final int slice) {
		synchronized (stack) {
			return stack.getProcessor(slice);
		}
	}

	/** @return null if it can't be read as a whole: ImageJ fills up what is missing, and says nothing */
	private ImageProcessor fromFile(final FileInfo plane) {
		final long end = plane.getOffset() + (long) plane.width * plane.height * plane.getBytesPerPixel();
		if (file.length() < end) return null;
		final ImageProcessor read = new FileOpener(plane).openProcessor();
		// It may have become shorter meanwhile.
		return file.length() < end ? null : read;
	}

	@Override
	public OmeMetadata metadata() {
		return new OmeMetadata(file.getName(), null, List.of(), 0);
	}
}
