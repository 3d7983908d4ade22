package sc.fiji.cfebm.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import net.imglib2.FinalInterval;
import net.imglib2.Interval;
import net.imglib2.RandomAccessible;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.position.FunctionRandomAccessible;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.integer.UnsignedShortType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.task.Denoiser;

/** Parts of images. */
class CellDenoiserTest {

	private static final int SIDE = 64;
	private static final double SIGMA = 20;
	private static final NoiseSettings FOUND = new NoiseSettings(0, 0, 0, 0);
	private static final CellPlan PLAN = new CellPlan(NoiseModel.white(SIGMA), new Normalization(0, 255));
	private static Model gray, color;

	@BeforeAll
	static void read() throws IOException {
		final Path models = Path.of("plugins", "CF-EBM", "models");
		gray = Model.read(models.resolve("nuclei.cfebm"));
		color = Model.read(models.resolve("photo-color.cfebm"));
	}

	/** It is larger than a piece, and not so large that two would be faster. */
	@Test
	void anImageOfOnePieceIsComputedOnce() {
		final AtomicInteger read = new AtomicInteger();
		final RandomAccessibleInterval<FloatType> image = Views.interval(new FunctionRandomAccessible<>(2, (at, value) -> {
			if (at.getLongPosition(0) == 0 && at.getLongPosition(1) == 0) read.incrementAndGet();
			value.set(at.getIntPosition(0) % 7);
		}, FloatType::new), FinalInterval.createMinSize(0, 0, 2 * SIDE, 2 * SIDE));
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			Views.iterable(cells.lazily(image)).forEach(pixel -> assertTrue(Float.isFinite(pixel.get())));
		}
		assertEquals(1, read.get());
	}

	@Test
	void anyDivisionGivesTheSameBits() throws Exception {
		final RandomAccessibleInterval<FloatType> image = Views.translate(noisy(1, 230, 170, 2), -13, 5, 7);
		final Img<FloatType> once = ArrayImgs.floats(230, 170, 2), parts = ArrayImgs.floats(230, 170, 2);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			cells.denoise(image, Views.translate(once, -13, 5, 7));
		}
		final ExecutorService pool = Executors.newFixedThreadPool(3);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 2, SIDE)) {
			final List<Future<?>> all = new ArrayList<>();
			final long[] x = { 0, 1, 90, 163, 230 }, y = { 0, 64, 101, 170 };
			for (int i = 3; i >= 0; i--)
				for (int j = 0; j < 3; j++) {
					final Interval part = new FinalInterval(new long[] { x[i] - 13, y[j] + 5, 7 }, new long[] { x[i + 1] - 14, y[j + 1] + 4, 8 });
					all.add(pool.submit(() -> cells.denoise(image, Views.interval(Views.translate(parts, -13, 5, 7), part))));
				}
			for (final Future<?> f : all)
				f.get();
		}
		finally {
			pool.shutdown();
		}
		assertArrayEquals(values(once), values(parts));
	}

	/** An image of one piece is that of the whole, pieces differ from it by rounding. */
	@Test
	void aPartIsThatOfTheWholeImage() {
		final Img<FloatType> image = noisy(2, 200, 150), one = ArrayImgs.floats(200, 150), many = ArrayImgs.floats(200, 150);
		final float[] whole;
		try (Denoiser denoiser = new Denoiser(gray); CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, 256); CellDenoiser small =
			new CellDenoiser(gray, PLAN, 1, SIDE))
		{
			whole = denoiser.denoise(Rasters.read(image), PLAN.range(), new Denoiser.Settings(Denoiser.Method.ONE_STEP, SIGMA, 1, 1, 1),
				Progress.NONE).mean().values();
			cells.denoise(image, one);
			small.denoise(image, many);
		}
		assertArrayEquals(whole, values(one));
		assertArrayEquals(whole, values(many), (float) (2e-4 * SIGMA));
	}

	@Test
	void placesFarAwayAreAsGoodAsOthers() {
		final long far = 5L * SIDE * 1_000_000_000_000L;
		final Img<UnsignedByteType> near = ArrayImgs.unsignedBytes(70, 10, 1), away = ArrayImgs.unsignedBytes(70, 10, 1);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			cells.denoise(endless(0), Views.translate(near, -40, 3, 0));
			cells.denoise(endless(far), Views.translate(away, far - 40, -far + 3, Long.MAX_VALUE - 1));
		}
		assertArrayEquals(values(near), values(away));
		assertTrue(deviation(values(near)) < 0.5 * SIGMA);
	}

	/** The same pattern wherever its origin is. */
	private static RandomAccessible<FloatType> endless(final long at) {
		return new FunctionRandomAccessible<>(3, (position, pixel) -> {
			final long x = position.getLongPosition(0) - at, y = position.getLongPosition(1) + at;
			pixel.set((float) (100 + SIGMA * new SplittableRandom(x * 7919 + y).nextGaussian()));
		}, FloatType::new);
	}

	@Test
	void colorsGoTogether() {
		final Img<FloatType> image = noisy(3, 100, 90, 3, 2), parts = ArrayImgs.floats(100, 90, 3, 2);
		try (CellDenoiser cells = new CellDenoiser(color, PLAN, 1, SIDE); Cfebm whole = new Cfebm(color)) {
			cells.denoise(image, parts);
			final Img<FloatType> second = ArrayImgs.floats(100, 90, 3);
			whole.denoise(Views.hyperSlice(image, 3, 1), second, SIGMA, Progress.NONE);
			assertArrayEquals(Rasters.read(second).values(), Rasters.read(Views.hyperSlice(parts, 3, 1)).values(), (float) (1e-3 * SIGMA));
		}
	}

	@Test
	void whatIsMissingStays() {
		final Img<FloatType> image = noisy(4, 80, 70), result = ArrayImgs.floats(80, 70), flat = ArrayImgs.floats(80, 70);
		for (int i = 0; i < 30; i++)
			image.getAt(20 + i % 6, 30 + i / 6).set(i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			cells.denoise(image, result);
		}
		for (int i = 0; i < 80 * 70; i++)
			assertEquals(Float.isFinite(values(image)[i]), Float.isFinite(values(result)[i]));
		flat.forEach(pixel -> pixel.set(3.7f));
		final CellPlan none = CellPlan.find(gray, flat, FOUND);
		assertEquals(null, none.noise());
		try (CellDenoiser cells = new CellDenoiser(gray, none, 1, SIDE)) {
			cells.denoise(flat, result);
		}
		assertArrayEquals(values(flat), values(result));
	}

	@Test
	void thePlanIsThatOfAllOfTheImage() {
		final Img<FloatType> image = noisy(5, 600, 300, 3);
		final CellPlan plan = CellPlan.find(gray, image, FOUND);
		assertEquals(SIGMA, plan.noise().sigma(), 0.1 * SIGMA);
		assertEquals(plan, CellPlan.find(gray, image, FOUND));
		assertEquals(7, CellPlan.find(gray, image, new NoiseSettings(7, 0, 0, 0)).noise().sigma());
		final CellPlan shot = CellPlan.find(gray, image, new NoiseSettings(0, 2, 10, 0));
		assertEquals(2, shot.noise().shot().gain());
		// A look at no more than 64 parts, of the image's middle, too.
		final Interval large = new FinalInterval(new long[] { 0, 0, 100, 0 }, new long[] { 99_999_999, 99_999, 100_000, 5 });
		final List<FinalInterval> parts = CellPlan.parts(large, 2);
		assertEquals(CellPlan.PARTS, parts.size());
		for (final FinalInterval part : parts) {
			assertTrue(net.imglib2.util.Intervals.contains(large, part));
			assertEquals(CellPlan.SIDE, part.dimension(0));
			assertEquals(1, part.dimension(2));
		}
		assertEquals(List.of(new FinalInterval(30, 20)), CellPlan.parts(new FinalInterval(30, 20), 2));
	}

	@Test
	void aLazyImageComputesWhatIsLookedAt() throws Exception {
		final Img<FloatType> image = noisy(6, 200, 150, 2), direct = ArrayImgs.floats(200, 150, 2);
		final AtomicInteger read = new AtomicInteger();
		final RandomAccessibleInterval<FloatType> counted = Views.interval(new FunctionRandomAccessible<>(3, (position, pixel) -> {
			read.incrementAndGet();
			pixel.set(image.getAt(position));
		}, FloatType::new), image);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 2, SIDE)) {
			final RandomAccessibleInterval<FloatType> lazy = cells.lazily(counted);
			assertEquals(0, read.get());
			final float first = lazy.getAt(3, 4, 1).get();
			final int once = read.get();
			assertTrue(once > 0 && once < 200 * 150);
			lazy.getAt(60, 60, 1).get();
			assertEquals(once, read.get());
			cells.denoise(image, direct);
			assertEquals(direct.getAt(3, 4, 1).get(), first);
			assertArrayEquals(values(direct), values(lazy));
			final RandomAccessibleInterval<FloatType> moved = cells.lazily(Views.translate(image, 9, -9, 9));
			assertEquals(first, moved.getAt(12, -5, 10).get());
		}
	}

	/** One network, which both need. */
	@Test
	void aLazyImageCanBeTheSourceOfAnother() {
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			final Img<FloatType> image = noisy(7, 70, 70), once = ArrayImgs.floats(70, 70), twice = ArrayImgs.floats(70, 70);
			cells.denoise(image, once);
			cells.denoise(once, twice);
			assertTimeoutPreemptively(Duration.ofMinutes(2), () -> assertArrayEquals(values(twice), values(cells.lazily(cells.lazily(
				image)))));
		}
	}

	@Test
	void theExampleWorks() throws Exception {
		final Img<UnsignedShortType> image = ArrayImgs.unsignedShorts(90, 80, 2);
		final Img<FloatType> noisy = noisy(7, 90, 80, 2);
		net.imglib2.loops.LoopBuilder.setImages(image, noisy).forEachPixel((a, b) -> a.setReal(Math.max(0, b.get())));
		final RandomAccessibleInterval<FloatType> denoised = LazyExample.denoised(image);
		assertTrue(deviation(values(denoised)) < 0.7 * deviation(values(noisy)));
		final String source = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/api/LazyExample.java"));
		final String example = source.substring(source.indexOf("// docs:begin\n") + 14, source.indexOf("// docs:end"));
		assertTrue(Files.readString(Path.of("docs", "api.md")).contains("```java\n" + example.replace("\t", "    ") + "```"));
	}

	@Test
	void allMemoryIsGivenBack() {
		final int before = NativeRuntime.open();
		final CellDenoiser cells = new CellDenoiser(gray, PLAN, 2, SIDE);
		cells.denoise(noisy(8, 40, 40), ArrayImgs.floats(40, 40));
		assertTrue(NativeRuntime.open() > before);
		cells.close();
		assertEquals(before, NativeRuntime.open());
		assertEquals("This CellDenoiser is closed: make another one.", assertThrows(IllegalStateException.class, () -> cells.denoise(noisy(8, 40,
			40), ArrayImgs.floats(40, 40))).getMessage());
	}

	@Test
	void whoIsInterruptedOrCanceledStops() {
		final Progress canceled = new Progress() {

			@Override
			public boolean isCanceled() {
				return true;
			}
		};
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE)) {
			assertThrows(CancellationException.class, () -> cells.denoise(noisy(9, 40, 40), ArrayImgs.floats(40, 40), canceled));
			Thread.currentThread().interrupt();
			assertThrows(CancellationException.class, () -> cells.denoise(noisy(9, 40, 40), ArrayImgs.floats(40, 40)));
			assertTrue(Thread.interrupted());
			// Neither keeps a network.
			cells.denoise(noisy(9, 40, 40), ArrayImgs.floats(40, 40));
		}
	}

	@Test
	void whatDoesNotFitIsOneSentence() {
		final Img<FloatType> image = noisy(10, 40, 40);
		try (CellDenoiser cells = new CellDenoiser(gray, PLAN, 1, SIDE); CellDenoiser rgb = new CellDenoiser(color, PLAN, 1, SIDE)) {
			says("The part from 30 to 49 of dimension 0 is not inside the image, which reaches from 0 to 39.", () -> cells.denoise(image, Views
				.translate(ArrayImgs.floats(20, 20), 30, 0)));
			says("The image has 2 dimensions, and the part that is wanted has 3.", () -> cells.denoise(image, ArrayImgs.floats(40, 40, 1)));
			says("An image for this model has 2 dimensions or more, [W,H,…], not 1.", () -> cells.denoise(Views.hyperSlice(image, 0, 0), ArrayImgs
				.floats(40)));
			says("An image for this model has 3 dimensions or more, [W,H,3,…], not 2.", () -> rgb.lazily(image));
			says("The model was trained on RGB images, so the image's third dimension must be its 3 channels, not 2.", () -> CellPlan.find(
				color, noisy(1, 30, 30, 2), FOUND));
		}
		says("The side of a piece must be a multiple of 64 from 64 to 2048 pixels, not 100.", () -> new CellDenoiser(gray, PLAN, 1, 100));
		says("At least one thread computes, not 0.", () -> new CellDenoiser(gray, PLAN, 0, 128));
		final Img<FloatType> nothing = ArrayImgs.floats(20, 20);
		nothing.forEach(pixel -> pixel.set(Float.NaN));
		says("No pixel of the parts of the image that were looked at is a finite number.", () -> CellPlan.find(gray, nothing, FOUND));
	}

	private static void says(final String sentence, final org.junit.jupiter.api.function.Executable call) {
		assertEquals(sentence, assertThrows(IllegalArgumentException.class, call).getMessage());
	}

	/** Waves with noise. */
	private static Img<FloatType> noisy(final long seed, final long... size) {
		final Img<FloatType> image = ArrayImgs.floats(size);
		final SplittableRandom random = new SplittableRandom(seed);
		final var cursor = image.localizingCursor();
		while (cursor.hasNext()) {
			cursor.fwd();
			cursor.get().set((float) (120 + 40 * Math.sin(0.05 * cursor.getIntPosition(0)) * Math.cos(0.07 * cursor.getIntPosition(1)) + SIGMA *
				random.nextGaussian()));
		}
		return image;
	}

	private static double deviation(final float[] values) {
		double sum = 0, squares = 0;
		for (final float v : values) {
			sum += v;
			squares += v * v;
		}
		return Math.sqrt(squares / values.length - sum * sum / values.length / values.length);
	}

	private static <T extends net.imglib2.type.numeric.RealType<T>> float[] values(final RandomAccessibleInterval<T> img) {
		final float[] values = new float[(int) net.imglib2.util.Intervals.numElements(img)];
		int i = 0;
		for (final T pixel : Views.flatIterable(img))
			values[i++] = pixel.getRealFloat();
		return values;
	}
}
