package sc.fiji.cfebm.imagej;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;

import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import ij.ImagePlus;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.model.AtomicFile;

/**
 * Small pictures of images and what became of them, side by side, on pages that are PNG files. In memory is one page, however many
 * images there are. Belongs to one thread.
 */
public final class ContactSheet {

	/** In pixels: of a picture, between pictures, of a line of text. */
	private static final int SIDE = 144, GAP = 6, LINE = 16;
	/** On a page. */
	private static final int COLUMNS = 4, ROWS = 12;
	private static final int WIDTH = 2 * SIDE + 3 * GAP, HEIGHT = SIDE + LINE + 2 * GAP;

	private final Path first;
	private BufferedImage page;
	private int pages, onPage;

	/** @param first file of the first page; that of the second is called after it */
	public ContactSheet(final Path first) {
		this.first = first;
	}

	/**
	 * Adds an image and what became of it. Of a stack the plane in the middle is shown.
	 *
	 * @param before null: nothing is shown
	 * @param after likewise
	 * @throws IOException if a page is full and can't be saved; then it is lost, and the next one begins
	 */
	public void add(final String name, final ImagePlus before, final ImagePlus after) throws IOException {
		final Graphics2D cell = cell();
		draw(cell, before, 0);
		draw(cell, after, SIDE + GAP);
		write(cell, name, SIDE + LINE);
		finish(cell);
	}

	/**
	 * Adds an image of which nothing became.
	 *
	 * @throws IOException as {@link #add}
	 */
	public void addNothing(final String name, final String note) throws IOException {
		final Graphics2D cell = cell();
		write(cell, note, SIDE / 2);
		write(cell, name, SIDE + LINE);
		finish(cell);
	}

	private Graphics2D cell() {
		if (page == null) page = new BufferedImage(COLUMNS * WIDTH, ROWS * HEIGHT, BufferedImage.TYPE_INT_RGB);
		final Graphics2D cell = page.createGraphics();
		cell.translate(onPage % COLUMNS * WIDTH + GAP, onPage / COLUMNS * HEIGHT + GAP);
		cell.setClip(0, 0, WIDTH - 2 * GAP, HEIGHT - GAP);
		return cell;
	}

	private static void draw(final Graphics2D cell, final ImagePlus image, final int x) {
		if (image == null) return;
		final int slice = (image.getStackSize() + 1) / 2;
		final ImageProcessor plane = image.getBitDepth() == 24 ? image.getStack().getProcessor(slice) : new Planes(image).gray(slice);
		final double scale = Math.min(1, SIDE / (double) Math.max(plane.getWidth(), plane.getHeight()));
		plane.setInterpolationMethod(ImageProcessor.BILINEAR);
		final int width = (int) Math.max(1, Math.round(scale * plane.getWidth())), height = (int) Math.max(1, Math.round(scale * plane
			.getHeight()));
		cell.drawImage(plane.resize(width, height, true).getBufferedImage(), x + (SIDE - width) / 2, (SIDE - height) / 2, null);
	}

	private static void write(final Graphics2D cell, final String text, final int y) {
		cell.setColor(Color.WHITE);
		try {
			cell.drawString(text, 0, y - 4);
		}
		catch (final RuntimeException | Error e) {
			// A server may have no fonts at all; the pictures are there all the same.
		}
	}

	private void finish(final Graphics2D cell) throws IOException {
		cell.dispose();
		onPage++;
		if (onPage == COLUMNS * ROWS) save();
	}

	/**
	 * Saves the page that is not full yet, if there is one.
	 *
	 * @throws IOException if it can't be saved
	 */
	public void save() throws IOException {
		if (page == null) return;
		final int columns = Math.min(onPage, COLUMNS), rows = (onPage + COLUMNS - 1) / COLUMNS;
		final BufferedImage used = page.getSubimage(0, 0, columns * WIDTH, rows * HEIGHT);
		page = null;
		onPage = 0;
		pages++;
		final Path file = pages == 1 ? first : first.resolveSibling(first.getFileName().toString().replaceFirst("\\.png$", "-" +
			pages + ".png"));
		final ByteArrayOutputStream png = new ByteArrayOutputStream();
		// Made in memory: on a full disk Java's own stream would fail once more later, with a trace.
		try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
			ImageIO.write(used, "png", out);
		}
		AtomicFile.write(file, png::writeTo);
	}
}
