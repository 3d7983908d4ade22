package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.scijava.command.CommandModule;
import org.scijava.command.CommandService;
import org.scijava.log.LogService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.ImagePlus;
import ij.gui.Roi;
import sc.fiji.cfebm.command.host.Bridge;
import sc.fiji.cfebm.command.host.ShowOutputs;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.inpaint.Inpainter;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.data.TrainingImages;

/** The commands as a whole, and what several of them have in common, through the real command framework. */
class CommandsTest extends CommandTestBase {

	@Test
	void sciJavaFindsCommandsAndPostprocessor() throws IOException {
		final String index = new String(DenoiseCommand.class.getResourceAsStream(
			"/META-INF/json/org.scijava.plugin.Plugin").readAllBytes(), StandardCharsets.UTF_8);
		for (final Class<?> type : new Class<?>[] { TrainCommand.class, DenoiseCommand.class, DeconvolveCommand.class, InpaintCommand.class,
			SampleCommand.class, AnomalyCommand.class, TrainStyleCommand.class, TranslateStyleCommand.class, ModelInfoCommand.class,
			ExportCommand.class, ShowOutputs.class })
			assertTrue(index.contains(type.getName()), type.getName());
	}

	@Test
	void plainImageJsMenuNamesTheSameCommands() throws IOException {
		final String config = new String(Bridge.class.getResourceAsStream("/plugins.config").readAllBytes(),
			StandardCharsets.UTF_8);
		final var commands = context.service(CommandService.class).getCommands().stream().filter(info -> info.getClassName()
			.startsWith(DenoiseCommand.class.getPackageName() + ".")).toList();
		for (final var info : commands)
			assertTrue(config.contains(info.getMenuPath().getMenuString().replaceFirst(" > ([^>]*)$", ", \"$1\", ").replace(" > ", ">") +
				Bridge.class.getName() + "(\"" + info.getClassName() + "\")"), info.getClassName());
		assertEquals(commands.size(), config.lines().filter(line -> line.contains("Bridge(")).count());
	}

	@Test
	void theCommandServiceGivesTheFinishedModule() throws Exception {
		final CommandModule done = context.service(CommandService.class).run(DenoiseCommand.class, true, "image", image("cells", 20, 20, 1,
			8), "model", gray, "sigma", 10.0).get();
		assertFalse(done.isCanceled(), done.getCancelReason());
		assertEquals("20", "" + ((ImagePlus) done.getOutput("denoised")).getWidth());
		for (final String type : PluginsConfig.commands())
			assertFalse(Module.class.isAssignableFrom(Class.forName(type)), type);
	}

	/** What is as it comes is left out. */
	@Test
	void helpHasTheCallOfTheCommandLine() {
		assertEquals("cfebm denoise image.tif result.tif --model=nuclei --sigma=12.5 --careful=true", call(DenoiseCommand.class,
			"model=nuclei sigma=12.5 careful=true"));
		assertEquals("cfebm inpaint image.tif result.tif --model=\"my models/a.cfebm\" --mask=NaN", call(InpaintCommand.class,
			"model=[my models/a.cfebm] mask=NaN"));
		assertEquals("cfebm train images \"my model.cfebm\" --minutes=30", call(TrainCommand.class,
			"folder=images model=[my model.cfebm] minutes=30"));
		assertEquals("cfebm sample samples.tif", call(SampleCommand.class, ""));
		assertNull(call(ModelInfoCommand.class, ""));
	}

	private String call(final Class<? extends CfebmCommand> type, final String options) {
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(type));
		Bridge.setInputs(module, options);
		return ((CfebmCommand) module.getDelegateObject()).layout().commandLine();
	}

	/** SciJava does so for every command. */
	@Test
	void aMisspeltKeyOfAScriptIsNamed() {
		final java.util.List<String> logged = new java.util.ArrayList<>();
		context.service(LogService.class).addLogListener(message -> logged.add(message.text()));
		final CommandService commands = context.service(CommandService.class);
		assertEquals("No such input: sgima", assertThrows(IllegalArgumentException.class, () -> commands.run(DenoiseCommand.class, true,
			"sgima", 5.0)).getMessage());
		assertTrue(logged.contains("Unmatched input: sgima"), logged.toString());
	}

	/** In plain ImageJ; {@link FijiMacrosTest} has it in a host like Fiji. */
	@Test
	void nothingInsideBracketsIsAKey() throws Exception {
		final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class).getCommand(
			TrainCommand.class));
		Bridge.setInputs(module, "folder=[/data/size=64 turns=0 crops] minutes=2 ");
		assertEquals(new File("/data/size=64 turns=0 crops"), module.getInput("folder"));
		assertEquals("32", module.getInput("size"));
		assertEquals(2.0, module.getInput("minutes"));
		assertTrue(assertThrows(IllegalArgumentException.class, () -> Bridge.setInputs(module, "minuts=2 ")).getMessage().startsWith(
			"There is no input “minuts”, only image, folder, model,"));
	}

	@Test
	void choicesAreTheEnginesOwn() {
		final var commands = context.service(CommandService.class);
		assertEquals(java.util.Arrays.toString(Denoiser.Method.values()), commands.getCommand(DenoiseCommand.class).getInput(
			"method").getChoices().toString());
		assertEquals(java.util.Arrays.toString(Inpainter.Method.values()), commands.getCommand(InpaintCommand.class).getInput(
			"method").getChoices().toString());
		assertEquals(java.util.Arrays.toString(TrainingImages.Noise.values()), commands.getCommand(TrainCommand.class).getInput(
			"noise").getChoices().toString());
		assertEquals(java.util.Arrays.toString(Preset.values()), commands.getCommand(TrainCommand.class).getInput("preset")
			.getChoices().toString());
	}

	@Test
	void theDocumentationHasAllKeysWithTheirDefaults() throws Exception {
		final java.util.List<String> page = Files.readAllLines(Path.of("docs", "using.md"));
		for (final var info : context.service(CommandService.class).getCommands()) {
			if (!info.getClassName().startsWith(DenoiseCommand.class.getPackageName() + ".")) continue;
			final String name = "*" + info.getMenuPath().getLeaf().getName().replace("CF-EBM ", "").replace("...", "") + "*";
			// The tables under the headings that name the command.
			final StringBuilder keys = new StringBuilder();
			boolean its = false;
			for (final String line : page) {
				if (line.startsWith("#")) its = line.startsWith("### ") && line.contains(name);
				else if (its && line.startsWith("| `")) keys.append(line.split("\\|")[1]);
			}
			final Module module = context.service(ModuleService.class).createModule(info);
			for (final var input : ((CfebmCommand) module.getDelegateObject()).inputs()) {
				final Object value = input.getType() == ImagePlus.class ? "image" : module.getInput(input.getName());
				final String text = value == null ? "" : value.toString().replaceFirst("\\.0$", "");
				assertTrue("image".equals(value) || keys.toString().contains("`" + input.getName() + "=" + (text.contains(" ") ? "[" + text + "]"
					: text) + "`"), name + " " + input.getName() + "=" + text);
			}
		}
	}

	@Test
	void whatAnImageCanHaveWrongIsOneSentence() throws Exception {
		says("no image open", DenoiseCommand.class, "model", gray);
		says("no image open", InpaintCommand.class, "model", gray);
		says("no image open", TrainCommand.class, "model", dir.resolve("x.cfebm").toFile());
		final ImagePlus empty = new ImagePlus();
		empty.setTitle("nothing");
		says("“nothing” has no pixels (0×0)", DenoiseCommand.class, "image", empty, "model", gray);
		says("“nothing” has no pixels (0×0)", TrainCommand.class, "image", empty, "model", dir.resolve("x.cfebm").toFile());
		final ImagePlus nothing = image("bad", 9, 9, 1, 32);
		nothing.getProcessor().setValue(Double.NaN);
		nothing.getProcessor().fill();
		says("“bad” has no part of 8×8 pixels or more in which every pixel is a finite number", TrainCommand.class, "image", nothing, "model", dir
			.resolve("x.cfebm").toFile());
		says("is for RGB images but “x” is gray: use a model for gray images, such as microscopy or photo.", DenoiseCommand.class, "image",
			image("x", 9, 9, 1, 16), "model", rgb);
	}

	@Test
	void imagesSmallerThanATileAreRestored() throws Exception {
		run(DenoiseCommand.class, "image", image("small", 5, 3, 1, 8), "model", gray, "sigma", 10.0);
		run(DenoiseCommand.class, "image", image("dot", 1, 1, 1, 8), "model", gray);
		run(DenoiseCommand.class, "image", image("dot", 1, 1, 1, 8), "model", gray, "sigma", 10.0);
		final ImagePlus small = image("small", 7, 4, 1, 8);
		small.setRoi(new Roi(2, 1, 2, 2));
		run(InpaintCommand.class, "image", small, "model", gray, "steps", 2);
	}

	@Test
	void whatAModelFileCanHaveWrongIsOneSentence() throws Exception {
		final ImagePlus imp = image("x", 9, 9, 1, 8);
		says("No model file is given", DenoiseCommand.class, "image", imp);
		says("is a folder", DenoiseCommand.class, "image", imp, "model", dir.toFile());
		says("There is no model file", DenoiseCommand.class, "image", imp, "model", dir.resolve("none.cfebm").toFile());
		final Path foreign = Files.writeString(dir.resolve("foreign.cfebm"), "hello");
		says("foreign.cfebm", DenoiseCommand.class, "image", imp, "model", foreign.toFile());
	}
}
