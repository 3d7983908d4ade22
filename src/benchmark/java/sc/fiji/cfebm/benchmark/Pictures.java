package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.List;

import ij.ImagePlus;
import ij.io.FileSaver;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/** Patches or images side by side in a PNG file below {@code target/benchmarks}. */
final class Pictures {

	private static final int ZOOM = 2, GAP = 2, COLUMNS = 24, IN_A_ROW = 3;

	private Pictures() {}

	/**
	 * One row per set: its first 24 patches [N,r,r,C], twice as large, -1 black and 1 white, under a gamma of 0.5 for gray
	 * ones, since fluorescence is mostly dark.
	 */
	static void write(final String name, final List<float[]> rows, final int side, final int channels) {
		final int cell = side * ZOOM + GAP;
		final ColorProcessor picture = new ColorProcessor(COLUMNS * cell, rows.size() * cell);
		picture.setColor(0x404080);
		picture.fill();
		for (int row = 0; row < rows.size(); row++)
			for (int n = 0; n < Math.min(COLUMNS, rows.get(row).length / (side * side * channels)); n++)
				for (int y = 0; y < side * ZOOM; y++)
					for (int x = 0; x < side * ZOOM; x++) {
						final int at = ((n * side + y / ZOOM) * side + x / ZOOM) * channels;
						int color = 0;
						for (int c = 0; c < 3; c++)
							color = color << 8 | shown(rows.get(row)[at + Math.min(c, channels - 1)], channels);
						picture.set(n * cell + x, row * cell + y, color);
					}
		save(name, picture);
	}

	/**
	 * An image and how it is shown.
	 *
	 * @param image gray
	 * @param black the value shown black
	 * @param white the value shown white
	 */
	record Shown(Raster image, double black, double white) {}

	/** Images at full size, three in a row, four in two rows. */
	static void write(final String name, final List<Shown> images) {
		final int inARow = images.size() == 4 ? 2 : IN_A_ROW;
		final int w = images.stream().mapToInt(s -> s.image.width()).max().orElseThrow(), h = images.stream().mapToInt(s -> s.image
			.height()).max().orElseThrow(), rows = (images.size() + inARow - 1) / inARow;
		final ByteProcessor picture = new ByteProcessor(inARow * (w + GAP) - GAP, rows * (h + GAP) - GAP);
		for (int n = 0; n < images.size(); n++) {
			final Shown shown = images.get(n);
			for (int y = 0; y < shown.image.height(); y++)
				for (int x = 0; x < shown.image.width(); x++)
					picture.set(n % inARow * (w + GAP) + x, n / inARow * (h + GAP) + y, (int) Math.rint(255 * Math.max(0, Math.min(
						1, (shown.image.get(x, y, 0) - shown.black) / (shown.white - shown.black)))));
		}
		save(name, picture);
	}

	/** One row per set: its first images, gray or RGB, as many as fit, in a range of gray values. */
	static void rows(final String name, final List<List<Raster>> sets, final Normalization range) {
		final int side = sets.stream().flatMap(List::stream).mapToInt(image -> Math.min(image.width(), image.height())).min()
			.orElseThrow(), cell = side + GAP, columns = Math.max(2, 1000 / cell);
		final ColorProcessor picture = new ColorProcessor(columns * cell - GAP, sets.size() * cell - GAP);
		for (int row = 0; row < sets.size(); row++)
			for (int n = 0; n < Math.min(columns, sets.get(row).size()); n++) {
				final Raster image = range.toModel(sets.get(row).get(n));
				for (int y = 0; y < side; y++)
					for (int x = 0; x < side; x++) {
						int color = 0;
						for (int c = 0; c < 3; c++)
							color = color << 8 | shown(image.get(x, y, Math.min(c, image.channels() - 1)), 3);
						picture.set(n * cell + x, row * cell + y, color);
					}
			}
		save(name, picture);
	}

	private static void save(final String name, final ImageProcessor picture) {
		new FileSaver(new ImagePlus(name, picture)).saveAsPng(Path.of("target", "benchmarks", name + ".png").toString());
	}

	private static int shown(final float value, final int channels) {
		final double share = Math.max(0, Math.min(1, (value + 1) / 2));
		return (int) Math.rint(255 * (channels == 1 ? Math.sqrt(share) : share));
	}
}
