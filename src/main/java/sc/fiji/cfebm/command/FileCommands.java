package sc.fiji.cfebm.command;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.log.LogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;

import ij.ImagePlus;
import sc.fiji.cfebm.command.host.Bridge;
import sc.fiji.cfebm.command.host.MacroOptions;
import sc.fiji.cfebm.imagej.ImageFile;
import sc.fiji.cfebm.imagej.ResultFile;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.ui.CommandProgress;

/** Runs the commands on files, without ImageJ's windows: for the command line. An image and its results are in memory as a whole. */
public final class FileCommands {

	/** A command that takes files or gives them. */
	public enum Kind {

		DENOISE(DenoiseCommand.class, BatchCommand.Task.DENOISE, "image.tif", "result.tif"), INPAINT(InpaintCommand.class, BatchCommand.Task.INPAINT, "image.tif",
			"result.tif"), DECONVOLVE(DeconvolveCommand.class, BatchCommand.Task.DECONVOLVE, "image.tif", "result.tif"), ANOMALY(AnomalyCommand.class, BatchCommand.Task.ANOMALY_MAP, "image.tif", "result.tif"), SAMPLE(SampleCommand.class,
				null, "samples.tif"), TRAIN(TrainCommand.class, null, "folder", "model");

		private final Class<? extends CfebmCommand> type;
		private final BatchCommand.Task task;
		/** What a call has before its options: names of files, or of those inputs that are given there. */
		private final List<String> arguments;

		Kind(final Class<? extends CfebmCommand> type, final BatchCommand.Task task, final String... arguments) {
			this.type = type;
			this.task = task;
			this.arguments = List.of(arguments);
		}
	}


	private static final String ENDING = ".tif";
	/** The key that lets a result replace a file. */
	private static final String OVERWRITE = "overwrite";

	private FileCommands() {}

	/** The keys that options of a kind may have, each with what it means and, where there are some, what it may be and what it is otherwise. */
	public static Map<String, String> keys(final Kind kind) {
		final Map<String, String> keys = new LinkedHashMap<>();
		try (Context context = context()) {
			final CfebmCommand fresh = fresh(kind);
			context.inject(fresh);
			for (final ModuleItem<?> input : fresh.inputs()) {
				if (input.getType() == ImagePlus.class || kind.arguments.contains(input.getName())) continue;
				final Object value = fresh.value(input);
				final List<?> choices = input.getChoices();
				final List<String> notes = new ArrayList<>();
				if (choices != null && !choices.isEmpty()) notes.add(choices.stream().map(Object::toString).collect(Collectors.joining(", ")));
				if (value != null && !value.toString().isEmpty()) notes.add("default: " + text(value));
				keys.put(input.getName(), input.getDescription() + (notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")"));
			}
		}
		if (!kind.arguments.contains("model")) keys.put(OVERWRITE, "Lets the result replace a file.");
		return keys;
	}

	private static Context context() {
		return new Context(CommandService.class, ModuleService.class, LogService.class);
	}

	private static CfebmCommand fresh(final Kind kind) {
		try {
			return kind.type.getDeclaredConstructor().newInstance();
		}
		catch (final ReflectiveOperationException e) {
			throw new IllegalStateException(e);
		}
	}

	private static String text(final Object value) {
		return value instanceof Double ? new BigDecimal(value.toString()).stripTrailingZeros().toPlainString() : value.toString();
	}

	/** The call of the command line that does what a command is told; null: it has none. Inputs that are as they come are left out. */
	static String call(final CfebmCommand command) {
		for (final Kind kind : Kind.values())
			if (kind.type == command.getClass()) return call(kind, command);
		return null;
	}

	private static String call(final Kind kind, final CfebmCommand command) {
		final Map<String, String> values = new LinkedHashMap<>();
		final CfebmCommand fresh = fresh(kind);
		for (final ModuleItem<?> input : command.inputs()) {
			final Object value = command.value(input);
			if (value != null && !(value instanceof ImagePlus) && !value.toString().isEmpty() && !value.equals(fresh.value(input))) values.put(input
				.getName(), text(value));
		}
		final StringBuilder call = new StringBuilder("cfebm ").append(kind.name().toLowerCase(Locale.ROOT));
		for (final String argument : kind.arguments)
			call.append(' ').append(quoted(values.getOrDefault(argument, argument)));
		values.keySet().removeAll(kind.arguments);
		values.forEach((key, value) -> call.append(" --").append(key).append('=').append(quoted(value)));
		return call.toString();
	}

	/** For a shell, where it needs it. */
	private static String quoted(final String value) {
		return value.matches("[\\w./:,+-]+") ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + '"';
	}

	/** Whether an image can be saved under a name: that of a TIFF file. */
	public static boolean canWrite(final Path output) {
		final String name = output.getFileName() == null ? "" : output.getFileName().toString().toLowerCase(Locale.ROOT);
		return name.endsWith(".tif") || name.endsWith(".tiff");
	}

	/**
	 * Does a command to an image file, or to all images of a folder.
	 *
	 * @param input an image that ImageJ reads, or a folder; null for commands that need none
	 * @param output the TIFF file that takes the result, or a folder, if the input is one; further results are called after it. Null for a
	 *          command whose options say where its result goes
	 * @param options the keys of a macro, model included; null: a key without a value. Where the output is given {@code overwrite} is one, too: it
	 *          lets the result replace a file
	 * @param progress told all that there is to tell, and asked whether to stop
	 * @return the files that were written, the main one last; for folders the folder
	 * @throws IllegalArgumentException with one sentence, if an option or the image is not as it should be, or some images of a folder could
	 *           not be done
	 * @throws IOException with one sentence, if a file can't be read or written
	 */
	public static List<Path> run(final Kind kind, final Path input, final Path output, final Map<String, String> options,
		final Progress progress) throws IOException
	{
		try (Context context = context()) {
			return input != null && Files.isDirectory(input) && kind.task != null ? folder(context, kind, input, output, options, progress)
				: file(context, kind, input, output, options, progress);
		}
	}

	private static List<Path> folder(final Context context, final Kind kind, final Path input, final Path output,
		final Map<String, String> options, final Progress progress) throws IOException
	{
		final Map<String, String> batch = new LinkedHashMap<>(), own = new LinkedHashMap<>(options);
		batch.put("task", kind.task.toString());
		batch.put("input", input.toString());
		batch.put("output", output.toString());
		if (own.containsKey("model")) batch.put("model", own.remove("model"));
		batch.put("options", text(own));
		final Module module = module(context, BatchCommand.class);
		Bridge.setInputs(module, text(batch));
		execute(context, module, progress);
		return List.of(output);
	}

	private static List<Path> file(final Context context, final Kind kind, final Path input, final Path output,
		final Map<String, String> given, final Progress progress) throws IOException
	{
		final Map<String, String> options = new LinkedHashMap<>(given);
		final boolean overwrite = output != null && options.containsKey(OVERWRITE);
		if (overwrite) options.remove(OVERWRITE);
		final Module module = module(context, kind.type);
		final List<ModuleItem<?>> known = new ArrayList<>(((CfebmCommand) module.getDelegateObject()).inputs());
		known.removeIf(item -> item.getName().equals("image"));
		new MacroOptions(text(options)).requireKnown(known);
		Bridge.setInputs(module, text(options));
		if (output != null) {
			requireOther(input, output);
			if (Files.exists(output) && !overwrite) throw new IOException("The result " + output + " exists: choose another name, or say --" + OVERWRITE + ".");
			AtomicFile.requireWritable("The result", output);
		}
		final ImagePlus image = input == null ? null : open(input);
		try {
			if (image != null) module.setInput("image", image);
			final CfebmCommand command = execute(context, module, progress);
			if (command instanceof TrainingCommand) return List.of(((TrainingCommand) command).target().toPath());
			return output == null ? List.of() : save(command.outputs(), image, input, output, kind + " " + text(options));
		}
		finally {
			if (image != null) image.flush();
		}
	}

	/** Results are not to replace what they are made of. */
	private static void requireOther(final Path input, final Path output) throws IOException {
		if (input != null && Files.exists(output) && Files.isSameFile(input, output)) throw new IOException("The result " + output +
			" would replace the image it is made of: choose another name.");
	}

	/** As a macro has it. */
	private static String text(final Map<String, String> options) {
		return options.entrySet().stream().map(option -> option.getValue() == null ? option.getKey() : option.getKey() + "=[" + option
			.getValue() + "]").collect(Collectors.joining(" "));
	}

	/**
	 * What an image file is, in words.
	 *
	 * @throws IOException with one sentence, if it can't be opened
	 */
	public static String describe(final Path input) throws IOException {
		final ImagePlus image = open(input);
		final StringBuilder words = new StringBuilder().append(image.getWidth()).append("×").append(image.getHeight());
		for (final int[] each : new int[][] { { 'c', image.getNChannels() }, { 'z', image.getNSlices() }, { 't', image.getNFrames() } })
			if (each[1] > 1) words.append("×").append(each[1]).append((char) each[0]);
		words.append(", ").append(image.getBitDepth() == 24 ? "RGB" : image.getBitDepth() + "-bit");
		image.flush();
		return words.toString();
	}

	private static ImagePlus open(final Path input) throws IOException {
		try {
			final ImagePlus image = ImageFile.open(input.toFile());
			image.setTitle(input.getFileName().toString());
			return image;
		}
		catch (final ImageFile.UnreadableException e) {
			throw new IOException(input + " can't be opened. " + e.getMessage(), e);
		}
	}

	private static Module module(final Context context, final Class<? extends CfebmCommand> type) {
		return context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(type));
	}

	private static CfebmCommand execute(final Context context, final Module module, final Progress progress) throws IOException {
		final CfebmCommand command = (CfebmCommand) module.getDelegateObject();
		try (CommandProgress told = new CommandProgress(context, progress)) {
			command.execute(told);
		}
		return command;
	}

	/** The last one under the name itself, others under that with what they are. */
	private static List<Path> save(final List<ImagePlus> images, final ImagePlus input, final Path inputFile, final Path output,
		final String origin) throws IOException
	{
		final List<Path> files = new ArrayList<>();
		final String name = output.getFileName().toString(), stem = name.substring(0, name.lastIndexOf('.'));
		for (int i = 0; i < images.size(); i++) {
			final boolean main = i == images.size() - 1;
			files.add(main ? output : output.resolveSibling(stem + BatchRun.addition(images.get(i).getTitle(), input == null ? "" : input
				.getTitle()).replaceAll("[^\\w-]+", "-").replaceFirst("^(?!-)", "-") + ENDING));
			requireOther(inputFile, files.get(i));
		}
		for (int i = 0; i < images.size(); i++) {
			final ImagePlus image = images.get(i);
			final Map<String, String> facts = new LinkedHashMap<>();
			try {
				ResultFile.save(image, files.get(i), origin, facts);
			}
			catch (final IOException e) {
				throw new IOException(e.getMessage().replaceFirst("^It can", "The result can"), e);
			}
			image.flush();
		}
		return files;
	}
}
