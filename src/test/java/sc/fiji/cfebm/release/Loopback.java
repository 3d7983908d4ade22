package sc.fiji.cfebm.release;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;

/** Serves a folder on this machine's own address alone, and remembers what was asked for. */
final class Loopback implements AutoCloseable {

	private final HttpServer server;
	private final List<String> asked = new CopyOnWriteArrayList<>();

	Loopback(final Path folder) throws IOException {
		server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", exchange -> {
			final String path = exchange.getRequestURI().getPath().substring(1);
			final Path file = folder.resolve(path).normalize();
			asked.add(path);
			final boolean there = file.startsWith(folder) && Files.isRegularFile(file);
			exchange.sendResponseHeaders(there ? 200 : 404, there ? Files.size(file) : -1);
			try (OutputStream out = exchange.getResponseBody()) {
				if (there) Files.copy(file, out);
			}
		});
		server.start();
	}

	URI address() {
		return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + "/");
	}

	/** What was asked for since the last time. */
	List<String> asked() {
		final List<String> all = List.copyOf(asked);
		asked.clear();
		return all;
	}

	@Override
	public void close() {
		server.stop(0);
	}
}
