package sc.fiji.cfebm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.ZipFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import sc.fiji.cfebm.command.FileCommands;
import sc.fiji.cfebm.imagej.BigTiffVolume;
import sc.fiji.cfebm.job.ZarrStorage;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;
import sc.fiji.cfebm.volume.Volume;

/** {@code cfebm info}. */
@Command(name = "info", mixinStandardHelpOptions = true, description = { "Says what a volume, an image or a model is.", "" })
final class InfoCall implements Callable<Integer> {

	@Parameters(index = "0", paramLabel = "FILE", description = "An OME-Zarr, an image, a .cfebm file, or the name of a model that comes along.")
	private String file;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		final Path path = Path.of(file);
		final Map<String, Object> facts = new LinkedHashMap<>();
		final boolean big = BigTiffVolume.is(path.toFile());
		final String exported = Files.isRegularFile(path) ? exported(path) : null;
		if (exported != null) throw new IOException(file + " is " + exported + ": info reads .cfebm files, such as the one it was made of.");
		if (Files.isRegularFile(path) && !big && !file.endsWith(".cfebm")) {
			final String words = FileCommands.describe(path);
			facts.put("image", file);
			facts.put("is", words);
			telling.console().result(facts, words);
			return 0;
		}
		// A bare name without an ending may be a model's.
		if (!Files.exists(path) && !file.endsWith(".cfebm") && (path.getNameCount() > 1 || file.contains("."))) throw new IOException(
			"There is no file or folder " + file + ".");
		if (!Files.isDirectory(path) && !big) {
			final Model model = Model.readAny(Volumes.model(file));
			facts.put("model", file);
			facts.putAll(ModelDescription.of(model));
			telling.console().result(facts, ModelDescription.text(model));
			return 0;
		}
		final Volume volume = new Volumes().open(path);
		facts.put("volume", file);
		facts.put("dimensions", volume.layout().dimensions());
		facts.put("axes", volume.layout().axes());
		facts.put("type", volume.layout().type().toString());
		facts.put("chunk", volume.chunk());
		facts.put("levels", 1 + volume.metadata().levels().size());
		facts.put("zarr", ZarrStorage.version(volume));
		final StringBuilder words = new StringBuilder(volume.layout().toString()).append(big ? ", BigTIFF" : ", zarr version " + ZarrStorage.version(
			volume)).append(", ").append(1 + volume.metadata().levels().size()).append(volume.metadata().levels().isEmpty() ? " level" : " levels");
		volume.layout().axes().forEach(axis -> words.append(System.lineSeparator()).append(axis.name()).append(": ").append(axis.scale())
			.append(axis.unit().isEmpty() ? "" : " " + axis.unit()));
		telling.console().result(facts, words.toString());
		return 0;
	}

	/** What a file is that a model was exported to; null: it is none. */
	private static String exported(final Path file) {
		final String name = file.toString().toLowerCase(Locale.ROOT);
		if (name.endsWith(".onnx")) return "a network in ONNX, for other programs";
		if (!name.endsWith(".zip")) return null;
		// ImageJ zips images, too.
		try (ZipFile zip = new ZipFile(file.toFile())) {
			return zip.getEntry("rdf.yaml") != null ? "a package of bioimage.io, for other programs" : zip.getEntry("coefficients.bin") != null
				? "a network of Deeplearning4j, for other programs" : null;
		}
		catch (final IOException e) {
			return null;
		}
	}
}
