package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.dev.MacroHost;

/** What docs/security.md says of parts of libraries with known faults: they are not even loaded. */
class KnownFaultsTest {

	/** Never: readers of YAML and XML, clients of networks, what writes temporary files. */
	private static final List<String> NEVER = List.of("org.nd4j.shade.yaml.", "org.nd4j.shade.wstx.", "org.apache.commons.net.",
		"org.nd4j.shade.guava.io.");
	/** By exports alone, which write. */
	private static final List<String> EXPORTS = List.of("org.nd4j.shade.jackson.", "org.nd4j.shade.protobuf.", "onnx.", "com.google.flatbuffers.",
		"org.deeplearning4j.");

	@TempDir
	Path dir;

	@Test
	void noTaskLoadsThem() throws Exception {
		final Path models = Files.createDirectories(dir.resolve("plugins").resolve("CF-EBM").resolve("models"));
		TinyModels.addNominalModel(TinyModels.write(models, 1));
		final Set<String> loaded = loaded("""
			newImage("cells", "8-bit ramp", 40, 36, 1);
			run("CF-EBM Denoise...", "model=gray method=Posterior sigma=10 chains=2 steps=2");
			selectImage("cells");
			makeRectangle(4, 4, 6, 6);
			run("CF-EBM Inpaint...", "model=gray completions=1 steps=1");
			selectImage("cells");
			run("Select None");
			run("CF-EBM Anomaly Map...", "model=gray");
			selectImage("cells");
			run("CF-EBM Deconvolve...", "model=gray pixel=0.1 sigma=10");
			selectImage("cells");
			run("CF-EBM Train...", "model=[DIR/new.cfebm] iterations=1 size=8 width=2 preset=[Score matching] start=None");
			run("CF-EBM Translate Style...", "model=gray");
			run("CF-EBM Sample...", "model=gray count=1 stage=8 steps=1");
			run("CF-EBM Model Info...", "model=gray samples=0");
			print("all done");
			""");
		assertEquals(Set.of(), of(loaded, NEVER));
		assertEquals(Set.of(), of(loaded, EXPORTS));
	}

	@Test
	void exportsLoadWhatWritesAlone() throws Exception {
		final Path models = Files.createDirectories(dir.resolve("plugins").resolve("CF-EBM").resolve("models"));
		TinyModels.write(models, 1);
		TinyModels.writePaper(models);
		final Set<String> loaded = loaded("""
			run("CF-EBM Export...", "model=gray file=[DIR/a.onnx]");
			run("CF-EBM Export...", "model=gray format=Deeplearning4j file=[DIR/b.zip]");
			run("CF-EBM Export...", "model=paper format=Deeplearning4j file=[DIR/c.zip]");
			run("CF-EBM Export...", "model=gray format=bioimage.io file=[DIR/d.zip] authors=A licence=MIT");
			print("all done");
			""");
		assertEquals(Set.of(), of(loaded, NEVER));
		// So that the other test is one.
		assertEquals(new TreeSet<>(EXPORTS), EXPORTS.stream().filter(part -> !of(loaded, List.of(part)).isEmpty()).collect(Collectors
			.toCollection(TreeSet::new)));
	}

	/** The page names each of them. */
	@Test
	void thePageNamesThem() throws Exception {
		final String page = Files.readString(Path.of("docs/security.md"));
		for (final List<String> parts : List.of(NEVER, EXPORTS))
			for (final String part : parts)
				assertTrue(page.contains("`" + part + "*`"), part);
	}

	private Set<String> loaded(final String macro) throws Exception {
		final Path classes = dir.resolve("classes.txt"), file = Files.writeString(dir.resolve("macro.ijm"), macro.replace("DIR", dir
			.toString()));
		final Jvm.Outcome outcome = Jvm.run(dir, dir.resolve("output.txt"), 5, List.of("-Djava.awt.headless=true", "-Xlog:class+load:file=" +
			classes + ":none", "-Dcfebm.macro=" + file, "-Dcfebm.arg=", "-classpath", Jvm.classPath(), MacroHost.class.getName()));
		assertEquals(0, outcome.status(), outcome.output());
		assertTrue(outcome.output().endsWith("all done\n"), outcome.output());
		final Set<String> loaded = Files.readAllLines(classes).stream().map(line -> line.split(" ")[0]).collect(Collectors.toSet());
		assertTrue(loaded.contains("sc.fiji.cfebm.energy.unet.UnetEnergy") || loaded.contains("sc.fiji.cfebm.export.OnnxExport"), "" + loaded
			.size());
		return loaded;
	}

	private static Set<String> of(final Set<String> loaded, final List<String> parts) {
		return loaded.stream().filter(name -> parts.stream().anyMatch(name::startsWith)).collect(Collectors.toCollection(TreeSet::new));
	}
}
