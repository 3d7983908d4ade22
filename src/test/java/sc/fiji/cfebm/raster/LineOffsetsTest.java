package sc.fiji.cfebm.raster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.raster.LineOffsets.Which;

/** Stripes that were added to images are taken off again; what is structure, missing or cut off is not. */
class LineOffsetsTest {

	private static final int W = 150, H = 120;

	@ParameterizedTest
	@EnumSource(names = { "ROWS", "COLUMNS", "BOTH" })
	void stripesAreFoundAndTakenOff(final Which which) {
		final Raster even = noisy(discs(W, H), 4), striped = striped(even, which, 12), before = striped.copy();
		final LineOffsets found = LineOffsets.in(striped, which);
		assertArrayEquals(before.values(), striped.values());
		assertEquals(which == Which.COLUMNS ? 0 : 12, found.rows(), 3);
		assertEquals(which == Which.ROWS ? 0 : 12, found.columns(), 3);
		assertTrue(distance(found.image(), even) < 0.3 * distance(striped, even), distance(found.image(), even) + " of " + distance(striped,
			even));
		assertEquals(found.rows(), LineOffsets.seen(striped, Which.NONE).rows(), 3);
		assertEquals(found.columns(), LineOffsets.seen(striped, Which.NONE).columns(), 3);
		assertNull(LineOffsets.in(striped, Which.NONE));
		if (which != Which.BOTH) assertNull(LineOffsets.in(striped, which == Which.ROWS ? Which.COLUMNS : Which.ROWS));
	}

	/** Those of a long line are looked for in a part of its pixels. */
	@Test
	void weakStripesAreTakenOffThoughNobodySeesThem() {
		final Raster even = noisy(discs(1100, 60), 20);
		final Raster weak = striped(even, Which.ROWS, 2), strong = striped(even, Which.ROWS, 20);
		assertEquals(Which.NONE, LineOffsets.seen(weak, Which.NONE).which());
		assertTrue(distance(LineOffsets.in(weak, Which.ROWS).image(), even) < 0.9 * distance(weak, even));
		assertEquals(20, LineOffsets.seen(strong, Which.COLUMNS).rows(), 8);
		assertEquals(Which.ROWS, LineOffsets.seen(strong, Which.NONE).which());
		assertEquals(Which.NONE, LineOffsets.seen(strong, Which.ROWS).which());
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, 5 })
	void whatIsNoStripeStays(final double sigma) {
		final Raster bars = new Raster(W, H, 1), line = new Raster(W, H, 1), slope = new Raster(W, H, 1);
		for (int i = 0; i < W * H; i++) {
			bars.values()[i] = i / W / 6 % 2 == 0 ? 60 : 140 + i / W;
			line.values()[i] = i / W % 40 == 17 ? 200 : 50;
			slope.values()[i] = i / W * (i / W) / 50f;
		}
		for (final Raster clean : List.of(bars, line, slope, discs(W, H))) {
			final Raster image = noisy(clean, sigma);
			assertNull(LineOffsets.in(image, Which.BOTH));
			assertEquals(Which.NONE, LineOffsets.seen(image, Which.NONE).which());
		}
	}

	/** Steps from bar to bar, and a line that is far brighter than offsets make it. */
	@Test
	void structureAmongStripesStays() {
		final Raster clean = new Raster(W, H, 1);
		for (int i = 0; i < W * H; i++)
			clean.values()[i] = i / W == 45 ? 250 : i / W / 30 % 2 == 0 ? 60 : 140;
		final Raster even = noisy(clean, 3), found = LineOffsets.in(striped(even, Which.ROWS, 5), Which.ROWS).image();
		for (int edge = 30; edge < H; edge += 30)
			assertEquals(edge % 60 == 30 ? 80 : -80, mean(found, edge, edge + 10) - mean(found, edge - 10, edge), 4);
		assertTrue(mean(found, 45, 46) > 230);
	}

	/** A border, single pixels and whole rows. */
	@Test
	void missingPixelsStayAndDoNotMatter() {
		final Raster even = noisy(discs(W, H), 4), striped = striped(even, Which.BOTH, 10);
		for (int i = 0; i < W * H; i++)
			if (i % W < 10 || i / W == 40 || i / W == 41 || i % 31 == 0) striped.values()[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
		final Raster found = LineOffsets.in(striped, Which.BOTH).image();
		double before = 0, after = 0;
		for (int i = 0; i < W * H; i++)
			if (!Float.isFinite(striped.values()[i])) assertEquals(Float.floatToRawIntBits(striped.values()[i]), Float.floatToRawIntBits(found
				.values()[i]));
			else {
				before += Math.abs(striped.values()[i] - even.values()[i]);
				after += Math.abs(found.values()[i] - even.values()[i]);
			}
		assertTrue(after < 0.3 * before, after + " of " + before);
	}

	/** What they were is not known: in a part that is saturated there are no stripes. */
	@Test
	void pixelsThatAreCutOffStay() {
		final Raster even = noisy(discs(W, H), 4);
		for (int i = 0; i < W * H; i++)
			if (i % W > 100) even.values()[i] += 300;
			else if (i % W < 30) even.values()[i] -= 300;
		final Raster striped = striped(even, Which.ROWS, 10);
		for (int i = 0; i < W * H; i++)
			striped.values()[i] = Math.max(0, Math.min(255, Math.round(striped.values()[i])));
		final Raster found = LineOffsets.in(striped, Which.ROWS).image();
		int changed = 0;
		for (int i = 0; i < W * H; i++)
			if (striped.values()[i] == 0 || striped.values()[i] == 255) assertEquals(striped.values()[i], found.values()[i]);
			else if (striped.values()[i] != found.values()[i]) changed++;
		assertTrue(changed > W * H / 3, changed + " pixels");
	}

	@Test
	void eachChannelHasItsOwn() {
		final Raster even = noisy(discs(W, H), 4), striped = striped(even, Which.COLUMNS, 10);
		final Raster image = Raster.of(List.of(even, striped, noisy(even, 2))), found = LineOffsets.in(image, Which.COLUMNS).image();
		for (final int c : new int[] { 0, 2 })
			assertArrayEquals(image.channel(c).values(), found.channel(c).values());
		assertTrue(distance(found.channel(1), even) < 0.3 * distance(striped, even));
	}

	@ParameterizedTest
	@CsvSource({ "1,1", "1,500", "500,1", "500,15", "31,200", "64,64" })
	void whereNothingCanBeToldNothingIsDone(final int width, final int height) {
		final Raster flat = new Raster(width, height, 1), missing = flat.copy();
		java.util.Arrays.fill(missing.values(), Float.NaN);
		final Raster noise = noisy(flat, 5);
		for (final Raster image : List.of(flat, missing, width == 64 ? flat : striped(noise, Which.ROWS, 20))) {
			assertNull(LineOffsets.in(image, Which.ROWS));
			assertEquals(0, LineOffsets.seen(image, Which.COLUMNS).rows());
		}
	}

	/** Bright discs, some of them one over another, on a ground that grows brighter to a side. */
	private static Raster discs(final int width, final int height) {
		final Raster image = new Raster(width, height, 1);
		final SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < width * height; i++)
			image.values()[i] = 60 + 40f * (i % width) / width;
		for (int k = 0; k < width * height / 600; k++) {
			final int x = random.nextInt(width), y = random.nextInt(height), radius = 3 + random.nextInt(10), bright = 20 + random.nextInt(80);
			for (int i = 0; i < width * height; i++)
				if (Math.hypot(i % width - x, i / width - y) < radius) image.values()[i] = 60 + bright;
		}
		return image;
	}

	private static Raster noisy(final Raster clean, final double sigma) {
		final Raster noisy = clean.copy();
		final SplittableRandom random = new SplittableRandom(3);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += sigma * random.nextGaussian();
		return noisy;
	}

	private static Raster striped(final Raster even, final Which which, final double sigma) {
		final SplittableRandom random = new SplittableRandom(5);
		final double[] rows = random.doubles(even.height()).toArray(), columns = random.doubles(even.width()).toArray();
		final Raster striped = even.copy();
		for (int i = 0; i < striped.values().length; i++) {
			final int x = i % even.width(), y = i / even.width();
			if (which != Which.COLUMNS) striped.values()[i] += sigma * Math.sqrt(12) * (rows[y] - 0.5);
			if (which != Which.ROWS) striped.values()[i] += sigma * Math.sqrt(12) * (columns[x] - 0.5);
		}
		return striped;
	}

	/** Root mean square. */
	private static double distance(final Raster a, final Raster b) {
		double sum = 0;
		for (int i = 0; i < a.values().length; i++)
			sum += Math.pow(a.values()[i] - b.values()[i], 2);
		return Math.sqrt(sum / a.values().length);
	}

	private static double mean(final Raster image, final int from, final int to) {
		double sum = 0;
		for (int i = from * image.width(); i < to * image.width(); i++)
			sum += image.values()[i];
		return sum / (to - from) / image.width();
	}
}
