package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.model.Model;

/** Checks and reads the values of inputs: a macro can pass anything. */
final class Inputs {

	/** Ranges of gray values: the image's own, or that of the training images. */
	static final String IMAGE = "Image", TRAINING = "Training";

	/** A stage's name beside the side of its tile. */
	static final String FINEST = "Finest";

	private Inputs() {}

	/** @throws IllegalArgumentException if the number is below {@code min} or not finite */
	static void checkAtLeast(final String name, final double value, final double min) {
		if (!(value >= min) || Double.isInfinite(value)) throw new IllegalArgumentException(name + " is " + trim(value) +
			": it must be a number of at least " + trim(min) + ".");
	}

	/**
	 * @param choices in dialogs and macros each is called by its {@code toString}
	 * @throws IllegalArgumentException if the value names none of the choices, upper and lower case aside
	 */
	@SafeVarargs
	static <T> T choose(final String name, final String value, final T... choices) {
		for (final T choice : choices)
			if (choice.toString().equalsIgnoreCase(value)) return choice;
		throw new IllegalArgumentException(name + " is “" + value + "”: it must be one of " + Arrays.stream(choices).map(
			T::toString).collect(Collectors.joining(", ")) + ".");
	}

	/**
	 * Whether {@link #IMAGE} is meant, and not {@link #TRAINING}.
	 *
	 * @throws IllegalArgumentException with one sentence, if neither is
	 */
	static boolean isRangeOwn(final String range) {
		return IMAGE.equals(choose("The gray value range", range, IMAGE, TRAINING));
	}

	/** @throws IOException with one sentence, if there is no such model */
	static Model readModel(final File file) throws IOException {
		return Model.read(findModel(file));
	}

	/** Whatever the model is for. @throws IOException with one sentence, if there is no such model */
	static Model readAnyModel(final File file) throws IOException {
		return Model.readAny(findModel(file));
	}

	/**
	 * The model of neighbouring planes that goes with one.
	 *
	 * @return null: there is none
	 * @throws IOException with one sentence, if it can't be read
	 */
	static Model readModelOfPlanes(final File file) throws IOException {
		final Path of = Model.ofPlanes(findModel(file));
		return Files.isRegularFile(of) ? Model.readAny(of) : null;
	}

	/** The file that is meant, which need not exist where a path is given. */
	static Path findModel(final File file) throws IOException {
		if (isBlank(file)) throw new IllegalArgumentException(
			"No model file is given: choose a .cfebm file written by CF-EBM Train, or write microscopy, photo, photo-color or nuclei for those that come with the plugin.");
		final Path found = BundledModels.installed().find(file), named = Model.withEnding(found);
		return Files.exists(found) || !Files.isRegularFile(named) ? found : named;
	}

	/**
	 * Looks for models without reading them.
	 *
	 * @param models one, or several with semicolons between them
	 * @throws IllegalArgumentException with one sentence, if none is given
	 * @throws IOException with one sentence, if one is not there
	 */
	static void requireModels(final File models) throws IOException {
		for (final File model : isBlank(models) ? List.of(new File("")) : split(models))
			if (!Files.exists(findModel(model))) throw new IOException("There is no model file " + model + ".");
	}

	/**
	 * The stage that is meant: {@link #FINEST}, or the side of its tile in pixels.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is none
	 */
	static int stage(final Model model, final String stage) {
		if (FINEST.equalsIgnoreCase(stage)) return model.pyramid().stages() - 1;
		try {
			return model.pyramid().stageOf(Integer.parseInt(stage));
		}
		catch (final NumberFormatException e) {
			throw new IllegalArgumentException("The stage is “" + stage + "”: it must be " + FINEST +
				" or the side of its tile in pixels, such as 16.");
		}
	}

	/** Whether a file parameter was left out. */
	static boolean isBlank(final File file) {
		return file == null || file.getPath().isBlank();
	}

	/** One path, or several with semicolons between them; that of a file or folder that exists is never divided. */
	static List<File> split(final File paths) {
		if (paths.exists()) return List.of(paths);
		return Arrays.stream(paths.getPath().split(";")).map(String::trim).filter(path -> !path.isEmpty()).map(File::new)
			.toList();
	}

	static String trim(final double value) {
		return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
	}
}
