package sc.fiji.cfebm.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** An image of OME-Zarr 0.1 to 0.5, its finest level, or a zarr array without such metadata. */
public final class OmeZarr implements Volume {

	private static final String GROUP = ".zgroup", ATTRIBUTES = ".zattrs";
	/** The names of dimensions where none are given. */
	private static final List<String> NAMES = List.of("t", "c", "z", "y", "x");

	private final ZarrArray array;
	private final Layout layout;
	private final OmeMetadata metadata;

	private OmeZarr(final ZarrArray array, final Layout layout, final OmeMetadata metadata) {
		this.array = array;
		this.layout = layout;
		this.metadata = metadata;
	}

	/** Whether a folder is a zarr group or array. */
	public static boolean is(final Path folder) {
		return Files.isDirectory(folder) && List.of(ZarrArray.V3, ZarrArray.V2, GROUP, ATTRIBUTES).stream().anyMatch(name -> Files.exists(
			folder.resolve(name)));
	}

	/**
	 * Opens an image.
	 *
	 * @param folder of the image, of a group whose first image it is, or of an array
	 * @throws VolumeException with one sentence naming it, if there is none, or one of a kind that is not read here
	 */
	public static OmeZarr open(final Path folder) throws IOException {
		if (!is(folder)) throw new VolumeException("There is no zarr image at " + folder + ".");
		if (isArray(folder)) return plain(ZarrArray.open(folder), folder);
		final JsonObject attributes = attributes(folder);
		if (attributes.has("plate") || attributes.has("well")) throw new VolumeException("The zarr at " + folder +
			" is a plate with many images: name one of them, such as " + folder.resolve("A/1/0") + ".");
		if (!attributes.has("multiscales")) {
			if (Files.isDirectory(folder.resolve("0")) && is(folder.resolve("0"))) return open(folder.resolve("0"));
			throw new VolumeException("The zarr group " + folder + " has no image: name one of the arrays in it.");
		}
		try {
			return image(folder, attributes);
		}
		catch (final IllegalStateException | NullPointerException | ClassCastException | UnsupportedOperationException
				| IndexOutOfBoundsException | NumberFormatException e)
		{
			throw new VolumeException("The OME-Zarr " + folder + " has damaged metadata: what stands in its multiscales does not fit.", e);
		}
	}

	private static boolean isArray(final Path folder) throws IOException {
		if (Files.exists(folder.resolve(ZarrArray.V2))) return true;
		final Path v3 = folder.resolve(ZarrArray.V3);
		if (!Files.exists(v3)) return false;
		final JsonElement type = ZarrArray.json(v3).get("node_type");
		return type != null && type.isJsonPrimitive() && type.getAsString().equals("array");
	}

	/** Those of OME, of any version. */
	private static JsonObject attributes(final Path group) throws IOException {
		if (!Files.exists(group.resolve(ZarrArray.V3))) return Files.exists(group.resolve(ATTRIBUTES)) ? ZarrArray.json(group.resolve(
			ATTRIBUTES)) : new JsonObject();
		final JsonObject json = ZarrArray.json(group.resolve(ZarrArray.V3));
		final JsonObject all = json.has("attributes") ? json.getAsJsonObject("attributes") : new JsonObject();
		return all.has("ome") ? all.getAsJsonObject("ome") : all;
	}

	private static OmeZarr plain(final ZarrArray array, final Path folder) throws VolumeException {
		final int n = array.dimensions().length;
		if (n < 2 || n > NAMES.size()) throw new VolumeException("The zarr array " + folder + " is no image: it has " + n +
			" dimensions, and an image has 2 to 5.");
		final List<Axis> axes = new ArrayList<>();
		for (int d = 0; d < n; d++)
			axes.add(Axis.named(NAMES.get(NAMES.size() - 1 - d)));
		// Three dimensions are a stack, four a stack with channels.
		return new OmeZarr(array, new Layout(array.dimensions(), axes, array.header().type()), new OmeMetadata(null, null, List.of(),
			array.header().fill()));
	}

	private static OmeZarr image(final Path folder, final JsonObject attributes) throws IOException {
		final JsonObject multiscale = attributes.getAsJsonArray("multiscales").get(0).getAsJsonObject();
		final JsonArray datasets = multiscale.getAsJsonArray("datasets");
		final List<ZarrArray> arrays = new ArrayList<>();
		final Path whole = folder.toAbsolutePath().normalize();
		for (final JsonElement dataset : datasets) {
			final Path path = folder.resolve(dataset.getAsJsonObject().get("path").getAsString());
			if (!path.toAbsolutePath().normalize().startsWith(whole)) throw new VolumeException("The OME-Zarr " + folder +
				" has an array outside its folder, which is not read.");
			arrays.add(ZarrArray.open(path));
		}
		final ZarrArray finest = arrays.get(0);
		final int n = finest.dimensions().length;
		final double[] scale = new double[n], translation = new double[n];
		Arrays.fill(scale, 1);
		transform(datasets.get(0).getAsJsonObject(), scale, translation);
		transform(multiscale, scale, translation);
		final List<Axis> axes = axes(multiscale, scale, translation);
		if (axes.size() != n) throw new VolumeException("The OME-Zarr " + folder + " is no image: it has " + axes.size() +
			" axes and an array of " + n + " dimensions.");
		for (int d = 0; d < 2; d++)
			if (n < 2 || !axes.get(d).isSpace()) throw new VolumeException("The OME-Zarr " + folder +
				" is no image: its last two axes must be y and x, not " + (n < 2 ? "one alone" : axes.get(1).name() + " and " + axes.get(0)
					.name()) + ".");
		return new OmeZarr(finest, new Layout(finest.dimensions(), axes, finest.header().type()), new OmeMetadata(multiscale.has("name")
			&& multiscale.get("name").isJsonPrimitive() ? multiscale.get("name").getAsString() : null, ZarrHeader.isThere(attributes, "omero")
				? attributes.getAsJsonObject("omero") : null, factors(arrays), finest.header().fill()));
	}

	/** Applies the scale and the translation, in zarr's order, of a dataset or of all. */
	private static void transform(final JsonObject of, final double[] scale, final double[] translation) {
		if (!ZarrHeader.isThere(of, "coordinateTransformations")) return;
		for (final JsonElement each : of.getAsJsonArray("coordinateTransformations")) {
			final JsonObject transformation = each.getAsJsonObject();
			final String type = transformation.get("type").getAsString();
			for (int d = 0; d < scale.length && (type.equals("scale") || type.equals("translation")); d++) {
				final double value = transformation.getAsJsonArray(type).get(scale.length - 1 - d).getAsDouble();
				if (type.equals("scale")) {
					scale[d] *= value;
					translation[d] *= value;
				}
				else translation[d] += value;
			}
		}
	}

	private static List<Axis> axes(final JsonObject multiscale, final double[] scale, final double[] translation) {
		final List<Axis> axes = new ArrayList<>();
		final int n = scale.length;
		if (!ZarrHeader.isThere(multiscale, "axes")) {
			for (int d = 0; d < Math.min(n, NAMES.size()); d++)
				axes.add(Axis.named(NAMES.get(NAMES.size() - 1 - d)));
			return axes;
		}
		final JsonArray array = multiscale.getAsJsonArray("axes");
		for (int d = 0; d < array.size(); d++) {
			final JsonElement axis = array.get(array.size() - 1 - d);
			final String name = axis.isJsonPrimitive() ? axis.getAsString() : axis.getAsJsonObject().get("name").getAsString();
			final Axis named = Axis.named(name);
			axes.add(new Axis(name, text(axis, "type", named.type()), text(axis, "unit", ""), d < n ? scale[d] : 1, d < n ? translation[d]
				: 0));
		}
		return axes;
	}

	private static String text(final JsonElement axis, final String key, final String otherwise) {
		return axis.isJsonObject() && ZarrHeader.isThere(axis.getAsJsonObject(), key) ? axis.getAsJsonObject().get(key).getAsString() : otherwise;
	}

	/** By how much levels are smaller than the ones before them, rounded. */
	private static List<int[]> factors(final List<ZarrArray> levels) {
		final List<int[]> factors = new ArrayList<>();
		for (int k = 1; k < levels.size(); k++) {
			final long[] before = levels.get(k - 1).dimensions(), after = levels.get(k).dimensions();
			final int[] factor = new int[before.length];
			for (int d = 0; d < factor.length; d++)
				factor[d] = d < after.length ? (int) Math.max(1, Math.min(16, Math.round((double) before[d] / after[d]))) : 1;
			factors.add(factor);
		}
		return factors;
	}

	/** 2 or 3, the version of zarr. */
	public int version() {
		return array.header().version();
	}

	@Override
	public Layout layout() {
		return layout;
	}

	@Override
	public int[] chunk() {
		return array.chunk();
	}

	@Override
	public float[] read(final long[] min, final int[] size) throws IOException {
		return array.read(min, size);
	}

	@Override
	public boolean isAny(final long[] min, final int[] size) {
		return array.isAny(min, size);
	}

	@Override
	public List<long[]> stored() throws IOException {
		return array.stored();
	}

	@Override
	public int[] unit() {
		return array.unit();
	}

	@Override
	public OmeMetadata metadata() {
		return metadata;
	}
}
