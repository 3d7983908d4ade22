package sc.fiji.cfebm.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which native libraries of ND4J are installed, and what to do when they can't be loaded. */
final class NativeLibraries {

	private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/";
	private static final String[] PLATFORMS = { "linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-x86_64",
		"macosx-arm64" };

	private NativeLibraries() {}

	/** The platforms, as JavaCPP calls them, that a class loader finds ND4J's native library for. */
	static List<String> platforms(final ClassLoader loader) {
		final List<String> found = new ArrayList<>();
		for (final String platform : PLATFORMS) {
			final String library = platform.startsWith("windows") ? "jnind4jcpu.dll" : platform.startsWith("macosx")
				? "libjnind4jcpu.dylib" : "libjnind4jcpu.so";
			for (final String build : new String[] { "", "-onednn" })
				if (!found.contains(platform) && loader.getResource(BINDINGS + platform + build + "/" + library) != null) //
					found.add(platform);
		}
		return found;
	}

	/** This computer's platform, as JavaCPP calls it; asked without JavaCPP, which may be what is missing. */
	static String here() {
		final String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT), arch = System.getProperty("os.arch", "");
		return (os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macosx" : "linux") + "-" + (arch.equals(
			"amd64") ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
	}

	/**
	 * What went wrong, and what to do.
	 *
	 * @param e what starting ND4J threw
	 * @param installed see {@link #platforms}
	 * @param here see {@link #here}
	 */
	static NativeLibraryError error(final Throwable e, final List<String> installed, final String here) {
		final String reason = reason(e);
		if (reason.contains("already loaded in another classloader")) return new NativeLibraryError(
			"ImageJ has loaded its plugins anew, and a native library can't be loaded twice: restart ImageJ.", e);
		if (installed.isEmpty()) return new NativeLibraryError("ND4J's native library is not installed: unpack the package for " + here +
			" into ImageJ's folder again.", e);
		if (!installed.contains(here)) return new NativeLibraryError("What is installed of CF-EBM is for " + String.join(" and ",
			installed) + ", and ImageJ's Java runs on " + here + ": install the package for " + here + ".", e);
		return new NativeLibraryError("The native library of ND4J cannot be loaded on this system (" + reason + ").", e);
	}

	/** What the first of all causes says in its first line, or what it is called. */
	static String reason(final Throwable e) {
		Throwable cause = e;
		while (cause.getCause() != null)
			cause = cause.getCause();
		final String message = cause.getMessage();
		return message == null ? cause.getClass().getSimpleName() : message.lines().findFirst().orElse("");
	}
}
