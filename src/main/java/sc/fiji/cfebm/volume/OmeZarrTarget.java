package sc.fiji.cfebm.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * An image of OME-Zarr 0.4 (zarr 2) or 0.5 (zarr 3, a block is one shard) that is written block by block. Each block brings its part of
 * all levels of the pyramid, means of the finer level's pixels, so no level waits for others. Blocks that are all missing in a sparse
 * source need not be written: they are missing, too, and have its fill value.
 */
public final class OmeZarrTarget implements VolumeTarget {

	/** Side of chunks in x and y, and their depth. */
	private static final int SIDE = 256, DEPTH = 16;

	/**
	 * How it is written.
	 *
	 * @param version of OME-Zarr: 4 for 0.4, 5 for 0.5
	 * @param block in pixels, x first; a multiple of what all levels together are smaller by
	 * @param levels by how much each further level is smaller than the one before it
	 */
	public record Format(int version, int[] block, List<int[]> levels) {

		/** @throws IllegalArgumentException if they don't fit each other */
		public Format {
			if (version != 4 && version != 5) throw new IllegalArgumentException("OME-Zarr 0.4 and 0.5 are written, not 0." + version + ".");
			levels = List.copyOf(levels);
			final int[] rest = block.clone();
			for (final int[] factor : levels)
				for (int d = 0; d < rest.length; d++) {
					if (rest[d] % factor[d] != 0) throw new IllegalArgumentException("A block must be a multiple of its pyramid's levels.");
					rest[d] /= factor[d];
				}
		}
	}

	private final Layout layout;
	private final Format format;
	private final List<ZarrArray> arrays = new ArrayList<>();

	/**
	 * Makes the folder with all but pixels; one that is there, made in the same way, is left as it is.
	 *
	 * @throws VolumeException with one sentence, if it can't be written
	 */
	public OmeZarrTarget(final Path folder, final Layout layout, final OmeMetadata metadata, final Format format) throws IOException {
		this.layout = layout;
		this.format = format;
		final int zarr = format.version == 4 ? 2 : 3;
		try {
			Files.createDirectories(folder);
			long[] size = layout.dimensions();
			int[] block = format.block;
			final List<String> names = new ArrayList<>(layout.axes().stream().map(Axis::name).toList());
			Collections.reverse(names);
			for (int k = 0; k <= format.levels.size(); k++) {
				if (k > 0) {
					size = divided(size, format.levels.get(k - 1));
					block = divided(block, format.levels.get(k - 1));
				}
				arrays.add(ZarrArray.create(folder.resolve(Integer.toString(k)), ZarrHeader.fresh(zarr, ZarrArray.reversed(size), ZarrArray.reversed(
					chunk(block)), ZarrArray.reversed(block), layout.type(), Codec.BLOSC, metadata.fill()), names));
			}
			write(folder, metadata(metadata));
		}
		catch (final IOException e) {
			throw new VolumeException("The result cannot be written to " + folder + ": files cannot be made there.", e);
		}
	}

	/** A part of a block in each direction, about 256×256×16. */
	static int[] chunk(final int[] block) {
		final int[] chunk = block.clone();
		for (int d = 0; d < chunk.length; d++) {
			final int most = d < 2 ? SIDE : d == 2 ? DEPTH : 1;
			// The largest divisor that is not too large.
			for (chunk[d] = Math.min(most, block[d]); block[d] % chunk[d] != 0; chunk[d]--);
		}
		return chunk;
	}

	private static long[] divided(final long[] size, final int[] factor) {
		final long[] smaller = new long[size.length];
		Arrays.setAll(smaller, d -> (size[d] + factor[d] - 1) / factor[d]);
		return smaller;
	}

	private static int[] divided(final int[] size, final int[] factor) {
		final int[] smaller = new int[size.length];
		Arrays.setAll(smaller, d -> (size[d] + factor[d] - 1) / factor[d]);
		return smaller;
	}

	private void write(final Path folder, final JsonObject ome) throws IOException {
		if (format.version == 4) {
			final JsonObject group = new JsonObject();
			group.addProperty("zarr_format", 2);
			ZarrArray.writeJson(folder.resolve(".zattrs"), ome);
			ZarrArray.writeJson(folder.resolve(".zgroup"), group);
			return;
		}
		final JsonObject group = new JsonObject(), attributes = new JsonObject();
		group.addProperty("zarr_format", 3);
		group.addProperty("node_type", "group");
		ome.addProperty("version", "0.5");
		attributes.add("ome", ome);
		group.add("attributes", attributes);
		ZarrArray.writeJson(folder.resolve(ZarrArray.V3), group);
	}

	private JsonObject metadata(final OmeMetadata metadata) {
		final JsonObject ome = new JsonObject(), multiscale = new JsonObject();
		if (format.version == 4) multiscale.addProperty("version", "0.4");
		if (metadata.name() != null) multiscale.addProperty("name", metadata.name());
		final int n = layout.dimensions().length;
		final JsonArray axes = new JsonArray(), datasets = new JsonArray(), multiscales = new JsonArray();
		for (int d = n - 1; d >= 0; d--) {
			final Axis axis = layout.axes().get(d);
			final JsonObject json = new JsonObject();
			json.addProperty("name", axis.name());
			if (!axis.type().isEmpty()) json.addProperty("type", axis.type());
			if (!axis.unit().isEmpty()) json.addProperty("unit", axis.unit());
			axes.add(json);
		}
		final double[] smaller = new double[n];
		Arrays.fill(smaller, 1);
		for (int k = 0; k < arrays.size(); k++) {
			final JsonArray scale = new JsonArray(), translation = new JsonArray();
			boolean moved = false;
			for (int d = n - 1; d >= 0; d--) {
				final Axis axis = layout.axes().get(d);
				if (k > 0) smaller[d] *= format.levels.get(k - 1)[d];
				// The middle of the pixels that it is a mean of.
				final double at = axis.translation() + axis.scale() * (smaller[d] - 1) / 2;
				moved |= at != 0;
				scale.add(axis.scale() * smaller[d]);
				translation.add(at);
			}
			final JsonArray both = new JsonArray();
			both.add(transformation("scale", scale));
			if (moved) both.add(transformation("translation", translation));
			final JsonObject dataset = new JsonObject();
			dataset.addProperty("path", Integer.toString(k));
			dataset.add("coordinateTransformations", both);
			datasets.add(dataset);
		}
		multiscale.add("axes", axes);
		multiscale.add("datasets", datasets);
		if (arrays.size() > 1) multiscale.addProperty("type", "mean");
		multiscales.add(multiscale);
		ome.add("multiscales", multiscales);
		if (metadata.omero() != null) ome.add("omero", metadata.omero());
		return ome;
	}

	private static JsonObject transformation(final String type, final JsonElement values) {
		final JsonObject json = new JsonObject();
		json.addProperty("type", type);
		json.add(type, values);
		return json;
	}

	@Override
	public int[] block() {
		return format.block.clone();
	}

	@Override
	public boolean has(final long[] min, final int[] size) {
		long[] at = min;
		int[] box = size;
		for (int k = 0; k < arrays.size(); k++) {
			if (k > 0) {
				at = divided(at, format.levels.get(k - 1));
				box = divided(box, format.levels.get(k - 1));
			}
			if (!arrays.get(k).areAll(at, box)) return false;
		}
		return true;
	}

	@Override
	public void write(final long[] min, final int[] size, final float[] values) throws IOException {
		write(0, min, size, values);
	}

	/** The coarsest level first: where the finest one is, all are. */
	private void write(final int level, final long[] min, final int[] size, final float[] values) throws IOException {
		if (level < format.levels.size()) {
			final int[] factor = format.levels.get(level);
			write(level + 1, divided(min, factor), divided(size, factor), means(values, size, factor));
		}
		arrays.get(level).write(min, size, values);
	}

	/** Means of so many pixels in each direction, of fewer at the end; of those that are finite. */
	static float[] means(final float[] values, final int[] size, final int[] factor) {
		final int[] smaller = divided(size, factor);
		final int n = size.length;
		final double[] sums = new double[ZarrArray.length(smaller)];
		final int[] counts = new int[sums.length];
		final int[] at = new int[n];
		for (int line = 0; line < values.length; line += size[0]) {
			int to = 0;
			for (int d = n - 1; d > 0; d--)
				to = (to + at[d] / factor[d]) * smaller[d - 1];
			for (int x = 0; x < size[0]; to++)
				for (final int end = Math.min(size[0], x + factor[0]); x < end; x++) {
					final float value = values[line + x];
					if (!Float.isFinite(value)) continue;
					sums[to] += value;
					counts[to]++;
				}
			for (int d = 1; d < n && ++at[d] == size[d]; d++)
				at[d] = 0;
		}
		final float[] means = new float[sums.length];
		for (int i = 0; i < means.length; i++)
			means[i] = counts[i] == 0 ? Float.NaN : (float) (sums[i] / counts[i]);
		return means;
	}
}
