package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.ImageProcessor;

class ResultFileTest {

	private static final String ORIGIN = "denoised “日本.tif” in 3 µm";
	private static final Map<String, String> FACTS = Map.of("Found", "σ = 3, “日本”", "Size", "3x4");

	@TempDir
	Path dir;

	private static ImagePlus image(final int bits, final int channels, final int slices) {
		final ImagePlus image = channels > 1 ? IJ.createHyperStack("x", 9, 7, channels, slices, 2, bits) : IJ.createImage("x", 9, 7, slices, bits);
		final Random random = new Random(bits);
		for (int slice = 1; slice <= image.getStackSize(); slice++) {
			final ImageProcessor plane = image.getStack().getProcessor(slice);
			for (int i = 0; i < 63; i++)
				if (bits == 32) plane.setf(i, i == 5 ? Float.NaN : i == 6 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian());
				else plane.set(i, random.nextInt(1 << Math.min(bits, 24)));
		}
		return image;
	}

	@Test
	void imagesOfAllKindsAreSavedAndFound() throws IOException {
		final ImagePlus signed = image(16, 1, 1);
		signed.getCalibration().setSigned16BitCalibration();
		final ImagePlus marked = image(8, 1, 3);
		marked.setOverlay(new Overlay(new Roi(1, 1, 3, 3)));
		marked.setProp("Info", "what was done");
		marked.getStack().setSliceLabel("the first", 1);
		marked.setDisplayRange(20, 100);
		marked.setRoi(new Roi(2, 2, 3, 3));
		final ImagePlus density = image(8, 1, 1);
		density.getCalibration().setFunction(Calibration.STRAIGHT_LINE, new double[] { 5, -2 }, "OD");
		for (final ImagePlus each : List.of(image(8, 1, 1), image(16, 1, 4), image(32, 1, 1), image(24, 1, 1), image(24, 1, 2), image(16, 2, 3),
			signed, marked, density))
		{
			final Path file = dir.resolve("x.tif");
			ResultFile.save(each, file, ORIGIN, FACTS);
			assertEquals(FACTS, ResultFile.find(file, ORIGIN));
			final ImagePlus read = IJ.openImage(file.toString());
			assertEquals(each.getNChannels() + " " + each.getNSlices() + " " + each.getBitDepth(), read.getNChannels() + " " + read.getNSlices() +
				" " + read.getBitDepth());
			assertEquals(each.getOverlay() == null, read.getOverlay() == null);
			assertEquals(each.getRoi() == null, read.getRoi() == null);
			assertEquals(each.getInfoProperty(), read.getInfoProperty());
			assertEquals(each.getStack().getSliceLabel(1), read.getStack().getSliceLabel(1));
			assertEquals(each.getDisplayRangeMax(), read.getDisplayRangeMax(), 1e-3);
			assertEquals(each.getCalibration().getCValue(7), read.getCalibration().getCValue(7));
		}
		assertEquals(1, dir.toFile().list().length);
	}

	@Test
	void aFileIsAResultOnlyIfItIsWholeAndOfThatOrigin() throws IOException {
		final Path file = dir.resolve("x.tif");
		assertNull(ResultFile.find(file, ORIGIN));
		ResultFile.save(image(16, 1, 3), file, ORIGIN, FACTS);
		assertThrows(IOException.class, () -> ResultFile.find(file, "another"));
		final byte[] whole = Files.readAllBytes(file);
		Files.write(file, Arrays.copyOf(whole, whole.length / 2));
		assertNull(ResultFile.find(file, ORIGIN));
		Files.write(file, new byte[0]);
		assertNull(ResultFile.find(file, ORIGIN));
		Files.writeString(file, "something else");
		assertTrue(assertThrows(IOException.class, () -> ResultFile.find(file, ORIGIN)).getMessage().startsWith("x.tif is there already"));
	}

	@Test
	void whatCanNotBeSavedLeavesNothing() throws IOException {
		final Path folder = Files.createDirectories(dir.resolve("x.tif/y"));
		assertEquals("It can't be saved as " + folder.getParent() + ": there is a folder of that name.", assertThrows(IOException.class,
			() -> ResultFile.save(image(8, 1, 1), folder.getParent(), ORIGIN, FACTS)).getMessage());
		assertEquals(List.of("x.tif"), List.of(dir.toFile().list()));
		final Path nowhere = dir.resolve("gone/x.tif");
		assertTrue(assertThrows(IOException.class, () -> ResultFile.save(image(8, 1, 1), nowhere, ORIGIN, FACTS)).getMessage().startsWith("It can"));
		assertFalse(Files.exists(nowhere));
	}
}
