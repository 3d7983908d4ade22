package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntUnaryOperator;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.process.LUT;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

class ImageFolderTest {

	@TempDir
	Path dir;

	private final List<String> warnings = new ArrayList<>(), messages = new ArrayList<>();
	private int cancelAfter = Integer.MAX_VALUE;

	private final Progress progress = new Progress() {

		@Override
		public void update(final double fraction, final String message) {
			messages.add(message);
		}

		@Override
		public void log(final String line) {
			warnings.add(line);
		}

		@Override
		public boolean isCanceled() {
			return messages.size() >= cancelAfter;
		}
	};

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
		says("has no image", dir.toFile());
		Files.write(dir.resolve("broken.tif"), new byte[30]);
		says("has no image", dir.toFile());
		save("a.tif", 9, 9, 1, 8);
		save("b.png", 9, 9, 1, 24);
		says("“b.png” is RGB but “a.tif” is gray", dir.toFile());
		says("not a folder", dir.resolve("a.tif").toFile());
		says("does not exist", dir.resolve("no").toFile());
		final File empty = Files.createDirectory(dir.resolve("empty")).toFile();
		says("“" + empty + "” has no image", empty);
		says("The folders have no image", empty, empty);
		says("No folder is given");
	}

	@Test
	void subfoldersAreReadByPathAndHiddenOnesAndLoopsAreNot() throws IOException {
		for (final String folder : new String[] { "b/x", "a", ".hidden" })
			Files.createDirectories(dir.resolve(folder));
		for (final String name : new String[] { "b/x/1.tif", "c.tif", "b/2.tif", "a/9.tif", ".hidden/h.tif", ".h.tif" })
			save(name, 6, 5, 1, 8);
		try {
			Files.createSymbolicLink(dir.resolve("b/x/up"), dir);
			Files.createSymbolicLink(dir.resolve("z.tif"), dir.resolve("c.tif"));
			Files.createSymbolicLink(dir.resolve("gone.tif"), dir.resolve("no such file"));
		}
		catch (final IOException e) {
			assumeTrue(false, "no links here: " + e);
		}
		final List<ImageSource> sources = ImageFolder.read(List.of(dir.toFile()), progress);
		assertEquals(List.of("a/9.tif", "b/2.tif", "b/x/1.tif", "c.tif"), names(sources));
		assertEquals(1, warnings.size(), warnings.toString());
		assertTrue(warnings.get(0).contains("gone.tif"), warnings.toString());
		assertEquals("Reading image 3 of 4: b/x/1.tif", messages.get(2).replace('\\', '/'));
	}

	@Test
	void severalFoldersInOrderAndNothingTwice() throws IOException {
		final Path first = Files.createDirectory(dir.resolve("one; two")), second = Files.createDirectory(dir.resolve("b"));
		save("one; two/1.tif", 6, 5, 1, 8);
		save("b/2.tif", 6, 5, 3, 8);
		final List<ImageSource> sources = ImageFolder.read(List.of(second.toFile(), dir.toFile()), progress);
		assertEquals(List.of("b/2.tif", dir.getFileName() + "/one; two/1.tif"), names(sources));
		assertEquals(3, sources.get(0).planes().size());
		assertEquals(4, ImageSource.planes(sources).size());
	}

	@Test
	void palettesAreWhatTheyShow() throws IOException {
		for (final String format : new String[] { "png", "gif", "bmp" }) {
			final Path color = palette("color." + format, v -> v * 37, v -> v * 91, v -> v * 13);
			final Raster rgb = read().get(0);
			assertEquals(3, rgb.channels());
			assertArrayEquals(new float[] { 37, 91, 13, 74, 182, 26 }, Arrays.copyOfRange(rgb.values(), 3, 9));
			Files.delete(color);
			final Path gray = palette("gray." + format, v -> v * 37, v -> v * 37, v -> v * 37);
			assertArrayEquals(new float[] { 0, 37, 74 }, Arrays.copyOf(read().get(0).values(), 3));
			Files.delete(gray);
			final Path inverting = palette("inverting." + format, v -> 255 - v, v -> 255 - v, v -> 255 - v);
			assertArrayEquals(new float[] { 0, 1, 2 }, Arrays.copyOf(read().get(0).values(), 3));
			Files.delete(inverting);
		}
	}

	@Test
	void aLutOfATiffIsForDisplayOnly() {
		final ImagePlus imp = IJ.createImage("x", 9, 8, 1, 8);
		imp.getProcessor().set(1, 0, 200);
		imp.setLut(LUT.createLutFromColor(Color.GREEN));
		IJ.saveAsTiff(imp, dir + "/green.tif");
		final Raster plane = read().get(0);
		assertEquals(1, plane.channels());
		assertEquals(200, plane.get(1, 0, 0));
	}

	@Test
	void readingCanBeCanceled() {
		for (int i = 0; i < 5; i++)
			save(i + ".tif", 6, 5, 1, 8);
		cancelAfter = 2;
		assertThrows(CancellationException.class, this::read);
		assertEquals(2, messages.size());
	}

	private Path palette(final String name, final IntUnaryOperator red, final IntUnaryOperator green,
		final IntUnaryOperator blue) throws IOException
	{
		final byte[][] colors = new byte[3][256];
		for (int v = 0; v < 256; v++) {
			colors[0][v] = (byte) red.applyAsInt(v);
			colors[1][v] = (byte) green.applyAsInt(v);
			colors[2][v] = (byte) blue.applyAsInt(v);
		}
		final BufferedImage image = new BufferedImage(16, 4, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256,
			colors[0], colors[1], colors[2]));
		for (int i = 0; i < 64; i++)
			image.getRaster().setSample(i % 16, i / 16, 0, i);
		final Path file = dir.resolve(name);
		assertTrue(ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile()));
		return file;
	}

	private static List<String> names(final List<ImageSource> sources) {
		return sources.stream().map(s -> s.name().replace('\\', '/')).toList();
	}

	private List<Raster> read() {
		return ImageSource.planes(ImageFolder.read(List.of(dir.toFile()), progress));
	}

	private void says(final String part, final File... folders) {
		final String message = assertThrows(IllegalArgumentException.class, () -> ImageFolder.read(List.of(folders),
			progress)).getMessage();
		assertTrue(message.contains(part) && message.endsWith("."), message);
	}

	private void save(final String name, final int width, final int height, final int slices, final int bits) {
		final ImagePlus imp = IJ.createImage(name, width, height, slices, bits);
		for (int i = 1; i <= slices; i++)
			imp.getStack().getProcessor(i).noise(20);
		if (bits == 24) imp.getProcessor().set(0, 0, 0xff00ff00);
		final String format = name.substring(name.lastIndexOf('.') + 1).toLowerCase();
		try {
			if (format.equals("tif")) IJ.saveAsTiff(imp, dir + "/" + name);
			else assertTrue(ImageIO.write(imp.getBufferedImage(), format, dir.resolve(name).toFile()));
		}
		catch (final IOException e) {
			throw new UncheckedIOException(e);
		}
	}
}
