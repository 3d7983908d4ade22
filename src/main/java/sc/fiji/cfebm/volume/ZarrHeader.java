package sc.fiji.cfebm.volume;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * What a zarr array says of itself: {@code .zarray} of version 2, {@code zarr.json} of version 3. Dimensions are in zarr's order, the
 * fastest one last.
 *
 * @param version 2 or 3
 * @param shape of the array
 * @param chunk of what is packed together
 * @param shard of what is in one file; null: a chunk
 * @param type of the numbers
 * @param order of their bytes
 * @param axes how dimensions lie in a chunk, the slowest first
 * @param codecs that bytes go through to be stored, in this order
 * @param indexChecked whether a shard's index ends with a checksum
 * @param indexFirst whether a shard's index is at its beginning
 * @param fill what pixels of missing chunks are
 * @param prefix of chunks' names, "c" or nothing
 * @param separator between the numbers in chunks' names
 */
record ZarrHeader(int version, long[] shape, int[] chunk, int[] shard, PixelType type, ByteOrder order, int[] axes,
	List<Codec> codecs, boolean indexChecked, boolean indexFirst, float fill, String prefix, String separator)
{

	/** What a chunk may have at most, in bytes: it has to be in memory. */
	private static final long MOST = 1L << 30;
	private static final int MOST_DIMENSIONS = 16;
	/** How many chunks a shard may have: its index has to be in memory. */
	private static final long MOST_IN_SHARD = 1L << 24;

	/** Thrown while a header is read: the rest of a sentence that begins with the array's name. */
	private static final class Unfit extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Unfit(final String why) {
			super(why, null, false, false);
		}
	}

	/** What one file has. */
	int[] unit() {
		return shard == null ? chunk : shard;
	}

	/**
	 * For an array that is to be written, bytes little first.
	 *
	 * @param packing {@link Codec#GZIP}, {@link Codec#ZSTD} or {@link Codec#BLOSC}; null: none
	 */
	static ZarrHeader fresh(final int version, final long[] shape, final int[] chunk, final int[] shard, final PixelType type,
		final Codec packing, final float fill)
	{
		return new ZarrHeader(version, shape, chunk, version == 2 ? null : shard, type, ByteOrder.LITTLE_ENDIAN, inOrder(shape.length),
			packing == null ? List.of() : List.of(packing), true, false, fill, version == 2 ? "" : "c", "/");
	}

	/**
	 * Reads what stands in {@code .zarray} or {@code zarr.json}.
	 *
	 * @param name of the array, for messages
	 * @throws VolumeException with one sentence, if it is damaged, or of a kind that is not read here
	 */
	static ZarrHeader read(final JsonObject json, final String name) throws VolumeException {
		try {
			final int version = json.get("zarr_format").getAsInt();
			if (version != 2 && version != 3) throw new Unfit("has zarr version " + version + "; versions 2 and 3 are read");
			final ZarrHeader header = version == 2 ? version2(json) : version3(json);
			header.check();
			return header;
		}
		catch (final Unfit e) {
			throw new VolumeException("The zarr array " + name + " " + e.getMessage() + ".");
		}
		catch (final RuntimeException e) {
			throw new VolumeException("What the zarr array " + name + " says of itself is damaged.", e);
		}
	}

	private void check() {
		final int n = shape.length;
		if (n < 1 || n > MOST_DIMENSIONS || chunk.length != n || shard != null && shard.length != n || axes.length != n) throw new Unfit(
			"has dimensions that do not fit each other");
		double size = type.bytes(), inShard = 1;
		for (int d = 0; d < n; d++) {
			if (shape[d] < 1 || chunk[d] < 1) throw new Unfit("has a size below 1");
			if (shard != null && (shard[d] < 1 || shard[d] % chunk[d] != 0)) throw new Unfit("has shards that are no multiple of its chunks");
			size *= chunk[d];
			if (shard != null) inShard *= shard[d] / chunk[d];
		}
		if (size > MOST) throw new Unfit("has chunks of more than 1 GB, which are not read here");
		if (inShard > MOST_IN_SHARD) throw new Unfit("has shards of more than " + MOST_IN_SHARD + " chunks, which are not read here");
	}

	private static ZarrHeader version2(final JsonObject json) {
		if (isThere(json, "filters") && json.getAsJsonArray("filters").size() > 0) throw new Unfit("has filters, which are not read here");
		final JsonElement kind = json.get("dtype");
		final String dtype = kind.isJsonPrimitive() ? kind.getAsString() : kind.toString();
		final PixelType type = dtype.length() < 2 ? null : PixelType.coded(dtype.substring(1));
		if (type == null) throw new Unfit("has pixels of the type " + dtype + ", which are not read here");
		final List<Codec> codecs = new ArrayList<>();
		if (isThere(json, "compressor")) codecs.add(codec(json.getAsJsonObject("compressor").get("id").getAsString()));
		final long[] shape = longs(json.getAsJsonArray("shape"));
		final int[] axes = inOrder(shape.length);
		final String order = json.get("order").getAsString();
		if (order.equals("F")) for (int d = 0; d < axes.length; d++)
			axes[d] = axes.length - 1 - d;
		return new ZarrHeader(2, shape, ints(json.getAsJsonArray("chunks")), null, type, dtype.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN
			: ByteOrder.LITTLE_ENDIAN, axes, codecs, false, false, fill(json.get("fill_value")), "", isThere(json, "dimension_separator")
				? json.get("dimension_separator").getAsString() : ".");
	}

	private static ZarrHeader version3(final JsonObject json) {
		if (!"array".equals(json.get("node_type").getAsString())) throw new Unfit("is a group and no array");
		final JsonElement kind = json.get("data_type");
		final PixelType type = kind.isJsonPrimitive() ? PixelType.named(kind.getAsString()) : null;
		if (type == null) throw new Unfit("has pixels of the type " + kind + ", which are not read here");
		final JsonObject grid = json.getAsJsonObject("chunk_grid");
		if (!grid.get("name").getAsString().equals("regular")) throw new Unfit("has a chunk grid \"" + grid.get("name").getAsString() +
			"\", which is not read here");
		final JsonObject key = json.getAsJsonObject("chunk_key_encoding");
		final boolean old = key.get("name").getAsString().equals("v2");
		final JsonObject keys = configuration(key);
		final String separator = keys.has("separator") ? keys.get("separator").getAsString() : old ? "." : "/";
		if (json.has("storage_transformers") && json.getAsJsonArray("storage_transformers").size() > 0) throw new Unfit(
			"has storage transformers, which are not read here");
		final long[] shape = longs(json.getAsJsonArray("shape"));
		final int[] unit = ints(grid.getAsJsonObject("configuration").getAsJsonArray("chunk_shape"));
		final JsonArray codecs = json.getAsJsonArray("codecs");
		final JsonObject first = codecs.get(0).getAsJsonObject();
		final float fill = fill(json.get("fill_value"));
		if (!first.get("name").getAsString().equals("sharding_indexed")) {
			final Chain chain = chain(codecs, shape.length);
			return new ZarrHeader(3, shape, unit, null, type, chain.order, chain.axes, chain.codecs, false, false, fill, old ? "" : "c",
				separator);
		}
		if (codecs.size() > 1) throw new Unfit("has a codec behind its shards, which is not read here");
		final JsonObject sharding = configuration(first);
		final Chain chain = chain(sharding.getAsJsonArray("codecs"), shape.length), index = chain(sharding.getAsJsonArray("index_codecs"),
			1);
		final boolean checked = index.codecs.equals(List.of(Codec.CRC32C));
		if (index.order != ByteOrder.LITTLE_ENDIAN || !checked && !index.codecs.isEmpty()) throw new Unfit(
			"has shards with an index of a kind that is not read here");
		return new ZarrHeader(3, shape, ints(sharding.getAsJsonArray("chunk_shape")), unit, type, chain.order, chain.axes, chain.codecs,
			checked, isThere(sharding, "index_location") && sharding.get("index_location").getAsString().equals("start"), fill, old ? ""
				: "c", separator);
	}

	private record Chain(ByteOrder order, int[] axes, List<Codec> codecs) {}

	private static Chain chain(final JsonArray array, final int dimensions) {
		int[] axes = inOrder(dimensions);
		ByteOrder order = null;
		final List<Codec> codecs = new ArrayList<>();
		for (final JsonElement each : array) {
			final JsonObject codec = each.getAsJsonObject();
			final String name = codec.get("name").getAsString();
			final JsonObject said = configuration(codec);
			if (name.equals("transpose") && order == null) {
				final int[] by = ints(said.getAsJsonArray("order")), before = axes;
				axes = new int[by.length];
				for (int d = 0; d < by.length; d++)
					axes[d] = before[by[d]];
			}
			else if (name.equals("bytes") && order == null) order = said.has("endian") && said.get("endian").getAsString().equals("big")
				? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
			else if (order != null) codecs.add(codec(name));
			else throw new Unfit("is packed by the codec \"" + name + "\", which is not read here");
		}
		if (order == null) throw new Unfit("does not say how its numbers become bytes");
		return new Chain(order, axes, List.copyOf(codecs));
	}

	private static Codec codec(final String name) {
		return switch (name) {
			case "gzip" -> Codec.GZIP;
			case "zlib" -> Codec.ZLIB;
			case "zstd" -> Codec.ZSTD;
			case "blosc" -> Codec.BLOSC;
			case "crc32c" -> Codec.CRC32C;
			default -> throw new Unfit("is packed by the codec \"" + name + "\", which is not read here; gzip, zlib, zstd and blosc are");
		};
	}

	private static JsonObject configuration(final JsonObject of) {
		return isThere(of, "configuration") ? of.getAsJsonObject("configuration") : new JsonObject();
	}

	/** Whether something is said, and not as null. */
	static boolean isThere(final JsonObject json, final String key) {
		return json.has(key) && !json.get(key).isJsonNull();
	}

	private static float fill(final JsonElement json) {
		if (json == null || json.isJsonNull()) return 0;
		final JsonPrimitive value = json.getAsJsonPrimitive();
		if (value.isNumber()) return value.getAsFloat();
		if (value.isBoolean()) return value.getAsBoolean() ? 1 : 0;
		final String text = value.getAsString();
		if (!text.startsWith("0x")) return Float.parseFloat(text);
		final long bits = Long.parseUnsignedLong(text.substring(2), 16);
		return text.length() > 10 ? (float) Double.longBitsToDouble(bits) : Float.intBitsToFloat((int) bits);
	}

	private static JsonElement fill(final float value, final PixelType type) {
		if (type.isInteger()) return new JsonPrimitive(type.whole(value));
		return Float.isFinite(value) ? new JsonPrimitive(value) : new JsonPrimitive(Float.isNaN(value) ? "NaN" : value > 0 ? "Infinity"
			: "-Infinity");
	}

	/** What is to stand in {@code .zarray} or {@code zarr.json}. @param names of the dimensions, for version 3; null: they have none */
	JsonObject write(final List<String> names) {
		final JsonObject json = new JsonObject();
		json.addProperty("zarr_format", version);
		if (version == 2) {
			json.add("shape", array(shape));
			json.add("chunks", array(chunk));
			json.addProperty("dtype", (type.bytes() == 1 ? "|" : "<") + type.code());
			json.add("compressor", codecs.isEmpty() ? JsonNull.INSTANCE : packing());
			json.add("fill_value", fill(fill, type));
			json.addProperty("order", "C");
			json.add("filters", JsonNull.INSTANCE);
			json.addProperty("dimension_separator", separator);
			return json;
		}
		json.addProperty("node_type", "array");
		json.add("shape", array(shape));
		json.addProperty("data_type", type.toString());
		json.add("chunk_grid", named("regular", "chunk_shape", array(unit())));
		json.add("chunk_key_encoding", named("default", "separator", new JsonPrimitive(separator)));
		json.add("fill_value", fill(fill, type));
		final JsonArray inner = new JsonArray();
		inner.add(named("bytes", "endian", new JsonPrimitive("little")));
		if (!codecs.isEmpty()) {
			final JsonObject said = packing();
			inner.add(named(said.remove("id").getAsString(), said));
		}
		if (shard == null) json.add("codecs", inner);
		else {
			final JsonArray index = new JsonArray(), outer = new JsonArray();
			index.add(named("bytes", "endian", new JsonPrimitive("little")));
			final JsonObject crc = new JsonObject();
			crc.addProperty("name", "crc32c");
			index.add(crc);
			final JsonObject sharding = named("sharding_indexed", "chunk_shape", array(chunk));
			sharding.getAsJsonObject("configuration").add("codecs", inner);
			sharding.getAsJsonObject("configuration").add("index_codecs", index);
			sharding.getAsJsonObject("configuration").addProperty("index_location", "end");
			outer.add(sharding);
			json.add("codecs", outer);
		}
		if (names != null) {
			final JsonArray all = new JsonArray();
			names.forEach(all::add);
			json.add("dimension_names", all);
		}
		json.add("attributes", new JsonObject());
		return json;
	}

	/** How chunks are packed, as version 2 says it; version 3 has the same in a configuration, with the type's size. */
	private JsonObject packing() {
		final JsonObject json = new JsonObject();
		final Codec codec = codecs.get(0);
		json.addProperty("id", codec.name().toLowerCase(Locale.ROOT));
		if (codec == Codec.BLOSC) {
			json.addProperty("cname", "lz4");
			json.addProperty("clevel", 5);
			if (version == 2) json.addProperty("shuffle", type.bytes() > 1 ? 1 : 0);
			else {
				json.addProperty("shuffle", type.bytes() > 1 ? "shuffle" : "noshuffle");
				json.addProperty("typesize", type.bytes());
			}
			json.addProperty("blocksize", 0);
			return json;
		}
		json.addProperty("level", codec == Codec.GZIP ? 6 : 3);
		if (version == 3 && codec == Codec.ZSTD) json.addProperty("checksum", false);
		return json;
	}

	private static JsonObject named(final String name, final String key, final JsonElement value) {
		final JsonObject configuration = new JsonObject();
		configuration.add(key, value);
		return named(name, configuration);
	}

	private static JsonObject named(final String name, final JsonObject configuration) {
		final JsonObject json = new JsonObject();
		json.addProperty("name", name);
		json.add("configuration", configuration);
		return json;
	}

	private static int[] inOrder(final int n) {
		final int[] order = new int[n];
		for (int d = 0; d < n; d++)
			order[d] = d;
		return order;
	}

	private static long[] longs(final JsonArray array) {
		final long[] values = new long[array.size()];
		for (int i = 0; i < values.length; i++)
			values[i] = array.get(i).getAsLong();
		return values;
	}

	private static int[] ints(final JsonArray array) {
		final int[] values = new int[array.size()];
		for (int i = 0; i < values.length; i++)
			values[i] = Math.toIntExact(array.get(i).getAsLong());
		return values;
	}

	private static JsonArray array(final long[] values) {
		final JsonArray array = new JsonArray();
		for (final long v : values)
			array.add(v);
		return array;
	}

	private static JsonArray array(final int[] values) {
		final JsonArray array = new JsonArray();
		for (final int v : values)
			array.add(v);
		return array;
	}
}
