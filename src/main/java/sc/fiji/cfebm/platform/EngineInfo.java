package sc.fiji.cfebm.platform;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What can be told of the engine that runs.
 *
 * @param nd4j version
 * @param javacpp version
 * @param backend name of ND4J's backend
 * @param oneDnn whether its build has oneDNN
 * @param threads of its operations
 * @param platform as JavaCPP calls it, such as linux-x86_64
 * @param maxBytes JavaCPP's limit of native memory; 0: none
 * @param maxPhysicalBytes JavaCPP's limit of the whole process's memory; 0: none
 * @param memory of the computer, in bytes
 * @param cache the folder into which JavaCPP unpacks the native libraries
 * @param sources the files that ND4J's classes could come from; they do come from the first
 */
public record EngineInfo(String nd4j, String javacpp, String backend, boolean oneDnn, int threads, String platform,
	long maxBytes, long maxPhysicalBytes, long memory, File cache, List<String> sources)
{

	/** JavaCPP's version that ND4J's native libraries were built with. */
	public static final String JAVACPP = "1.5.7";

	/**
	 * Starts the engine and asks it.
	 *
	 * @throws NativeLibraryError if it can't be started
	 */
	public static EngineInfo read() {
		NativeRuntime.start();
		try {
			return new EngineInfo(version("org.nd4j", "nd4j-api"), version("org.bytedeco", "javacpp"), Nd4j.getBackend().getClass()
				.getSimpleName(), Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN"), Nd4j.getEnvironment().maxMasterThreads(),
				Loader.getPlatform(), Pointer.maxBytes(), Pointer.maxPhysicalBytes(), Pointer.totalPhysicalBytes(), Loader
					.getCacheDir(), sources(EngineInfo.class.getClassLoader()));
		}
		catch (final IOException e) {
			throw new IllegalStateException(e);
		}
	}

	private static String version(final String group, final String artifact) throws IOException {
		try (InputStream in = EngineInfo.class.getResourceAsStream("/META-INF/maven/" + group + "/" + artifact +
			"/pom.properties"))
		{
			if (in == null) return "unknown";
			final Properties properties = new Properties();
			properties.load(in);
			return properties.getProperty("version", "unknown");
		}
	}

	static List<String> sources(final ClassLoader loader) throws IOException {
		final List<String> files = new ArrayList<>();
		for (final URL url : Collections.list(loader.getResources("org/nd4j/linalg/factory/Nd4j.class"))) {
			final String file = url.getPath().replaceFirst("!.*", "").replaceFirst("^file:", "");
			if (!files.contains(file)) files.add(file);
		}
		return files;
	}
}
