package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;

/** Macros in a host that is like Fiji where macros are concerned. */
class FijiMacrosTest {

	private static final String IMAGE = "newImage(\"cells\", \"8-bit ramp\", 20, 20, 1);\n";

	@TempDir
	Path dir;

	@Test
	void aKeyWithoutAValueIsTrueAndWhatIsLeftOutHasItsDefault() throws Exception {
		final Path model = TinyModels.addNominalModel(TinyModels.write(dir, 1));
		final String printed = run(true, IMAGE + "run(\"CF-EBM Anomaly Map...\", \"model=" + model + " mask range=Image\");\n" +
			"print(getTitle());\nselectImage(\"cells-anomaly-mask\");\nselectImage(\"cells\");\n" +
			"run(\"CF-EBM Denoise...\", \"sigma=10 model=" + model + "\");\nprint(getTitle());\nprint(getMetadata(\"Info\"));\n");
		assertTrue(printed.contains("cells-anomalies\ncells-denoised\n"), printed);
		assertTrue(printed.contains(" method=[One step] sigma=10.0 "), printed);
	}

	@Test
	void anErrorIsOneSentenceWithoutATraceAndStopsTheMacro() throws Exception {
		final String[][] errors = { { "Denoise...", "model=/no/such.cfebm", "There is no model file /no/such.cfebm." },
			{ "Denoise...", "sigma=abc", "sigma is “abc”: it must be a number." },
			{ "Denoise...", "sgima=5", "There is no input “sgima”, only image, model, method, sigma," },
			{ "Denoise...", "model=[/no/seed=25 mask/x.cfebm]", "There is no model file /no/seed=25 mask/x.cfebm." },
			{ "Denoise...", "seed=1.5", "seed is “1.5”: it must be a whole number." },
			{ "Denoise...", "image=nobody", "“nobody” is neither the title of an open image nor the path of an image file." },
			{ "Sample...", "count=-1", "The number of images is -1: it must be a number of at least 1." },
			{ "Train...", "folder=/nowhere", "No model file is given" } };
		final String[] macros = new String[errors.length];
		for (int i = 0; i < macros.length; i++)
			// In a loop and in a function, as there is more to unwind.
			macros[i] = IMAGE + "for (i = 0; i < 3; i++) f(i);\nfunction f(i) {\n\tif (i < 5) run(\"CF-EBM " + errors[i][0] + "\", \"" +
				errors[i][1] + "\");\n\tprint(\"went on\");\n}\nprint(\"went on\");\n";
		final List<String> printed = run(true, macros).lines().filter(line -> line.startsWith("Macro Error: ") || line.matches(
			"went on|\tat .*")).toList();
		assertEquals(macros.length, printed.size(), printed.toString());
		for (int i = 0; i < macros.length; i++)
			assertTrue(printed.get(i).startsWith("Macro Error: " + errors[i][2]), printed.get(i));
	}

	/** Fiji looks for keys inside brackets, too. */
	@Test
	void nothingInsideBracketsIsAKey() throws Exception {
		final Path folder = Files.createDirectory(dir.resolve("sigma=3 seed=25"));
		final String printed = run(true, IMAGE + "run(\"CF-EBM Denoise...\", \"model=[" + TinyModels.write(folder, 1) + "] sigma=10\");\n" +
			"print(getMetadata(\"Info\"));\n");
		assertTrue(printed.contains(" sigma=10.0 ") && printed.contains(" seed=1"), printed);
	}

	@Test
	void anErrorIsOneDialog() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display to open dialogs on.");
		assertEquals("0.ijm: Macro Error\n1.ijm: Macro Error\n2.ijm: Macro Error\n", run(false, IMAGE +
			"run(\"CF-EBM Denoise...\", \"model=/no/such.cfebm\");\nprint(\"went on\");", IMAGE +
				"setBatchMode(true);\nrun(\"CF-EBM Denoise...\", \"sigma=abc\");\nshowMessage(\"went on\");", IMAGE +
					"run(\"CF-EBM Denoise...\");\nshowMessage(\"went on\");"));
	}

	@Test
	void aScriptsImageIsTakenAndNotTheOneInFront() throws Exception {
		final String printed = run(true, IMAGE + "call(\"" + FijiHost.Script.class.getName() + ".run\", \"CF-EBM Denoise...\", \"sigma=10 model=" +
			TinyModels.write(dir, 1) + "\");\nArray.print(getList(\"image.titles\"));");
		assertTrue(printed.contains("cells, hidden-denoised"), printed);
	}

	@Test
	void inAWindowTheResultIsTheCurrentImageAtOnce() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display.");
		assertEquals("0.ijm: cells-denoised\n", run(false, IMAGE + "run(\"CF-EBM Denoise...\", \"sigma=10 model=" + TinyModels.write(dir, 1) +
			"\");\nDialog.create(getTitle());\nDialog.show();"));
	}

	@Test
	void escapeEndsTheMacroWithoutATrace() throws Exception {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display.");
		assertEquals("", run(false, "// Esc\nrun(\"CF-EBM Sample...\", \"count=500 steps=5000 model=" + TinyModels.write(dir, 1) +
			"\");\nshowMessage(\"went on\");"));
	}

	@Test
	void aFileThatIsNoImageDoesNotEndTheWorkOnAFolder() throws Exception {
		final Path images = Files.createDirectory(dir.resolve("images"));
		Files.writeString(images.resolve("garbage.png"), "no image");
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("good.tif").toString());
		final String printed = run(true, "runMacro(\"" + Path.of("plugins", "CF-EBM_Denoise_Folder.ijm").toAbsolutePath() + "\", \"" +
			images + "|" + TinyModels.write(dir, 1) + "|" + dir.resolve("out") + "|12\");");
		assertTrue(printed.contains("garbage.png is not done: the file can't be read."), printed);
		assertTrue(printed.contains("1 of 2 images denoised"), printed);
	}

	/** @return all that is printed */
	private String run(final boolean headless, final String... macros) throws IOException, InterruptedException {
		final List<String> arguments = new ArrayList<>(List.of("-Djava.awt.headless=" + headless, "-classpath", Jvm.classPath(), FijiHost.class
			.getName()));
		for (int i = 0; i < macros.length; i++)
			arguments.add(Files.writeString(dir.resolve(i + ".ijm"), macros[i]).toString());
		return Jvm.withoutLog(Jvm.run(dir, dir.resolve("output.txt"), 3, arguments).output());
	}
}
