package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.plugin.PluginInfo;
import org.scijava.plugin.PluginService;
import org.scijava.script.AdaptedScriptLanguage;
import org.scijava.script.ScriptLanguage;
import org.scijava.script.ScriptService;

import ij.IJ;
import ij.ImagePlus;

/** The templates in Groovy, run by SciJava's own scripting; those that are macros are run by {@link MacrosTest}. */
class ScriptTemplatesTest {

	private static final Path TEMPLATES = Path.of("src", "main", "resources", "script_templates", "CF-EBM");

	@TempDir
	static Path dir;
	private static Context context;
	private static File gray;

	@BeforeAll
	static void open() throws Exception {
		context = new Context(ScriptService.class, CommandService.class, ModuleService.class);
		context.service(PluginService.class).addPlugin(new PluginInfo<>(Groovy.class, ScriptLanguage.class));
		gray = TinyModels.addNominalModel(TinyModels.write(dir, 1)).toFile();
	}

	@AfterAll
	static void close() {
		context.dispose();
	}

	/** Fiji has its own, which is not on Maven Central. */
	public static final class Groovy extends AdaptedScriptLanguage {

		public Groovy() {
			super("groovy");
		}
	}

	private static Module run(final String template, final Map<String, Object> inputs) throws Exception {
		return context.service(ScriptService.class).run(TEMPLATES.resolve(template).toFile(), true, inputs).get();
	}

	@Test
	void everyTemplateIsTested() throws Exception {
		final String tests = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/command/ScriptTemplatesTest.java")) + Files
			.readString(Path.of("src/test/java/sc/fiji/cfebm/command/MacrosTest.java"));
		try (Stream<Path> files = Files.list(TEMPLATES)) {
			for (final String name : files.map(file -> file.getFileName().toString()).toList())
				assertTrue(tests.contains("\"" + name + "\""), name);
		}
		// Macros for folders are templates, too; the script editor finds them in the jar.
		for (final String name : List.of("Anomaly_Folder.ijm", "Style_Folder.ijm", "CF-EBM_Denoise_Folder.ijm",
			"Train_and_Denoise.groovy"))
			assertNotNull(ScriptTemplatesTest.class.getResource("/script_templates/CF-EBM/" + name), name);
	}

	@Test
	void theDocumentationShowsTheJavaExampleThatIsCompiledAndItWorks() throws Exception {
		final String source = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/command/ScriptingExample.java"));
		assertEquals(source.substring(source.indexOf("// docs:begin\n") + 14, source.indexOf("// docs:end")), documented("java").replace("    ",
			"\t"));
		assertEquals(40, ScriptingExample.denoise(context, CommandExamples.image(), gray).getWidth());
	}

	@Test
	void theGroovyExampleOfTheDocumentationWorks() throws Exception {
		final ImagePlus denoised = (ImagePlus) context.service(ScriptService.class).run("example.groovy", documented("groovy"), true, Map.of(
			"image", CommandExamples.image(), "model", gray)).get().getOutput("denoised");
		assertEquals(2, denoised.getStackSize());
	}

	private static String documented(final String language) throws Exception {
		final String page = Files.readString(Path.of("docs", "scripting.md"));
		final int begin = page.indexOf("```" + language + "\n") + language.length() + 4;
		return page.substring(begin, page.indexOf("```", begin));
	}

	@Test
	void trainAndDenoise() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("clean"));
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("a.tif").toString());
		final File model = dir.resolve("new.cfebm").toFile();
		final ImagePlus denoised = (ImagePlus) run("Train_and_Denoise.groovy", Map.of("folder", images.toFile(), "model", model, "minutes",
			0.01, "image", CommandExamples.image())).getOutput("denoised");
		assertTrue(model.isFile());
		assertEquals("my cells-denoised", denoised.getTitle());
		assertTrue(denoised.getInfoProperty().contains("CF-EBM Denoise... model=" + model), denoised.getInfoProperty());
	}

	@Test
	void denoiseFolder() throws Exception {
		final Path input = Files.createDirectory(dir.resolve("noisy")), output = dir.resolve("denoised");
		IJ.saveAsTiff(CommandExamples.image(), input.resolve("a.tif").toString());
		IJ.saveAsTiff(IJ.createImage("color", "RGB ramp", 20, 20, 1), input.resolve("color.tif").toString());
		Files.write(input.resolve("b.png"), new byte[] { 1, 2, 3 });
		final Map<String, Object> inputs = Map.of("input", input.toFile(), "model", gray, "output", output.toFile(), "sigma", 9.0);
		final String problem = run("Denoise_Folder.groovy", inputs).getOutput("problem").toString();
		assertTrue(problem.startsWith("1 of 3 images could not be done, “b.png” ("), problem);
		final byte[] made = Files.readAllBytes(output.resolve("a-denoised.tif"));
		Files.delete(input.resolve("b.png"));
		Files.delete(input.resolve("color.tif"));
		assertEquals("", run("Denoise_Folder.groovy", inputs).getOutput("problem"));
		assertTrue(Arrays.equals(made, Files.readAllBytes(output.resolve("a-denoised.tif"))));
	}

	@Test
	void anomaly() throws Exception {
		final Module done = run("Anomaly.groovy", Map.of("image", CommandExamples.image(), "model", gray, "rate", 20.0));
		assertEquals("my cells-anomaly", ((ImagePlus) done.getOutput("map")).getTitle());
		assertEquals("my cells-anomalies", ((ImagePlus) done.getOutput("anomalies")).getTitle());
		assertEquals(2, done.getOutput("score").toString().split(",").length);
	}

	@Test
	void style() throws Exception {
		final Module done = run("Style.groovy", Map.of("image", CommandExamples.image(), "model", gray, "strength", 0.3));
		assertEquals("my cells-translated", ((ImagePlus) done.getOutput("translated")).getTitle());
		assertEquals("my cells-saliency", ((ImagePlus) done.getOutput("saliency")).getTitle());
	}
}
