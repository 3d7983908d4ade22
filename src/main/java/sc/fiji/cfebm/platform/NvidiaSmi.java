package sc.fiji.cfebm.platform;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the program that every NVIDIA driver brings along. It needs none of CUDA's libraries, which are 2 GB that most
 * computers don't have, and should it crash or hang, Fiji does not.
 */
final class NvidiaSmi implements GpuDevices {

	/** A driver that has to wake up its cards takes three. */
	private static final int SECONDS = 10;
	/** The name may have commas in it. */
	private static final Pattern LINE = Pattern.compile("(.+), *(\\d{1,2})\\.(\\d)");

	private final String program;
	private final int seconds;

	NvidiaSmi() {
		this("nvidia-smi", SECONDS);
	}

	/** @param program the program's name or path */
	NvidiaSmi(final String program, final int seconds) {
		this.program = program;
		this.seconds = seconds;
	}

	@Override
	public List<Device> list() throws IOException {
		// What it prints goes to a file, as reading from a program that hangs would hang as well.
		final Path output = Files.createTempFile("cfebm-gpus", ".txt");
		try {
			return parse(ask(output.toFile()), Files.readString(output, StandardCharsets.ISO_8859_1));
		}
		finally {
			Files.deleteIfExists(output);
		}
	}

	private int ask(final File output) throws IOException {
		final Process process;
		try {
			process = new ProcessBuilder(program, "--query-gpu=name,compute_cap", "--format=csv,noheader").redirectErrorStream(true)
				.redirectOutput(output).start();
		}
		catch (final IOException e) {
			throw new IOException("there is no driver of an NVIDIA card (no program nvidia-smi)", e);
		}
		try {
			process.getOutputStream().close();
			if (process.waitFor(seconds, TimeUnit.SECONDS)) return process.exitValue();
			throw new IOException("NVIDIA's driver did not answer within " + seconds + " seconds");
		}
		catch (final InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new IOException("asking NVIDIA's driver was interrupted", e);
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * @param status the program's exit status
	 * @param printed what it printed: a line {@code name, major.minor} per card
	 */
	static List<Device> parse(final int status, final String printed) throws IOException {
		final List<String> lines = printed.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
		final List<Device> devices = new ArrayList<>();
		if (printed.contains("No devices were found")) return devices;
		if (printed.contains("not a valid field")) throw new IOException(
			"NVIDIA's driver is too old to tell the card's compute capability: update it");
		for (final String line : lines) {
			final Matcher matcher = LINE.matcher(line);
			if (status != 0 || !matcher.matches()) throw new IOException("NVIDIA's driver answered “" + line.substring(0, Math.min(
				120, line.length())) + "”");
			devices.add(new Device(matcher.group(1), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3))));
		}
		if (status != 0) throw new IOException("NVIDIA's driver failed (nvidia-smi, status " + status + ")");
		return devices;
	}
}
