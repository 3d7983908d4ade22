package sc.fiji.cfebm.testimages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import ij.ImagePlus;
import ij.io.FileSaver;
import ij.measure.Calibration;
import ij.process.ImageProcessor;

/**
 * Makes the images of the folder <code>test-images</code>. Every run writes the same bytes: the seed is fixed, sines
 * and exponentials come from {@link StrictMath}, and nothing of the date or the machine is stored.
 */
public final class MakeTestImages {

	/** Standard deviation of the white noise in <code>test_noisy_gaussian.tif</code>, in gray values. */
	static final double GAUSSIAN_SIGMA = 20;
	/** Counts per photo-electron in <code>test_noisy_poisson_gaussian.tif</code>. */
	static final double GAIN = 4;
	/** Photo-electrons per clean gray value; its product with the gain is 1, so counts compare with gray values. */
	static final double ELECTRONS = 0.25;
	/** Counts the camera gives without light. */
	static final double OFFSET = 100;
	/** Standard deviation of the read noise in counts. */
	static final double READ_NOISE = 8;

	private final Path folder;

	private MakeTestImages(final Path folder) {
		this.folder = folder;
	}

	/** @param args the folder to write to; <code>test-images</code> if not given */
	public static void main(final String... args) throws IOException {
		make(Path.of(args.length > 0 ? args[0] : "test-images"));
	}

	/** Writes all images into a folder, over those that are there. */
	static void make(final Path folder) throws IOException {
		final MakeTestImages maker = new MakeTestImages(folder);
		maker.nuclei();
		maker.screen();
		maker.filaments();
		maker.texture();
		maker.style();
		final String stack = "stack/hyperstack.tif";
		maker.save(stack, Hyperstack.image(new Chance(stack)));
	}

	private void nuclei() throws IOException {
		final int[] counts = {14, 22, 30, 38, 20, 34, 46, 27};
		final double[] crowding = {0.2, 0.35, 0.5, 0.45, 0.7, 0.3, 0.6, 0.8};
		for (int i = 0; i < counts.length; i++) {
			final String name = "nuclei/train/nuclei_" + (i + 1) + ".tif";
			save(name, Nuclei.image(192, counts[i], crowding[i], new Chance(name)).toBytes(), 0.5, 0, 255);
		}
		final String name = "nuclei/test_clean.tif";
		final Chance chance = new Chance(name);
		final ImageProcessor clean = Nuclei.image(256, 52, 0.5, chance).toBytes();
		save(name, clean, 0.5, 0, 255);
		// The noise starts from the rounded picture, which is what a denoiser is compared with.
		final Field gaussian = new Field(clean.getWidth(), clean.getHeight());
		final Field camera = new Field(clean.getWidth(), clean.getHeight());
		for (int i = 0; i < gaussian.values.length; i++) {
			gaussian.values[i] = clean.get(i) + GAUSSIAN_SIGMA * chance.gaussian();
			camera.values[i] = OFFSET + GAIN * chance.poisson(ELECTRONS * clean.get(i)) + READ_NOISE * chance.gaussian();
		}
		save("nuclei/test_noisy_gaussian.tif", gaussian.toBytes(), 0.5, 0, 255);
		save("nuclei/test_noisy_poisson_gaussian.tif", camera.toShorts(65535), 0.5, 80, 400);
	}

	private void screen() throws IOException {
		final int size = 128;
		for (int i = 1; i <= 12; i++) {
			final String file = (i < 10 ? "field_0" : "field_") + i + ".tif", name = "screen/" + file;
			final Chance chance = new Chance(name);
			final Oddity none = Oddity.none(size);
			final Oddity oddity = switch (i) {
				case 3 -> Oddity.fibre(size, chance);
				case 5 -> Oddity.blurred(size);
				case 8 -> Oddity.giant(size, chance);
				case 10 -> Oddity.fragments(size, chance);
				case 11 -> Oddity.dust(size, chance);
				default -> none;
			};
			save(name, Nuclei.image(size, 8 + chance.below(12), 0.5, oddity, chance).toBytes(), 0.5, 0, 255);
			if (oddity != none)
				save("screen/masks/" + file, oddity.mask().toBytes(), 0.5, 0, 255);
		}
	}

	private void filaments() throws IOException {
		final int size = 192;
		for (int i = 1; i <= 4; i++) {
			final String name = "filaments/filaments_" + i + ".tif";
			final Chance chance = new Chance(name);
			final Field image = Filaments.image(size, switch (i) {
				case 1 -> Filaments.network(size, 14, chance);
				case 2 -> Filaments.network(size, 34, chance);
				case 3 -> Filaments.aster(size, 36, 70, 84, chance);
				default -> Filaments.aligned(size, 34, 0.6, chance);
			}, chance);
			save(name, image.toShorts(4095), 0.1, 100, 3000);
		}
	}

	private void texture() throws IOException {
		final int size = 192;
		for (int i = 1; i <= 3; i++) {
			final String name = "texture/normal_" + i + ".tif";
			save(name, new Texture(size, new Chance(name)).intact().toBytes(), 0, 0, 255);
		}
		for (int i = 1; i <= 2; i++) {
			final String name = "texture/defect_" + i;
			final Texture texture = new Texture(size, new Chance(name));
			final Texture.Defect defect = i == 1 ? texture.broken() : texture.stained();
			save(name + ".tif", defect.image().toBytes(), 0, 0, 255);
			save(name + "_mask.tif", defect.mask().toBytes(), 0, 0, 255);
		}
	}

	private void style() throws IOException {
		for (int i = 1; i <= 2; i++) {
			final String source = "style/source_" + i + ".tif";
			save(source, new Tissue(160, new Chance(source)).hematoxylinEosin(), 0.5, 0, 255);
			final String target = "style/target_" + i + ".tif";
			save(target, new Tissue(160, new Chance(target)).immunoStain(), 0.5, 0, 255);
		}
	}

	/** @param micron size of a pixel; 0 leaves the image without calibration */
	private void save(final String name, final ImageProcessor processor, final double micron, final double black,
		final double white) throws IOException
	{
		final ImagePlus image = new ImagePlus(name, processor);
		if (image.getBitDepth() == 16)
			image.setDisplayRange(black, white);
		if (micron > 0) {
			final Calibration calibration = image.getCalibration();
			calibration.setUnit("micron");
			calibration.pixelWidth = micron;
			calibration.pixelHeight = micron;
		}
		save(name, image);
	}

	private void save(final String name, final ImagePlus image) throws IOException {
		final Path file = folder.resolve(name);
		Files.createDirectories(file.getParent());
		final FileSaver saver = new FileSaver(image);
		final boolean saved = image.getStackSize() > 1 ? saver.saveAsTiffStack(file.toString()) : //
			saver.saveAsTiff(file.toString());
		if (!saved)
			throw new IOException("Could not write " + file + ".");
	}
}
