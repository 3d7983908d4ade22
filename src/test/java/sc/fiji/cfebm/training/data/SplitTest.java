package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

class SplitTest {

	private final SplittableRandom rng = new SplittableRandom(1);

	@Test
	void wholeFilesAreHeldOut() {
		final List<ImageSource> files = files(20, 3);
		final Split split = Split.of(files, 32, 1);
		assertTrue(split.apart());
		assertEquals(6, split.heldOut().size(), "two files of three slices each");
		assertEquals(54, split.training().size());
		for (final ImageSource file : files)
			assertEquals(split.heldOut().contains(file.planes().get(0)), split.heldOut().containsAll(file.planes()));
		assertTrue(split.training().stream().noneMatch(split.heldOut()::contains));
		assertTrue(split.description().startsWith("2 of 20 files"), split.description());
	}

	@Test
	void theSeedSaysWhich() {
		final List<ImageSource> files = files(12, 1);
		assertEquals(Split.of(files, 32, 3), Split.of(files, 32, 3));
		final Set<Raster> drawn = new HashSet<>();
		for (int seed = 0; seed < 50; seed++)
			drawn.addAll(Split.of(files, 32, seed).heldOut());
		assertTrue(drawn.size() > 8, drawn.size() + " of 12 files");
	}

	@Test
	void oneOfFiveFilesButNotAGreatOne() {
		final List<ImageSource> files = new ArrayList<>(files(5, 1));
		assertEquals(1, Split.of(files, 32, 1).heldOut().size());
		files.add(new ImageSource("great", List.of(random(900, 900))));
		for (int seed = 0; seed < 20; seed++) {
			final Split split = Split.of(files, 32, seed);
			assertEquals(1, split.heldOut().size());
			assertEquals(64, split.heldOut().get(0).width());
		}
	}

	@Test
	void anImageGivesAStrip() {
		for (final int[] size : new int[][] { { 400, 200 }, { 200, 400 }, { 150, 130 } }) {
			final Raster image = random(size[0], size[1]);
			final Split split = Split.of(List.of(new ImageSource("x", List.of(image))), 32, 1);
			final Raster in = split.training().get(0), out = split.heldOut().get(0);
			assertTrue(split.apart());
			assertEquals(image.values().length, in.values().length + out.values().length);
			assertTrue(Math.min(out.width(), out.height()) >= 32, out.width() + "×" + out.height());
			assertTrue(out.values().length <= 0.25 * image.values().length);
			assertEquals(image.get(0, 0, 0), in.get(0, 0, 0));
			assertEquals(image.get(size[0] - 1, size[1] - 1, 0), out.get(out.width() - 1, out.height() - 1, 0));
			assertNotEquals(in.get(in.width() - 1, in.height() - 1, 0), out.get(out.width() - 1, out.height() - 1, 0));
		}
		assertEquals(4, Split.of(files(4, 1, 200), 32, 1).heldOut().size(), "a strip of each of four files");
	}

	@Test
	void slicesLikeTheirNeighboursGiveStripsAndOthersTheLastSlices() {
		final List<Raster> volume = new ArrayList<>(), images = new ArrayList<>(), channels = new ArrayList<>();
		final Raster specimen = random(200, 160), other = random(200, 160);
		for (int z = 0; z < 20; z++) {
			volume.add(with(specimen, z));
			images.add(random(200, 160));
			channels.add(z % 2 == 0 ? with(specimen, z) : with(other, z));
		}
		assertEquals(20, Split.of(List.of(new ImageSource("volume", volume)), 32, 1).heldOut().size());
		assertEquals(20, Split.of(List.of(new ImageSource("channels", channels)), 32, 1).heldOut().size());
		final Split split = Split.of(List.of(new ImageSource("images", images)), 32, 1);
		assertEquals(images.subList(18, 20), split.heldOut());
		assertEquals(images.subList(0, 18), split.training());
	}

	@Test
	void smallSlicesAreHeldOutWhole() {
		final List<Raster> slices = IntStream.range(0, 30).mapToObj(i -> random(32, 32)).toList();
		assertEquals(slices.subList(27, 30), Split.of(List.of(new ImageSource("x", slices)), 32, 1).heldOut());
	}

	@Test
	void ofTooLittleNothingIsHeldOut() {
		final List<Raster> planes = List.of(random(60, 60), random(60, 60));
		final Split split = Split.of(List.of(new ImageSource("small", planes)), 32, 1);
		assertFalse(split.apart());
		assertSame(split.training(), split.heldOut());
		assertEquals(planes, split.training());
		assertTrue(split.description().contains("calibrated on its training images"));
	}

	@Test
	void colorsStayTogether() {
		final Raster image = new Raster(160, 40, 3);
		for (int i = 0; i < image.values().length; i++)
			image.values()[i] = i;
		final Raster strip = Split.of(List.of(new ImageSource("x", List.of(image))), 32, 1).heldOut().get(0);
		assertEquals(32, strip.width());
		final int at = image.index(128, 1, 0);
		assertArrayEquals(new float[] { at, at + 1, at + 2 }, new float[] { strip.get(0, 1, 0), strip.get(0, 1, 1), strip.get(
			0, 1, 2) });
	}

	private List<ImageSource> files(final int count, final int slices) {
		return files(count, slices, 64);
	}

	private List<ImageSource> files(final int count, final int slices, final int side) {
		return IntStream.range(0, count).mapToObj(i -> new ImageSource(i + ".tif", IntStream.range(0, slices).mapToObj(
			s -> random(side, side)).toList())).toList();
	}

	/** Blobs of 8 px in noise. */
	private Raster random(final int width, final int height) {
		final Raster image = new Raster(width, height, 1);
		for (int y = 0; y < height; y += 8)
			for (int x = 0; x < width; x += 8) {
				final double blob = rng.nextDouble();
				for (int v = y; v < Math.min(height, y + 8); v++)
					for (int u = x; u < Math.min(width, x + 8); u++)
						image.values()[image.index(u, v, 0)] = (float) (blob + 0.1 * rng.nextDouble());
			}
		return image;
	}

	/** The same specimen with other noise, and drifting in brightness. */
	private Raster with(final Raster specimen, final int slice) {
		final Raster noisy = specimen.copy();
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (rng.nextGaussian() + 0.02 * slice);
		return noisy;
	}
}
