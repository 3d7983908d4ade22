package sc.fiji.cfebm.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.tile.Raster;

/** Which pixels of an image are to be filled in: inside its selection, its overlay, or where a mask image is not zero. */
public final class Holes {

	public static final String SELECTION = "Selection", OVERLAY = "Overlay";

	private final ImagePlus imp;
	/** Area selections, or none if there is a mask image. */
	private final List<Roi> rois = new ArrayList<>();
	private ImagePlus mask;

	/**
	 * @param source {@link #SELECTION}, {@link #OVERLAY}, or the title of an open image of the same width and height
	 *          with one slice, or as many as {@code imp} has
	 * @throws IllegalArgumentException with one sentence, if there is no such thing or it doesn't fit
	 */
	public Holes(final ImagePlus imp, final String source) {
		this.imp = imp;
		if (source == null || source.isBlank() || source.equalsIgnoreCase(SELECTION)) fromSelection();
		else if (source.equalsIgnoreCase(OVERLAY)) fromOverlay();
		else fromImage(source);
	}

	private void fromSelection() {
		final Roi roi = imp.getRoi();
		if (roi == null) throw new IllegalArgumentException(Planes.quoted(imp) +
			" has no selection: draw one around what is to be filled in.");
		if (!roi.isArea()) throw new IllegalArgumentException("The selection of " + Planes.quoted(imp) + " is a " +
			roi.getTypeAsString().toLowerCase() + ": an area is needed, such as a rectangle, an oval or a freehand outline.");
		// A selection holds for the whole stack, whichever slice it was drawn in.
		final Roi everywhere = (Roi) roi.clone();
		everywhere.setPosition(0);
		rois.add(everywhere);
	}

	private void fromOverlay() {
		final Overlay overlay = imp.getOverlay();
		if (overlay != null) for (final Roi roi : overlay.toArray())
			if (roi.isArea()) rois.add(roi);
		if (rois.isEmpty()) throw new IllegalArgumentException("The overlay of " + Planes.quoted(imp) +
			" has no area selections: add them with Image > Overlay > Add Selection.");
	}

	private void fromImage(final String title) {
		mask = WindowManager.getImage(title);
		if (mask == null) throw new IllegalArgumentException("The mask “" + title +
			"” is not the title of an open image; it can also be “Selection” or “Overlay”.");
		if (mask.getWidth() != imp.getWidth() || mask.getHeight() != imp.getHeight())
			throw new IllegalArgumentException("The mask " + Planes.quoted(mask) + " is " + mask.getWidth() + "×" +
				mask.getHeight() + " but " + Planes.quoted(imp) + " is " + imp.getWidth() + "×" + imp.getHeight() +
				": they must have the same width and height.");
		if (mask.getStackSize() != 1 && mask.getStackSize() != imp.getStackSize())
			throw new IllegalArgumentException("The mask " + Planes.quoted(mask) + " has " + mask.getStackSize() +
				" slices but " + Planes.quoted(imp) + " has " + imp.getStackSize() + ": it must have as many, or one.");
	}

	/**
	 * The hole in one slice, [H,W], true where a pixel is to be filled in; {@code null} if there is none in this slice.
	 *
	 * @param slice 1 to the size of the image's stack
	 * @throws IllegalArgumentException with one sentence, if the hole covers the whole slice
	 */
	public boolean[] in(final int slice) {
		final boolean[] hole = mask != null ? fromMask(slice) : fromRois(slice);
		int size = 0;
		for (final boolean missing : hole)
			if (missing) size++;
		if (size == hole.length) throw new IllegalArgumentException("The hole covers all of " + Planes.quoted(imp) +
			": some pixels must stay known.");
		return size == 0 ? null : hole;
	}

	/** @throws IllegalArgumentException with one sentence, if there is no hole in these slices, or it covers a whole one */
	public void check(final Iterable<Integer> slices) {
		boolean found = false;
		for (final int slice : slices)
			found |= in(slice) != null;
		if (!found) throw new IllegalArgumentException((mask == null ? "The selection has no pixel inside " :
			"The mask " + Planes.quoted(mask) + " is zero everywhere, so there is nothing to fill in in ") +
			Planes.quoted(imp) + ".");
	}

	/**
	 * The known pixels of a slice as one row: what the range of gray values is taken from.
	 *
	 * @throws IllegalArgumentException with one sentence, if a known value is not finite
	 */
	public Raster known(final Planes planes, final int slice) {
		final boolean[] hole = in(slice);
		planes.checkFinite(slice, hole);
		final Raster plane = planes.read(slice);
		if (hole == null) return plane;
		final int c = plane.channels();
		final float[] values = new float[plane.values().length];
		int n = 0;
		for (int i = 0; i < values.length; i++)
			if (!hole[i / c]) values[n++] = plane.values()[i];
		return new Raster(n / c, 1, c, Arrays.copyOf(values, n));
	}

	/**
	 * A copy of a slice with one value in the hole, so that nothing there (NaN marks missing pixels, often) matters.
	 *
	 * @throws IllegalArgumentException with one sentence, if a known value is not finite
	 */
	public Raster blank(final Planes planes, final int slice, final boolean[] hole, final float value) {
		planes.checkFinite(slice, hole);
		final Raster plane = planes.read(slice).copy();
		for (int i = 0; i < plane.values().length; i++)
			if (hole[i / plane.channels()]) plane.values()[i] = value;
		return plane;
	}

	private boolean[] fromMask(final int slice) {
		final ImageProcessor ip = mask.getStack().getProcessor(mask.getStackSize() == 1 ? 1 : slice);
		final int zero = mask.getType() == ImagePlus.COLOR_RGB ? 0xffffff : -1;
		final boolean[] hole = new boolean[ip.getPixelCount()];
		for (int i = 0; i < hole.length; i++)
			hole[i] = zero == -1 ? ip.getf(i) != 0 : (ip.get(i) & zero) != 0;
		return hole;
	}

	private boolean[] fromRois(final int slice) {
		final ByteProcessor drawn = new ByteProcessor(imp.getWidth(), imp.getHeight());
		drawn.setValue(255);
		for (final Roi roi : rois)
			if (isIn(roi, slice)) drawn.fill(roi);
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
