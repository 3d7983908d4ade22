package sc.fiji.cfebm.command;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.io.Opener;
import ij.plugin.frame.Editor;
import ij.process.ColorProcessor;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * Opens a small image to try the plugin on, out of the jar; in a window with the macro that does something with it. All are computed, and
 * CC0. Each is a command of its own, so that it has its place in the menu.
 */
public abstract class SampleImage extends CfebmCommand {

	private static final String IMAGES = "/sc/fiji/cfebm/samples/", MACROS = "/script_templates/CF-EBM/";
	private static final String LICENCE = "Computed for CF-EBM for Fiji, CC0 1.0: use it for whatever you like.";

	/** Nuclei as a camera sees them in dim light. */
	@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>Samples>CF-EBM Noisy Nuclei", headless = true)
	public static final class NoisyNuclei extends SampleImage {

		public NoisyNuclei() {
			super("test_noisy_poisson_gaussian.tif", "noisy nuclei", "Noisy_Nuclei.ijm", "Fluorescent nuclei in dim light: 4 gray values for " +
				"each photo-electron, a camera's offset of 100 and read noise of 8.");
		}
	}

	/** Nuclei with a scratch, which is selected. */
	@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>Samples>CF-EBM Scratched Nuclei", headless = true)
	public static final class ScratchedNuclei extends SampleImage {

		/** The scratch's corners. */
		private static final int[] X = { 20, 24, 120, 236, 232, 118 }, Y = { 60, 56, 118, 180, 184, 122 };

		public ScratchedNuclei() {
			super("test_clean.tif", "scratched nuclei", "Scratched_Nuclei.ijm", "Fluorescent nuclei without noise. Along a scratch, which is " +
				"selected, nothing was recorded.");
		}

		@Override
		void prepare(final ImagePlus image) {
			final PolygonRoi scratch = new PolygonRoi(X, Y, X.length, Roi.POLYGON);
			image.getProcessor().setColor(255);
			image.getProcessor().fill(scratch);
			image.setRoi(scratch);
		}
	}

	/** Stained tissue with noise. */
	@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>Samples>CF-EBM Noisy Tissue", headless = true)
	public static final class NoisyTissue extends SampleImage {

		private static final double SIGMA = 20;

		public NoisyTissue() {
			super("source_1.tif", "noisy tissue", "Noisy_Tissue.ijm", "A section of tissue with glands, stained purple and pink, RGB, with white " +
				"noise of 20 gray values in each color.");
		}

		@Override
		void prepare(final ImagePlus image) {
			final SplittableRandom random = new SplittableRandom(1);
			final int[] pixels = (int[]) ((ColorProcessor) image.getProcessor()).getPixels();
			for (int i = 0; i < pixels.length; i++) {
				int rgb = 0;
				for (int shift = 16; shift >= 0; shift -= 8)
					rgb |= (int) Math.max(0, Math.min(255, Math.round((pixels[i] >> shift & 255) + SIGMA * random.nextGaussian()))) << shift;
				pixels[i] = rgb;
			}
		}
	}

	/** Two channels, three slices and four frames. */
	@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>Samples>CF-EBM Nuclei and Filaments", headless = true)
	public static final class NucleiAndFilaments extends SampleImage {

		public NucleiAndFilaments() {
			super("hyperstack.tif", "nuclei and filaments", "Nuclei_and_Filaments.ijm", "A hyperstack: nuclei that drift and filaments that grow, " +
				"in three slices and four frames, as a camera in dim light records them.");
		}
	}

	private final String file, title, macro, about;

	@Parameter(type = ItemIO.OUTPUT, label = "Sample image")
	private ImagePlus opened;

	private SampleImage(final String file, final String title, final String macro, final String about) {
		this.file = file;
		this.title = title;
		this.macro = macro;
		this.about = about;
	}

	@Override
	String page() {
		return "docs/samples.md";
	}

	/** Makes of a file's image what is shown. */
	void prepare(final ImagePlus image) {}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final ImagePlus image;
		try (InputStream in = SampleImage.class.getResourceAsStream(IMAGES + file)) {
			if (in == null) throw new IOException("The sample image " + file + " is missing in the plugin's jar: install it again.");
			image = new Opener().openTiff(in, title);
		}
		image.setTitle(title);
		prepare(image);
		image.setProperty("Info", about + "\n" + LICENCE + "\n \nTry it with this macro:\n \n" + text());
		image.changes = false;
		opened = image;
		if (!IJ.isMacro() && !GraphicsEnvironment.isHeadless()) new Editor(macro).create(macro, text());
	}

	private String text() throws IOException {
		try (InputStream in = SampleImage.class.getResourceAsStream(MACROS + macro)) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}
}
