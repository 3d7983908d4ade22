package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import ij.IJ;
import ij.ImagePlus;
import ij.Prefs;
import ij.gui.Roi;
import ij.process.ImageProcessor;
import sc.fiji.cfebm.energy.unet.DeviceChoice;

/** A quick run of every command, with values that are not the defaults where that matters. */
final class CommandExamples {

	private final Path folder;
	private final Map<String, Map<String, String>> inputs = new LinkedHashMap<>();

	/** @param folder tiny models and images are written into it; a space in its name is a good test */
	CommandExamples(final Path folder) throws IOException {
		this.folder = folder;
		final Path images = folder.resolve("my images");
		if (!Files.exists(images)) {
			TinyModels.addNominalModel(TinyModels.write(folder, 1));
			TinyModels.writePaper(folder);
			Files.createDirectory(images);
			IJ.saveAsTiff(image(), images.resolve("a.tif").toString());
		}
		final String gray = folder.resolve("gray.cfebm").toString(), made = folder.resolve("made.cfebm").toString();
		add("CF-EBM Train...", "folder", images.toString(), "model", made, "preset", "Score matching", "size", "8", "width", "1",
			"iterations", "2", "batch", "3", "flips", "false", "seed", "5", "resume", "false");
		add("CF-EBM Denoise...", "model", gray, "method", "Posterior", "sigma", "12.5", "chains", "3", "steps", "2", "slices", "2",
			"lines", "Columns", "careful", "true", "overlay", "true", "seed", "7");
		add("CF-EBM Deconvolve...", "model", gray, "psf", "Motion", "motion", "4.5", "angle", "20", "sigma", "12.5", "samples", "2", "steps", "2",
			"slices", "2", "overlay", "true", "seed", "8");
		add("CF-EBM Inpaint...", "model", gray, "mask", "Selection", "method", "Generative", "completions", "2", "steps", "2",
			"feather", "1", "seed", "3");
		add("CF-EBM Anomaly Map...", "model", gray, "rate", "20.5", "smallest", "3", "mask", "true", "parts", "true", "range",
			"Image", "slices", "1-2");
		add("CF-EBM Batch...", "task", "Denoise", "input", images.toString(), "output", folder.resolve("made images").toString(), "model", gray,
			"options", "method=[One step] sigma=12.5");
		add("CF-EBM Train Style...", "sources", images.toString(), "targets", images.toString(), "model", made, "preset",
			"Score matching", "size", "16", "width", "1", "iterations", "1", "rotations", "false", "seed", "2", "resume", "false");
		add("CF-EBM Translate Style...", "model", gray, "strength", "0.35", "saliency", "true", "colors", "Each image", "steps", "2",
			"trajectory", "1", "seed", "4");
		add("CF-EBM Sample...", "model", folder.resolve("paper.cfebm").toString(), "count", "3", "output", "Montage", "stage", "8",
			"width", "11", "height", "9", "steps", "2", "trajectory", "2", "seed", "6");
		for (final String sample : new String[] { "Noisy Nuclei", "Scratched Nuclei", "Noisy Tissue", "Nuclei and Filaments" })
			add("CF-EBM " + sample);
		add("CF-EBM Options...", "device", "cpu");
		add("CF-EBM Check Installation...");
		add("CF-EBM Model Info...", "model", gray, "samples", "2", "seed", "3");
		add("CF-EBM Export...", "model", gray, "format", "Deeplearning4j", "stage", "8", "file", folder.resolve("made.zip").toString(), "overwrite", "true");
	}

	private void add(final String command, final String... keysAndValues) {
		final Map<String, String> values = new LinkedHashMap<>();
		for (int i = 0; i < keysAndValues.length; i += 2)
			values.put(keysAndValues[i], keysAndValues[i + 1]);
		inputs.put(command, values);
	}

	/**
	 * @param command its label in the menu
	 * @return names of inputs and their values, as macros give them; never null
	 */
	Map<String, String> inputs(final String command) {
		final Map<String, String> values = inputs.get(command);
		if (values == null) throw new AssertionError("There is no example of " + command + ": add one here.");
		return values;
	}

	/** Two noisy slices with a selection. */
	static ImagePlus image() {
		final ImagePlus imp = IJ.createImage("my cells", "16-bit black", 40, 36, 2);
		final java.util.Random random = new java.util.Random(1);
		for (int slice = 1; slice <= 2; slice++) {
			final ImageProcessor ip = imp.getStack().getProcessor(slice);
			for (int p = 0; p < 40 * 36; p++)
				ip.set(p, (int) (100 + 40 * Math.sin(p % 40 / 5.0) + 12 * random.nextGaussian()));
		}
		imp.setRoi(new Roi(8, 9, 12, 10));
		return imp;
	}

	/** What came out, each pixel and each weight of a network that was written, and what was set; then all of it is forgotten. Empty: nothing. */
	String results(final Iterable<ImagePlus> images) throws IOException {
		final Map<String, String> found = new TreeMap<>();
		final List<ImagePlus> all = new ArrayList<>();
		images.forEach(all::add);
		final File[] saved = folder.resolve("made images").toFile().listFiles();
		for (final File file : saved == null ? new File[0] : saved) {
			if (file.getName().endsWith(".tif")) all.add(IJ.openImage(file.getPath()));
			Files.delete(file.toPath());
		}
		for (final ImagePlus imp : all) {
			final CRC32 sum = new CRC32();
			for (int slice = 1; slice <= imp.getStackSize(); slice++)
				for (int c = 0; c < imp.getStack().getProcessor(slice).getNChannels(); c++)
					for (final float value : (float[]) imp.getStack().getProcessor(slice).toFloat(c, null).getPixels())
						sum.update(Float.toString(value).getBytes());
			found.put(imp.getTitle(), imp.getBitDepth() + "-bit " + imp.getStackSize() + " " + sum.getValue());
		}
		for (final String name : new String[] { "made.cfebm", "made.zip" }) {
			final Path made = folder.resolve(name);
			if (!Files.exists(made)) continue;
			try (ZipFile zip = new ZipFile(made.toFile())) {
				zip.stream().filter(entry -> !entry.getName().endsWith(".json")).forEach((final ZipEntry entry) -> found.put(entry
					.getName(), "" + entry.getCrc()));
			}
			Files.delete(made);
		}
		final String device = Prefs.get(DeviceChoice.PROPERTY, "");
		if (!device.isEmpty()) found.put(DeviceChoice.PROPERTY, device);
		Prefs.set(DeviceChoice.PROPERTY, null);
		return found.isEmpty() ? "" : found.toString();
	}
}
