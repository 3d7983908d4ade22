package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.awt.Rectangle;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.LUT;
import ij.process.ShortProcessor;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;

/**
 * An image's planes (8-, 16- or 32-bit gray, or RGB) as {@link Raster}s, one per slice of its stack, and new images
 * like it. Values are those that ImageJ shows, by a linear calibration of gray values (signed 16 bits, Hounsfield units) if there is
 * one; under an inverting LUT they are turned round, so that bright is what is seen bright. What is written is taken back the same way.
 */
public final class Planes {

	/** Along what planes are neighbours. */
	public enum Along {
		SLICES("slice", 1), FRAMES("frame", 2);

		private final String kind;
		private final int dimension;

		Along(final String kind, final int dimension) {
			this.kind = kind;
			this.dimension = dimension;
		}

		/** What a plane is called. */
		public String kind() {
			return kind;
		}
	}

	private static final String[] DIMENSIONS = { "channel", "slice", "frame" };

	private static final Pattern EXTENSION = Pattern.compile("(.*?[^.\\s])((?:\\.ome)?\\.(?=\\w*[A-Za-z])\\w{1,5})");

	/** Of red, green and blue together: between neighbours of a LUT, twice in a row; and on the way from its first color to the last. */
	private static final int JUMP = 64, LONGEST = 5000;

	/** Side of the smallest part that is trained on. */
	private static final int LEAST = 8;

	private final ImagePlus imp;
	private ImageProcessor last;
	/** Null until it is asked for. */
	private Raster lastValues;
	private int lastSlice;
	/** By channel, from 1. */
	private final Map<Integer, Seen> seen = new HashMap<>();

	/**
	 * @param imp any image but {@code null}; it is read, never changed
	 * @throws IllegalArgumentException with one sentence, if there is no image, it was closed, or it has no pixels
	 */
	public Planes(final ImagePlus imp) {
		// SciJava makes an empty image of an input that is not given.
		if (imp == null || imp.getWidth() < 1 && imp.getTitle().isEmpty()) throw new IllegalArgumentException(
			"There is no image open: open one first.");
		if (imp.getWidth() < 1 || imp.getHeight() < 1) throw new IllegalArgumentException(quoted(imp) +
			" has no pixels (0×0), or is not the title of an open image.");
		this.imp = imp;
		requireOpen();
		if (isPalette(imp)) throw new IllegalArgumentException(quoted(imp) +
			" is 8-bit color, whose values are numbers of a palette's colors: convert it (Image > Type > RGB Color), or, if they are gray " +
			"values, choose a gray LUT (Image > Lookup Tables > Grays).");
	}

	/** Whether colors of neighbouring numbers have nothing in common: those of a palette, in which no gray values are shown. */
	static boolean isPalette(final ImagePlus imp) {
		return imp.getBitDepth() == 8 && !imp.isComposite() && isPalette(imp.getProcessor().getLut());
	}

	static boolean isPalette(final LUT lut) {
		int jumps = 0, way = 0;
		boolean before = false;
		for (int i = 1; i < 256; i++) {
			final int step = Math.abs(lut.getRed(i) - lut.getRed(i - 1)) + Math.abs(lut.getGreen(i) - lut.getGreen(i - 1)) + Math.abs(lut
				.getBlue(i) - lut.getBlue(i - 1));
			if (before && step > JUMP) jumps++;
			before = step > JUMP;
			way += step;
		}
		return jumps > 0 || way > LONGEST;
	}

	/**
	 * ImageJ takes the pixels from an image that is closed, unless it is locked.
	 *
	 * @throws IllegalArgumentException with one sentence, if the image was closed meanwhile
	 */
	public void requireOpen() {
		if (imp.getProcessor() == null) throw new IllegalArgumentException(quoted(imp) + " was closed: open it again.");
	}

	/** Number of planes: channels × slices × frames. */
	public int count() {
		return imp.getStackSize();
	}

	int width() {
		return imp.getWidth();
	}

	int height() {
		return imp.getHeight();
	}

	/** Whether values are whole numbers: of all images but those of 32 bits. */
	public boolean isOfIntegers() {
		return imp.getBitDepth() != 32;
	}

	int bytesPerPixel() {
		return imp.getBytesPerPixel();
	}

	/** How many pixels one frame has, with all slices and channels. */
	public long pixelsOfFrame() {
		return (long) imp.getWidth() * imp.getHeight() * imp.getNChannels() * imp.getNSlices();
	}

	/** How many planes there are along slices or frames. */
	public int length(final Along along) {
		return imp.getDimensions()[2 + along.dimension];
	}

	/** The planes of the same channel, and of the same frame or slice, as one: by their index in the stack, in order. */
	public List<Integer> line(final int slice, final Along along) {
		final int[] at = position(slice);
		// A view: a virtual stack may have more planes than fit into a list.
		return new AbstractList<>() {

			@Override
			public Integer get(final int index) {
				final int[] there = at.clone();
				there[along.dimension] = index + 1;
				return imp.getStackIndex(there[0], there[1], there[2]);
			}

			@Override
			public int size() {
				return length(along);
			}

			@Override
			public int indexOf(final Object plane) {
				final int index = position((Integer) plane)[along.dimension] - 1;
				return get(index).equals(plane) ? index : -1;
			}
		};
	}

	/** The image itself; don't change it. */
	ImagePlus image() {
		return imp;
	}

	/** Channels of one plane: 3 for RGB, else 1. */
	public int channels() {
		return imp.getType() == ImagePlus.COLOR_RGB ? 3 : 1;
	}

	/**
	 * One plane's values, [H,W,1] or [H,W,3]. The plane read last is kept, so that an image of one plane is
	 * read and converted once; don't write into it.
	 *
	 * @param slice 1 to {@link #count()}
	 */
	@SuppressWarnings("unchecked")
	public Raster read(final int slice) {
		final ImageProcessor ip = processor(slice);
		if (lastValues == null) {
			lastValues = Rasters.read(ip instanceof ColorProcessor ? wrap(colors((ColorProcessor) ip), ip) : wrap(ip));
			final Seen as = seen(slice);
			final float[] values = lastValues.values();
			for (int i = 0; i < values.length && !as.isStored(); i++)
				values[i] = as.of(values[i]);
		}
		return lastValues;
	}

	/** From one gray value of a plane of whole numbers to the next, as they are seen. */
	public double step(final int slice) {
		return Math.abs(seen(slice).slope());
	}

	/** What of a plane's gray values is not as it seems, in a few words each. */
	public List<String> remarks(final int slice) {
		final List<String> remarks = new ArrayList<>();
		final String unit = imp.getCalibration().getValueUnit();
		if (seen(slice).isTurned()) remarks.add("its high gray values are shown dark, so the model sees them turned round, as they are seen");
		if (!Seen.isCalibrated(imp)) return remarks;
		if (!Seen.isLinear(imp)) remarks.add("gray values are the stored ones, since those that ImageJ shows (" + unit +
			") are not in proportion to them");
		else if (unit != null && !unit.isBlank() && !unit.equalsIgnoreCase("gray value")) remarks.add("gray values are those that ImageJ shows (" +
			unit + ")");
		return remarks;
	}

	/** The gray value, as it is seen, of a plane's pixels that are as bright as can be stored: what they were is not known. NaN: none are. */
	public double saturation(final int slice) {
		final int bits = imp.getBitDepth();
		if (bits == 32) return Double.NaN;
		if (seen(slice).slope() < 0) return seen(slice).of(0);
		if (bits != 16) return seen(slice).of(255);
		final ImageProcessor ip = processor(slice);
		int highest = 0;
		for (int i = 0; i < ip.getPixelCount(); i++)
			highest = Math.max(highest, ip.get(i));
		return InpaintingMask.isFull(highest) ? seen(slice).of(highest) : Double.NaN;
	}

	/**
	 * How many stored gray values one of those that ImageJ shows is, near the plane's median.
	 *
	 * @return 1 where those that are seen are the shown ones, up to their sign, as under a linear calibration
	 */
	public double seenPerShown(final int slice) {
		if (!Seen.isCalibrated(imp) || Seen.isLinear(imp)) return 1;
		final float[] values = read(slice).values().clone();
		Arrays.sort(values);
		final Calibration calibration = imp.getCalibration();
		final int most = (1 << imp.getBitDepth()) - 1, v = (int) Math.max(1, Math.min(most - 1, Math.round(seen(slice).stored(values[values.length / 2]))));
		final double slope = Math.abs(calibration.getCValue(v + 1) - calibration.getCValue(v - 1)) / 2;
		return slope > 0 && Double.isFinite(slope) ? 1 / slope : 1;
	}

	/** The value that ImageJ shows, or, if that one is given, the one that is seen; stored ones where the calibration is not linear. */
	public double shown(final int slice, final double value) {
		return seen(slice).shown(value);
	}

	/** The unit of the gray values that ImageJ shows. */
	public String unit() {
		return imp.getCalibration().getValueUnit();
	}

	/** How a plane's values are seen. */
	Seen seen(final int slice) {
		return seen.computeIfAbsent(position(slice)[0], channel -> Seen.of(imp, channels() == 3 ? null : lut(slice)));
	}

	/** One plane as ImageJ has it, not to be written into. That of a virtual stack is read from the disk, unless it was read last. */
	ImageProcessor processor(final int slice) {
		if (slice != lastSlice) {
			last = imp.getStack().getProcessor(slice);
			lastValues = null;
			lastSlice = slice;
		}
		return last;
	}

	/** All planes to train on, under the image's title, see {@link #source(String, Progress)}. */
	public ImageSource source(final Progress progress) {
		return source(imp.getTitle(), progress);
	}

	/**
	 * All planes to train on: every value is a finite number. Of a plane with pixels that are missing it is the largest rectangle without
	 * any; an RGB image that is gray is gray.
	 *
	 * @param progress told in one sentence what is left out
	 * @throws IllegalArgumentException with one sentence, if nothing is left
	 */
	ImageSource source(final String name, final Progress progress) {
		final List<Raster> planes = new ArrayList<>();
		int cut = 0, left = 0;
		for (int slice = 1; slice <= count(); slice++) {
			final Raster plane = read(slice), whole = Missing.largestWhole(plane, LEAST);
			if (whole == null) left++;
			else planes.add(whole);
			if (whole != null && whole != plane) cut++;
		}
		if (planes.isEmpty()) throw new IllegalArgumentException("“" + name + "” has no part of " + LEAST + "×" + LEAST +
			" pixels or more in which every pixel is a finite number.");
		if (cut + left > 0) progress.log("Of “" + name + "” only parts are used, in which every pixel is a finite number" + (left == 0 ? "."
			: "; " + left + (left == 1 ? " plane has none." : " planes have none.")));
		final boolean gray = channels() == 3 && planes.stream().allMatch(Raster::isGray);
		// Parts of planes lie in different places.
		final ImageSource source = new ImageSource(name, planes, cut + left > 0 ? List.of() : stacks());
		return gray ? source.map(plane -> plane.channel(0)) : source;
	}

	/** Along what there are more planes; slices, if there are as many of both. */
	public Along longer() {
		return length(Along.SLICES) >= length(Along.FRAMES) ? Along.SLICES : Along.FRAMES;
	}

	/** The planes that are neighbours along what there are more of: by their number from 0. */
	private List<List<Integer>> stacks() {
		final Along along = longer();
		if (length(along) == 1) return List.of();
		return IntStream.rangeClosed(1, count()).filter(slice -> position(slice)[along.dimension] == 1).mapToObj(slice -> line(slice, along)
			.stream().map(index -> index - 1).toList()).toList();
	}

	/** The plane in words: the image's title and, if there are several, which channel, slice and frame. */
	public String name(final int slice) {
		final int[] position = position(slice), dimensions = imp.getDimensions();
		final StringJoiner name = new StringJoiner(", ", "", count() == 1 ? "" : " of ");
		for (int d = 0; d < DIMENSIONS.length; d++)
			if (dimensions[2 + d] > 1) name.add(DIMENSIONS[d] + " " + position[d]);
		return name + quoted(imp);
	}

	/**
	 * The pixels inside the area selection, [H,W]; null if there is none: a line or points select nothing to work on.
	 *
	 * @throws IllegalArgumentException with one sentence, if it lies outside the image
	 */
	public boolean[] selected() {
		final Roi roi = imp.getRoi();
		if (roi == null || !roi.isArea()) return null;
		final ByteProcessor drawn = new ByteProcessor(imp.getWidth(), imp.getHeight());
		drawn.setValue(1);
		drawn.fill(roi);
		final boolean[] selected = new boolean[drawn.getPixelCount()];
		boolean any = false;
		for (int i = 0; i < selected.length; i++)
			any |= selected[i] = drawn.get(i) != 0;
		if (!any) throw new IllegalArgumentException("The selection has no pixel inside " + quoted(imp) +
			": move it, or select nothing to work on all of the image.");
		return selected;
	}

	/** Where the area selection is, in words. */
	public String selection() {
		final Rectangle bounds = imp.getRoi().getBounds();
		return "x=" + bounds.x + " y=" + bounds.y + " width=" + bounds.width + " height=" + bounds.height;
	}

	/**
	 * A new image like this one: its type, dimensions, position, calibration, LUTs, display range, overlay, slice labels and
	 * properties.
	 *
	 * @param stack slices of the same size as this image has, and of the same type, or of 32 bits with the values that ImageJ shows
	 * @param kept which of this image's planes the slices come from; of the last ones some may be missing, but no part of a frame
	 *          or, in the first frame, of a slice
	 */
	ImagePlus like(final String title, final ImageStack stack, final PlaneSelection kept) {
		final ImagePlus out = imp.createImagePlus();
		out.setStack(title, stack);
		final ImagePlus result = finish(out, 1, kept);
		final boolean fine = result.getBitDepth() != imp.getBitDepth();
		result.setCalibration(fine ? calibration() : imp.getCalibration());
		if (channels() != 1) return result;
		if (imp.isComposite() && kept.isAll() && !fine) ((CompositeImage) result).copyLuts(imp);
		else if (result.isComposite()) ((CompositeImage) result).setLuts(kept.channels().stream().map(c -> fine ? shown(imp.getLuts()[c - 1],
			c) : imp.getLuts()[c - 1]).toArray(LUT[]::new));
		else {
			final int first = kept.planes().get(0);
			final LUT lut = fine ? shown(lut(first), first) : lut(first);
			result.setLut(lut);
			result.setDisplayRange(lut.min, lut.max);
		}
		return result;
	}

	/**
	 * A new image of other values (standard deviations, say) at the same places: this one's dimensions, spatial
	 * calibration and slice labels.
	 *
	 * @param stack slices of any type
	 * @param perPlane slices that one plane has become: they are channels
	 * @param kept as in {@link #like}
	 */
	ImagePlus otherLike(final String title, final ImageStack stack, final int perPlane, final PlaneSelection kept) {
		final ImagePlus result = finish(new ImagePlus(title, stack), perPlane, kept);
		result.setCalibration(calibration());
		result.resetDisplayRange();
		return result;
	}

	/** The image's calibration of lengths and time, without that of gray values. */
	Calibration calibration() {
		final Calibration calibration = imp.getCalibration().copy();
		calibration.disableDensityCalibration();
		return calibration;
	}

	/** @param perPlane channels that one plane has become */
	private ImagePlus finish(final ImagePlus out, final int perPlane, final PlaneSelection kept) {
		final int channels = kept.numberOfChannels() * perPlane, slices = Math.min(kept.numberOfSlices(), out.getStackSize() /
			channels);
		out.setDimensions(channels, slices, out.getStackSize() / (channels * slices));
		out.setOpenAsHyperStack(imp.isHyperStack() && out.getStackSize() > 1);
		final boolean composite = imp.isComposite() && (kept.isAll() || channels > 1);
		// ImageJ would take RGB apart.
		final ImagePlus result = out.getType() != ImagePlus.COLOR_RGB && (composite || perPlane > 1) ? //
			new CompositeImage(out, composite ? imp.getDisplayMode() : CompositeImage.COLOR) : out;
		if (imp.getOverlay() != null) result.setOverlay(overlay(kept, result));
		final int[] at = kept.among(position(imp.getCurrentSlice()));
		if (at != null) result.setPosition(at[0], Math.min(at[1], result.getNSlices()), Math.min(at[2], result.getNFrames()));
		// ImageJ gives images of one plane no other place for it.
		final String label = count() > 1 ? label(kept.planes().get(0)) : null;
		if (result.getStackSize() == 1 && label != null) result.setProp("Slice_Label", label);
		// Closing it asks whether to save it.
		result.changes = true;
		return result;
	}

	/** A copy of the overlay; what belongs to other planes is left out. */
	private Overlay overlay(final PlaneSelection kept, final ImagePlus result) {
		final Overlay overlay = imp.getOverlay().duplicate();
		if (kept.isAll()) return overlay;
		// Not by the selection itself: ImageJ takes those at the same place for one.
		for (int i = overlay.size() - 1; i >= 0; i--) {
			final Roi roi = overlay.get(i);
			final boolean hyper = roi.hasHyperStackPosition();
			if (!hyper && roi.getPosition() == 0) continue;
			final int[] at = kept.among(hyper ? new int[] { roi.getCPosition(), roi.getZPosition(), roi.getTPosition() } : position(roi
				.getPosition()));
			if (at == null) overlay.remove(i);
			else if (isHyperStack(result)) roi.setPosition(at[0], at[1], at[2]);
			else roi.setPosition(((at[2] - 1) * kept.numberOfSlices() + at[1] - 1) * kept.numberOfChannels() + at[0]);
		}
		return overlay;
	}

	/** The image's title with something added; an extension such as .tif stays at its end. */
	String title(final String addition) {
		final Matcher title = EXTENSION.matcher(title());
		return title.matches() ? title.group(1) + addition + title.group(2) : title() + addition;
	}

	/** One plane in gray, with the contrast it is shown with in this image. */
	ByteProcessor gray(final int slice) {
		final Raster plane = read(slice);
		final ByteProcessor gray = new ByteProcessor(imp.getWidth(), imp.getHeight());
		final LUT lut = channels() == 1 ? lut(slice) : null;
		final double low = lut == null ? 0 : seen(slice).of((float) lut.min), high = lut == null ? 255 : seen(slice).of((float) lut.max);
		final double black = seen(slice).slope() < 0 ? high : low, white = seen(slice).slope() < 0 ? low : high;
		for (int i = 0; i < gray.getPixelCount(); i++) {
			final float[] v = plane.values();
			final double level = lut == null ? (v[3 * i] + v[3 * i + 1] + v[3 * i + 2]) / 3 : 255 * (v[i] - black) / (white - black);
			gray.set(i, (int) Math.max(0, Math.min(255, Math.round(level))));
		}
		return gray;
	}

	/** Colors and display range of a plane of one channel. */
	private LUT lut(final int slice) {
		final LUT of = imp.isComposite() ? imp.getLuts()[position(slice)[0] - 1] : null;
		// In this mode ImageJ shows channels in gray, whatever their colors.
		final LUT lut = of == null ? imp.getProcessor().getLut() : imp.getDisplayMode() == IJ.GRAYSCALE ? LUT.createLutFromColor(Color.WHITE) : of;
		lut.min = of == null ? imp.getDisplayRangeMin() : of.min;
		lut.max = of == null ? imp.getDisplayRangeMax() : of.max;
		return lut;
	}

	/** The same with a display range in the values that ImageJ shows. */
	private LUT shown(final LUT lut, final int slice) {
		final LUT shown = (LUT) lut.clone();
		shown.min = seen(slice).shown(seen(slice).of((float) lut.min));
		shown.max = seen(slice).shown(seen(slice).of((float) lut.max));
		return shown;
	}

	/** A processor of this image's type, size and LUT, to write planes to. */
	ImageProcessor blank() {
		return imp.getProcessor().createProcessor(imp.getWidth(), imp.getHeight());
	}

	/** Channel, slice and frame of a plane, from 1. */
	int[] position(final int slice) {
		return imp.convertIndexToPosition(slice);
	}

	/** Whether selections belong to a channel, slice and frame of an image rather than to a number in its stack. */
	static boolean isHyperStack(final ImagePlus image) {
		return image.getNChannels() > 1 || image.getNSlices() > 1 && image.getNFrames() > 1;
	}

	/** A plane in a table: the title and, if it has one, its label. */
	String tableLabel(final int slice) {
		final String label = count() == 1 ? null : imp.getStack().getShortSliceLabel(slice);
		return label == null || label.isEmpty() ? title() : title() + ":" + label;
	}

	String label(final int slice) {
		return imp.getStack().getSliceLabel(slice);
	}

	String title() {
		return imp.getTitle();
	}

	/**
	 * Puts a plane into a {@link #blank} processor with some other values, rounded and clamped but for 32 bits. Everywhere
	 * else it is the original, bit by bit; in a processor of 32 bits for an image that has fewer, the values that ImageJ shows.
	 *
	 * @param values [H,W,C]; null for the plane as it is
	 * @param where [H,W], true where values are taken; null for everywhere
	 */
	void write(final Raster values, final boolean[] where, final int slice, final ImageProcessor to) {
		if (to.getBitDepth() != imp.getBitDepth()) {
			final float[] target = (float[]) to.getPixels();
			for (int i = 0; i < target.length; i++)
				target[i] = (float) seen(slice).shown((values != null && (where == null || where[i]) ? values : read(slice)).values()[i]);
			return;
		}
		if (values != null) write(stored(values, slice), to);
		// That of a virtual stack is read from the disk.
		if (values != null && where == null) return;
		final Object source = processor(slice).getPixels(), target = to.getPixels();
		if (values == null) System.arraycopy(source, 0, target, 0, to.getPixelCount());
		else for (int i = 0; i < where.length; i++)
			if (!where[i]) System.arraycopy(source, i, target, i, 1);
	}

	private Raster stored(final Raster values, final int slice) {
		final Seen as = seen(slice);
		if (as.isStored()) return values;
		final Raster stored = values.copy();
		for (int i = 0; i < stored.values().length; i++)
			stored.values()[i] = as.stored(stored.values()[i]);
		return stored;
	}

	/** Puts values into a processor of their size and channels: rounded and clamped, but for 32 bits. */
	@SuppressWarnings("unchecked")
	static void write(final Raster values, final ImageProcessor ip) {
		if (ip instanceof ColorProcessor) {
			final byte[] colors = colors((ColorProcessor) ip);
			Rasters.write(values, wrap(colors, ip));
			setColors((ColorProcessor) ip, colors);
		}
		else Rasters.write(values, wrap(ip));
	}

	/** One channel's values, row by row. */
	static float[] channel(final Raster values, final int channel) {
		final float[] plane = new float[values.width() * values.height()];
		for (int i = 0; i < plane.length; i++)
			plane[i] = values.values()[i * values.channels() + channel];
		return plane;
	}

	static String quoted(final ImagePlus imp) {
		return "“" + imp.getTitle() + "”";
	}

	/** Red, green and blue planes, one after the other. ImgLib2's own view of packed colors spoils values above 127. */
	private static byte[] colors(final ColorProcessor ip) {
		final int[] packed = (int[]) ip.getPixels();
		final byte[] colors = new byte[3 * packed.length];
		for (int i = 0; i < packed.length; i++)
			for (int c = 0; c < 3; c++)
				colors[c * packed.length + i] = (byte) (packed[i] >> 16 - 8 * c);
		return colors;
	}

	private static void setColors(final ColorProcessor ip, final byte[] colors) {
		final int[] packed = (int[]) ip.getPixels();
		for (int i = 0; i < packed.length; i++) {
			packed[i] = 0xff000000;
			for (int c = 0; c < 3; c++)
				packed[i] |= (colors[c * packed.length + i] & 0xff) << 16 - 8 * c;
		}
	}

	private static RandomAccessibleInterval<UnsignedByteType> wrap(final byte[] colors, final ImageProcessor ip) {
		return ArrayImgs.unsignedBytes(colors, ip.getWidth(), ip.getHeight(), 3);
	}

	/** A gray processor's own pixels as an ImgLib2 image [W,H]: what is written there is written here. */
	@SuppressWarnings("rawtypes")
	private static RandomAccessibleInterval wrap(final ImageProcessor ip) {
		final long w = ip.getWidth(), h = ip.getHeight();
		if (ip instanceof ByteProcessor) return ArrayImgs.unsignedBytes((byte[]) ip.getPixels(), w, h);
		if (ip instanceof ShortProcessor)
			return ArrayImgs.unsignedShorts((short[]) ip.getPixels(), w, h);
		if (ip instanceof FloatProcessor) return ArrayImgs.floats((float[]) ip.getPixels(), w, h);
		throw new IllegalArgumentException("Images of type " + ip.getClass().getSimpleName() +
			" can't be used: convert it to 8-, 16-, 32-bit or RGB first.");
	}
}
