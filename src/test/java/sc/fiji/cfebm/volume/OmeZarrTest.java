package sc.fiji.cfebm.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** Images of OME-Zarr. */
class OmeZarrTest {

	private static final JsonObject OMERO = JsonParser.parseString("{\"channels\":[{\"label\":\"DAPI\",\"color\":\"0000FF\",\"window\":{\"start\":0,\"end\":900}}]}")
		.getAsJsonObject();
	private static final Layout LAYOUT = new Layout(new long[] { 70, 50, 5, 1 }, List.of(new Axis("x", "space", "micrometer", 0.25, 10),
		new Axis("y", "space", "micrometer", 0.5, 0), new Axis("z", "space", "micrometer", 2, 0), new Axis("c", "channel", "", 1, 0)),
		PixelType.UINT16);
	private static final OmeMetadata METADATA = new OmeMetadata("cells", OMERO, List.of(new int[] { 2, 2, 1, 1 }, new int[] { 2, 2, 2, 1 }), 7);

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(ints = { 4, 5 })
	void metadataAndLevelsAreKept(final int version) throws IOException {
		final Path image = folder.resolve("image.zarr");
		final OmeZarrTarget target = write(image, version);
		final OmeZarr read = OmeZarr.open(image);
		assertEquals(version == 4 ? 2 : 3, read.version());
		assertArrayEquals(LAYOUT.dimensions(), read.layout().dimensions());
		assertEquals(LAYOUT.axes(), read.layout().axes());
		assertEquals("70×50×5×1 xyzc uint16", read.layout().toString());
		assertEquals("cells", read.metadata().name());
		assertEquals(OMERO, read.metadata().omero());
		assertEquals(2, read.metadata().levels().size());
		assertArrayEquals(new int[] { 2, 2, 1, 1 }, read.metadata().levels().get(0));
		assertArrayEquals(new int[] { 2, 2, 2, 1 }, read.metadata().levels().get(1));
		final float[] all = read.read(new long[4], new int[] { 70, 50, 5, 1 });
		for (int i = 0; i < all.length; i++)
			assertEquals(value(i % 70, i / 70 % 50, i / 3500), all[i]);
		// The second level is the mean of 4×4×2 pixels, of fewer at the end.
		final ZarrArray coarse = ZarrArray.open(image.resolve("2"));
		assertArrayEquals(new long[] { 18, 13, 3, 1 }, coarse.dimensions());
		assertEquals(Math.round(value(0, 0, 0) + 1.5 + 15 + 500), coarse.read(new long[4], new int[] { 1, 1, 1, 1 })[0], 1);
		assertEquals(value(68, 48, 4) + 0.5f + 5, coarse.read(new long[] { 17, 12, 2, 0 }, new int[] { 1, 1, 1, 1 })[0], 1);
		assertTrue(target.has(new long[4], new int[] { 32, 16, 2, 1 }));
		Files.delete(image.resolve("1").resolve(version == 4 ? "0/0/0/0" : "c/0/0/0/0"));
		assertFalse(target.has(new long[4], new int[] { 32, 16, 2, 1 }));
	}

	/** What the place of a coarser level's first pixel is. */
	@Test
	void levelsSayWhereTheyAre() throws IOException {
		write(folder, 5);
		final JsonObject json = ZarrArray.json(folder.resolve("zarr.json"));
		final String levels = json.getAsJsonObject("attributes").getAsJsonObject("ome").getAsJsonArray("multiscales").get(0).getAsJsonObject()
			.getAsJsonArray("datasets").get(1).toString();
		assertEquals("{\"path\":\"1\",\"coordinateTransformations\":[{\"type\":\"scale\",\"scale\":[1.0,2.0,1.0,0.5]}," +
			"{\"type\":\"translation\",\"translation\":[0.0,0.0,0.25,10.125]}]}", levels);
	}

	private static OmeZarrTarget write(final Path image, final int version) throws IOException {
		final int[] block = { 32, 16, 2, 1 };
		final OmeZarrTarget target = new OmeZarrTarget(image, LAYOUT, METADATA, new OmeZarrTarget.Format(version, block, METADATA.levels()));
		for (int z = 0; z < 5; z += 2)
			for (int y = 0; y < 50; y += 16)
				for (int x = 0; x < 70; x += 32) {
					final int[] size = { Math.min(32, 70 - x), Math.min(16, 50 - y), Math.min(2, 5 - z), 1 };
					final float[] values = new float[ZarrArray.length(size)];
					for (int i = 0; i < values.length; i++)
						values[i] = value(x + i % size[0], y + i / size[0] % size[1], z + i / size[0] / size[1]);
					final long[] min = { x, y, z, 0 };
					assertFalse(target.has(min, size));
					target.write(min, size, values);
					assertTrue(target.has(min, size));
				}
		return target;
	}

	private static float value(final int x, final int y, final int z) {
		return x + 10 * y + 1000 * z;
	}

	@Test
	void whatHasNoMetadataIsAnImageToo() throws IOException {
		ZarrArray.create(folder.resolve("plain"), ZarrHeader.fresh(2, new long[] { 4, 30, 20 }, new int[] { 1, 8, 8 }, null, PixelType.INT8,
			null, 0), null);
		assertEquals("20×30×4 xyz int8", OmeZarr.open(folder.resolve("plain")).layout().toString());
		// Its first image, as Bio-Formats lays them out.
		Files.writeString(folder.resolve(".zgroup"), "{\"zarr_format\": 2}");
		write(folder.resolve("0"), 4);
		assertEquals("cells", OmeZarr.open(folder).metadata().name());
	}

	/** Missing blocks have the value that they had, as far as the type has it. */
	@ParameterizedTest
	@ValueSource(ints = { 4, 5 })
	void whatIsMissingKeepsItsValue(final int version) throws IOException {
		for (final Object[] each : new Object[][] { { PixelType.UINT16, 7f, 7f }, { PixelType.UINT8, 300f, 255f }, { PixelType.UINT16, -3f, 0f },
			{ PixelType.INT16, Float.NaN, 0f }, { PixelType.FLOAT32, Float.NaN, Float.NaN }, { PixelType.UINT32, 0x1p32f, 0x1p32f } })
		{
			final Path image = folder.resolve(each[0] + " " + each[1]);
			final OmeMetadata metadata = new OmeMetadata(null, null, METADATA.levels(), (float) each[1]);
			new OmeZarrTarget(image, LAYOUT.with((PixelType) each[0]), metadata, new OmeZarrTarget.Format(version, new int[] { 32, 16, 2, 1 }, METADATA
				.levels()));
			final OmeZarr read = OmeZarr.open(image);
			assertEquals((float) each[2], read.metadata().fill());
			assertEquals((float) each[2], read.read(new long[4], new int[] { 1, 1, 1, 1 })[0]);
		}
		assertEquals("4294967295", PixelType.UINT32.whole(0x1p32f).toString());
		assertEquals("18446744073709551615", PixelType.UINT64.whole(Float.POSITIVE_INFINITY).toString());
	}

	@Test
	void nullIsAsNothing() throws IOException {
		ZarrArray.create(folder.resolve("a"), ZarrHeader.fresh(2, new long[] { 8, 9 }, new int[] { 8, 8 }, null, PixelType.UINT8, null, 0),
			null);
		attributes("{\"omero\":null,\"multiscales\":[{\"name\":null,\"coordinateTransformations\":null,\"axes\":[{\"name\":\"y\",\"unit\":null}," +
			"{\"name\":\"x\",\"type\":null}],\"datasets\":[{\"path\":\"a\",\"coordinateTransformations\":null}]}]}");
		final OmeZarr read = OmeZarr.open(folder);
		assertEquals("9×8 xy uint8", read.layout().toString());
		assertEquals(OmeMetadata.NONE, new OmeMetadata(read.metadata().name(), read.metadata().omero(), read.metadata().levels(), 0));
		// By a name that is not normal.
		assertEquals("9×8 xy uint8", OmeZarr.open(folder.resolve("a/../.")).layout().toString());
		assertEquals("9×8 xy uint8", OmeZarr.open(Path.of("").toAbsolutePath().relativize(folder)).layout().toString());
	}

	@Test
	void olderVersionsAreRead() throws IOException {
		ZarrArray.create(folder.resolve("s0"), ZarrHeader.fresh(2, new long[] { 2, 3, 4, 8, 9 }, new int[] { 1, 1, 1, 8, 8 }, null,
			PixelType.UINT8, null, 0), null);
		Files.writeString(folder.resolve(".zattrs"), "{\"multiscales\":[{\"version\":\"0.1\",\"datasets\":[{\"path\":\"s0\"}]}]}");
		assertEquals("9×8×4×3×2 xyzct uint8", OmeZarr.open(folder).layout().toString());
		Files.writeString(folder.resolve(".zattrs"),
			"{\"multiscales\":[{\"version\":\"0.3\",\"axes\":[\"t\",\"c\",\"z\",\"y\",\"x\"],\"datasets\":[{\"path\":\"s0\"}]}]}");
		assertEquals(3, OmeZarr.open(folder).layout().channels());
	}

	@Test
	void whatIsNoImageIsOneSentence() throws IOException {
		says("There is no zarr image at " + folder + ".");
		Files.writeString(folder.resolve(".zgroup"), "{\"zarr_format\": 2}");
		says("The zarr group " + folder + " has no image: name one of the arrays in it.");
		attributes("{\"plate\":{}}");
		says("The zarr at " + folder + " is a plate with many images: name one of them, such as " + folder.resolve("A/1/0") + ".");
		attributes("{\"multiscales\":[]}");
		says("The OME-Zarr " + folder + " has damaged metadata: what stands in its multiscales does not fit.");
		attributes("{\"multiscales\":[{\"datasets\":[{\"path\":\"a\"}]}]}");
		says("There is no zarr array at " + folder.resolve("a") + ".");
		attributes("{\"multiscales\":[{\"datasets\":[{\"path\":\"../../a\"}]}]}");
		says("The OME-Zarr " + folder + " has an array outside its folder, which is not read.");
		ZarrArray.create(folder.resolve("a"), ZarrHeader.fresh(2, new long[] { 8, 9 }, new int[] { 8, 8 }, null, PixelType.UINT8, null, 0),
			null);
		attributes("{\"multiscales\":[{\"axes\":[{\"name\":\"y\"},{\"name\":\"c\",\"type\":\"channel\"}],\"datasets\":[{\"path\":\"a\"}]}]}");
		says("The OME-Zarr " + folder + " is no image: its last two axes must be y and x, not y and c.");
		attributes("{\"multiscales\":[{\"axes\":[\"x\"],\"datasets\":[{\"path\":\"a\"}]}]}");
		says("The OME-Zarr " + folder + " is no image: it has 1 axes and an array of 2 dimensions.");
		final Path line = folder.resolve("line");
		ZarrArray.create(line, ZarrHeader.fresh(2, new long[] { 8 }, new int[] { 8 }, null, PixelType.UINT8, null, 0), null);
		assertEquals("The zarr array " + line + " is no image: it has 1 dimensions, and an image has 2 to 5.", assertThrows(
			VolumeException.class, () -> OmeZarr.open(line)).getMessage());
		final Path file = Files.writeString(folder.resolve("file"), "no folder");
		assertEquals("The result cannot be written to " + file + ": files cannot be made there.", assertThrows(VolumeException.class, () -> write(
			file, 5)).getMessage());
		assertEquals("A block must be a multiple of its pyramid's levels.", assertThrows(IllegalArgumentException.class,
			() -> new OmeZarrTarget.Format(5, new int[] { 30, 16, 2, 1 }, METADATA.levels())).getMessage());
	}

	private void attributes(final String text) throws IOException {
		Files.writeString(folder.resolve(".zattrs"), text);
	}

	private void says(final String sentence) {
		assertEquals(sentence, assertThrows(VolumeException.class, () -> OmeZarr.open(folder)).getMessage());
	}
}
