package sc.fiji.cfebm.volume;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;

import sc.fiji.cfebm.model.AtomicFile;

/**
 * A zarr array of version 2 or 3, with or without shards, in a folder: boxes of it are read, whole files of it are written. Boxes are in
 * ImgLib2's order, the fastest dimension first. Thread-safe, as long as no two threads write the same file.
 */
final class ZarrArray {

	static final String V2 = ".zarray", V3 = "zarr.json";
	/** What stands in a shard's index for a chunk that is not there. */
	private static final long MISSING = -1;
	/** The largest array that Java has. */
	private static final int MOST = Integer.MAX_VALUE - 8;

	private final Path folder;
	private final ZarrHeader header;
	/** Folders that nothing of killed programs is left in. */
	private final Set<Path> swept = ConcurrentHashMap.newKeySet();

	private ZarrArray(final Path folder, final ZarrHeader header) {
		this.folder = folder;
		this.header = header;
	}

	/** @throws VolumeException with one sentence, if there is no array, or one of a kind that is not read here */
	static ZarrArray open(final Path folder) throws IOException {
		final Path v3 = folder.resolve(V3), v2 = folder.resolve(V2);
		if (!Files.exists(v3) && !Files.exists(v2)) throw new VolumeException("There is no zarr array at " + folder + ".");
		return new ZarrArray(folder, ZarrHeader.read(json(Files.exists(v3) ? v3 : v2), folder.toString()));
	}

	/** Makes an array without chunks; one that is there with the same header is left as it is. */
	static ZarrArray create(final Path folder, final ZarrHeader header, final List<String> names) throws IOException {
		Files.createDirectories(folder);
		AtomicFile.sweep(folder);
		writeJson(folder.resolve(header.version() == 2 ? V2 : V3), header.write(names));
		return new ZarrArray(folder, header);
	}

	/** @throws VolumeException with one sentence, if it is no JSON */
	static JsonObject json(final Path file) throws IOException {
		try {
			return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
		}
		catch (final JsonParseException | IllegalStateException | java.nio.charset.MalformedInputException e) {
			throw new VolumeException("The file " + file + " is damaged: it should be JSON.", e);
		}
	}

	static void writeJson(final Path file, final JsonObject json) throws IOException {
		final byte[] text = new com.google.gson.GsonBuilder().setPrettyPrinting().serializeNulls().serializeSpecialFloatingPointValues()
			.disableHtmlEscaping().create().toJson(json).getBytes(StandardCharsets.UTF_8);
		// What is there already stays, also where nothing can be written.
		if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), text)) AtomicFile.write(file, out -> out.write(text));
	}

	ZarrHeader header() {
		return header;
	}

	/** The size of what one file has, in ImgLib2's order. */
	int[] unit() {
		return reversed(header.unit());
	}

	/** The size of what is packed together, in ImgLib2's order. */
	int[] chunk() {
		return reversed(header.chunk());
	}

	/** The array's size in ImgLib2's order. */
	long[] dimensions() {
		return reversed(header.shape());
	}

	/** Whether any file of a box is there. */
	boolean isAny(final long[] min, final int[] size) {
		final boolean[] any = { false };
		eachFile(min, size, file -> any[0] = any[0] || Files.exists(path(file)));
		return any[0];
	}

	/** Whether all files of a box are there. */
	boolean areAll(final long[] min, final int[] size) {
		final boolean[] all = { true };
		eachFile(min, size, file -> all[0] = all[0] && Files.exists(path(file)));
		return all[0];
	}

	private interface FileVisitor {

		void visit(long[] file);
	}

	private void eachFile(final long[] min, final int[] size, final FileVisitor visitor) {
		final int n = min.length;
		final int[] unit = unit();
		final long[] first = new long[n], last = new long[n], at = new long[n];
		for (int d = 0; d < n; d++) {
			at[d] = first[d] = min[d] / unit[d];
			last[d] = (min[d] + size[d] - 1) / unit[d];
		}
		do visitor.visit(at.clone());
		while (next(at, first, last));
	}

	/** The next place in a box, the first dimension fastest; false behind the last. */
	static boolean next(final long[] at, final long[] first, final long[] last) {
		for (int d = 0; d < at.length; d++) {
			if (at[d] < last[d]) {
				at[d]++;
				return true;
			}
			at[d] = first[d];
		}
		return false;
	}

	/**
	 * Reads a box, the first dimension fastest; what is missing is filled.
	 *
	 * @throws VolumeException with one sentence naming the file, if a chunk is damaged
	 */
	float[] read(final long[] min, final int[] size) throws IOException {
		final float[] values = new float[length(size)];
		final int n = min.length;
		final int[] chunk = chunk(), unit = unit();
		final long[] first = new long[n], last = new long[n];
		for (int d = 0; d < n; d++) {
			if (min[d] < 0 || size[d] < 1 || min[d] + size[d] > dimensions()[d]) throw new IllegalArgumentException(
				"The box is not inside the array.");
			first[d] = min[d] / unit[d];
			last[d] = (min[d] + size[d] - 1) / unit[d];
		}
		final long[] file = first.clone();
		do {
			try (Unit opened = open(file)) {
				final long[] from = new long[n], to = new long[n];
				for (int d = 0; d < n; d++) {
					from[d] = Math.max(min[d], file[d] * unit[d]) / chunk[d];
					to[d] = (Math.min(min[d] + size[d], (file[d] + 1) * unit[d]) - 1) / chunk[d];
				}
				final long[] at = from.clone();
				do {
					final ByteBuffer bytes = opened == null ? null : opened.chunk(at);
					copy(bytes, at, min, size, values, true);
				}
				while (next(at, from, to));
			}
		}
		while (next(file, first, last));
		return values;
	}

	/**
	 * Writes all files of a box, each in one go: it is there as a whole or not at all.
	 *
	 * @param min of the box, at a file's border
	 * @param size of the box, to files' borders or the array's
	 */
	void write(final long[] min, final int[] size, final float[] values) throws IOException {
		final int n = min.length;
		final int[] unit = unit();
		final long[] first = new long[n], last = new long[n];
		for (int d = 0; d < n; d++) {
			final long end = min[d] + size[d];
			if (min[d] % unit[d] != 0 || end % unit[d] != 0 && end != dimensions()[d]) throw new IllegalArgumentException(
				"Files are written whole.");
			first[d] = min[d] / unit[d];
			last[d] = (end - 1) / unit[d];
		}
		final long[] file = first.clone();
		do {
			final long[] at = file.clone();
			final Path path = path(file);
			Files.createDirectories(path.getParent());
			if (swept.add(path.getParent())) AtomicFile.sweep(path.getParent());
			AtomicFile.write(path, out -> {
				if (header.shard() == null) out.write(packed(at, min, size, values));
				else writeShard(at, min, size, values, out);
			});
		}
		while (next(file, first, last));
	}

	private byte[] packed(final long[] chunk, final long[] min, final int[] size, final float[] values) throws IOException {
		final ByteBuffer bytes = ByteBuffer.allocate(chunkBytes()).order(header.order());
		if (header.fill() != 0) {
			final float[] fill = new float[length(header.chunk())];
			Arrays.fill(fill, header.fill());
			header.type().put(bytes, 0, 1, fill, 0, fill.length);
		}
		copy(bytes, chunk, min, size, values, false);
		byte[] stored = bytes.array();
		for (final Codec codec : header.codecs())
			stored = codec.encode(stored, header.type().bytes());
		return stored;
	}

	/** The chunks of a shard one behind the other, then where they lie. */
	private void writeShard(final long[] file, final long[] min, final int[] size, final float[] values, final OutputStream out)
		throws IOException
	{
		final int n = file.length;
		final int[] chunk = chunk(), unit = unit();
		final long[] from = new long[n], to = new long[n];
		for (int d = 0; d < n; d++) {
			from[d] = file[d] * unit[d] / chunk[d];
			to[d] = (Math.min(dimensions()[d], (file[d] + 1) * unit[d]) - 1) / chunk[d];
		}
		final ByteBuffer index = ByteBuffer.allocate(indexEntries() * 16).order(ByteOrder.LITTLE_ENDIAN);
		for (int i = 0; i < index.capacity() / 8; i++)
			index.putLong(i * 8, MISSING);
		long offset = 0;
		final long[] at = from.clone();
		do {
			final byte[] stored = packed(at, min, size, values);
			final int entry = entry(at);
			index.putLong(16 * entry, offset).putLong(16 * entry + 8, stored.length);
			out.write(stored);
			offset += stored.length;
		}
		while (next(at, from, to));
		out.write(header.indexChecked() ? Codec.CRC32C.encode(index.array(), Long.BYTES) : index.array());
	}

	private int chunkBytes() {
		return length(header.chunk()) * header.type().bytes();
	}

	private int indexEntries() {
		int entries = 1;
		for (int d = 0; d < header.chunk().length; d++)
			entries = Math.multiplyExact(entries, header.shard()[d] / header.chunk()[d]);
		return entries;
	}

	/** A chunk's place in its shard's index. */
	private int entry(final long[] chunk) {
		int entry = 0;
		for (int d = chunk.length - 1; d >= 0; d--) {
			final int per = unit()[d] / chunk()[d];
			entry = entry * per + (int) (chunk[d] % per);
		}
		return entry;
	}

	/** Copies what a chunk and a box have in common, to the box or from it. @param bytes null: the chunk is missing */
	private void copy(final ByteBuffer bytes, final long[] chunk, final long[] min, final int[] size, final float[] values,
		final boolean read)
	{
		final int n = min.length;
		final int[] shape = chunk(), strides = strides();
		final long[] from = new long[n], to = new long[n];
		for (int d = 0; d < n; d++) {
			from[d] = Math.max(min[d], chunk[d] * shape[d]);
			to[d] = Math.min(min[d] + size[d], (chunk[d] + 1) * shape[d]) - 1;
			if (to[d] < from[d]) return;
		}
		final int length = (int) (to[0] - from[0] + 1);
		// Row by row.
		final long[] first = from.clone(), last = to.clone();
		last[0] = first[0];
		final long[] at = first.clone();
		do {
			int box = 0, inChunk = 0;
			for (int d = n - 1; d >= 0; d--) {
				box = box * size[d] + (int) (at[d] - min[d]);
				inChunk += (int) (at[d] - chunk[d] * shape[d]) * strides[d];
			}
			if (bytes == null) Arrays.fill(values, box, box + length, header.fill());
			else if (read) header.type().get(bytes, inChunk, strides[0], values, box, length);
			else header.type().put(bytes, inChunk, strides[0], values, box, length);
		}
		while (next(at, first, last));
	}

	/** Of a chunk's numbers along each dimension, in ImgLib2's order. */
	private int[] strides() {
		final int n = header.chunk().length;
		final int[] strides = new int[n];
		int stride = 1;
		for (int i = n - 1; i >= 0; i--) {
			final int axis = header.axes()[i];
			strides[n - 1 - axis] = stride;
			stride *= header.chunk()[axis];
		}
		return strides;
	}

	/** A file that is there. */
	private final class Unit implements AutoCloseable {

		final Path path;
		final RandomAccessFile file;
		final ByteBuffer index;

		Unit(final Path path) throws IOException {
			this.path = path;
			file = new RandomAccessFile(path.toFile(), "r");
			try {
				index = header.shard() == null ? null : index();
			}
			catch (final IOException | RuntimeException e) {
				file.close();
				throw e;
			}
		}

		private ByteBuffer index() throws IOException {
			final int size = indexEntries() * 16 + (header.indexChecked() ? Integer.BYTES : 0);
			if (file.length() < size) throw damaged("it is cut off", null);
			final byte[] bytes = new byte[size];
			file.seek(header.indexFirst() ? 0 : file.length() - size);
			file.readFully(bytes);
			try {
				return ByteBuffer.wrap(header.indexChecked() ? Codec.CRC32C.decode(bytes, size) : bytes).order(ByteOrder.LITTLE_ENDIAN);
			}
			catch (final IOException e) {
				throw damaged("its index is wrong", e);
			}
		}

		/** The bytes of a chunk; null if it is missing. */
		ByteBuffer chunk(final long[] at) throws IOException {
			long offset = 0, size = file.length();
			if (index != null) {
				final int entry = entry(at);
				offset = index.getLong(16 * entry);
				size = index.getLong(16 * entry + 8);
				if (offset == MISSING && size == MISSING) return null;
				if (offset < 0 || size < 0 || offset > file.length() - size) throw damaged("it is cut off", null);
			}
			final int whole = chunkBytes();
			if (size > Math.min(MOST, 2L * whole + (1 << 16))) throw damaged("it is larger than it can be", null);
			byte[] bytes = new byte[(int) size];
			file.seek(offset);
			file.readFully(bytes);
			for (int i = header.codecs().size() - 1; i >= 0; i--)
				try {
					bytes = header.codecs().get(i).decode(bytes, i == 0 ? whole : (int) Math.min(MOST, 2L * whole + (1 << 16)));
				}
				catch (final IOException e) {
					throw damaged(e.getMessage() != null && e.getMessage().startsWith("packed by") ? e.getMessage()
						: "it is cut off, or not packed as it says", e);
				}
			if (bytes.length != whole) throw damaged("it has " + bytes.length + " bytes instead of " + whole, null);
			return ByteBuffer.wrap(bytes).order(header.order());
		}

		private VolumeException damaged(final String why, final Throwable cause) {
			return new VolumeException("The chunk " + path + " can't be read: " + why + ".", cause);
		}

		@Override
		public void close() throws IOException {
			file.close();
		}
	}

	/** @return null if it is missing */
	private Unit open(final long[] file) throws IOException {
		try {
			return new Unit(path(file));
		}
		catch (final FileNotFoundException | NoSuchFileException e) {
			if (Files.exists(path(file))) throw new VolumeException("The chunk " + path(file) + " can't be read: its file can't be opened.", e);
			return null;
		}
	}

	/** The first pixels of all files, sorted; of those whose names are chunks'. */
	List<long[]> stored() throws IOException {
		final String prefix = header.prefix().isEmpty() ? "" : header.prefix() + header.separator();
		final Pattern name = Pattern.compile(Pattern.quote(prefix) + "\\d+(" + Pattern.quote(header.separator()) + "\\d+)*");
		final List<long[]> all = new ArrayList<>();
		final int[] unit = unit();
		try (Stream<Path> files = Files.walk(folder)) {
			for (final Path file : (Iterable<Path>) files::iterator) {
				final String key = folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
				if (!name.matcher(key).matches()) continue;
				final String[] numbers = key.substring(prefix.length()).split(Pattern.quote(header.separator()));
				final long[] min = new long[unit.length];
				boolean inside = numbers.length == min.length;
				for (int d = 0; inside && d < min.length; d++) {
					final String number = numbers[numbers.length - 1 - d];
					inside = number.length() < 10 && Long.parseLong(number) * unit[d] < dimensions()[d];
					if (inside) min[d] = Long.parseLong(number) * unit[d];
				}
				if (inside) all.add(min);
			}
		}
		catch (final UncheckedIOException e) {
			throw new VolumeException("The chunks of the zarr array " + folder + " can't be listed: a folder in it can't be read.", e);
		}
		all.sort(Arrays::compare);
		return all;
	}

	private Path path(final long[] file) {
		final StringBuilder name = new StringBuilder(header.prefix());
		for (int d = file.length - 1; d >= 0; d--)
			name.append(name.isEmpty() ? "" : header.separator()).append(file[d]);
		return folder.resolve(name.toString());
	}

	static int length(final int[] size) {
		int length = 1;
		for (final int s : size)
			length = Math.multiplyExact(length, s);
		return length;
	}

	static int[] reversed(final int[] of) {
		final int[] reversed = new int[of.length];
		for (int i = 0; i < of.length; i++)
			reversed[i] = of[of.length - 1 - i];
		return reversed;
	}

	static long[] reversed(final long[] of) {
		final long[] reversed = new long[of.length];
		for (int i = 0; i < of.length; i++)
			reversed[i] = of[of.length - 1 - i];
		return reversed;
	}
}
