package sc.fiji.cfebm.imagej;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntUnaryOperator;

import javax.imageio.ImageIO;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;
import ij.ImagePlus;
import ij.process.LUT;
import sc.fiji.cfebm.command.Jvm;
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
	void filesOfOtherFormatsAreNamed() throws IOException {
		save("a.tif", 4, 4, 1, 8);
		IJ.saveString("no image", dir + "/notes.txt");
		assertEquals(1, read().size());
		assertEquals(List.of("A file that is not tif, png, jpg, gif or bmp is left out (save images of other formats as TIFF first): " +
			"“notes.txt”."), warnings);
		warnings.clear();
		Files.createDirectory(dir.resolve("b"));
		for (final String name : new String[] { "1.czi", "2.lif", "3.nd2", "4.oib", "b/5.lsm", "b/.hidden" })
			Files.write(dir.resolve(name), new byte[8]);
		assertEquals(1, read().size());
		assertEquals(List.of("6 files that are not tif, png, jpg, gif or bmp are left out (save images of other formats as TIFF first): " +
			"“1.czi”, “2.lif”, “3.nd2”, “4.oib”, “b/5.lsm” and 1 more."), warnings.stream().map(w -> w.replace('\\', '/')).toList());
	}

	@Test
	void tiffFilesThatImageJDoesNotReadAreSaidToBeOfTheirKind() throws IOException {
		save("a.tif", 4, 4, 1, 8);
		Files.write(dir.resolve("big.tif"), new byte[] { 'I', 'I', 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0 });
		Files.write(dir.resolve("motorola.tif"), new byte[] { 'M', 'M', 0, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16 });
		Files.write(dir.resolve("tiled.tif"), tiled());
		assertEquals(1, read().size());
		for (final String said : new String[] { "“big.tif” is a BigTIFF file", "“motorola.tif” is a BigTIFF file",
			"“tiled.tif” is a tiled TIFF file" })
			assertEquals(1, warnings.stream().filter((said + ", which ImageJ reads with Bio-Formats only, and is left out: install Bio-Formats " +
				"or save the image as a plain TIFF.")::equals).count(), said + " in " + warnings);
		assertEquals(3, warnings.size());
	}

	/** A TIFF file of one tile of 16×16 zeros. */
	private static byte[] tiled() {
		final int[][] entries = { { 256, 16 }, { 257, 16 }, { 258, 8 }, { 259, 1 }, { 262, 1 }, { 277, 1 }, { 322, 16 }, { 323, 16 }, { 324,
			200 }, { 325, 256 } };
		final ByteBuffer out = ByteBuffer.allocate(456).order(ByteOrder.LITTLE_ENDIAN);
		out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) entries.length);
		for (final int[] entry : entries)
			// A number of 32 bits.
			out.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
		return out.array();
	}

	/** Neither reader is on Maven Central: classes of their names, made here, say what is asked of them. */
	@Test
	void readersOfTheHostAreAsked() throws Exception {
		final File file = Files.write(dir.resolve("tiled.tif"), tiled()).toFile();
		final String open = "package loci.plugins; public class BF { public static ij.ImagePlus[] openImagePlus(String path) throws Exception { ";
		try (URLClassLoader loader = compiled("reads", open + "return new ij.ImagePlus[] { ij.IJ.createImage(path, 16, 12, 1, 8) }; } }")) {
			final ImagePlus image = HostReaders.open(file, loader);
			assertEquals(file.getPath(), image.getTitle());
			assertEquals(12, image.getHeight());
		}
		try (URLClassLoader loader = compiled("fails", open + "throw new Exception(); } }")) {
			assertTrue(assertThrows(IOException.class, () -> HostReaders.open(file, loader)).getMessage().startsWith("Bio-Formats cannot read"));
		}
		try (URLClassLoader loader = compiled("empty", open + "return null; } }")) {
			assertTrue(assertThrows(IOException.class, () -> HostReaders.open(file, loader)).getMessage().startsWith("There is no image"));
		}
		assertNull(HostReaders.open(file, getClass().getClassLoader()));
	}

	private URLClassLoader compiled(final String folder, final String source) throws IOException {
		final Path root = Files.createDirectories(dir.resolve(folder)), file = root.resolve("BF.java");
		Files.writeString(file, source);
		assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp", Jvm.classPath(), "-d", root.toString(),
			file.toString()));
		return new URLClassLoader(new URL[] { root.toUri().toURL() }, getClass().getClassLoader());
	}

	@Test
	void ofImagesWithValuesThatAreNotFiniteThePartWithoutThemIsRead() {
		save("a.tif", 4, 4, 1, 32);
		final ImagePlus border = IJ.createImage("x", 30, 20, 2, 32), nothing = IJ.createImage("x", 30, 20, 1, 32);
		for (int i = 0; i < 600; i++) {
			if (i % 30 < 5 || i / 30 > 16) border.getProcessor().setf(i, Float.NaN);
			if (i % 5 != 2) nothing.getProcessor().setf(i, Float.NEGATIVE_INFINITY);
		}
		border.getProcessor().setf(12, 7, Float.POSITIVE_INFINITY);
		IJ.saveAsTiff(border, dir + "/b.tif");
		IJ.saveAsTiff(nothing, dir + "/c.tif");
		final List<Raster> read = read();
		assertEquals(3, read.size());
		assertEquals(25, read.get(1).width());
		assertEquals(17, read.get(1).height());
		assertEquals(30, read.get(2).width());
		for (final Raster plane : read)
			for (final float v : plane.values())
				assertTrue(Float.isFinite(v));
		assertTrue(warnings.get(0).startsWith("Of “b.tif” only parts are used"), warnings.toString());
		assertTrue(warnings.get(1).startsWith("“c.tif” is left out: ") && warnings.get(1).contains("finite"), warnings.toString());
	}

	@Test
	void grayImagesSavedAsRgbAreGrayAndRgbBesideColors() throws IOException {
		save("a.png", 9, 9, 1, 8);
		final ImagePlus asRgb = IJ.createImage("x", "RGB ramp", 9, 8, 1);
		assertTrue(ImageIO.write(asRgb.getBufferedImage(), "png", dir.resolve("b.png").toFile()));
		assertTrue(read().stream().allMatch(plane -> plane.channels() == 1));
		assertEquals(asRgb.getProcessor().get(4, 4) & 255, read().get(1).get(4, 4, 0));
		assertTrue(dir.resolve("a.png").toFile().delete());
		asRgb.getProcessor().set(3, 3, 0xff0000);
		assertTrue(ImageIO.write(asRgb.getBufferedImage(), "png", dir.resolve("c.png").toFile()));
		assertTrue(read().stream().allMatch(plane -> plane.channels() == 3));
	}

	@Test
	void grayWithTransparencyIsGray() throws IOException {
		final java.awt.image.ColorModel model = new java.awt.image.ComponentColorModel(java.awt.color.ColorSpace.getInstance(
			java.awt.color.ColorSpace.CS_GRAY), true, false, java.awt.Transparency.TRANSLUCENT, java.awt.image.DataBuffer.TYPE_BYTE);
		final java.awt.image.WritableRaster pixels = model.createCompatibleWritableRaster(9, 8);
		for (int i = 0; i < 72; i++)
			pixels.setPixel(i % 9, i / 9, new int[] { 3 * i, 255 });
		ImageIO.write(new BufferedImage(model, pixels, false, null), "png", dir.resolve("a.png").toFile());
		assertEquals(1, read().get(0).channels());
	}

	@Test
	void everyMistakeIsOneSentence() throws IOException {
		says("has no image", dir.toFile());
		Files.write(dir.resolve("broken.tif"), new byte[30]);
		says("has no image", dir.toFile());
		save("a.tif", 9, 9, 1, 8);
		final ImagePlus color = IJ.createImage("x", "RGB ramp", 9, 9, 1);
		color.getProcessor().set(3, 3, 0xff0000);
		assertTrue(ImageIO.write(color.getBufferedImage(), "png", dir.resolve("b.png").toFile()));
		says("“a.tif” is gray but “b.png” is RGB", dir.toFile());
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
			assertArrayEquals(new float[] { 255, 254, 253 }, Arrays.copyOf(read().get(0).values(), 3));
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
