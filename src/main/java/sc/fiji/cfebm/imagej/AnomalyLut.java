package sc.fiji.cfebm.imagej;

import java.awt.color.ColorSpace;
import java.util.Arrays;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.LUT;

/**
 * How anomaly maps and other maps look: black, violet, red, orange, yellow. Lightness (CIE 1976 L*) rises evenly, so that equal steps of
 * the map look equal, in print and to the color-blind, too.
 */
final class AnomalyLut {

	/** Hue angles in CIELAB, from violet over red to yellow. */
	private static final double FIRST_HUE = 300, LAST_HUE = 460;
	private static final double LIGHTEST = 97, MOST_VIVID = 66;
	private static final ColorSpace SRGB = ColorSpace.getInstance(ColorSpace.CS_sRGB);
	/** Of CIELAB in Java's D50. */
	private static final double[] WHITE = { 0.9642, 1, 0.8249 };

	/** Map values shown as black and as yellow: the same for all maps, so that they compare. */
	private static final double LOWEST = 0, HIGHEST = 6;
	/** Over an image, map values from which on there is some color, and all there will be: the image is never hidden. */
	private static final double FAINT = 1.5, FULL = 3.5, OPACITY = 0.75;

	private AnomalyLut() {}

	private static final LUT LUT = make();

	/** The colors with their display range. */
	static LUT lut() {
		return (LUT) LUT.clone();
	}

	private static LUT make() {
		final byte[][] rgb = new byte[3][256];
		for (int i = 0; i < 256; i++) {
			final float[] color = color(i / 255.0);
			for (int c = 0; c < 3; c++)
				rgb[c][i] = (byte) Math.round(255 * color[c]);
		}
		final LUT lut = new LUT(rgb[0], rgb[1], rgb[2]);
		lut.min = LOWEST;
		lut.max = HIGHEST;
		return lut;
	}

	/** As vivid as a screen can show it at that hue and lightness. */
	private static float[] color(final double t) {
		double chroma = MOST_VIVID;
		float[] rgb = color(t, chroma);
		while (chroma > 0 && !isShown(rgb))
			rgb = color(t, --chroma);
		return rgb;
	}

	private static boolean isShown(final float[] rgb) {
		for (final float v : rgb)
			// What a screen can't show is clamped.
			if (v <= 0 || v >= 1) return false;
		return true;
	}

	private static float[] color(final double t, final double chroma) {
		final double hue = Math.toRadians(FIRST_HUE + t * (LAST_HUE - FIRST_HUE)), y = (LIGHTEST * t + 16) / 116;
		final double[] f = { y + chroma * Math.cos(hue) / 500, y, y - chroma * Math.sin(hue) / 200 };
		final float[] xyz = new float[3];
		for (int i = 0; i < 3; i++)
			xyz[i] = (float) (WHITE[i] * (f[i] > 6.0 / 29 ? f[i] * f[i] * f[i] : 108.0 / 841 * (f[i] - 4.0 / 29)));
		return SRGB.fromCIEXYZ(xyz);
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
