package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.FINEST;
import static sc.fiji.cfebm.command.Inputs.isBlank;
import static sc.fiji.cfebm.command.Inputs.stage;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import javax.imageio.ImageIO;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.export.BioimageIo;
import sc.fiji.cfebm.export.Dl4jExport;
import sc.fiji.cfebm.export.OnnxExport;
import sc.fiji.cfebm.export.Reference;
import sc.fiji.cfebm.imagej.Gallery;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.ui.CommandProgress;

/** Writes a stage of a model as a network that programs read which know nothing of this plugin. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Export...", headless = true)
public class ExportCommand extends ModelCommand {

	static final String ONNX = "ONNX", BIOIMAGE_IO = "bioimage.io", DL4J = "Deeplearning4j";

	@Parameter(label = "Format", persist = false, choices = { ONNX, BIOIMAGE_IO, DL4J },
		description = "ONNX: a network that Python, C++, Java and many programs run. bioimage.io: a package with that network, a test and a description. Deeplearning4j: for Java.")
	private String format = ONNX;

	@Parameter(label = "Stage (side of its tile in pixels)", persist = false, choices = { FINEST, "8", "16", "32", "64", "128" },
		description = "Which of the model's networks is written, coarse to fine: each is one of its own.")
	private String stage = FINEST;

	@Parameter(label = "Save as (.onnx or .zip)", required = false, persist = false, style = "save",
		description = "The file that is written: .onnx for ONNX, .zip for the others. It says what the network takes and gives.")
	private File file;

	@Parameter(label = "Overwrite an existing file", persist = false, description = "Off: a file that exists is left as it is.")
	private boolean overwrite = false;

	@Parameter(label = "Authors (bioimage.io)", required = false, persist = false,
		description = "Who made the model, with semicolons between several. Packages of bioimage.io alone need it.")
	private String authors = "";

	@Parameter(label = "Licence (bioimage.io)", required = false, persist = false,
		description = "The licence of the model by its SPDX identifier, such as CC0-1.0 or CC-BY-4.0. Packages of bioimage.io alone need it.")
	private String licence = "";

	@Override
	List<String> asked() {
		return List.of("model", "format", "file", "overwrite", "authors", "licence");
	}

	@Override
	String page() {
		return "docs/exchange.md";
	}

	@Override
	public void check() throws IOException {
		super.check();
		requireStage(stage);
		if (isFor(BIOIMAGE_IO)) about();
		requireTarget();
	}

	private boolean isFor(final String which) {
		return which.equals(Inputs.choose("The format", format, ONNX, BIOIMAGE_IO, DL4J));
	}

	private BioimageIo.About about() {
		return new BioimageIo.About(modelName(), List.of(authors.split(";")), licence.strip(), Instant.now());
	}

	private void requireTarget() {
		if (isBlank(file)) throw new IllegalArgumentException("No file to write is given: choose where to write the network, such as nuclei." +
			(isFor(ONNX) ? "onnx" : "zip") + ".");
		final String ending = isFor(ONNX) ? ".onnx" : ".zip";
		if (!file.getName().toLowerCase(Locale.ROOT).endsWith(ending)) throw new IllegalArgumentException("The format " + format +
			" is written into a file that ends in " + ending + ", not into " + file.getName() + ".");
		if (file.isFile() && !overwrite) throw new IllegalArgumentException("The file " + file +
			" exists: name another one, or choose to overwrite it.");
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		final Model loaded = readModel();
		final int chosen = stage(loaded, stage);
		requireTarget();
		if (isFor(ONNX)) OnnxExport.write(loaded, chosen, file.toPath());
		else if (isFor(DL4J)) Dl4jExport.write(loaded, chosen, file.toPath());
		else {
			final BioimageIo.About about = about();
			progress.update(0, "Computing the test image");
			final Reference reference = Reference.of(loaded, chosen);
			BioimageIo.write(modelFile(), loaded, chosen, about, reference, cover(reference, loaded), file.toPath());
		}
		progress.log("The network of the stage of " + NetworkSpec.resolution(chosen) + " pixels is in " + file + ".");
	}

	/** The noisy and the denoised image side by side, as PNG. */
	private static byte[] cover(final Reference reference, final Model model) throws IOException {
		final ByteArrayOutputStream png = new ByteArrayOutputStream();
		ImageIO.write(Gallery.of("cover", List.of(List.of(Gallery.montage(List.of(reference.noisy(), reference.denoised()), 2, model.range()
			.low()))), model.units(model.range()).scale()).getBufferedImage(), "png", png);
		return png.toByteArray();
	}
}
