package sc.fiji.cfebm.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.util.FileUtils;

import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.command.host.Bridge;

/** The package that users drop onto Fiji, as {@code mvn package} makes it in target/fiji. */
class FijiPackageIT {

	private static final Path FIJI = Path.of("target", "fiji"), PLAIN = Path.of("target", "cfebm-plain-imagej");
	/** Stated in docs/install.md. */
	private static final long MOST_BYTES = 180_000_000;
	private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-arm64", "linux-armhf", "linux-ppc64le",
		"windows-x86_64", "macosx-x86_64", "macosx-arm64", "android", "ios");
	/**
	 * What every ImageJ2 is made of and the package therefore has not; beginnings of jars' names on the class path of this test.
	 * Fiji has more, an ImageJ2 put together from imagej-legacy alone has no Commons Math.
	 */
	private static final List<String> FIJIS = List.of("scijava-common-", "parsington-", "ij-", "ij1-patcher-", "javassist-",
		"classgraph-", "imglib2-");
	private static final String CHECK = "sc.fiji.cfebm.command.CheckInstallationCommand";
	private static final String PLATFORM = System.getProperty("cfebm.platform");

	private static List<Path> jars;

	@TempDir
	private Path dir;

	@BeforeAll
	static void findJars() throws IOException {
		jars = jars(FIJI);
		assertFalse(jars.isEmpty());
	}

	@Test
	void noJarHasTheNameOfOneOfFijis() throws IOException {
		final Set<String> fijis = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		try (Stream<String> lines = Files.lines(Path.of("src/test/resources/fiji-jars.txt"))) {
			lines.filter(line -> !line.startsWith("#")).forEach(fijis::add);
		}
		assertTrue(fijis.containsAll(List.of("guava", "jackson-core", "protobuf-java", "commons-io", "slf4j-api", "javacpp", "gson",
			"jna", "imglib2", "scijava-common", "ij")));
		// Beside them the names that Fiji has in other versions: ND4J's jars of the same content are called so.
		fijis.addAll(List.of("jackson", "protobuf", "oshi-core", "commons-net", "openblas"));
		for (final Path jar : jars) {
			final String name = jar.getFileName().toString(), base = name.replaceFirst("\\.jar$", "").replaceFirst("-\\d.*", "");
			assertFalse(fijis.contains(base), name);
			// As Fiji's updater sees it.
			assertFalse(fijis.contains(FileUtils.stripFilenameVersion(name).replaceFirst("\\.jar$", "")), name);
		}
	}

	/** What else Fiji has and the package, too, comes last on the class path; these are what Fiji itself runs on. */
	@Test
	void noJarHasClassesThatFijiHasUnderTheSameName() throws IOException {
		final Set<String> found = new TreeSet<>();
		for (final Path jar : jars)
			for (final String entry : entries(jar))
				for (final String fijis : List.of("com/google/common/", "com/google/protobuf/", "com/fasterxml/", "org/scijava/",
					"net/imglib2/", "net/imagej/", "ij/", "org/slf4j/impl/"))
					if (entry.startsWith(fijis) && entry.endsWith(".class")) found.add(jar.getFileName() + ": " + fijis);
		assertEquals(Set.of(), found);
	}

	@Test
	void nativeLibrariesAreOfOneBuildForOnePlatform() throws IOException {
		final Set<String> builds = new TreeSet<>(), others = new TreeSet<>();
		for (final Path jar : jars) {
			final String file = jar.getFileName().toString();
			for (final String platform : PLATFORMS)
				if (!platform.equals(PLATFORM) && file.contains(platform)) others.add(file);
			for (final String entry : entries(jar)) {
				if (!entry.matches("org/(nd4j|bytedeco)/.*\\.(dll|dylib|so)([.0-9]*)")) continue;
				final String folder = entry.substring(0, entry.lastIndexOf('/'));
				if (entry.contains("nativecpu/bindings/")) builds.add(folder.substring(folder.lastIndexOf('/') + 1));
				else if (!entry.contains("/" + PLATFORM + "/")) others.add(file + ": " + entry);
			}
		}
		assertEquals(Set.of(PLATFORM + (PLATFORM.endsWith("arm64") ? "" : "-onednn")), builds);
		assertEquals(Set.of(), others);
		// And only once, or Java's modules would clash.
		assertEquals(1, jars.stream().filter(jar -> jar.getFileName().toString().matches("nd4j-native-[0-9].*" + PLATFORM + ".*"))
			.count());
	}

	@Test
	void commandsModelsScriptsAndNoMoreThanStated() throws IOException {
		final Path ours = FIJI.resolve("plugins/CF-EBM/cfebm_.jar");
		final String annotations = read(ours, "META-INF/json/org.scijava.plugin.Plugin"), menu = read(ours, "plugins.config");
		int commands = 0;
		for (final String line : menu.lines().filter(l -> !l.startsWith("#")).toList()) {
			final String command = line.replaceFirst(".*\\(\"", "").replaceFirst("\"\\).*", "");
			assertTrue(annotations.contains("\"class\":\"" + command + "\""), command);
			assertTrue(line.contains(Bridge.class.getName()), line);
			commands++;
		}
		assertTrue(commands >= 8, menu);
		// Launchers for developers stay at home.
		assertEquals(List.of(), entries(ours).stream().filter(entry -> entry.startsWith("sc/fiji/cfebm/command/dev/")).toList());
		assertTrue(entries(ours).contains("sc/fiji/cfebm/help/denoising.md"));
		for (final Path here : files(Path.of("plugins")))
			assertEquals(-1, Files.mismatch(here, FIJI.resolve(here)), here.toString());
		assertTrue(Files.isRegularFile(FIJI.resolve("plugins/CF-EBM/models/nuclei.cfebm")));
		assertTrue(Files.isRegularFile(FIJI.resolve("plugins/CF-EBM/models/photo.cfebm")));
		long bytes = 0;
		for (final Path file : files(FIJI))
			bytes += Files.size(file);
		assertTrue(bytes < MOST_BYTES, bytes + " bytes");
	}

	/** With the images that they open, which they look for beside themselves. */
	@Test
	void theExampleMacrosAreWhereFijiHasMacros() throws IOException {
		final Path macros = FIJI.resolve("macros/CF-EBM");
		for (final Path here : files(Path.of("macros")))
			assertEquals(-1, Files.mismatch(here, macros.resolve(here.getFileName())), here.toString());
		for (final Path here : files(Path.of("test-images")))
			if (here.toString().matches("test-images.(nuclei|stack|style|screen.field).*"))
				assertEquals(-1, Files.mismatch(here, macros.resolve(here)), here.toString());
	}

	@Test
	void theZipHasTheSameFiles() throws IOException {
		final Set<String> packed = entries(Path.of("target", "cfebm-fiji-" + PLATFORM + ".zip")).stream().filter(e -> !e.endsWith(
			"/")).collect(Collectors.toSet());
		assertEquals(files(FIJI).stream().map(f -> FIJI.relativize(f).toString().replace('\\', '/')).collect(Collectors.toSet()),
			packed);
	}

	@Test
	void withFijisJarsInFrontItDenoisesAndFindsItselfWellInstalled() throws Exception {
		assumeOwnPlatform();
		final String printed = java(List.of("-Dplugins.dir=" + FIJI.toAbsolutePath(), "-cp", String.join(File.pathSeparator, fijis(),
			join(jars), testClasses()), InsideFiji.class.getName(), Path.of("test-images/nuclei/test_noisy_gaussian.tif")
				.toAbsolutePath().toString(), "sc.fiji.cfebm.command.DenoiseCommand", CHECK),
			FIJI);
		assertTrue(printed.contains("test_noisy_gaussian-denoised.tif 256x256"), printed);
		assertTrue(printed.contains("\nModels: microscopy, nuclei, photo, photo-color\n    in "), printed);
		assertTrue(printed.contains(PLATFORM.endsWith("arm64") ? ", without oneDNN, " : ", with oneDNN, "), printed);
		assertTrue(printed.contains("\nDevices: "), printed);
		assertTrue(printed.endsWith("\nResult: all is well.\n"), printed);
	}

	@Test
	void withoutItsNativeLibraryItSaysWhatToDo() throws Exception {
		assumeOwnPlatform();
		final List<Path> rest = jars.stream().filter(jar -> !jar.getFileName().toString().matches("nd4j-native-[0-9].*" + PLATFORM +
			".*")).toList();
		assertNotEquals(jars.size(), rest.size());
		final String printed = java(List.of("-Dplugins.dir=" + FIJI.toAbsolutePath(), "-cp", String.join(File.pathSeparator, fijis(),
			join(rest), testClasses()), InsideFiji.class.getName(), "", CHECK), FIJI);
		assertTrue(printed.contains("\nResult: ND4J's native library is not installed: unpack the package for " + PLATFORM +
			" into ImageJ's folder again.\n"), printed);
	}

	/** Nothing of ours is on the class path: ImageJ has to find it in its plugins folder. */
	@Test
	void withThePackageForPlainImageJItRunsThere() throws Exception {
		assumeOwnPlatform();
		for (final Path tree : List.of(FIJI, PLAIN))
			for (final Path file : files(tree)) {
				final Path to = dir.resolve(tree.relativize(file));
				Files.createDirectories(to.getParent());
				try {
					Files.createLink(to, file.toAbsolutePath());
				}
				catch (final UnsupportedOperationException | IOException e) {
					Files.copy(file, to);
				}
			}
		final String macro = "open('" + Path.of("test-images/nuclei/test_noisy_gaussian.tif").toAbsolutePath().toString().replace(
			'\\', '/') + "');\nrun('CF-EBM Denoise...', 'model=nuclei sigma=20');\nprint(getTitle());\nrun('CF-EBM Check Installation...');\n";
		final Path patcher = dir.resolve("host");
		Files.createDirectory(patcher);
		final String host = Arrays.stream(classPath()).filter(named("ij-", "ij1-patcher-", "javassist-", "classgraph-")).collect(
			Collectors.joining(File.pathSeparator));
		final String printed = java(List.of("-Dplugins.dir=" + dir, "-cp", host + File.pathSeparator + only(patcher,
			InsidePlainImageJ.class), InsidePlainImageJ.class.getName(), macro.replace('\'', '"')), dir);
		assertTrue(printed.contains("test_noisy_gaussian-denoised.tif\n"), printed);
		assertTrue(printed.contains("\nResult: all is well.\n"), printed);
		assertTrue(printed.contains("Loaded by ij.io.PluginClassLoader; commands: "), printed);
		assertFalse(printed.contains("SLF4J"), printed);
	}

	private static void assumeOwnPlatform() {
		final String os = System.getProperty("os.name").toLowerCase(Locale.ROOT), arch = System.getProperty("os.arch");
		final String here = (os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macosx" : "linux") + "-" + (arch.equals(
			"amd64") ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
		assumeTrue(here.equals(PLATFORM), "The package is for " + PLATFORM + ", this computer is " + here + ".");
	}

	/** The classes of one program alone, in a folder: the other test classes would bring ours along. */
	private static Path only(final Path folder, final Class<?> program) throws IOException {
		final String name = program.getName().replace('.', '/');
		final Path to = folder.resolve(name + ".class"), from = Path.of(testClasses(), name + ".class");
		Files.createDirectories(to.getParent());
		try (Stream<Path> classes = Files.list(from.getParent())) {
			for (final Path file : (Iterable<Path>) classes.filter(f -> f.getFileName().toString().startsWith(program
				.getSimpleName()))::iterator)
				Files.copy(file, to.resolveSibling(file.getFileName()));
		}
		return folder;
	}

	private String java(final List<String> arguments, final Path folder) throws IOException, InterruptedException {
		final List<String> all = new ArrayList<>(List.of("-Djava.awt.headless=true"));
		all.addAll(arguments);
		return Jvm.run(folder, dir.resolve("output.txt"), 5, all).output().replace("\r", "");
	}

	private static String fijis() {
		final String jars = Arrays.stream(classPath()).filter(named(FIJIS.toArray(String[]::new))).map(jar -> new File(jar)
			.getAbsolutePath()).collect(Collectors.joining(File.pathSeparator));
		assertEquals(FIJIS.size(), jars.split(File.pathSeparator).length, jars);
		return jars;
	}

	private static Predicate<String> named(final String... beginnings) {
		return jar -> Arrays.stream(beginnings).anyMatch(b -> new File(jar).getName().matches(b + "[0-9].*\\.jar"));
	}

	private static String[] classPath() {
		return Jvm.classPath().split(File.pathSeparator);
	}

	private static String testClasses() {
		return Path.of("target", "test-classes").toAbsolutePath().toString();
	}

	private static String join(final List<Path> jars) {
		return jars.stream().map(jar -> jar.toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
	}

	private static List<Path> jars(final Path tree) throws IOException {
		return files(tree).stream().filter(file -> file.toString().endsWith(".jar")).toList();
	}

	private static List<Path> files(final Path tree) throws IOException {
		try (Stream<Path> files = Files.walk(tree)) {
			return files.filter(Files::isRegularFile).sorted().toList();
		}
	}

	private static List<String> entries(final Path zip) {
		try (ZipFile file = new ZipFile(zip.toFile())) {
			return file.stream().map(ZipEntry::getName).toList();
		}
		catch (final IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	private static String read(final Path zip, final String entry) throws IOException {
		try (ZipFile file = new ZipFile(zip.toFile())) {
			return new String(file.getInputStream(file.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
		}
	}
}
