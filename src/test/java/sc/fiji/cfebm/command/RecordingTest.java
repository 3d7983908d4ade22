package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.ItemVisibility;
import org.scijava.command.CommandService;
import org.scijava.convert.ConvertService;
import org.scijava.module.Module;
import org.scijava.module.ModuleItem;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;

import sc.fiji.cfebm.command.dev.Host;
import sc.fiji.cfebm.command.host.Bridge;

/** What the recorder writes, run as a macro, gives the same images and models again: for every command. */
class RecordingTest {

	@TempDir
	static Path dir;

	@Test
	void everyCommandRecordsInFijiAndReplaysThereAndHere() throws Exception {
		final CommandExamples examples = new CommandExamples(Files.createDirectory(dir.resolve("fiji run")));
		final ImagePlus imp = CommandExamples.image();
		try (Context context = new Context(CommandService.class, ModuleService.class, ConvertService.class)) {
			for (int i = 0; i < PluginsConfig.commands().size(); i++) {
				final String label = PluginsConfig.labels().get(i), type = PluginsConfig.commands().get(i);
				// A command without inputs has nothing to record.
				if (examples.inputs(label).isEmpty()) continue;
				final Module first = module(context, type, imp);
				final ConvertService convert = context.service(ConvertService.class);
				examples.inputs(label).forEach((key, value) -> first.setInput(key, convert.convert(value, first.getInfo().getInput(key)
					.getType())));
				final String made = run(context, first, examples), recorded = recordedByFiji(first);
				assertFalse(made.isEmpty(), label);
				for (final String key : examples.inputs(label).keySet())
					assertTrue(recorded.contains(" " + key + "="), recorded);
				final Module inFiji = module(context, type, imp);
				replayInFiji(inFiji, recorded, convert);
				assertEquals(made, run(context, inFiji, examples), recorded);
				final Module here = module(context, type, imp);
				WindowManager.setTempCurrentImage(imp);
				// The title of an image is looked up among those that have a window; there is none here.
				Bridge.setInputs(here, recorded.replace(" image=[my cells]", ""));
				assertEquals(made, run(context, here, examples), recorded);
			}
		}
		finally {
			WindowManager.setTempCurrentImage(null);
		}
	}

	private static Module module(final Context context, final String type, final ImagePlus imp) {
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
			type));
		if (module.getInfo().getInput("image") != null) module.setInput("image", imp);
		return module;
	}

	private static String run(final Context context, final Module module, final CommandExamples examples) throws Exception {
		context.service(ModuleService.class).run(module, true).get();
		assertNull(((Cancelable) module).getCancelReason(), module.getInfo().getTitle());
		final List<ImagePlus> images = new ArrayList<>();
		for (final ModuleItem<?> output : module.getInfo().outputs())
			if (module.getOutput(output.getName()) instanceof ImagePlus) images.add((ImagePlus) module.getOutput(output.getName()));
		return examples.results(images);
	}

	/** As imagej-legacy does it: all inputs that are visible and have a value, under their names. */
	private static String recordedByFiji(final Module module) {
		Recorder.setCommand("recorded");
		Recorder.resetCommandOptions();
		for (final ModuleItem<?> input : module.getInfo().inputs()) {
			final Object value = module.getInput(input.getName());
			if (value == null || input.getVisibility() == ItemVisibility.INVISIBLE || value instanceof Context || //
				value instanceof org.scijava.service.Service) continue;
			Recorder.recordOption(input.getName(), value instanceof ImagePlus ? ((ImagePlus) value).getTitle() : value.toString());
		}
		final String options = Recorder.getCommandOptions();
		Recorder.setCommand(null);
		return " " + options;
	}

	/** As imagej-legacy does it: each value converted to the input's type. */
	private static void replayInFiji(final Module module, final String options, final ConvertService convert) {
		for (final ModuleItem<?> input : module.getInfo().inputs()) {
			final String value = Macro.getValue(options, input.getName(), null);
			if (value == null || input.getType() == ImagePlus.class) continue;
			module.setInput(input.getName(), convert.convert(value, input.getType()));
		}
	}

	@Test
	void everyCommandRecordsFromItsDialogAndReplaysInPlainImageJ() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		final Path folder = Files.createDirectory(dir.resolve("dialog run"));
		final String printed = Jvm.run(Path.of("").toAbsolutePath(), dir.resolve("output.txt"), 4, List.of("-classpath", Jvm.classPath(), DialogRuns.class
			.getName(), folder.toString())).output();
		assertEquals(PluginsConfig.labels().stream().map(label -> label + " replays\n").reduce("", String::concat) +
			"a canceled command is not recorded, and its preview is taken away\n", printed);
	}

	/** Every command from ImageJ's menu, its dialog filled in and OK pressed; then as a macro with what was recorded. */
	static final class DialogRuns {

		public static void main(final String[] args) throws Exception {
			Host.installPlugin();
			new ij.ImageJ();
			final Recorder recorder = new Recorder();
			final CommandExamples examples = new CommandExamples(Path.of(args[0]));
			int failures = 0;
			for (int i = 0; i < PluginsConfig.labels().size(); i++) {
				final String label = PluginsConfig.labels().get(i);
				final Map<String, String> inputs = examples.inputs(label);
				CommandExamples.image().show();
				final int before = recorder.getText().length();
				IJ.doCommand(label);
				if (!inputs.isEmpty()) DialogDriver.fill(label.replace("...", ""), PluginsConfig.commands().get(i), inputs);
				while (!recorder.getText().substring(before).contains("run(\"" + label))
					Thread.sleep(100);
				final String recorded = recorder.getText().substring(before).lines().filter(line -> line.startsWith("run(\"" + label))
					.findFirst().get(), made = results(examples);
				CommandExamples.image().show();
				Recorder.record = false;
				IJ.runMacro(recorded);
				Recorder.record = true;
				final String again = results(examples);
				final boolean tells = CheckInstallationCommand.class.getName().equals(PluginsConfig.commands().get(i));
				if (made.equals(again) && made.isEmpty() == tells) System.out.println(label + " replays");
				else {
					System.out.println(recorded + "\n" + made + "\n" + again);
					failures++;
				}
			}
			System.out.println(cancel(recorder));
			System.exit(failures);
		}

		/** Opens a dialog, presses Preview, and cancels. */
		private static String cancel(final Recorder recorder) throws Exception {
			final int before = recorder.getText().length();
			CommandExamples.image().show();
			final String label = PluginsConfig.labels().get(1);
			IJ.doCommand(label);
			final GenericDialog dialog = DialogDriver.await(label.replace("...", ""));
			EventQueue.invokeAndWait(() -> DialogDriver.set(dialog, "Noise (sigma in gray values, 0: estimate)", "10"));
			final List<Thread> running = Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals(label) || thread
				.getName().equals("Run$_" + label)).toList();
			assertFalse(running.isEmpty(), "ImageJ calls a command's thread otherwise.");
			DialogDriver.press(dialog, "Preview");
			while (WindowManager.getImage("Preview of my cells") == null)
				Thread.sleep(100);
			DialogDriver.press(dialog, "Cancel");
			for (final Thread thread : running)
				thread.join();
			final String recorded = recorder.getText().substring(before);
			// The event that closes it is in the queue by now.
			EventQueue.invokeAndWait(() -> {});
			return recorded.contains(label) ? recorded : "a canceled command is not recorded, and its preview is " + (WindowManager.getImage(
				"Preview of my cells") == null ? "taken away" : "still there");
		}

		/** Of all open images but the input; closes all. */
		private static String results(final CommandExamples examples) throws IOException {
			final List<ImagePlus> images = new ArrayList<>();
			for (final int id : WindowManager.getIDList()) {
				final ImagePlus imp = WindowManager.getImage(id);
				if (!imp.getTitle().equals("my cells")) images.add(imp);
			}
			final String results = examples.results(images);
			for (final int id : WindowManager.getIDList()) {
				WindowManager.getImage(id).changes = false;
				WindowManager.getImage(id).close();
			}
			return results;
		}
	}
}
