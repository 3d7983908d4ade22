package sc.fiji.cfebm.benchmark;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters.Entry;
import sc.fiji.cfebm.energy.PaperParameters;

/**
 * The same network in libtorch, in a process of its own (src/benchmark/libtorch/LibtorchPeer.java). Commands and
 * answers are lines of text; arrays travel in a file.
 */
final class Libtorch implements AutoCloseable {

	private static final Path SOURCE = Path.of("src", "benchmark", "libtorch", "LibtorchPeer.java");

	private final Process process;
	private final PrintWriter commands;
	private final BufferedReader answers;
	private final Path file;
	private PaperParameters parameters;

	/** @param tuned channels-last memory format, and memory that is kept instead of given back to the system */
	Libtorch(final boolean tuned) throws IOException {
		final String jars = System.getProperty("libtorch") + File.separator + "*";
		final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
			.toString(), "-Xmx1g", "-Dorg.bytedeco.javacpp.maxbytes=0", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
			"-Dorg.bytedeco.javacpp.nopointergc=true", "-cp", jars, SOURCE.toString()));
		if (tuned) command.add("channels-last");
		final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().putIfAbsent("OMP_NUM_THREADS", "2");
		if (tuned) {
			builder.environment().put("MALLOC_TRIM_THRESHOLD_", "4000000000");
			builder.environment().put("MALLOC_MMAP_THRESHOLD_", "4000000000");
			builder.environment().put("MALLOC_TOP_PAD_", "100000000");
		}
		file = Files.createTempFile("libtorch", ".bin");
		process = builder.start();
		commands = new PrintWriter(process.getOutputStream(), true);
		answers = process.inputReader();
		final String ready = answers.readLine();
		if (ready == null || !ready.startsWith("ready")) throw new IOException("libtorch did not start: " + ready);
	}

	/** Gives it the network of the paper with these parameters, whose β must be 1. */
	void setParameters(final PaperParameters p) throws IOException {
		parameters = p;
		final List<Entry> entries = entries();
		try (DataOutputStream out = output()) {
			out.writeInt(NetworkSpec.resolution(p.stage()));
			out.writeInt(p.spec().channels());
			out.writeInt(entries.size());
			for (final Entry e : entries) {
				out.writeUTF(e.name());
				out.writeInt(e.shape().length);
				for (final int s : e.shape())
					out.writeInt(s);
				final double scale = scale(e);
				for (int i = 0; i < size(e); i++)
					out.writeFloat((float) (scale * p.values()[e.offset() + i]));
			}
		}
		send("network", file);
	}

	/** Gives it tiles [N,r,r,C] and one weight each, to be worked off in batches. */
	void setTiles(final float[] tiles, final double[] weights, final int batch) throws IOException {
		final int size = tiles.length / weights.length;
		try (DataOutputStream out = output()) {
			out.writeInt(weights.length);
			for (int first = 0; first < weights.length; first += batch) {
				final int end = Math.min(weights.length, first + batch);
				for (int i = first * size; i < end * size; i++)
					out.writeFloat(tiles[i]);
				for (int i = first; i < end; i++)
					out.writeFloat((float) weights[i]);
			}
		}
		send("tiles", file, batch);
	}

	/** Energies, image gradients and the parameter gradient of Σ weight·E of the tiles, which must be one batch. */
	void evaluate(final double[] energies, final float[] gradient, final double[] parameterGradient) throws IOException {
		send("check", file);
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
			for (int i = 0; i < energies.length; i++)
				energies[i] = in.readFloat();
			for (int i = 0; i < gradient.length; i++)
				gradient[i] = in.readFloat();
			for (final Entry e : entries())
				for (int i = 0; i < size(e); i++)
					parameterGradient[e.offset() + i] = scale(e) * in.readFloat();
		}
	}

	/** Runs Langevin steps; returns the milliseconds of one. */
	double langevin(final int steps, final double a, final double s) throws IOException {
		return send("langevin", steps, a, s);
	}

	/** Computes parameter gradients; returns the milliseconds of one. */
	double parameterGradient(final int times) throws IOException {
		return send("parameters", times);
	}

	@Override
	public void close() throws IOException {
		commands.close();
		try {
			process.waitFor();
		}
		catch (final InterruptedException e) {
			process.destroy();
			Thread.currentThread().interrupt();
		}
		Files.deleteIfExists(file);
	}

	/** All but the Fade path's, which has no share. */
	private List<Entry> entries() {
		final List<Entry> entries = new ArrayList<>();
		for (final Entry e : parameters.entries())
			if (!e.name().equals("fade")) entries.add(e);
		return entries;
	}

	static int size(final Entry e) {
		int size = 1;
		for (final int s : e.shape())
			size *= s;
		return size;
	}

	/** The equalised learning rate of the 1×1 and linear weights. */
	private static double scale(final Entry e) {
		return e.shape().length == 2 ? Math.sqrt(2.0 / e.shape()[1]) : 1;
	}

	private DataOutputStream output() throws IOException {
		return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
	}

	private double send(final Object... words) throws IOException {
		final StringBuilder line = new StringBuilder();
		for (final Object word : words)
			line.append(line.isEmpty() ? "" : "\t").append(word);
		commands.println(line);
		final String answer = answers.readLine();
		if (answer == null || !answer.startsWith("done\t")) throw new IOException("libtorch answered \"" + answer +
			"\" to \"" + line + "\".");
		return Double.parseDouble(answer.substring(5));
	}
}
