package sc.fiji.cfebm.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.raster.ImageSource;
import sc.fiji.cfebm.raster.Raster;

class SlabsTest {

	/** Planes of two channels one after the other, each with its number as its value. */
	private static ImageSource stack() {
		final List<Raster> planes = new ArrayList<>();
		for (int i = 0; i < 8; i++)
			planes.add(new Raster(2, 1, 1, new float[] { i, i + 0.5f }));
		return new ImageSource("stack", planes, List.of(List.of(0, 2, 4, 6), List.of(1, 3, 5, 7)));
	}

	private static ImageSource single(final int channels) {
		return new ImageSource("single", List.of(new Raster(2, 1, channels)));
	}

	@Test
	void neighboursAreOfTheSameChannel() {
		final List<Raster> slabs = Slabs.of(List.of(stack()), 3, true).get(0).planes();
		assertEquals(4, slabs.size());
		final int[][] expected = { { 0, 2, 4 }, { 2, 4, 6 }, { 1, 3, 5 }, { 3, 5, 7 } };
		for (int s = 0; s < 4; s++)
			for (int k = 0; k < 3; k++) {
				assertEquals(expected[s][k], slabs.get(s).get(0, 0, k));
				assertEquals(expected[s][k] + 0.5f, slabs.get(s).get(1, 0, k));
			}
	}

	@Test
	void singleImagesStayIfTheyAreClean() {
		assertEquals(List.of("stack", "single"), Slabs.of(List.of(stack(), single(1)), 3, false).stream().map(ImageSource::name).toList());
		assertEquals(List.of("stack"), Slabs.of(List.of(stack(), single(1)), 3, true).stream().map(ImageSource::name).toList());
		// Every other one, and the last.
		final ImageSource five = new ImageSource("five", java.util.stream.IntStream.range(0, 6).mapToObj(i -> new Raster(1, 1, 1, new float[] { i })).toList(), List
			.of(List.of(0, 1, 2, 3, 4, 5)));
		assertEquals(List.of(0f, 2f, 3f), Slabs.of(List.of(five), 3, true).get(0).planes().stream().map(slab -> slab.get(0, 0, 0)).toList());
		// Five planes of four.
		assertEquals(8, Slabs.of(List.of(stack()), 5, false).get(0).planes().size());
		for (final ImageSource none : List.of(single(1), stack()))
			assertTrue(assertThrows(IllegalArgumentException.class, () -> Slabs.of(List.of(none), 5, true)).getMessage().endsWith("."));
		assertThrows(IllegalArgumentException.class, () -> Slabs.of(List.of(single(3)), 3, false));
	}
}
