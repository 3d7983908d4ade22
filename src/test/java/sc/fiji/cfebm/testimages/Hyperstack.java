package sc.fiji.cfebm.testimages;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import ij.process.LUT;

/** A time series of a small volume: nuclei that drift in channel 1, filaments that grow in channel 2. */
final class Hyperstack {

	private static final int SIZE = 64;
	private static final int SLICES = 3;
	private static final int FRAMES = 4;
	private static final double PIXEL_MICRON = 0.4;
	private static final double SLICE_MICRON = 1.5;
	private static final double FRAME_SECONDS = 30;
	/** Counts the camera gives without light. */
	private static final int OFFSET = 100;

	/** A nucleus, how far it moves per frame in pixels, and its height in micron. */
	private record Drift(Nucleus nucleus, double x, double y, double z) {}

	private Hyperstack() {}

	static ImagePlus image(final Chance chance) {
		final List<Drift> drifts = new ArrayList<>();
		for (final Nucleus nucleus : Nuclei.place(SIZE, 7, 7, 11, 0.3, chance))
			drifts.add(new Drift(nucleus, 1.3 * chance.gaussian(), 1.3 * chance.gaussian(), 0.35 * chance.gaussian()));
		final List<Filament> filaments = Filaments.aster(SIZE, 13, 0.42 * SIZE, 0.55 * SIZE, chance);
		final ImageStack stack = new ImageStack(SIZE, SIZE);
		for (int t = 0; t < FRAMES; t++)
			for (int z = 0; z < SLICES; z++) {
				final int slice = z - SLICES / 2;
				final String place = " z" + (z + 1) + " t" + (t + 1);
				stack.addSlice("nuclei" + place, camera(nuclei(drifts, slice, t), chance).toShorts(65535));
				stack.addSlice("filaments" + place, camera(filaments(filaments, slice, t), chance).toShorts(65535));
			}
		final ImagePlus plain = new ImagePlus("hyperstack", stack);
		plain.setDimensions(2, SLICES, FRAMES);
		final CompositeImage image = new CompositeImage(plain, CompositeImage.COMPOSITE);
		image.setChannelLut(LUT.createLutFromColor(Color.CYAN), 1);
		image.setChannelLut(LUT.createLutFromColor(Color.MAGENTA), 2);
		image.setOpenAsHyperStack(true);
		for (int c = 2; c >= 1; c--) {
			image.setPosition(c, 1, 1);
			image.setDisplayRange(OFFSET, c == 1 ? 1500 : 1200);
		}
		final Calibration calibration = image.getCalibration();
		calibration.setUnit("micron");
		calibration.pixelWidth = PIXEL_MICRON;
		calibration.pixelHeight = PIXEL_MICRON;
		calibration.pixelDepth = SLICE_MICRON;
		calibration.frameInterval = FRAME_SECONDS;
		calibration.setTimeUnit("sec");
		return image;
	}

	private static Field nuclei(final List<Drift> drifts, final int slice, final int frame) {
		final Field light = new Field(SIZE, SIZE);
		for (final Drift d : drifts) {
			// A nucleus on a dish is about half as high as it is wide.
			final double halfHeight = 0.6 * d.nucleus.radius * PIXEL_MICRON;
			final double middle = d.z * (1 + 0.1 * frame);
			final double height = (slice * SLICE_MICRON - middle) / halfHeight;
			d.nucleus.shine(light, d.x * frame, d.y * frame, height);
		}
		final Field haze = light.blurred(9);
		return light.blurred(1.1).join(haze, (s, h) -> 40 + 7 * s + 1.2 * h);
	}

	private static Field filaments(final List<Filament> filaments, final int slice, final int frame) {
		final double focus = slice * SLICE_MICRON / PIXEL_MICRON;
		return Filament.image(SIZE, filaments, focus, 0.7 + 0.1 * frame).map(v -> 60 + 420 * v);
	}

	/** Two counts per photo-electron, and read noise. */
	private static Field camera(final Field light, final Chance chance) {
		return light.map(v -> OFFSET + 2 * chance.poisson(v / 2) + 3 * chance.gaussian());
	}
}
