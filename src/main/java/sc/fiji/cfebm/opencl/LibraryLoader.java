package sc.fiji.cfebm.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Loads JOCL and with it the computer's OpenCL. JOCL asks Linux for {@code libOpenCL.so}, a name that packages for developers alone
 * bring; users have {@code libOpenCL.so.1}. Where only that is there, a copy that says it is called {@code libOpenCL.so} is loaded
 * first: Linux then takes it for what JOCL asks for.
 */
final class LibraryLoader {

	private static final String NAME = "libOpenCL.so", VERSIONED = NAME + ".1";
	private static final List<String> FOLDERS = List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
		"/lib64", "/lib", "/usr/local/lib", "/usr/local/lib64", "/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu/nvidia/current",
		"/opt/intel/opencl/lib64", "/opt/rocm/lib", "/opt/rocm/opencl/lib");

	/** A property of JOCL. */
	private static final String UNIQUE = "uniqueLibraryNames";

	private static String missing = "";

	private LibraryLoader() {}

	/** @return whether OpenCL can be called; if not, {@link #missing} says why */
	static boolean load() {
		final String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
		try {
			// Without any, JOCL would write to the console.
			if (!os.startsWith("linux") || provide(folders())) {
				initialize(os.startsWith("windows"));
				return true;
			}
		}
		catch (final ClassNotFoundException | LinkageError | IOException | RuntimeException e) {
			// Said below.
		}
		missing = "There is no OpenCL on this computer, which the driver of a graphics card brings along" + (os.startsWith("linux")
			? " (the library " + VERSIONED + ")." : os.startsWith("windows") ? " (OpenCL.dll)." : ".");
		return false;
	}

	/**
	 * JOCL unpacks its library into the folder of temporary files, and loads what has its name there: in a folder that all users share, that must
	 * be a name that nobody knows before.
	 */
	private static void initialize(final boolean ownFolder) throws ClassNotFoundException {
		final String before = System.getProperty(UNIQUE);
		if (!ownFolder) System.setProperty(UNIQUE, "true");
		try {
			// Its initializer loads the libraries, and fails for good where it can't.
			Class.forName("org.jocl.CL", true, LibraryLoader.class.getClassLoader());
		}
		finally {
			if (before != null) System.setProperty(UNIQUE, before);
			else System.clearProperty(UNIQUE);
		}
	}

	/** What is missing, in one sentence. */
	static String missing() {
		return missing;
	}

	private static List<Path> folders() {
		final String path = System.getenv("LD_LIBRARY_PATH");
		final List<String> all = new ArrayList<>(List.of((path == null ? "" : path).split(":")));
		all.addAll(FOLDERS);
		try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/etc/ld.so.conf.d"), "*.conf")) {
			for (final Path file : files)
				all.addAll(Files.readAllLines(file));
		}
		catch (final IOException e) {
			// There are none.
		}
		return all.stream().map(String::strip).filter(f -> f.startsWith("/")).map(Path::of).toList();
	}

	/** @return whether there is a library, by whatever name, and JOCL will find it */
	private static boolean provide(final List<Path> folders) throws IOException {
		final Path library = versionedAlone(folders);
		if (library == null) return folders.stream().anyMatch(f -> Files.exists(f.resolve(NAME)));
		final Path copy = Files.createTempFile(NAME, "");
		try {
			Files.write(copy, renamed(Files.readAllBytes(library)));
			System.load(copy.toString());
			return true;
		}
		finally {
			// Linux keeps what is loaded.
			Files.deleteIfExists(copy);
		}
	}

	/** The library with a version in its name; null if there is none, or one without as well. */
	static Path versionedAlone(final List<Path> folders) {
		final List<Path> found = new ArrayList<>();
		for (final Path folder : folders) {
			if (Files.exists(folder.resolve(NAME))) return null;
			if (Files.isRegularFile(folder.resolve(VERSIONED))) found.add(folder.resolve(VERSIONED));
		}
		return found.isEmpty() ? null : found.get(0);
	}

	/** A library that calls itself by the name without the version. */
	static byte[] renamed(final byte[] library) {
		final byte[] from = (VERSIONED + "\0").getBytes(StandardCharsets.US_ASCII), copy = library.clone();
		for (int at = 0; at + from.length <= copy.length; at++) {
			int k = 0;
			while (k < from.length && copy[at + k] == from[k])
				k++;
			for (int i = NAME.length(); k == from.length && i < from.length; i++)
				copy[at + i] = 0;
		}
		return copy;
	}
}
