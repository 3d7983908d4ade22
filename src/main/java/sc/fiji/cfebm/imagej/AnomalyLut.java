package sc.fiji.cfebm.imagej;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.plugin.LutLoader;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;

/**
 * How anomaly maps and other maps look: the colors "inferno" of matplotlib (CC0), black, violet, red, orange, yellow. Lightness
 * rises evenly, so that equal steps of the map look equal, in print and to the color-blind, too.
 */
final class AnomalyLut {

	/** Map values shown as black and as yellow: the same for all maps, so that they compare. */
	private static final double LOWEST = 0, HIGHEST = 6;
	/** Over an image, map values from which on there is some color, and all there will be: the image is never hidden. */
	private static final double FAINT = 1.5, FULL = 3.5, OPACITY = 0.75;

	private static final LUT LUT = read();

	private AnomalyLut() {}

	/** The colors with their display range. */
	static LUT lut() {
		return (LUT) LUT.clone();
	}

	private static LUT read() {
		try (InputStream in = AnomalyLut.class.getResourceAsStream("inferno.lut")) {
			return new LUT(LutLoader.open(in), LOWEST, HIGHEST);
		}
		catch (final IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	/** Shows all channels of an image of values in these colors, with their display range. */
	static ImagePlus colored(final ImagePlus image, final LUT lut) {
		if (image instanceof CompositeImage) {
			final LUT[] luts = new LUT[image.getNChannels()];
			Arrays.fill(luts, lut);
			((CompositeImage) image).setMode(CompositeImage.COLOR);
			((CompositeImage) image).setLuts(luts);
		}
		else {
			image.setLut(lut);
			image.setDisplayRange(lut.min, lut.max);
		}
		return image;
	}

	/**
	 * A gray image with the colors of a map over it: as it is where nothing is unusual, the more colored the more unusual it
	 * is.
	 *
	 * @param map NaN where nothing is known: the image stays as it is
	 */
	static ColorProcessor over(final ByteProcessor gray, final FloatProcessor map) {
		final LUT lut = LUT;
		final ColorProcessor picture = new ColorProcessor(gray.getWidth(), gray.getHeight());
		for (int i = 0; i < gray.getPixelCount(); i++) {
			final double z = map.getf(i);
			final double opacity = z > FAINT ? OPACITY * Math.min(1, (z - FAINT) / (FULL - FAINT)) : 0;
			final int level = (int) Math.max(0, Math.min(255, 255 * (z - LOWEST) / (HIGHEST - LOWEST)));
			picture.set(i, mix(gray.get(i), lut.getRed(level), opacity) << 16 | mix(gray.get(i), lut.getGreen(level),
				opacity) << 8 | mix(gray.get(i), lut.getBlue(level), opacity));
		}
		return picture;
	}

	private static int mix(final int gray, final int color, final double opacity) {
		return (int) Math.round(gray + opacity * (color - gray));
	}
}
