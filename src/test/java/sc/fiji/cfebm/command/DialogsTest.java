package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Component;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.awt.event.KeyEvent;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import javax.swing.JComboBox;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;
import sc.fiji.cfebm.ui.DialogLayout;
import sc.fiji.cfebm.ui.InputDialog;
import sc.fiji.cfebm.ui.ModelField;

/** The dialogs of all commands. */
class DialogsTest {

	private static Context context;

	@BeforeAll
	static void open() {
		context = new Context(CommandService.class, ModuleService.class);
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	/** Ready to be asked about. */
	private static List<Module> modules() throws Exception {
		final List<Module> modules = new ArrayList<>();
		for (final String type : PluginsConfig.commands()) {
			assertNotNull(context.service(CommandService.class).getCommand(type), type);
			final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
				type));
			if (module.getInfo().getInput("image") != null) module.setInput("image", IJ.createHyperStack("my cells", 9, 8, 2, 3, 4, 8));
			modules.add(module);
		}
		return modules;
	}

	private static CfebmCommand command(final Module module) {
		return (CfebmCommand) module.getDelegateObject();
	}

	private static DialogLayout layout(final Module module) {
		return command(module).layout();
	}

	@Test
	void theMenuOfPlainImageJHasEveryCommandUnderItsName() throws Exception {
		final List<String> titles = new ArrayList<>(), annotated = new ArrayList<>();
		for (final Module module : modules())
			titles.add(module.getInfo().getMenuPath().getMenuString());
		assertEquals(PluginsConfig.paths(), titles);
		for (final var info : context.service(CommandService.class).getCommands())
			if (info.getMenuPath().getMenuString().contains("CF-EBM")) annotated.add(info.getDelegateClassName());
		assertEquals(PluginsConfig.commands().stream().sorted().toList(), annotated.stream().sorted().toList());
	}

	@Test
	void everyInputIsExplainedInASentence() throws Exception {
		for (final Module module : modules()) {
			for (final ModuleItem<?> input : command(module).inputs())
				assertExplained(module.getInfo().getTitle() + " " + input.getName(), input.getLabel(), input.getDescription());
			for (final DialogLayout.Button button : layout(module).buttons())
				assertExplained(module.getInfo().getTitle(), button.label(), button.description());
		}
	}

	private static void assertExplained(final String name, final String label, final String description) {
		assertTrue(description != null && description.matches("[A-Z].*\\."), name);
		assertTrue(label.matches("[A-Z].*[^.:]"), name);
	}

	@Test
	void everyCommandHasAPageOfTheDocumentation() throws Exception {
		for (final Module module : modules())
			assertTrue(Files.isRegularFile(Path.of(layout(module).page())), layout(module).page());
	}

	@Test
	void whatIsAskedFirstIsNeverFoldedAwayAndComesFirst() throws Exception {
		for (final Module module : modules()) {
			final List<DialogLayout.Field> fields = layout(module).fields();
			final List<String> names = fields.stream().map(DialogLayout.Field::name).toList(), folded = fields.stream().filter(
				DialogLayout.Field::folded).map(DialogLayout.Field::name).toList();
			assertEquals(names.subList(names.size() - folded.size(), names.size()), folded);
			final List<String> first = command(module).asked();
			if (first == null) assertEquals(List.of(), folded);
			else assertEquals(first, names.subList(0, names.size() - folded.size()));
			if (folded.contains("seed")) assertEquals("seed", folded.get(folded.size() - 1));
		}
	}

	@Test
	void theDialogNamesTheImage() throws Exception {
		for (final Module module : modules())
			if (command(module) instanceof PlaneCommand) assertTrue(layout(module).heading().contains("my cells"), layout(module).heading());
	}

	@Test
	void everyInputIsShownUnderItsLabelAndFolded() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		for (final Module module : modules()) {
			final DialogLayout layout = layout(module);
			if (layout.fields().isEmpty()) continue;
			final GenericDialog dialog = new InputDialog(module, layout, () -> {});
			final FutureTask<Void> shown = new FutureTask<>(dialog::showDialog, null);
			new Thread(shown).start();
			assertEquals(dialog, DialogDriver.await(module.getInfo().getTitle().replace("...", "")));
			final Component fold = command(module).asked() == null ? null : DialogDriver.field(dialog, DialogLayout.MORE);
			for (int i = 0; i < 3; i++) {
				for (final DialogLayout.Field field : layout.fields())
					assertEquals(i == 1 || !field.folded(), DialogDriver.field(dialog, field.label()).isVisible(), field.name());
				if (fold != null) DialogDriver.tick((Checkbox) fold, i == 0);
				EventQueue.invokeAndWait(() -> {});
			}
			for (final DialogLayout.Button button : layout.buttons())
				assertTrue(buttons(dialog).contains(button.label()), button.label());
			DialogDriver.press(dialog, "Cancel");
			shown.get();
			assertTrue(dialog.wasCanceled());
		}
	}

	@Test
	void whileDialogsAreOpenOthersAreRecordedAndEscapeClosesThem() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		final boolean before = Recorder.record;
		Recorder.record = true;
		try {
			final Map<GenericDialog, FutureTask<Boolean>> asked = new LinkedHashMap<>();
			for (final Module module : modules())
				if (command(module) instanceof SampleCommand || command(module) instanceof ModelInfoCommand) {
					final InputDialog dialog = new InputDialog(module, layout(module), () -> {});
					asked.put(dialog, new FutureTask<>(dialog::ask));
					new Thread(asked.get(dialog)).start();
					DialogDriver.await(module.getInfo().getTitle().replace("...", ""));
				}
			assertEquals(2, asked.size());
			for (final Map.Entry<GenericDialog, FutureTask<Boolean>> each : asked.entrySet()) {
				assertTrue(Recorder.record);
				final Component text = ((JComboBox<?>) Stream.of(each.getKey().getComponents()).filter(ModelField.class::isInstance).flatMap(field -> Stream.of(
					((ModelField) field).getComponents())).filter(JComboBox.class::isInstance).findFirst().orElseThrow()).getEditor().getEditorComponent();
				final KeyEvent escape = new KeyEvent(text, KeyEvent.KEY_PRESSED, 0, 0, KeyEvent.VK_ESCAPE, KeyEvent.CHAR_UNDEFINED);
				EventQueue.invokeAndWait(() -> Stream.of(text.getKeyListeners()).forEach(listener -> listener.keyPressed(escape)));
				assertFalse(each.getValue().get());
			}
			assertTrue(Recorder.record);
		}
		finally {
			Recorder.record = before;
		}
	}

	/** What makes OK say a sentence and leave the dialog open. */
	@Test
	void mistakesAreFoundWhileTheDialogIsOpen(@TempDir final Path dir) throws Exception {
		final File nuclei = Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm").toFile(), target = dir.resolve("m.cfebm").toFile(), none =
			new File("/no/such");
		final File images = dir.toFile(), file = Files.createFile(dir.resolve("there.onnx")).toFile();
		finds("No model file is given", TrainCommand.class);
		finds("there is no folder", TrainCommand.class, "model", new File(none, "m.cfebm"));
		finds("does not exist", TrainCommand.class, "model", target, "folder", none);
		finds("The iterations are “many”", TrainCommand.class, "model", target, "iterations", "many");
		finds("The minutes of training must be more than 0", TrainCommand.class, "model", target, "minutes", 0.0);
		finds("“my cells” was closed", TrainCommand.class, "model", target, "image", closed());
		finds(null, TrainCommand.class, "model", target);
		finds(null, TrainCommand.class, "model", target, "image", null, "folder", images);
		finds("No folder of source images is given", TrainStyleCommand.class, "model", target);
		finds("does not exist", TrainStyleCommand.class, "model", target, "sources", images, "targets", none);
		finds(null, TrainStyleCommand.class, "model", target, "sources", images, "targets", images);
		finds("“my cells” has no selection", InpaintCommand.class, "model", nuclei);
		finds("“my cells” was closed", DenoiseCommand.class, "model", nuclei, "image", closed());
		finds("3 models are given for 2 channels", DenoiseCommand.class, "model", new File(nuclei + ";" + nuclei + ";" + nuclei));
		finds(null, DenoiseCommand.class, "model", nuclei);
		finds("There is no model file", SampleCommand.class, "model", none);
		finds("The model has no stage", SampleCommand.class, "model", nuclei, "stage", "128");
		finds(null, SampleCommand.class, "model", nuclei, "stage", "16");
		finds("No file to write is given", ExportCommand.class, "model", nuclei);
		finds("exists: name another one", ExportCommand.class, "model", nuclei, "file", file);
		finds(null, ExportCommand.class, "model", nuclei, "file", file, "overwrite", true);
	}

	private static ImagePlus closed() {
		final ImagePlus imp = IJ.createImage("my cells", 9, 8, 2, 8);
		imp.flush();
		return imp;
	}

	/** @param part of the sentence; null: nothing is wrong */
	private static void finds(final String part, final Class<? extends CfebmCommand> type, final Object... inputs) throws Exception {
		final Module module = modules().stream().filter(m -> type.isInstance(command(m))).findFirst().orElseThrow();
		for (int i = 0; i < inputs.length; i += 2)
			module.setInput((String) inputs[i], inputs[i + 1]);
		if (part == null) command(module).check();
		else assertTrue(assertThrows(Exception.class, command(module)::check).getMessage().contains(part), part);
	}

	@Test
	void okWithAMistakeLeavesTheDialogOpen() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		final Module module = modules().stream().filter(m -> command(m) instanceof DenoiseCommand).findFirst().get();
		final InputDialog dialog = new InputDialog(module, layout(module), command(module)::check);
		final FutureTask<Boolean> asked = new FutureTask<>(dialog::ask);
		new Thread(asked).start();
		DialogDriver.await("CF-EBM Denoise");
		final String model = Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm").toString();
		final String[][] mistakes = { { "sigma", "-1" }, { "sigma", "many" }, { "slices", "5-9" }, { "model", "/no/such.cfebm" } };
		for (final String[] mistake : mistakes) {
			for (final String[] right : new String[][] { { "model", model }, { "sigma", "7.5" }, { "slices", "2" }, mistake })
				EventQueue.invokeAndWait(() -> DialogDriver.set(dialog, label(module, right[0]), right[1]));
			DialogDriver.press(dialog, "OK");
			EventQueue.invokeAndWait(() -> {});
			assertTrue(dialog.isShowing() && !asked.isDone(), mistake[0]);
		}
		EventQueue.invokeAndWait(() -> DialogDriver.set(dialog, label(module, "model"), model));
		DialogDriver.press(dialog, "OK");
		assertTrue(asked.get());
		assertEquals(7.5, module.getInput("sigma"));
		assertEquals("2", module.getInput("slices"));
	}

	@Test
	void aTrainingChecksItsFoldersAndFileBeforeTheDialogCloses() throws Exception {
		final Module module = modules().stream().filter(m -> command(m) instanceof TrainCommand).findFirst().get();
		module.setInput("image", null);
		final File images = new File("test-images/nuclei/train");
		final Object[][] mistakes = { { null, "a.cfebm", "There is no image open and no folder is given" }, //
			{ new File("/no/such"), "a.cfebm", "The folder “" }, { images, "", "No model file is given" }, //
			{ images, "/no/such/a.cfebm", "The model cannot be written to" } };
		for (final Object[] mistake : mistakes) {
			module.setInput("folder", mistake[0]);
			module.setInput("model", new File((String) mistake[1]));
			final String said = assertThrows(Exception.class, command(module)::check).getMessage();
			assertTrue(said.startsWith((String) mistake[2]), said);
		}
		module.setInput("model", new File("target", "a.cfebm"));
		command(module).check();
	}

	private static String label(final Module module, final String input) {
		return layout(module).fields().stream().filter(field -> field.name().equals(input)).findFirst().orElseThrow().label();
	}

	private static List<String> buttons(final java.awt.Container in) {
		final List<String> labels = new ArrayList<>();
		for (final Component component : in.getComponents())
			if (component instanceof Button) labels.add(((Button) component).getLabel().trim());
			else if (component instanceof java.awt.Container) labels.addAll(buttons((java.awt.Container) component));
		return labels;
	}
}
