package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ij.IJ;

/** Macros in a host that is like Fiji where macros are concerned; a JVM takes seconds to start, so that they run one after another in one. */
class FijiMacrosTest {

	private static final String IMAGE = "newImage(\"cells\", \"8-bit ramp\", 20, 20, 1);\n", BEGIN = "----- ";
	/** Options of a command, and how the error begins. */
	private static final String[][] ERRORS = { { "Denoise...", "model=/no/such.cfebm", "There is no model file /no/such.cfebm." },
		{ "Denoise...", "sigma=abc", "sigma is “abc”: it must be a number." },
		{ "Denoise...", "sgima=5", "There is no input “sgima”, only image, model, method, sigma," },
		{ "Denoise...", "model=[/no/seed=25 mask/x.cfebm]", "There is no model file /no/seed=25 mask/x.cfebm." },
		{ "Denoise...", "seed=1.5", "seed is “1.5”: it must be a whole number." },
		{ "Denoise...", "image=nobody", "“nobody” is neither the title of an open image nor the path of an image file." },
		{ "Sample...", "count=-1", "The number of images is -1: it must be a number of at least 1." },
		{ "Train...", "folder=/nowhere", "No model file is given" } };

	@TempDir
	static Path dir;
	/** What each macro printed, by its name; of those with a display the titles of windows that opened by themselves. */
	private static Map<String, String> printed, opened;

	@BeforeAll
	static void run() throws Exception {
		final Path model = TinyModels.addNominalModel(TinyModels.write(dir, 1)), inside = TinyModels.write(Files.createDirectory(dir.resolve(
			"sigma=3 seed=25")), 1), images = Files.createDirectory(dir.resolve("images"));
		Files.writeString(images.resolve("garbage.png"), "no image");
		IJ.saveAsTiff(CommandExamples.image(), images.resolve("good.tif").toString());
		final Map<String, String> macros = new LinkedHashMap<>();
		macros.put("keys", IMAGE + "run(\"CF-EBM Anomaly Map...\", \"model=" + model + " mask range=Image\");\n" +
			"print(getTitle());\nselectImage(\"cells-anomaly-mask\");\nselectImage(\"cells\");\n" +
			"run(\"CF-EBM Denoise...\", \"sigma=10 model=" + model + "\");\nprint(getTitle());\nprint(getMetadata(\"Info\"));\n");
		for (int i = 0; i < ERRORS.length; i++)
			// In a loop and in a function, as there is more to unwind.
			macros.put("error" + i, IMAGE + "for (i = 0; i < 3; i++) f(i);\nfunction f(i) {\n\tif (i < 5) run(\"CF-EBM " + ERRORS[i][0] +
				"\", \"" + ERRORS[i][1] + "\");\n\tprint(\"went on\");\n}\nprint(\"went on\");\n");
		macros.put("brackets", IMAGE + "run(\"CF-EBM Denoise...\", \"model=[" + inside + "] sigma=10\");\nprint(getMetadata(\"Info\"));\n");
		macros.put("script", IMAGE + "call(\"" + FijiHost.Script.class.getName() + ".run\", \"CF-EBM Denoise...\", \"sigma=10 model=" + model +
			"\");\nArray.print(getList(\"image.titles\"));");
		macros.put("folder", "runMacro(\"" + Path.of("plugins", "CF-EBM_Denoise_Folder.ijm").toAbsolutePath() + "\", \"" + images + "|" + model +
			"|" + dir.resolve("out") + "|12\");");
		printed = new HashMap<>();
		for (final String part : run(true, macros).split(BEGIN))
			printed.put(part.lines().findFirst().orElse(""), part.substring(part.indexOf('\n') + 1));
		if (GraphicsEnvironment.isHeadless()) return;
		macros.clear();
		// First: the others' work would be taken for its own.
		macros.put("escape", "// Esc\nrun(\"CF-EBM Sample...\", \"count=500 steps=5000 model=" + model + "\");\nshowMessage(\"went on\");");
		macros.put("no model", IMAGE + "run(\"CF-EBM Denoise...\", \"model=/no/such.cfebm\");\nprint(\"went on\");");
		macros.put("no number", IMAGE + "setBatchMode(true);\nrun(\"CF-EBM Denoise...\", \"sigma=abc\");\nshowMessage(\"went on\");");
		macros.put("no options", IMAGE + "run(\"CF-EBM Denoise...\");\nshowMessage(\"went on\");");
		macros.put("result", IMAGE + "run(\"CF-EBM Denoise...\", \"sigma=10 model=" + model + "\");\nDialog.create(getTitle());\nDialog.show();");
		final List<String> lines = run(false, macros).lines().toList();
		opened = new HashMap<>();
		for (final String macro : macros.keySet())
			opened.put(macro, lines.stream().filter(line -> line.startsWith(macro + ".ijm: ")).map(line -> line.substring(macro.length() + 6) +
				"\n").reduce("", String::concat));
	}

	/** @return all that is printed; without a display {@link #BEGIN} and a macro's name before what it prints */
	private static String run(final boolean headless, final Map<String, String> macros) throws IOException, InterruptedException {
		final List<String> arguments = new ArrayList<>(List.of("-Djava.awt.headless=" + headless, "-classpath", Jvm.classPath(), FijiHost.class
			.getName()));
		for (final Map.Entry<String, String> macro : macros.entrySet())
			arguments.add(Files.writeString(dir.resolve(macro.getKey() + ".ijm"), headless ? "run(\"Close All\");\nprint(\"" + BEGIN + macro
				.getKey() + "\");\n" + macro.getValue() : macro.getValue()).toString());
		return Jvm.withoutLog(Jvm.run(dir, dir.resolve("output.txt"), 5, arguments).output());
	}

	private static String opened(final String macro) {
		assumeFalse(GraphicsEnvironment.isHeadless(), "There is no display.");
		return opened.get(macro);
	}

	@Test
	void aKeyWithoutAValueIsTrueAndWhatIsLeftOutHasItsDefault() {
		final String keys = printed.get("keys");
		assertTrue(keys.contains("cells-anomalies\ncells-denoised\n"), keys);
		assertTrue(keys.contains(" method=[One step] sigma=10.0 "), keys);
	}

	@Test
	void anErrorIsOneSentenceWithoutATraceAndStopsTheMacro() {
		for (int i = 0; i < ERRORS.length; i++) {
			final List<String> lines = printed.get("error" + i).lines().filter(line -> line.startsWith("Macro Error: ") || line.matches(
				"went on|\tat .*")).toList();
			assertEquals(1, lines.size(), lines.toString());
			assertTrue(lines.get(0).startsWith("Macro Error: " + ERRORS[i][2]), lines.get(0));
		}
	}

	/** Fiji looks for keys inside brackets, too. */
	@Test
	void nothingInsideBracketsIsAKey() {
		final String brackets = printed.get("brackets");
		assertTrue(brackets.contains(" sigma=10.0 ") && brackets.contains(" seed=1"), brackets);
	}

	@Test
	void anErrorIsOneDialog() {
		for (final String macro : List.of("no model", "no number", "no options"))
			assertEquals("Macro Error\n", opened(macro), macro);
	}

	@Test
	void aScriptsImageIsTakenAndNotTheOneInFront() {
		assertTrue(printed.get("script").contains("cells, hidden-denoised"), printed.get("script"));
	}

	@Test
	void inAWindowTheResultIsTheCurrentImageAtOnce() {
		assertEquals("cells-denoised\n", opened("result"));
	}

	@Test
	void escapeEndsTheMacroWithoutATrace() {
		assertEquals("", opened("escape"));
	}

	@Test
	void aFileThatIsNoImageDoesNotEndTheWorkOnAFolder() {
		assertTrue(printed.get("folder").contains("“garbage.png” is not done: it is not an image of a known kind."), printed.get("folder"));
		assertTrue(printed.get("folder").contains("1 of 2 images done, 1 not done"), printed.get("folder"));
	}
}
