package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileSaver;
import ij.process.ImageProcessor;

import sc.fiji.cfebm.volume.PixelType;

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
	void signedNumbersAreThoseInTheFile() throws IOException {
		for (final int planes : new int[] { 1, 3 }) {
			final ImagePlus image = IJ.createImage("s", "16-bit black", 6, 5, planes);
			image.getCalibration().setSigned16BitCalibration();
			for (int i = 1; i <= planes; i++)
				image.getStack().getProcessor(i).set(2, 1, 32768 - 100 * i);
			final Path file = folder.resolve("s" + planes + ".tif");
			final FileSaver saver = new FileSaver(image);
			assertTrue(planes == 1 ? saver.saveAsTiff(file.toString()) : saver.saveAsTiffStack(file.toString()));
			final StackVolume volume = new StackVolume(file.toFile());
			assertEquals(PixelType.INT16, volume.layout().type());
			final long[] min = new long[planes == 1 ? 2 : 3];
			final int[] size = new int[min.length];
			Arrays.fill(size, 1);
			min[0] = 2;
			min[1] = 1;
			if (planes > 1) min[2] = 2;
			assertArrayEquals(new float[] { -100 * planes }, volume.read(min, size));
		}
	}

	@Test
	void aFileThatShrinksIsNoBlackPlane() throws IOException {
		final Path file = folder.resolve("h.tif");
		final FileSaver saver = new FileSaver(IJ.createImage("h", "8-bit white", 40, 30, 5));
		assertTrue(saver.saveAsTiff(file.toString()));
		final StackVolume volume = new StackVolume(file.toFile());
		final long[] last = { 0, 0, 4 };
		final int[] plane = { 40, 30, 1 };
		assertEquals(255, volume.read(last, plane)[1199]);
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.truncate(4 * 1200);
		}
		assertEquals("Plane 5 of " + file + " can't be read.", assertThrows(IOException.class, () -> volume.read(last, plane)).getMessage());
		assertEquals(255, volume.read(new long[3], plane)[0]);
		Files.delete(file);
		assertThrows(IOException.class, () -> volume.read(new long[3], plane));
	}

	@Test
	void whatIsNoneIsOneSentence() throws IOException {
		final Path text = Files.writeString(folder.resolve("notes.txt"), "notes");
		assertTrue(assertThrows(IOException.class, () -> new StackVolume(text.toFile())).getMessage().startsWith(text +
			" can't be opened. It is not an image of a "));
	}
}
