package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileSaver;
import ij.process.ImageProcessor;

/** Image files as volumes. */
class StackVolumeTest {

	@TempDir
	private Path folder;

	@Test
	void aHyperstackIsReadInAnyPart() throws IOException {
		final ImagePlus image = IJ.createHyperStack("h", 20, 10, 2, 3, 4, 16);
		for (int i = 1; i <= 24; i++) {
			final ImageProcessor plane = image.getStack().getProcessor(i);
			for (int p = 0; p < 200; p++)
				plane.set(p, 1000 * i + p);
		}
		image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = 0.25;
		image.getCalibration().pixelDepth = 2;
		image.getCalibration().setUnit("micron");
		final Path file = folder.resolve("h.tif");
		final FileSaver saver = new FileSaver(image);
		assertTrue(saver.saveAsTiff(file.toString()));
		final StackVolume volume = new StackVolume(file.toFile());
		assertEquals("20×10×2×3×4 xyczt uint16", volume.layout().toString());
		assertEquals(0.25, volume.layout().axes().get(0).scale(), 1e-9);
		assertEquals("micrometer", volume.layout().axes().get(3).unit());
		assertEquals(2, volume.layout().axes().get(3).scale(), 1e-9);
		final float[] part = volume.read(new long[] { 5, 3, 1, 1, 2 }, new int[] { 4, 2, 1, 2, 2 });
		for (int i = 0; i < part.length; i++) {
			final int x = 5 + i % 4, y = 3 + i / 4 % 2, z = 1 + i / 8 % 2, t = 2 + i / 16;
			assertEquals(1000 * (1 + 1 + 2 * (z + 3 * t)) + y * 20 + x, part[i]);
		}
	}

	@Test
	void colorsAreChannels() throws IOException {
		final ImagePlus image = IJ.createImage("c", "RGB", 6, 5, 2);
		image.getStack().getProcessor(2).set(3, 2, 0x102030);
		final Path file = folder.resolve("c.tif");
		final FileSaver saver = new FileSaver(image);
		assertTrue(saver.saveAsTiff(file.toString()));
		final StackVolume volume = new StackVolume(file.toFile());
		assertEquals("6×5×3×2 xycz uint8", volume.layout().toString());
		assertArrayEquals(new float[] { 16, 32, 48 }, volume.read(new long[] { 3, 2, 0, 1 }, new int[] { 1, 1, 3, 1 }));
	}

	@Test
	void whatIsNoneIsOneSentence() throws IOException {
		final Path text = Files.writeString(folder.resolve("notes.txt"), "notes");
		assertTrue(assertThrows(IOException.class, () -> new StackVolume(text.toFile())).getMessage().startsWith(text +
			" can't be opened. It is not an image of a "));
	}
}
