package sc.fiji.cfebm.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;

import sc.fiji.cfebm.api.CellPlan;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.AtomicFile;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.VolumeException;

/**
 * All that decides what a volume's result is, found once, so that any number of programs can compute parts of it: the file
 * {@code plan.json}. Dimensions are in ImgLib2's order, x first.
 *
 * @param format of the file: {@value #FORMAT}
 * @param task what is done: {@value #DENOISE} or {@value #ANOMALY}
 * @param input the volume, an absolute path
 * @param output where the result goes, an absolute path
 * @param model the model's file, an absolute path
 * @param modelHash SHA-256 of it
 * @param dimensions of the volume in pixels
 * @param type of the result's pixels
 * @param block what one task computes and writes, in pixels
 * @param piece side of the pieces that planes are computed in, see {@link sc.fiji.cfebm.api.Cells}
 * @param channelAxis the number of the channels' dimension; -1: there is none
 * @param noise of each channel, or of all; of a map of anomalies there is only the range of gray values
 * @param levels of the result's pyramid, by how much each is smaller than the one before
 * @param zarr version of zarr of a result in that format, 2 or 3
 * @param stack how neighbouring planes help each other; null: they do not
 */
public record Plan(int format, String task, String input, String output, String model, String modelHash, long[] dimensions,
	PixelType type, int[] block, int piece, int channelAxis, List<Noise> noise, List<int[]> levels, int zarr, Stack stack)
{

	public static final int FORMAT = 2;
	public static final String DENOISE = "denoise", ANOMALY = "anomaly";
	private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

	/**
	 * What is taken off a channel, and what gray values are.
	 *
	 * @param sigma standard deviation of white noise in gray values; 0: there is none
	 * @param gain of shot noise in gray values per photon; 0: there is none, as with no noise at all
	 * @param intercept variance of shot noise at gray value 0
	 * @param alongX correlation with the neighbours in a row
	 * @param alongY with those in a column
	 * @param low the gray value that becomes -1
	 * @param high the one that becomes 1
	 */
	public record Noise(double sigma, double gain, double intercept, double alongX, double alongY, double low, double high) {

		static Noise of(final CellPlan plan) {
			final NoiseModel noise = plan.noise();
			final Normalization range = plan.range();
			if (noise == null) return new Noise(0, 0, 0, 0, 0, range.low(), range.high());
			final boolean shot = noise.shot() != null;
			return new Noise(shot ? 0 : noise.sigma(), shot ? noise.shot().gain() : 0, shot ? noise.shot().intercept() : 0, noise.correlation()
				.x(), noise.correlation().y(), range.low(), range.high());
		}

		/** For cells. */
		public CellPlan cells() {
			final NoiseModel noise = gain > 0 ? NoiseModel.shot(new Anscombe(gain, intercept)) : sigma > 0 ? NoiseModel.white(sigma) : null;
			return new CellPlan(noise == null ? null : noise.correlated(new NoiseModel.Correlation(alongX, alongY)), new Normalization(low,
				high));
		}

		/** In words. */
		@Override
		public String toString() {
			final CellPlan cells = cells();
			return cells.noise() == null ? "none was found" : cells.noise().toString();
		}
	}

	/**
	 * Neighbouring planes that help each other.
	 *
	 * @param axis the dimension along which they are neighbours
	 * @param model the file of the model of neighbouring planes, an absolute path
	 * @param modelHash SHA-256 of it
	 */
	public record Stack(int axis, String model, String modelHash) {}

	/**
	 * Reads a file.
	 *
	 * @throws IOException with one sentence naming it, if it is missing, damaged or of another version
	 */
	public static Plan read(final Path file) throws IOException {
		if (!Files.isRegularFile(file)) throw new VolumeException("There is no plan " + file + ": make one by cfebm plan.");
		try {
			return of(Files.readString(file), file.toString());
		}
		catch (final java.nio.charset.MalformedInputException e) {
			throw damaged(file.toString(), e);
		}
	}

	/**
	 * From a file's content, as {@link #toJson} gives it.
	 *
	 * @param name for messages
	 * @throws VolumeException with one sentence, if it is damaged or of another version
	 */
	public static Plan of(final String json, final String name) throws VolumeException {
		try {
			final Plan plan = GSON.fromJson(json, Plan.class);
			if (plan == null) throw new VolumeException("The plan " + name + " is empty: make it anew by cfebm plan.");
			if (plan.format != FORMAT) throw new VolumeException("The plan " + name + " is of format " + plan.format + ", and this version reads " +
				FORMAT + ": make it anew by cfebm plan.");
			plan.check();
			return plan;
		}
		catch (final JsonParseException | IllegalArgumentException | NullPointerException e) {
			throw damaged(name, e);
		}
	}

	private static VolumeException damaged(final String name, final Exception cause) {
		return new VolumeException("The plan " + name + " is damaged: make it anew by cfebm plan.", cause);
	}

	private void check() {
		final int n = dimensions.length;
		if (!DENOISE.equals(task) && !ANOMALY.equals(task) || input == null || output == null || model == null || modelHash == null || type == null || n < 2 ||
			block.length != n || noise.isEmpty() || channelAxis >= n || zarr != 2 && zarr != 3) throw new IllegalArgumentException();
		for (int d = 0; d < n; d++)
			if (dimensions[d] < 1 || block[d] < 1) throw new IllegalArgumentException();
		for (final int[] level : levels)
			if (level.length != n) throw new IllegalArgumentException();
		if (stack != null && (isOfAnomalies() || stack.axis < 2 || stack.axis >= n || stack.axis == channelAxis || stack.model == null || stack.modelHash == null))
			throw new IllegalArgumentException();
		noise.forEach(Noise::cells);
		if (noise.size() > 1 && (channelAxis < 2 || noise.size() != dimensions[channelAxis])) throw new IllegalArgumentException();
	}

	/** Writes the file. */
	public void write(final Path file) throws IOException {
		AtomicFile.requireWritable("The plan", file);
		AtomicFile.write(file, out -> out.write(toJson().getBytes(StandardCharsets.UTF_8)));
	}

	/** The file's content: equal for plans that give equal results in the same place. */
	public String toJson() {
		return GSON.toJson(this) + "\n";
	}

	/** Whether it is to map what is unusual. */
	public boolean isOfAnomalies() {
		return ANOMALY.equals(task);
	}

	/** The dimension of colors that are computed together; -1: there is none, or each channel is computed for itself. */
	public int colors() {
		return stack != null || noise.size() > 1 || channelAxis >= 0 && isOfAnomalies() && block[channelAxis] == 1 ? -1 : channelAxis;
	}

	/** The size of what a box of the volume becomes: a map of images in colors has one channel. */
	public int[] made(final int[] size) {
		final int[] made = size.clone();
		if (isOfAnomalies() && colors() >= 0) made[channelAxis] = 1;
		return made;
	}

	/** How many tasks there are. */
	public long tasks() {
		long tasks = 1;
		for (int d = 0; d < block.length; d++)
			tasks = Math.multiplyExact(tasks, (dimensions[d] + block[d] - 1) / block[d]);
		return tasks;
	}

	/** The first pixel of what a task computes. */
	public long[] min(final long task) {
		final long[] min = new long[block.length];
		long rest = task;
		for (int d = 0; d < min.length; d++) {
			final long count = (dimensions[d] + block[d] - 1) / block[d];
			min[d] = rest % count * block[d];
			rest /= count;
		}
		return min;
	}

	/** The size of a block that begins there: less at the volume's end. */
	public int[] size(final long[] min) {
		final int[] size = new int[block.length];
		for (int d = 0; d < size.length; d++)
			size[d] = (int) Math.min(block[d], dimensions[d] - min[d]);
		return size;
	}

	/** SHA-256 of a file, in hexadecimal digits. */
	public static String hash(final Path file) throws IOException {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
		}
		catch (final NoSuchAlgorithmException e) {
			throw new IllegalStateException(e);
		}
	}
}
