package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.ImageProcessor;
import ij.process.LUT;

/** The kinds of images that people have, through the commands. */
class ImagesAsTheyComeTest extends CommandTestBase {

	private static ImagePlus denoised(final Object... inputs) throws Exception {
		return (ImagePlus) run(DenoiseCommand.class, inputs).getOutput("denoised");
	}

	/** Noisy stripes. */
	private static ImagePlus stripes(final String title, final int bits, final double mean, final double contrast, final double sigma) {
		final ImagePlus imp = IJ.createImage(title, 60, 50, 1, bits);
		final Random random = new Random(2);
		for (int p = 0; p < 60 * 50; p++)
			imp.getProcessor().setf(p, (float) (mean + contrast * Math.signum(Math.sin(p % 60 / 6.0)) + sigma * random.nextGaussian()));
		return imp;
	}

	@Test
	void grayThatWasSavedAsRgbIsTheGrayImage() throws Exception {
		final ImagePlus plain = stripes("x", 8, 120, 50, 10), asRgb = new ImagePlus("x", plain.getProcessor().convertToRGB());
		final String log = logged(() -> {
			final ImagePlus expected = denoised("image", plain, "model", gray), out = denoised("image", asRgb, "model", gray);
			assertEquals(24, out.getBitDepth());
			for (int p = 0; p < 60 * 50; p++)
				assertEquals(0x10101 * expected.getProcessor().get(p), out.getProcessor().get(p) & 0xffffff);
		});
		assertTrue(log.contains("its red, green and blue are the same"), log);
		assertFalse(log.contains("(in "), log);
	}

	@Test
	void aGrayModelDoesColorsOneByOne() throws Exception {
		final ImagePlus imp = image("colors", 40, 30, 2, 24);
		final String log = logged(() -> {
			final ImagePlus out = denoised("image", imp, "model", gray, "sigma", 10.0);
			for (int slice = 1; slice <= 2; slice++)
				for (int c = 0; c < 3; c++) {
					final ImagePlus one = new ImagePlus("c", imp.getStack().getProcessor(slice).toFloat(c, null).convertToByte(false));
					final byte[] expected = (byte[]) denoised("image", one, "model", gray, "sigma", 10.0).getProcessor().getPixels();
					assertArrayEquals(expected, (byte[]) out.getStack().getProcessor(slice).toFloat(c, null).convertToByte(false).getPixels());
				}
		});
		assertTrue(log.contains("red, green and blue are done one by one (in 2 slices)"), log);
		final ImagePlus sd = (ImagePlus) run(DenoiseCommand.class, "image", imp, "model", gray, "sigma", 10.0, "method", "Posterior", "chains", 2,
			"steps", 2).getOutput("sd");
		assertEquals(3, sd.getNChannels());
		imp.setRoi(new Roi(10, 10, 8, 8));
		final ImagePlus filled = (ImagePlus) run(InpaintCommand.class, "image", imp, "model", gray, "steps", 1).getOutput("inpainted");
		assertEquals(imp.getProcessor().get(3, 3), filled.getProcessor().get(3, 3));
		assertFalse(same(imp, filled, 1));
		assertEquals(24, ((ImagePlus) run(TranslateStyleCommand.class, "image", imp, "model", gray, "steps", 1, "saliency", true,
			"trajectory", 1).getOutput("translated")).getBitDepth());
		imp.deleteRoi();
		assertEquals(2, ((ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray, "rate", 20.0).getOutput("map")).getStackSize());
	}

	@Test
	void aPaletteIsToBeConverted() throws Exception {
		final byte[][] colors = new byte[3][256];
		for (int c = 0; c < 3; c++)
			new Random(c).nextBytes(colors[c]);
		final ImagePlus imp = image("palette", 20, 20, 1, 8);
		imp.setLut(new LUT(colors[0], colors[1], colors[2]));
		says("“palette” is 8-bit color, whose values are numbers of a palette's colors: convert it (Image > Type > RGB Color)", DenoiseCommand.class,
			"image", imp, "model", gray);
		says("is 8-bit color", TrainCommand.class, "image", imp, "model", dir.resolve("palette.cfebm").toFile());
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 16, 32 })
	void anInvertingLutChangesNothingButTheNumbers(final int bits) throws Exception {
		final ImagePlus shown = stripes("x", bits, 120, 50, 10), turned = shown.duplicate();
		final int sum = bits == 8 ? 255 : bits == 16 ? 65535 : 0;
		for (int p = 0; p < 60 * 50; p++)
			turned.getProcessor().setf(p, sum - shown.getProcessor().getf(p));
		turned.getProcessor().invertLut();
		final ImagePlus a = denoised("image", shown, "model", gray, "sigma", 10.0), b = denoised("image", turned, "model", gray, "sigma", 10.0);
		assertTrue(b.isInvertedLut());
		for (int p = 0; p < 60 * 50; p++)
			assertEquals(a.getProcessor().getf(p), sum - b.getProcessor().getf(p), bits == 32 ? 0 : 1);
		final float[] one = (float[]) ((ImagePlus) run(AnomalyCommand.class, "image", shown, "model", gray, "rate", 20.0).getOutput("map"))
			.getProcessor().getPixels();
		assertArrayEquals(one, (float[]) ((ImagePlus) run(AnomalyCommand.class, "image", turned, "model", gray, "rate", 20.0).getOutput("map"))
			.getProcessor().getPixels());
	}

	@Test
	void missingPixelsStayInAllCommands() throws Exception {
		final ImagePlus imp = image("gaps", 40, 30, 2, 32);
		for (int p = 0; p < 40 * 30; p++) {
			if (p % 40 < 6) imp.getStack().getProcessor(1).setf(p, p % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY);
			imp.getStack().getProcessor(2).setf(p, Float.NaN);
		}
		final ImagePlus map = (ImagePlus) run(AnomalyCommand.class, "image", imp, "model", gray, "rate", 20.0).getOutput("map");
		final ImagePlus translated = (ImagePlus) run(TranslateStyleCommand.class, "image", imp, "model", gray, "steps", 2).getOutput("translated");
		for (int p = 0; p < 40 * 30; p++) {
			assertEquals(p % 40 < 6, Float.isNaN(map.getStack().getProcessor(1).getf(p)));
			assertTrue(Float.isNaN(map.getStack().getProcessor(2).getf(p)));
			final float before = imp.getStack().getProcessor(1).getf(p), after = translated.getStack().getProcessor(1).getf(p);
			if (p % 40 < 6) assertEquals(Float.floatToRawIntBits(before), Float.floatToRawIntBits(after));
			else assertTrue(Float.isFinite(after) && after != before);
		}
		assertTrue(same(imp, translated, 2));
		assertTrue(translated.getInfoProperty().contains("slice 2 of “gaps” is left as it is. None of its pixels"), translated.getInfoProperty());
		assertTrue(dir.resolve("gaps.cfebm").toFile().createNewFile() && dir.resolve("gaps.cfebm").toFile().delete());
		run(TrainCommand.class, "image", imp, "model", dir.resolve("gaps.cfebm").toFile(), "preset", "Score matching", "size", "8", "width", 1,
			"iterations", "2");
		assertTrue(dir.resolve("gaps.cfebm").toFile().isFile());
	}

	@Test
	void hotPixelsAreReplacedCountedAndSpoilNothing() throws Exception {
		final ImagePlus cold = stripes("x", 16, 1000, 200, 20), hot = cold.duplicate();
		for (int i = 0; i < 4; i++)
			hot.getProcessor().set(7 + 12 * i, 9 + 8 * i, 60000);
		final String log = logged(() -> {
			final ImagePlus a = denoised("image", cold, "model", gray, "sigma", 20.0), b = denoised("image", hot, "model", gray, "sigma", 20.0);
			for (int p = 0; p < 60 * 50; p++)
				assertEquals(a.getProcessor().get(p), b.getProcessor().get(p), 150);
		});
		assertTrue(log.contains("that were replaced: 4"), log);
		// Where there is no other noise they are replaced all the same, and what is not selected stays.
		final ImagePlus ramp = IJ.createImage("ramp", "8-bit ramp", 128, 40, 1);
		for (int i = 0; i < 20; i++)
			ramp.getProcessor().set(5 + 6 * i, 3 + i, i % 2 == 0 ? 255 : 0);
		ramp.setRoi(new Roi(0, 0, 128, 15));
		final ImagePlus out = denoised("image", ramp, "model", gray);
		assertEquals(130, out.getProcessor().get(65, 13), 5, out.getInfoProperty());
		assertEquals(ramp.getProcessor().get(107, 20), out.getProcessor().get(107, 20));
	}

	@Test
	void fewCountsKeepTheirMean() throws Exception {
		final ImagePlus imp = IJ.createImage("photons", 80, 60, 2, 8);
		final Random random = new Random(5);
		for (int slice = 1; slice <= 2; slice++)
			for (int p = 0; p < 80 * 60; p++) {
				int photons = 0;
				for (double left = random.nextDouble(); left > Math.exp(-0.4); left *= random.nextDouble())
					photons++;
				imp.getStack().getProcessor(slice).set(p, photons);
			}
		final String log = logged(() -> {
			final ImagePlus out = denoised("image", imp, "model", gray, "slices", "1");
			assertEquals(32, out.getBitDepth());
			assertEquals(imp.getDisplayRangeMax(), out.getDisplayRangeMax());
			for (int p = 0; p < 80 * 60; p++)
				assertEquals(imp.getStack().getProcessor(2).get(p), out.getStack().getProcessor(2).getf(p));
			boolean between = false;
			for (int p = 0; p < 80 * 60; p++)
				between |= out.getProcessor().getf(p) % 1 != 0;
			assertTrue(between);
		});
		assertTrue(log.contains("the result has 32 bits, since the image has few gray values"), log);
		assertEquals(8, denoised("image", stripes("x", 8, 120, 50, 10), "model", gray).getBitDepth());
	}

	@Test
	void sigmaIsInTheUnitsThatImageJShows() throws Exception {
		final ImagePlus plain = stripes("x", 16, 1000, 200, 20), signed = plain.duplicate(), scaled = plain.duplicate();
		for (int p = 0; p < 60 * 50; p++)
			signed.getProcessor().set(p, plain.getProcessor().get(p) + 32768 - 1024);
		signed.getCalibration().setSigned16BitCalibration();
		scaled.getCalibration().setFunction(Calibration.STRAIGHT_LINE, new double[] { -50, 0.1 }, "HU");
		final ImagePlus expected = denoised("image", plain, "model", gray, "sigma", 20.0);
		final ImagePlus a = denoised("image", signed, "model", gray, "sigma", 20.0), b = denoised("image", scaled, "model", gray, "sigma", 2.0);
		for (int p = 0; p < 60 * 50; p++) {
			assertEquals(expected.getProcessor().get(p) + 32768 - 1024, a.getProcessor().get(p), 1);
			assertEquals(expected.getProcessor().get(p), b.getProcessor().get(p), 1);
		}
		assertTrue(a.getCalibration().isSigned16Bit());
		final String log = logged(() -> denoised("image", scaled, "model", gray));
		assertTrue(log.matches("(?s).*sigma (1\\.[5-9]|2\\.[0-5])\\d* gray values.*") && log.contains("(HU)"), log);
		final ImagePlus film = stripes("film", 8, 120, 0, 10);
		film.getCalibration().setFunction(Calibration.UNCALIBRATED_OD, null, "Uncalibrated OD");
		assertTrue(logged(() -> denoised("image", film, "model", gray)).contains(" Uncalibrated OD"));
		final double perShown = 120 * Math.log(10);
		final ImagePlus c = denoised("image", film, "model", gray, "sigma", 10 / perShown), d = denoised("image", stripes("x", 8, 120, 0, 10), "model",
			gray, "sigma", 10.0);
		for (int p = 0; p < 60 * 50; p++)
			assertEquals(d.getProcessor().get(p), c.getProcessor().get(p), 2);
	}

	@ParameterizedTest
	@CsvSource({ "1,1", "1,2", "1,300", "300,1", "2,2", "3,7" })
	void imagesOfAnySizeComeBack(final int width, final int height) throws Exception {
		for (final int bits : new int[] { 8, 32 }) {
			final ImagePlus imp = image("small", width, height, 1, bits);
			assertTrue(same(imp, denoised("image", imp, "model", gray), 1) || width * height > 100);
			assertEquals(width, denoised("image", imp, "model", gray, "sigma", 5.0).getWidth());
			assertEquals(height, ((ImagePlus) run(TranslateStyleCommand.class, "image", imp, "model", gray, "steps", 1).getOutput("translated"))
				.getHeight());
			if (width * height == 1) continue;
			imp.setRoi(new Roi(0, 0, 1, 1));
			assertEquals(width, ((ImagePlus) run(InpaintCommand.class, "image", imp, "model", gray, "steps", 1).getOutput("inpainted")).getWidth());
		}
	}

	@Test
	void whatIsSaturatedIsSaidOnce() throws Exception {
		final ImagePlus imp = stripes("x", 8, 150, 60, 10), stack = new ImagePlus("stack", imp.getStack().duplicate());
		final ImageProcessor second = imp.getProcessor().duplicate();
		for (int p = 0; p < 600; p++)
			second.set(p, 255);
		stack.getStack().addSlice(second);
		final String log = logged(() -> denoised("image", stack, "model", gray, "sigma", 10.0));
		assertTrue(log.contains("saturated, and so only at least as bright as they seem: 20 % of the pixels"), log);
		assertFalse(logged(() -> denoised("image", imp, "model", gray, "sigma", 10.0)).contains("saturated"));
	}

	/** A few bright things in a dim image: what is dim comes out as it does without them. */
	@Test
	void brightDebrisDoesNotSpoilTheDimPart() throws Exception {
		final ImagePlus dim = stripes("x", 16, 1000, 30, 10), debris = dim.duplicate();
		for (int y = 40; y < 46; y++)
			for (int x = 45; x < 55; x++)
				debris.getProcessor().set(x, y, 50000);
		final ImagePlus a = denoised("image", dim, "model", gray, "sigma", 10.0), b = denoised("image", debris, "model", gray, "sigma", 10.0);
		// Beside it a network that has hardly learnt anything may leave a pattern.
		double difference = 0;
		for (int p = 0; p < 20 * 60; p++)
			difference += Math.abs(a.getProcessor().get(p) - b.getProcessor().get(p)) / (20.0 * 60);
		assertTrue(difference < 2, "by " + difference + " where the noise is 10");
	}
}
