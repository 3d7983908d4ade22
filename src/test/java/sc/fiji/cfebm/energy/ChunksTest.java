package sc.fiji.cfebm.energy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {

	private final int[] released = { 0 };
	private final Chunks chunks = new Chunks(64, () -> released[0]++);
	private final List<Integer> sizes = new ArrayList<>();

	@Test
	void chunksAreNoLargerThanWhatTheyAreFor() {
		final List<String> seen = new ArrayList<>();
		chunks.run(150, (size, first, count) -> seen.add(first + "+" + count + "/" + size), () -> {});
		assertEquals(List.of("0+64/64", "64+64/64", "128+22/32"), seen);
		chunks.run(0, (size, first, count) -> seen.add("none"), () -> {});
		assertEquals(3, seen.size());
		assertEquals(0, released[0]);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5, 63, 64 })
	void whereMemoryIsShortFewerTilesAtATimeDoTheSame(final int most) {
		final int[] done = { 0 }, sum = { 0 };
		chunks.run(100, (size, first, count) -> work(most, size, first, count, sum), () -> done[0]++);
		assertEquals(100, sum[0]);
		assertEquals(Integer.highestOneBit(most), chunks.most());
		assertEquals((100 + chunks.most() - 1) / chunks.most(), done[0]);
		assertEquals(Integer.numberOfTrailingZeros(64 / chunks.most()), released[0]);
		// What did not go once is not tried again.
		sizes.clear();
		chunks.run(100, (size, first, count) -> work(most, size, first, count, sum), () -> {});
		assertTrue(sizes.stream().allMatch(size -> size <= most), sizes.toString());
	}

	@Test
	void whereNotOneTileFitsTheErrorRemains() {
		assertThrows(OutOfMemoryError.class, () -> chunks.run(3, (size, first, count) -> work(0, size, first, count, new int[1]),
			() -> {}));
		assertEquals(List.of(4, 2, 1), sizes);
		assertEquals(3, released[0]);
	}

	private void work(final int most, final int size, final int first, final int count, final int[] sum) {
		sizes.add(size);
		if (size > most) throw new OutOfMemoryError("on purpose");
		assertEquals(sum[0] % 100, first);
		sum[0] += count;
	}
}
