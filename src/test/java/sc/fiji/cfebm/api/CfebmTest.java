package sc.fiji.cfebm.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImg;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.img.basictypeaccess.array.ByteArray;
import net.imglib2.img.basictypeaccess.array.FloatArray;
import net.imglib2.type.logic.BitType;
import net.imglib2.type.numeric.integer.UnsignedByteType;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.task.linear.Psfs;
import sc.fiji.cfebm.task.linear.Psf;
import sc.fiji.cfebm.task.linear.Deconvolver;
import sc.fiji.cfebm.raster.LineOffsets;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Rasters;
import sc.fiji.cfebm.raster.Resample;
import sc.fiji.cfebm.task.Denoiser;

/** The way in for other plugins. */
class CfebmTest {

	private static final int W = 80, H = 66;
	private static Cfebm nuclei;

	@BeforeAll
	static void open() throws IOException {
		nuclei = Cfebm.read(Path.of("plugins", "CF-EBM", "models", "nuclei.cfebm"));
	}

	@AfterAll
	static void close() {
		nuclei.close();
	}

	@Test
	void theDocumentationShowsTheExampleThatIsCompiled() throws Exception {
		final String source = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/api/ApiExample.java"));
		final String example = source.substring(source.indexOf("// docs:begin\n") + 14, source.indexOf("// docs:end"));
		final String page = Files.readString(Path.of("docs", "api.md"));
		final int begin = page.indexOf("```java\n") + 8;
		assertEquals(example, page.substring(begin, page.indexOf("```", begin)).replace("    ", "\t"));
	}

	@Test
	void theDocumentationShowsTheOperatorThatIsCompiled() throws Exception {
		final String source = Files.readString(Path.of("src/test/java/sc/fiji/cfebm/api/OperatorExample.java"));
		assertTrue(Files.readString(Path.of("docs", "api.md")).replace("    ", "\t").contains("```java\n" + source.substring(source.indexOf(
			"// docs:begin\n") + 14, source.indexOf("// docs:end")) + "```"));
	}

	/** Rows of means of two lines: what is restored has those means, and one line more. */
	@Test
	void anOperatorOfOnesOwnIsUndone() throws Exception {
		final Img<FloatType> lines = ArrayImgs.floats(W, H + 1);
		OperatorExample.restore(bytes(), lines);
		double squares = 0;
		final var cursor = bytes().localizingCursor();
		final var at = lines.randomAccess();
		while (cursor.hasNext()) {
			final double seen = cursor.next().getRealDouble();
			double mean = 0;
			for (int k = 0; k < 2; k++)
				mean += at.setPositionAndGet(cursor.getLongPosition(0), cursor.getLongPosition(1) + k).getRealDouble() / 2;
			squares += (seen - mean) * (seen - mean) / (W * H);
		}
		assertTrue(squares < 15 * 15, "" + squares);
	}

	@Test
	void deconvolvingIsThatOfTheTask() throws Exception {
		final Img<FloatType> target = ArrayImgs.floats(W, H);
		final Psf psf = Psfs.gaussian(1);
		final double share = nuclei.deconvolve(bytes(), psf, target, 20, Progress.NONE);
		assertTrue(share >= 0 && share <= 1);
		final float[] values = new float[W * H];
		int i = 0;
		for (final UnsignedByteType value : bytes())
			values[i++] = value.get();
		try (Deconvolver deconvolver = new Deconvolver(nuclei.model())) {
			final float[] expected = deconvolver.deconvolve(new Raster(W, H, 1, values), psf, NoiseModel.white(20), Deconvolver.Settings.USUAL,
				Progress.NONE).image().values();
			i = 0;
			for (final FloatType value : target)
				assertEquals(expected[i++], value.get());
		}
	}

	@Test
	void theExampleWorks() throws Exception {
		final ArrayImg<UnsignedByteType, ByteArray> image = bytes();
		final byte[] before = image.update(null).getCurrentStorageArray().clone();
		final Img<UnsignedByteType> result = ArrayImgs.unsignedBytes(W, H);
		final Img<FloatType> map = ArrayImgs.floats(W, H);
		final double score = ApiExample.restore(image, hole(), result, map);
		assertArrayEquals(before, image.update(null).getCurrentStorageArray());
		double highest = Double.NEGATIVE_INFINITY;
		for (final FloatType z : map)
			highest = Math.max(highest, z.get());
		// Stripes are no nuclei.
		assertTrue(score > 2 && highest > 2, score + " " + highest);
	}

	@Test
	void denoisingIsThatOfTheTask() throws Exception {
		final Img<FloatType> target = ArrayImgs.floats(W, H);
		nuclei.denoise(bytes(), target, 20, Progress.NONE);
		final Raster image = Rasters.read(bytes());
		final Normalization range = Ranges.ofPercentiles(List.of(Resample.smoothed(image)));
		try (Denoiser denoiser = new Denoiser(nuclei.model())) {
			final var settings = new Denoiser.Settings(Denoiser.Method.ONE_STEP, 20, 1, 1, 1);
			assertArrayEquals(denoiser.denoise(image, range, settings, Progress.NONE).mean().values(), values(target));
			// A fixed range, for the planes of a stack.
			try (Cfebm fixed = new Cfebm(nuclei.model()).range(0, 255)) {
				fixed.denoise(bytes(), target, 20, Progress.NONE);
			}
			assertArrayEquals(denoiser.denoise(image, new Normalization(0, 255), settings, Progress.NONE).mean().values(), values(
				target));
		}
	}

	/** One block has noise three times as strong as the rest. */
	@Test
	void denoisingTellsWhereMoreWasTakenOffThanNoise() {
		final Img<FloatType> target = ArrayImgs.floats(W, H);
		assertEquals(0, nuclei.denoise(bytes(), target, 20, Progress.NONE));
		final ArrayImg<FloatType, FloatArray> odd = floats();
		for (int i = 0; i < 64; i++)
			odd.getAt(40 + i % 8, 32 + i / 8).set(100 + 60 * (i * 37 % 11 % 2 == 0 ? 1 : -1));
		assertEquals(1.0 / (W / 8 * (H / 8)), nuclei.denoise(odd, target, 20, Progress.NONE), 1e-9);
		assertEquals(0, nuclei.denoise(ArrayImgs.floats(W, H), target, 0, Progress.NONE));
	}

	/** As the command does: what is no noise that the model knows is taken off before, and said. */
	@Test
	void hotPixelsAndStripesAreTakenOffAsTheCommandDoes() {
		final SplittableRandom rng = new SplittableRandom(3);
		final ArrayImg<FloatType, FloatArray> even = ArrayImgs.floats(W, H), hot = ArrayImgs.floats(W, H), striped = ArrayImgs.floats(W, H),
				target = ArrayImgs.floats(W, H);
		final double[] offsets = rng.doubles(H, -30, 30).toArray();
		for (int i = 0; i < W * H; i++) {
			final float v = (float) (100 + 5 * rng.nextGaussian());
			even.getAt(i % W, i / W).set(v);
			hot.getAt(i % W, i / W).set(i == 40 + 30 * W ? 2000 : v);
			striped.getAt(i % W, i / W).set((float) (v + offsets[i / W]));
		}
		final List<String> said = new ArrayList<>();
		final Progress progress = new Progress() {

			@Override
			public void log(final String line) {
				said.add(line);
			}
		};
		nuclei.denoise(hot, target, 0, progress);
		assertEquals(List.of("Isolated pixels far from all around them (hot, dead, salt or pepper) that were replaced: 1."), said);
		assertEquals(100, target.getAt(40, 30).get(), 10);
		said.clear();
		nuclei.denoise(striped, target, 0, progress);
		assertEquals(List.of("The image has stripes, which withoutStripes(ROWS) takes off."), said);
		said.clear();
		try (Cfebm without = new Cfebm(nuclei.model()).withoutStripes(LineOffsets.Which.ROWS)) {
			without.denoise(striped, target, 0, progress);
		}
		assertEquals(List.of(), said);
		for (int y = 0; y < H; y += 5)
			assertEquals(100, target.getAt(20, y).get(), 15);
	}

	@Test
	void withoutNoiseAndWithoutNumbersNothingChanges() {
		final ArrayImg<FloatType, FloatArray> flat = ArrayImgs.floats(W, H), gaps = floats(), nothing = ArrayImgs.floats(W, H), target = ArrayImgs
			.floats(W, H);
		for (int i = 0; i < W * H; i++) {
			flat.getAt(i % W, i / W).set(7.3f);
			nothing.getAt(i % W, i / W).set(Float.NaN);
			if (i % 7 == 0 && i % W < 20) gaps.getAt(i % W, i / W).set(Float.NaN);
		}
		for (final ArrayImg<FloatType, FloatArray> same : List.of(flat, nothing)) {
			nuclei.denoise(same, target, 0, Progress.NONE);
			assertArrayEquals(values(same), values(target));
		}
		nuclei.denoise(nothing, target, 20, Progress.NONE);
		assertArrayEquals(values(nothing), values(target));
		nuclei.denoise(gaps, target, 20, Progress.NONE);
		for (int i = 0; i < W * H; i++)
			assertEquals(Float.isNaN(values(gaps)[i]), Float.isNaN(values(target)[i]));
	}

	@Test
	void inpaintingChangesTheHoleAloneAndDoesNotLookInside() throws Exception {
		final ArrayImg<FloatType, FloatArray> image = floats(), spoilt = floats(), first = ArrayImgs.floats(W, H);
		final Img<BitType> hole = hole();
		for (int y = 20; y < 24; y++)
			for (int x = 30; x < 38; x++)
				spoilt.getAt(x, y).set(Float.NaN);
		nuclei.inpaint(image, hole, first, Progress.NONE);
		// In place.
		nuclei.inpaint(spoilt, hole, spoilt, Progress.NONE);
		assertArrayEquals(values(first), values(spoilt));
		int changed = 0;
		for (int i = 0; i < W * H; i++) {
			final boolean known = !hole.getAt(i % W, i / W).get();
			if (known) assertEquals(values(image)[i], values(first)[i]);
			else if (values(image)[i] != values(first)[i]) changed++;
		}
		assertEquals(32, changed);
	}

	@Test
	void whatIsClosedSaysSo() throws Exception {
		final Cfebm closed = new Cfebm(nuclei.model());
		closed.close();
		assertEquals("This Cfebm is closed: open the model again.", assertThrows(IllegalStateException.class, () -> closed.denoise(bytes(), ArrayImgs
			.floats(W, H), 20, Progress.NONE)).getMessage());
		assertThrows(IllegalStateException.class, () -> closed.sample(1, 1, Progress.NONE));
	}

	@Test
	void samplesAreOfTheModelsSize() {
		final List<Img<FloatType>> samples = nuclei.sample(2, 5, Progress.NONE);
		assertEquals(2, samples.size());
		assertArrayEquals(new long[] { nuclei.model().size(), nuclei.model().size() }, samples.get(0).dimensionsAsLongArray());
	}

	@Test
	void cancelingLeavesTheTargetAsItWas() {
		final ArrayImg<FloatType, FloatArray> target = ArrayImgs.floats(W, H);
		final Progress impatient = new Progress() {

			@Override
			public boolean isCanceled() {
				return true;
			}
		};
		assertThrows(CancellationException.class, () -> nuclei.inpaint(bytes(), hole(), target, impatient));
		assertThrows(CancellationException.class, () -> nuclei.anomalies(bytes(), target, impatient));
		assertArrayEquals(new float[W * H], values(target));
	}

	@Test
	void whatDoesNotFitIsOneSentence() {
		final Img<FloatType> target = ArrayImgs.floats(W, H), other = ArrayImgs.floats(W, H - 1);
		says("An image of 80×66 with 1 channel can't be written into one of 80×65 with 1 channel.", () -> nuclei.denoise(bytes(), other,
			20, Progress.NONE));
		says("The model was trained on gray images, but this image is RGB.", () -> nuclei.denoise(ArrayImgs.floats(W, H, 3), target, 20,
			Progress.NONE));
		says("An image here has 2 dimensions, or 3 with channels last, not 4.", () -> nuclei.anomalies(ArrayImgs.floats(W, H, 3, 2),
			target, Progress.NONE));
		says("Sigma is -1.0: it must be a number of at least 0.", () -> nuclei.denoise(bytes(), target, -1, Progress.NONE));
		says("The mask marks no pixel of the image: select the area to fill in.", () -> nuclei.inpaint(bytes(), ArrayImgs.bits(W, H),
			target, Progress.NONE));
		final Img<BitType> all = ArrayImgs.bits(W, H);
		all.forEach(BitType::setOne);
		says("The mask covers the whole image: leave some pixels known.", () -> nuclei.inpaint(bytes(), all, target, Progress.NONE));
	}

	private static void says(final String sentence, final org.junit.jupiter.api.function.Executable call) {
		assertEquals(sentence, assertThrows(IllegalArgumentException.class, call).getMessage());
	}

	/** Stripes with noise. */
	private static ArrayImg<UnsignedByteType, ByteArray> bytes() {
		final SplittableRandom random = new SplittableRandom(1);
		final byte[] values = new byte[W * H];
		for (int i = 0; i < values.length; i++)
			values[i] = (byte) Math.max(0, Math.min(255, 90 + 50 * Math.sin(i % W * 0.4) + 20 * random.nextGaussian()));
		return ArrayImgs.unsignedBytes(values, W, H);
	}

	private static ArrayImg<FloatType, FloatArray> floats() {
		return ArrayImgs.floats(Rasters.read(bytes()).values(), W, H);
	}

	private static Img<BitType> hole() {
		final Img<BitType> hole = ArrayImgs.bits(W, H);
		Views.interval(hole, new long[] { 30, 20 }, new long[] { 37, 23 }).forEach(BitType::setOne);
		return hole;
	}

	private static float[] values(final Img<FloatType> img) {
		return Rasters.read(img).values();
	}
}
