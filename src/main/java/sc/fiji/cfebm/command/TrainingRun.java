package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import ij.IJ;
import ij.ImagePlus;
import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelDescription;
import sc.fiji.cfebm.training.Checkpoints;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.data.ChainStarts;
import sc.fiji.cfebm.training.data.Split;
import sc.fiji.cfebm.training.monitor.CompositeMonitor;
import sc.fiji.cfebm.training.monitor.TrainingLog;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.ModelField;
import sc.fiji.cfebm.ui.TrainingWindow;

/** A training as commands do it: in a window, with a log and checkpoints beside the model's file, and the model in that file. */
final class TrainingRun {

	private static final double CHECKPOINT_SECONDS = 120;
	/** Ends the name of a file that stood where a model is written, before the ending of all of them. */
	private static final String BEFORE = "-before";

	private TrainingRun() {}

	/**
	 * What a training needs.
	 *
	 * @param from a model to go on from; null: from scratch
	 * @param sources colors of images that are to be translated to these images' style, in units of their own range; null: there are none
	 * @param starts see {@link Trainer#train(Split, ChainStarts, Model, Normalization, TrainingSettings, Checkpoints, TrainingMonitor)}
	 */
	record Data(Split split, ChainStarts starts, Model from, Normalization range, Palette sources, TrainingSettings settings) {}

	/** Reads images; what it keeps in memory beside the data goes when it returns. */
	@FunctionalInterface
	interface DataSource {

		Data read() throws IOException;
	}

	/**
	 * @throws IllegalArgumentException with one sentence, if no file is given
	 * @throws IOException with one sentence, if it cannot be written: not after an hour of training
	 */
	static void requireWritable(final File model) throws IOException {
		if (Inputs.isBlank(model)) throw new IllegalArgumentException(
			"No model file is given: choose where to write the model, such as nuclei.cfebm.");
		Model.requireWritable(model.toPath());
	}

	/**
	 * Trains and writes a model.
	 *
	 * @param model file to write, writable
	 * @param preset as the window names it
	 * @param command the command, whose settings the model file records
	 * @param images what is trained on, in words, for the model file
	 * @param resume whether to go on with an unfinished training of this file
	 */
	static Model run(final DataSource source, final File model, final String preset, final CfebmCommand command,
		final String images, final boolean resume, final CommandProgress progress) throws IOException
	{
		final Data data = source.read();
		final Path file = model.toPath(), checkpoint = file.resolveSibling(model.getName() + ".checkpoint");
		final boolean continued = resume && Files.exists(checkpoint);
		try (TrainingWindow window = TrainingWindow.open("Training " + model.getName() + " (" + preset + ")");
				TrainingLog course = new TrainingLog(TrainingLog.beside(file), progress::log))
		{
			// Esc in any of ImageJ's windows must not end hours of training without a question.
			if (window != null) progress.onEscape(window::askToCancel);
			final TrainingMonitor monitor = new CompositeMonitor(progress, window, course);
			final Model trained = Trainer.train(data.split, data.starts, data.from, data.range, data.settings, new Checkpoints(checkpoint,
				CHECKPOINT_SECONDS, resume), monitor).withRecord(record(command, images)).withSources(data.sources);
			if (!continued) keepOther(file, monitor);
			write(trained, file);
			if (!IJ.isMacro()) ModelField.remember(model);
			final boolean unfinished = Trainer.canContinue(trained);
			monitor.log("The model is in " + file.toAbsolutePath() + (unfinished ? "; the same command continues its training." : "."));
			if (!unfinished) delete(checkpoint, monitor);
			return trained;
		}
		finally {
			progress.onEscape(null);
		}
	}

	/** No paths: a model file is passed on, and the same training in another folder gives the same file. */
	private static Map<String, String> record(final CfebmCommand command, final String images) {
		final String options = command.options(input -> input.getType() != ImagePlus.class && input.getType() != File.class && !"resume"
			.equals(input.getName()));
		// In an order of its own: the same training gives the same file.
		final Map<String, String> record = new LinkedHashMap<>();
		record.put(ModelDescription.DATA, images);
		record.put(ModelDescription.COMMAND, command.getInfo().getTitle() + " " + options);
		return record;
	}

	/** Folders by their own names. */
	static String folders(final File folders) {
		return Inputs.split(folders).stream().map(folder -> "“" + folder.getName() + "”").collect(Collectors.joining(", ",
			"images in ", ""));
	}

	/** What another training made, or what is no model at all, must not be lost. */
	private static void keepOther(final Path file, final TrainingMonitor monitor) {
		if (!Files.exists(file)) return;
		final Path other = Model.withEnding(file.resolveSibling(Model.withoutEnding(file) + BEFORE));
		try {
			Files.move(file, other, StandardCopyOption.REPLACE_EXISTING);
			monitor.log("There was a file “" + file.getFileName() + "” before: it is called “" + other.getFileName() + "” now.");
		}
		catch (final IOException e) {
			monitor.log("There was a file “" + file.getFileName() + "” before, which cannot be renamed and is replaced.");
		}
	}

	private static void delete(final Path checkpoint, final TrainingMonitor monitor) {
		try {
			Files.deleteIfExists(checkpoint);
		}
		catch (final IOException e) {
			// Some other program holds it; the model is written all the same.
			monitor.log("The checkpoint " + checkpoint + " cannot be deleted: delete it before this model is trained anew.");
		}
	}

	private static void write(final Model trained, final Path file) throws IOException {
		try {
			trained.write(file);
		}
		catch (final IOException e) {
			// The disk filled up meanwhile, say: hours of training must not be lost for that.
			final Path rescue = Path.of(System.getProperty("user.home"), "rescued-" + System.currentTimeMillis() + ".cfebm");
			try {
				trained.write(rescue);
			}
			catch (final IOException again) {
				throw new IOException(e.getMessage() + " Nor could it be written to the home folder: " + again.getMessage(), e);
			}
			throw new IOException(e.getMessage() + " The model was written to " + rescue + " instead.", e);
		}
	}

	/** Numbers of iterations with commas or blanks between them; none for an empty text. */
	static List<Integer> iterations(final String text) {
		final List<Integer> numbers = new ArrayList<>();
		for (final String part : text == null || text.isBlank() ? new String[0] : text.split("[,\\s]+"))
			try {
				numbers.add(Integer.parseInt(part.strip()));
			}
			catch (final NumberFormatException e) {
				throw new IllegalArgumentException("The iterations are “" + text +
					"”: they must be whole numbers with commas between, one for each stage, such as 4000,2500,1200.", e);
			}
		return numbers;
	}
}
