package sc.fiji.cfebm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.model.NominalModel.Surroundings;
import sc.fiji.cfebm.stats.ScoreQuantiles;

class SurroundingsTest {

	/** One value is usual at the border and unusual inside: no step may show in the map where zones meet. */
	@Test
	void zonesGoOverIntoEachOther() {
		final List<ScoreQuantiles> zones = List.of(quantiles(1), quantiles(0.5), quantiles(0));
		final Surroundings surroundings = new Surroundings(null, zones, zones.get(0));
		final double surprise = 1.2, atBorder = zones.get(0).zScore(surprise), inside = zones.get(2).zScore(surprise);
		assertTrue(inside - atBorder > 1, inside + " inside, " + atBorder + " at the border");
		for (int p = 0; p < 4; p++)
			assertEquals(atBorder, surroundings.zScore(surprise, p));
		for (int p = 20; p < 200; p += 9)
			assertEquals(inside, surroundings.zScore(surprise, p));
		final double steepest = Math.max(zones.get(1).zScore(surprise) - atBorder, inside - zones.get(1).zScore(surprise)) / Surroundings.ZONE;
		for (int p = 0; p < 20; p++) {
			final double step = surroundings.zScore(surprise, p + 1) - surroundings.zScore(surprise, p);
			assertTrue(step >= 0 && step <= steepest + 1e-9, "from " + p + " on " + step);
		}
	}

	private static ScoreQuantiles quantiles(final double from) {
		return ScoreQuantiles.of(IntStream.range(0, 500).mapToDouble(i -> from + i / 500.0).toArray(), 500);
	}
}
