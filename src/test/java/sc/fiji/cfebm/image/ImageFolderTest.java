package sc.fiji.cfebm.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import sc.fiji.cfebm.tile.Raster;

class ImageFolderTest {

	@TempDir
	Path dir;

	private final List<String> warnings = new ArrayList<>();

	@Test
	void everyFormatAndSizeInOrder() {
		save("b.tif", 20, 10, 3, 16);
		save("a.png", 8, 7, 1, 8);
		save("c.JPG", 16, 8, 1, 8);
		save("d.gif", 9, 9, 1, 8);
		save("e.bmp", 5, 9, 1, 8);
		IJ.saveString("no image", dir + "/notes.txt");
		final List<Raster> planes = read();
		assertEquals(7, planes.size());
		assertEquals(8, planes.get(0).width());
		assertEquals(20, planes.get(1).width());
		assertTrue(planes.stream().allMatch(p -> p.channels() == 1));
		assertTrue(warnings.isEmpty(), warnings.toString());
	}

	@Test
	void brokenFilesAreNamedAndTheRestIsUsed() throws IOException {
		save("good.tif", 20, 10, 1, 8);
		save("whole.png", 20, 10, 1, 8);
		final byte[] good = Files.readAllBytes(dir.resolve("good.tif"));
		Files.write(dir.resolve("a-cut.tif"), Arrays.copyOf(good, good.length - 100));
		final byte[] png = Files.readAllBytes(dir.resolve("whole.png"));
		Files.write(dir.resolve("cut.png"), Arrays.copyOf(png, png.length / 2));
		for (final String name : new String[] { "noise.tif", "noise.png", "noise.jpg", "noise.gif", "noise.bmp" })
			Files.write(dir.resolve(name), new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 });
		Files.write(dir.resolve("nothing.tif"), new byte[0]);
		assertEquals(2, read().size());
		for (final String name : new String[] { "a-cut.tif", "cut.png", "noise.tif", "noise.png", "noise.jpg", "noise.gif", "noise.bmp",
			"nothing.tif" })
			assertEquals(1, warnings.stream().filter(w -> w.contains("“" + name + "”")).count(), name + " in " + warnings);
		assertEquals(8, warnings.size());
	}

	@Test
	void valuesThatAreNotFiniteLeaveTheFileOut() {
		save("a.tif", 4, 4, 1, 32);
		final ImagePlus bad = IJ.createImage("x", 4, 4, 1, 32);
		bad.getProcessor().setf(1, 2, Float.NaN);
		IJ.saveAsTiff(bad, dir + "/b.tif");
		assertEquals(1, read().size());
		assertTrue(warnings.get(0).contains("b.tif") && warnings.get(0).contains("NaN"), warnings.toString());
	}

	@Test
	void everyMistakeIsOneSentence() throws IOException {
		says("has no image");
		Files.write(dir.resolve("broken.tif"), new byte[30]);
		says("has no image");
		save("a.tif", 9, 9, 1, 8);
		save("b.png", 9, 9, 1, 24);
		says("“b.png” is RGB but the images before it are gray");
		final Path file = dir.resolve("a.tif");
		assertTrue(assertThrows(IllegalArgumentException.class, () -> ImageFolder.read(file.toFile(), warnings::add))
			.getMessage().contains("not a folder"));
		assertTrue(assertThrows(IllegalArgumentException.class, () -> ImageFolder.read(dir.resolve("no").toFile(),
			warnings::add)).getMessage().contains("does not exist"));
	}

	private List<Raster> read() {
		return ImageFolder.read(dir.toFile(), warnings::add);
	}

	private void says(final String part) {
		final String message = assertThrows(IllegalArgumentException.class, this::read).getMessage();
		assertTrue(message.contains(part) && message.endsWith("."), message);
	}

	private void save(final String name, final int width, final int height, final int slices, final int bits) {
		final ImagePlus imp = IJ.createImage(name, width, height, slices, bits);
		for (int i = 1; i <= slices; i++)
			imp.getStack().getProcessor(i).noise(20);
		if (bits == 24) imp.getProcessor().set(0, 0, 0xff00ff00);
		final String format = name.substring(name.indexOf('.') + 1).toLowerCase();
		try {
			if (format.equals("tif")) IJ.saveAsTiff(imp, dir + "/" + name);
			else assertTrue(ImageIO.write(imp.getBufferedImage(), format, dir.resolve(name).toFile()));
		}
		catch (final IOException e) {
			throw new UncheckedIOException(e);
		}
	}
}
