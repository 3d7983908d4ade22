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

import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;

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

	/** Gives it the network with these parameters, which has no Fade path, in units of the noise of {@link LangevinStep#SIGMA}. */
	void setParameters(final UnetParameters p) throws IOException {
		final UnetSpec spec = p.spec();
		try (DataOutputStream out = output()) {
			out.writeInt(p.stage() + 1);
			out.writeInt(spec.channels());
			out.writeBoolean(spec.zeroSum());
			out.writeInt(spec.box());
			out.writeUTF(spec.form().name());
			out.writeFloat((float) LangevinStep.SIGMA);
			final List<Entry> entries = new ArrayList<>();
			p.entries().forEach(entries::add);
			out.writeInt(entries.size());
			for (final Entry e : entries) {
				out.writeUTF(e.name());
				out.writeInt(e.shape().length);
				for (final int s : e.shape())
					out.writeInt(s);
				for (int i = 0; i < e.size(); i++)
					out.writeFloat((float) p.values()[e.offset() + i]);
			}
		}
		send("network", file);
	}

	/** Gives it images [N,side,side,C], one batch, and one weight each. */
	void setImages(final float[] images, final double[] weights, final int side) throws IOException {
		try (DataOutputStream out = output()) {
			out.writeInt(weights.length);
			out.writeInt(side);
			for (final float v : images)
				out.writeFloat(v);
			for (final double w : weights)
				out.writeFloat((float) w);
		}
		send("images", file);
	}

	/** Energies, image gradients and the parameter gradient of Σ weight·E of the images. */
	void evaluate(final double[] energies, final float[] gradient, final double[] parameterGradient) throws IOException {
		send("check", file);
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
			for (int i = 0; i < energies.length; i++)
				energies[i] = in.readFloat();
			for (int i = 0; i < gradient.length; i++)
				gradient[i] = in.readFloat();
			for (int i = 0; i < parameterGradient.length; i++)
				parameterGradient[i] = in.readFloat();
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
		Child.end(process, commands);
		Files.deleteIfExists(file);
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
