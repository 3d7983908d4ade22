package sc.fiji.cfebm.imagej;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;

import ij.ImagePlus;
import ij.ImageStack;
import ij.WindowManager;
import ij.gui.Arrow;
import ij.gui.ImageRoi;
import ij.gui.Line;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.gui.TextRoi;
import ij.process.ByteProcessor;
import ij.process.FloatPolygon;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.raster.Raster;

/**
 * Which pixels of an image are to be filled in: inside its selection or its overlay, under lines of their width; where a
 * mask image is not zero; or those whose value is no measurement.
 */
public final class InpaintingMask {

	public static final String SELECTION = "Selection", OVERLAY = "Overlay", NAN = "NaN", SATURATED = "Saturated";

	/** What cameras of 10, 12, 14 and 16 bits give for too much light. */
	private static final Set<Integer> FULL = Set.of((1 << 10) - 1, (1 << 12) - 1, (1 << 14) - 1, (1 << 16) - 1);

	private final Planes planes;
	private final ImagePlus imp;
	private final PlaneSelection chosen;
	/** What was asked for, in words. */
	private final String source;
	/** The hole in one slice, [H,W]. */
	private final IntFunction<boolean[]> marked;
	/** Whether nothing is selected, so that what is missing is meant. */
	private boolean implied;
	/** The value of saturated pixels; NaN until it is looked for. */
	private double full = Double.NaN;

	/**
	 * Selections are taken as they are now. No plane is read before the first hole is asked for.
	 *
	 * @param chosen the slices whose holes will be asked for; to find the largest value of 16- and 32-bit images, all of them are
	 *          read once more
	 * @param source {@link #SELECTION}, or what {@link #NAN} is in a 32-bit image without one; {@link #OVERLAY}, all areas and lines in it; {@link #NAN}, what is not a finite
	 *          number in a 32-bit image; {@link #SATURATED}, 255 in 8-bit and RGB images (any color), in 16-bit images the
	 *          largest value if it is all that 10, 12, 14 or 16 bits hold, in 32-bit images the largest value; or the title
	 *          of an open image of the same width and height with one slice, or as many as {@code imp} has
	 * @throws IllegalArgumentException with one sentence, if there is no such thing or it doesn't fit
	 */
	public InpaintingMask(final Planes planes, final PlaneSelection chosen, final String source) {
		this.planes = planes;
		this.chosen = chosen;
		imp = planes.image();
		this.source = source == null || source.isBlank() ? SELECTION : source;
		marked = is(SELECTION) ? selection() : is(OVERLAY) ? overlay() : is(NAN) ? notFinite() : is(SATURATED) ? saturated()
			: image();
	}

	/** Whether nothing is selected in a 32-bit image, so that pixels that are no finite number are the hole. */
	public boolean isImplied() {
		return implied;
	}

	private boolean is(final String name) {
		return source.equalsIgnoreCase(name);
	}

	private IntFunction<boolean[]> selection() {
		final Roi roi = imp.getRoi();
		implied = roi == null && imp.getBitDepth() == 32;
		if (implied) return notFinite();
		if (roi == null) throw new IllegalArgumentException(Planes.quoted(imp) +
			" has no selection: draw one around what is to be filled in.");
		final Roi area = area(roi);
		if (area == null) throw new IllegalArgumentException("The selection of " + Planes.quoted(imp) + " is of the kind “" +
			roi.getTypeAsString().toLowerCase(Locale.ROOT) +
			"”: an area is needed, such as a rectangle, an oval or a freehand outline, or a line with a width.");
		// A selection holds for the whole stack, whichever slice it was drawn in.
		area.setPosition(0);
		return slice -> filled(List.of(area), slice);
	}

	private IntFunction<boolean[]> overlay() {
		final List<Roi> areas = new ArrayList<>();
		if (imp.getOverlay() != null) for (final Roi roi : imp.getOverlay().toArray()) {
			final Roi area = area(roi);
			if (area != null) areas.add(area);
		}
		if (areas.isEmpty()) throw new IllegalArgumentException("The overlay of " + Planes.quoted(imp) +
			" has no area or line selections: add them with Image > Overlay > Add Selection.");
		return slice -> filled(areas, slice);
	}

	/** A copy of a selection as an area; null for points, angles, and what is there to be read: texts, arrows, images. */
	private static Roi area(final Roi roi) {
		if (roi instanceof TextRoi || roi instanceof ImageRoi || roi instanceof Arrow) return null;
		if (roi.isArea()) return (Roi) roi.clone();
		if (!roi.isLine()) return null;
		final Roi area = Roi.convertLineToArea(roi instanceof Line ? whole((Line) roi) : roi);
		if (roi.hasHyperStackPosition()) area.setPosition(roi.getCPosition(), roi.getZPosition(), roi.getTPosition());
		else area.setPosition(roi.getPosition());
		return area;
	}

	/** A straight line with its last pixel, which ImageJ's area leaves out: of a dead column, no pixel may stay. */
	private static Line whole(final Line line) {
		final FloatPolygon ends = line.getFloatPoints();
		final float[] x = ends.xpoints, y = ends.ypoints;
		final int last = x[1] > x[0] || x[1] == x[0] && y[1] >= y[0] ? 1 : 0;
		final double dx = x[last] - x[1 - last], dy = y[last] - y[1 - last], length = Math.hypot(dx, dy);
		final double ux = length > 0 ? dx / length : 1, uy = length > 0 ? dy / length : 0;
		final Line longer = new Line(x[1 - last], y[1 - last], x[last] + ux, y[last] + uy);
		longer.setStrokeWidth(Math.max(1, line.getStrokeWidth()));
		return longer;
	}

	private IntFunction<boolean[]> notFinite() {
		if (imp.getBitDepth() != 32) throw new IllegalArgumentException(Planes.quoted(imp) + " is " + (imp.getBitDepth() == 24 ?
			"RGB" : imp.getBitDepth() + "-bit") + ": only 32-bit images have pixels that are not a number (NaN).");
		return slice -> where(planes.processor(slice), (ip, i) -> !Float.isFinite(ip.getf(i)));
	}

	private IntFunction<boolean[]> saturated() {
		return imp.getBitDepth() == 24 ? slice -> where(planes.processor(slice), (ip, i) -> (ip.get(i) >> 16 & 255) == 255 || (ip.get(
			i) >> 8 & 255) == 255 || (ip.get(i) & 255) == 255) : slice -> {
				if (Double.isNaN(full)) full = largest();
				return where(planes.processor(slice), (ip, i) -> ip.getf(i) >= full);
			};
	}

	/** What saturated pixels have, as all of them have the same. */
	private double largest() {
		final int bits = imp.getBitDepth();
		if (bits == 8) return 255;
		double largest = Double.NEGATIVE_INFINITY;
		for (final int slice : chosen.planes()) {
			final ImageProcessor ip = planes.processor(slice);
			for (int i = 0; i < ip.getPixelCount(); i++)
				if (ip.getf(i) > largest) largest = ip.getf(i);
		}
		if (bits == 16 && !isFull((int) largest)) throw new IllegalArgumentException("No pixel of " + Planes.quoted(imp) +
			" is saturated: its largest value is " + (int) largest +
			", not what a camera of 10, 12, 14 or 16 bits gives at most (1023, 4095, 16383, 65535).");
		return largest;
	}

	/** Whether a 16-bit image's largest value is all that a camera can give. */
	static boolean isFull(final int largest) {
		return FULL.contains(largest);
	}

	private IntFunction<boolean[]> image() {
		final ImagePlus mask = WindowManager.getImage(source);
		if (mask == null) throw new IllegalArgumentException("The mask “" + source +
			"” is not the title of an open image; it can also be “Selection”, “Overlay”, “NaN” or “Saturated”.");
		if (mask.getWidth() != imp.getWidth() || mask.getHeight() != imp.getHeight())
			throw new IllegalArgumentException("The mask " + Planes.quoted(mask) + " is " + mask.getWidth() + "×" +
				mask.getHeight() + " but " + Planes.quoted(imp) + " is " + imp.getWidth() + "×" + imp.getHeight() +
				": they must have the same width and height.");
		if (mask.getStackSize() != 1 && mask.getStackSize() != imp.getStackSize())
			throw new IllegalArgumentException("The mask " + Planes.quoted(mask) + " has " + mask.getStackSize() +
				" slices but " + Planes.quoted(imp) + " has " + imp.getStackSize() + ": it must have as many, or one.");
		return slice -> where(plane(mask, mask.getStackSize() == 1 ? 1 : slice), mask.getType() == ImagePlus.COLOR_RGB ? //
			(ip, i) -> (ip.get(i) & 0xffffff) != 0 : (ip, i) -> ip.getf(i) != 0);
	}

	/** ImageJ takes the pixels from an image that is closed. */
	private static ImageProcessor plane(final ImagePlus mask, final int slice) {
		final ImageStack stack = mask.getStack();
		if (stack.size() < slice || !stack.isVirtual() && stack.getPixels(slice) == null) throw new IllegalArgumentException("The mask " +
			Planes.quoted(mask) + " was closed while it was needed: open it again.");
		return stack.getProcessor(slice);
	}

	private interface Test {

		boolean isHole(ImageProcessor ip, int pixel);
	}

	private static boolean[] where(final ImageProcessor ip, final Test test) {
		final boolean[] hole = new boolean[ip.getPixelCount()];
		for (int i = 0; i < hole.length; i++)
			hole[i] = test.isHole(ip, i);
		return hole;
	}

	/**
	 * The hole in one slice, [H,W], true where a pixel is to be filled in; {@code null} if there is none in this slice.
	 *
	 * @param slice 1 to the size of the image's stack
	 * @throws IllegalArgumentException with one sentence, if what was drawn covers the whole slice
	 */
	public boolean[] in(final int slice) {
		final boolean[] hole = marked.apply(slice);
		int size = 0;
		for (final boolean missing : hole)
			if (missing) size++;
		// A selection holds for all slices, so none would be known.
		if (size == hole.length && (planes.count() == 1 || is(SELECTION)) && !isMeasured()) throw new IllegalArgumentException("The hole covers all of " + planes.name(slice) +
			": some pixels must stay known.");
		return size == 0 ? null : hole;
	}

	/** Whether a slice's own values say where its hole is, which may be all of it. */
	private boolean isMeasured() {
		return implied || is(NAN) || is(SATURATED);
	}

	/** Why there is no hole in any slice, as one sentence for the user. */
	public String nothing() {
		return implied ? Planes.quoted(imp) + " has no selection, and every pixel is a finite number: draw a selection around what is to " +
			"be filled in." : is(SELECTION) || is(OVERLAY) ? "The selection has no pixel inside " + Planes.quoted(imp) + "." : is(NAN) ? "Every pixel of " +
			Planes.quoted(imp) + " is a finite number, so there is nothing to fill in." : is(SATURATED) ? "No pixel of " + Planes.quoted(
				imp) + " is saturated, so there is nothing to fill in." : "The mask “" + source +
					"” is zero everywhere, so there is nothing to fill in in " + Planes.quoted(imp) + ".";
	}

	private boolean[] filled(final List<Roi> areas, final int slice) {
		final ByteProcessor drawn = new ByteProcessor(imp.getWidth(), imp.getHeight());
		drawn.setValue(255);
		for (final Roi area : areas)
			if (isIn(area, slice)) drawn.fill(area);
		final boolean[] hole = new boolean[drawn.getPixelCount()];
		for (int i = 0; i < hole.length; i++)
			hole[i] = drawn.get(i) != 0;
		return hole;
	}

	private boolean isIn(final Roi roi, final int slice) {
		final int[] czt = imp.convertIndexToPosition(slice);
		if (!roi.hasHyperStackPosition()) return roi.getPosition() == 0 || roi.getPosition() == slice;
		return (roi.getCPosition() == 0 || roi.getCPosition() == czt[0]) && (roi.getZPosition() == 0 || roi
			.getZPosition() == czt[1]) && (roi.getTPosition() == 0 || roi.getTPosition() == czt[2]);
	}
}
