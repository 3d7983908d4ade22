package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import sc.fiji.cfebm.raster.Raster;

/** Outlines of what is unlike the model's images: around the pixels that are meant, on their own plane alone. */
class RestoredTest {

	private static final int W = 40, H = 30;

	@Test
	void theOnlyPlanesOutlineHasNoPosition() {
		final ImagePlus imp = IJ.createImage("x", W, H, 1, 8);
		imp.setOverlay(new Overlay(new Roi(1, 1, 2, 2)));
		final Overlay overlay = restored(imp, PlaneSelection.all(imp), 1, 1).getOverlay();
		assertEquals(2, overlay.size());
		assertEquals(0, overlay.get(1).getPosition());
		assertFalse(overlay.get(1).hasHyperStackPosition());
		for (int i = 0; i < W * H; i++)
			assertEquals(blocks()[i], overlay.get(1).contains(i % W, i / W));
		assertEquals(1, imp.getOverlay().size());
		assertNull(restored(IJ.createImage("x", W, H, 1, 8), PlaneSelection.all(imp), 1).getOverlay());
	}

	@Test
	void inAStackEachIsOnItsSlice() {
		final ImagePlus imp = IJ.createImage("x", W, H, 4, 16);
		final Overlay overlay = restored(imp, PlaneSelection.all(imp), 4, 2, 4).getOverlay();
		assertEquals(2, overlay.size());
		assertEquals(2, overlay.get(0).getPosition());
		assertEquals(4, overlay.get(1).getPosition());
		// What was not done is not there.
		assertEquals(1, restored(imp, PlaneSelection.all(imp), 3, 2, 4).getOverlay().size());
	}

	@Test
	void inAHyperstackEachIsOnItsChannelSliceAndFrame() {
		final ImagePlus imp = IJ.createHyperStack("x", W, H, 2, 2, 3, 32);
		final Roi last = restored(imp, PlaneSelection.all(imp), 12, 8).getOverlay().get(0);
		assertEquals("2 2 2", last.getCPosition() + " " + last.getZPosition() + " " + last.getTPosition());
		final Roi chosen = restored(imp, new PlaneSelection(imp, "2", "all", "2-3"), 4, 8).getOverlay().get(0);
		assertEquals("1 2 1", chosen.getCPosition() + " " + chosen.getZPosition() + " " + chosen.getTPosition());
	}

	/** @param done how many planes are done before the run ends @param alarming slices with something to outline */
	private static ImagePlus restored(final ImagePlus imp, final PlaneSelection kept, final int done, final int... alarming) {
		final Planes planes = new Planes(imp);
		final Restored restored = new Restored(planes, kept, "y", false, false);
		for (final int slice : kept.planes().subList(0, done)) {
			final boolean is = java.util.Arrays.stream(alarming).anyMatch(a -> a == slice);
			restored.add(slice, new Restored.Plane(new Raster(W, H, planes.channels()), null, null, is ? blocks() : null));
		}
		assertTrue(!restored.isEmpty());
		return restored.image();
	}

	/** Two blocks that touch, and one apart. */
	private static boolean[] blocks() {
		final boolean[] blocks = new boolean[W * H];
		for (int i = 0; i < W * H; i++)
			blocks[i] = i % W < 16 && i / W < 8 || i % W >= 32 && i / W >= 16 && i / W < 24;
		return blocks;
	}
}
