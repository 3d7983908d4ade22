package sc.fiji.cfebm.platform;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * A class loader with which ND4J finds its CPU backend alone. It would try CUDA's first otherwise, if another plugin has brought it,
 * and print a stack trace if that fails. Classes are those of its parent.
 */
final class CpuOnlyClassLoader extends ClassLoader {

	private static final String SERVICES = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

	CpuOnlyClassLoader(final ClassLoader parent) {
		super(parent);
	}

	@Override
	public Enumeration<URL> getResources(final String name) throws IOException {
		if (!name.equals(SERVICES)) return super.getResources(name);
		final List<URL> kept = new ArrayList<>();
		for (final URL url : Collections.list(super.getResources(name))) {
			final URLConnection connection = url.openConnection();
			// A cached jar stays open, and on Windows could not be replaced by a newer one.
			connection.setUseCaches(false);
			try (InputStream in = connection.getInputStream()) {
				if (new String(in.readAllBytes(), StandardCharsets.UTF_8).contains("org.nd4j.linalg.cpu.nativecpu.CpuBackend")) //
					kept.add(url);
			}
		}
		return Collections.enumeration(kept);
	}
}
