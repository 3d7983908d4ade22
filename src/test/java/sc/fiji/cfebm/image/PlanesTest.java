package sc.fiji.cfebm.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;
import ij.process.ShortProcessor;
import sc.fiji.cfebm.tile.Raster;

class PlanesTest {

	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 24, 32 })
	void anImageLikeAnotherHasItsTypeAndAllThatBelongsToIt(final int bits) {
		final ImagePlus imp = IJ.createHyperStack("x", 6, 5, 1, 3, 2, bits);
		for (int i = 1; i <= 6; i++)
			imp.getStack().setSliceLabel("plane " + i, i);
		final Calibration calibration = imp.getCalibration();
		calibration.pixelWidth = 0.25;
		calibration.setUnit("um");
		calibration.frameInterval = 3;
		imp.setOverlay(new Overlay(new Roi(1, 1, 2, 2)));
		if (bits != 24) {
			imp.setLut(LUT.createLutFromColor(Color.GREEN));
			imp.setDisplayRange(3, 77);
		}
		final Planes planes = new Planes(imp);
		final ImageStack stack = planes.newStack();
		for (int i = 1; i <= planes.count(); i++) {
			final Raster plane = planes.read(i).copy();
			java.util.Arrays.fill(plane.values(), 10 * i);
			planes.write(plane, i, stack);
		}
		final ImagePlus out = planes.like("y", stack);
		assertEquals("y", out.getTitle());
		assertEquals(imp.getType(), out.getType());
		assertArrayEquals(imp.getDimensions(), out.getDimensions());
		assertTrue(out.getCalibration().equals(calibration));
		assertEquals(3, out.getCalibration().frameInterval);
		assertEquals(1, out.getOverlay().size());
		assertEquals("plane 4", out.getStack().getSliceLabel(4));
		assertEquals(bits == 24 ? 0x282828 : 40, (int) out.getStack().getProcessor(4).getf(0, 0) & 0xffffff);
		assertEquals(0, (int) imp.getStack().getProcessor(4).getf(0, 0) & 0xffffff, "the original is untouched");
		assertTrue(out.isHyperStack());
		if (bits == 24) return;
		assertEquals(3, out.getDisplayRangeMin());
		assertEquals(77, out.getDisplayRangeMax());
		assertEquals(Color.GREEN.getRGB(), out.getProcessor().getLut().getRGB(255));
		assertEquals(40, out.getStack().getProcessor(4).getf(0, 0));
	}

	@Test
	void aCompositeKeepsModeLutsAndRanges() {
		final ImagePlus plain = IJ.createHyperStack("x", 6, 5, 2, 1, 1, 16);
		final CompositeImage imp = new CompositeImage(plain, CompositeImage.COMPOSITE);
		imp.setChannelLut(LUT.createLutFromColor(Color.MAGENTA), 2);
		imp.setPositionWithoutUpdate(2, 1, 1);
		imp.setDisplayRange(5, 50);
		final Planes planes = new Planes(imp);
		final ImageStack stack = planes.newStack();
		for (int i = 1; i <= 2; i++)
			planes.write(planes.read(i), i, stack);
		final ImagePlus out = planes.like("y", stack);
		assertTrue(out.isComposite());
		assertEquals(CompositeImage.COMPOSITE, out.getDisplayMode());
		for (int c = 0; c < 2; c++) {
			final LUT expected = imp.getLuts()[c], got = out.getLuts()[c];
			assertArrayEquals(expected.getBytes(), got.getBytes());
			assertEquals(expected.min, got.min);
			assertEquals(expected.max, got.max);
		}
	}

	@Test
	void signed16BitIsItsStoredValues() {
		final ImagePlus imp = new ImagePlus("ct", new ShortProcessor(2, 1, new short[] { (short) 32768, (short) 33000 },
			null));
		imp.getCalibration().setSigned16BitCalibration();
		final Planes planes = new Planes(imp);
		assertArrayEquals(new float[] { 32768, 33000 }, planes.read(1).values());
		final ImageStack stack = planes.newStack();
		planes.write(planes.read(1), 1, stack);
		final ImagePlus out = planes.like("out", stack);
		assertTrue(out.getCalibration().isSigned16Bit());
		final ImageStack deviations = planes.newStack();
		planes.writeFloat(planes.read(1), 1, deviations);
		assertFalse(planes.floatLike("sd", deviations).getCalibration().calibrated());
	}

	@Test
	void rgbHasThreeChannelsAndSoHasItsDeviation() {
		final ImagePlus imp = new ImagePlus("rgb", new ColorProcessor(2, 1, new int[] { 0xff010203, 0xff0a0b0c }));
		final Planes planes = new Planes(imp);
		assertEquals(3, planes.channels());
		assertArrayEquals(new float[] { 1, 2, 3, 10, 11, 12 }, planes.read(1).values());
		final ImageStack stack = planes.newStack();
		planes.writeFloat(planes.read(1), 1, stack);
		final ImagePlus sd = planes.floatLike("sd", stack);
		assertEquals(3, sd.getNChannels());
		assertEquals(32, sd.getBitDepth());
		assertArrayEquals(new float[] { 2, 11 }, (float[]) sd.getStack().getPixels(2));
		final ImageStack out = planes.newStack();
		planes.write(new Raster(2, 1, 3, new float[] { 300, -5, 7.6f, 0, 0, 0 }), 1, out);
		assertArrayEquals(new int[] { 0xffff0008, 0xff000000 }, (int[]) out.getPixels(1));
	}

	@Test
	void knownPixelsStayBitByBit() {
		final float nan = Float.intBitsToFloat(0x7fc12345);
		final ImagePlus imp = new ImagePlus("x", new FloatProcessor(3, 1, new float[] { nan, 1.1f, -0f }));
		final Planes planes = new Planes(imp);
		final ImageStack stack = planes.newStack();
		planes.write(new Raster(3, 1, 1, new float[] { 5, 6, 7 }), new boolean[] { false, true, false }, 1, stack);
		final float[] out = (float[]) stack.getPixels(1);
		assertEquals(0x7fc12345, Float.floatToRawIntBits(out[0]));
		assertEquals(6, out[1]);
		assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(out[2]));
	}

	@Test
	void whatCannotBeReadIsNamedInOneSentence() {
		assertTrue(message(() -> new Planes(null)).contains("no image open"));
		final ImagePlus empty = new ImagePlus();
		empty.setTitle("");
		assertTrue(message(() -> new Planes(empty)).contains("no image open"));
		empty.setTitle("nothing");
		assertTrue(message(() -> new Planes(empty)).contains("“nothing” has no pixels (0×0)"));
		final ImageStack stack = new ImageStack(2, 2);
		stack.addSlice(new FloatProcessor(2, 2));
		stack.addSlice(new FloatProcessor(2, 2, new float[] { 0, 0, 0, Float.POSITIVE_INFINITY }));
		final Planes planes = new Planes(new ImagePlus("bad", stack));
		assertEquals("The value at x=1, y=1 of slice 2 of “bad” is Infinity: every pixel must be a finite number.", //
			message(() -> planes.forEach(p -> {})));
	}

	private static String message(final Runnable call) {
		return assertThrows(IllegalArgumentException.class, call::run).getMessage();
	}

	@Test
	void everyColorIsReadAndWrittenAsItIs() {
		final ImagePlus rgb = IJ.createImage("rgb", "RGB", 256, 3, 1);
		for (int v = 0; v < 256; v++) {
			rgb.getProcessor().set(v, 0, v << 16 | (255 - v) << 8 | v / 2);
			rgb.getProcessor().set(v, 1, (255 - v) << 16 | v / 2 << 8 | v);
			rgb.getProcessor().set(v, 2, 0xff000000 | v / 2 << 16 | v << 8 | (255 - v));
		}
		final Planes planes = new Planes(rgb);
		final sc.fiji.cfebm.tile.Raster plane = planes.read(1);
		assertEquals(200, plane.get(200, 0, 0));
		assertEquals(55, plane.get(200, 0, 1));
		assertEquals(100, plane.get(200, 0, 2));
		final ij.ImageStack stack = planes.newStack();
		planes.write(plane, 1, stack);
		for (int y = 0; y < 3; y++)
			for (int v = 0; v < 256; v++)
				assertEquals(rgb.getProcessor().get(v, y) & 0xffffff, stack.getProcessor(1).get(v, y) & 0xffffff);
	}
}
