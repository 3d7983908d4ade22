package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.io.FileSaver;

class ImageFileTest {

	@TempDir
	Path dir;

	/** Writes a file in the format of its ending. */
	private File save(final String name) {
		final ImagePlus image = IJ.createImage("x", "8-bit black", 60, 50, 1);
		new Random(1).nextBytes((byte[]) image.getProcessor().getPixels());
		final String path = dir.resolve(name).toString();
		final FileSaver saver = new FileSaver(image);
		assertTrue(switch (name.substring(2)) {
			case "tif" -> saver.saveAsTiff(path);
			case "png" -> saver.saveAsPng(path);
			case "jpg" -> saver.saveAsJpeg(path);
			case "gif" -> saver.saveAsGif(path);
			case "bmp" -> saver.saveAsBmp(path);
			default -> saver.saveAsZip(path);
		});
		return new File(path);
	}

	@Test
	void whatImageJWritesIsOpenedAndWhatIsCutIsDamaged() throws IOException {
		for (final String name : new String[] { "x.tif", "x.png", "x.jpg", "x.gif", "x.bmp", "x.zip" }) {
			final File file = save(name);
			assertTrue(ImageFile.isImage(file), name);
			assertEquals(60, ImageFile.open(file).getWidth(), name);
			final byte[] whole = Files.readAllBytes(file.toPath());
			Files.write(file.toPath(), Arrays.copyOf(whole, whole.length / 2));
			assertEquals("It is damaged.", assertThrows(ImageFile.UnreadableException.class, () -> ImageFile.open(file), name).getMessage());
		}
	}

	/** As on a command line. */
	@Test
	void aBareNameIsOneInTheWorkingFolder() throws IOException {
		final File bare = new File("image-of-a-bare-name.tif");
		Files.copy(save("x.tif").toPath(), bare.toPath());
		try {
			assertEquals(60, ImageFile.open(bare).getWidth());
		}
		finally {
			Files.delete(bare.toPath());
		}
	}

	@Test
	void whatIsNoImageIsToldByItsContent() throws IOException {
		final File notes = Files.writeString(dir.resolve("notes.txt"), "words").toFile(), text = Files.writeString(dir.resolve("text.tif"),
			"words that are no image at all").toFile();
		assertFalse(ImageFile.isImage(notes));
		assertFalse(ImageFile.isUnknown(notes));
		assertTrue(ImageFile.isImage(text));
		assertEquals("It is not an image of a known kind.", sentence(text));
		final File regions = dir.resolve("regions.zip").toFile();
		try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(regions.toPath()))) {
			zip.putNextEntry(new ZipEntry("0001-0002.roi"));
			zip.write("Iout".getBytes(StandardCharsets.US_ASCII));
		}
		assertFalse(ImageFile.isImage(regions));
		assertEquals("It is not there any more.", sentence(dir.resolve("gone.tif").toFile()));
		final File foreign = Files.write(dir.resolve("x.nd2"), new byte[50]).toFile();
		assertEquals("It is not an image of a kind that ImageJ reads by itself: install Bio-Formats, or save it as TIFF.", sentence(foreign));
	}

	private static String sentence(final File file) {
		return assertThrows(ImageFile.UnreadableException.class, () -> ImageFile.open(file)).getMessage();
	}
}
