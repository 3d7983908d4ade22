package sc.fiji.cfebm.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.anomaly.Features;
import sc.fiji.cfebm.anomaly.NominalModelFit;
import sc.fiji.cfebm.api.CellPlan;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.unet.EnergyForm;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Calibration;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.model.ModelInfo;
import sc.fiji.cfebm.model.NominalModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.task.Denoiser;
import sc.fiji.cfebm.task.StackDenoiser;
import sc.fiji.cfebm.volume.Axis;
import sc.fiji.cfebm.volume.Layout;
import sc.fiji.cfebm.volume.OmeMetadata;
import sc.fiji.cfebm.volume.OmeZarr;
import sc.fiji.cfebm.volume.OmeZarrTarget;
import sc.fiji.cfebm.volume.PixelType;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeTarget;

/** Plans, and what becomes of them. */
class JobTest {

	private static final int PIECE = 128;
	/** A model that has one for neighbouring planes beside it. */
	private static final Path STACKS = TestVolumes.MODEL.resolveSibling("microscopy.cfebm");
	private static final NoiseSettings FOUND = new NoiseSettings(0, 0, 0, 0);

	@TempDir
	private Path folder;

	private Plan plan(final Path input, final String output) throws IOException {
		return plan(input, output, TestVolumes.MODEL, FOUND, null);
	}

	private Plan plan(final Path input, final String output, final Path model, final NoiseSettings noise, final PixelType type)
		throws IOException
	{
		final Volume source = OmeZarr.open(input);
		return Planner.plan(new Planner.Wanted(Plan.DENOISE, input, folder.resolve(output), model, noise, type, PIECE, 0), source, Model.read(model),
			ZarrStorage.version(source), Progress.NONE);
	}

	private static Runner.Outcome run(final Plan plan, final Storage storage, final int threads, final Runner.Part part, final int retries)
		throws IOException
	{
		try (Runner runner = new Runner(plan, storage, threads)) {
			return runner.run(part, retries, Progress.NONE);
		}
	}

	@Test
	void workersOrderAndInterruptionsMakeNoDifference() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 230, 120, 3);
		final Plan once = plan(input, "once.zarr"), parts = plan(input, "parts.zarr");
		assertEquals(once.tasks(), 6);
		assertArrayEquals(new int[] { 128, 128, 1 }, once.block());
		final int before = NativeRuntime.open();
		assertEquals(new Runner.Outcome(6, 0, List.of()), run(once, new ZarrStorage(), 1, Runner.Part.ALL, 0));
		assertEquals(before, NativeRuntime.open());
		assertEquals(0, Runner.done(parts, new ZarrStorage()));
		// The last part first, then one that is asked to stop, then what is left, then what was deleted.
		assertEquals(2, run(parts, new ZarrStorage(), 2, new Runner.Part(3, 3), 0).done());
		final List<String> seen = new ArrayList<>();
		try (Runner runner = new Runner(parts, new ZarrStorage(), 1)) {
			assertThrows(CancellationException.class, () -> runner.run(Runner.Part.ALL, 0, new Progress() {

				@Override
				public void update(final double fraction, final String message) {
					seen.add(message);
				}

				@Override
				public boolean isCanceled() {
					return !seen.isEmpty();
				}
			}));
		}
		// What was computed by then is written, too, and no more.
		assertEquals("1 of 4", seen.get(0));
		final int left = 4 - seen.size();
		assertTrue(left > 0, seen.toString());
		assertEquals(new Runner.Outcome(left, 6 - left, List.of()), run(parts, new ZarrStorage(), 3, Runner.Part.ALL, 0));
		Files.delete(folder.resolve("parts.zarr/0/c/1/0/1"));
		Files.delete(folder.resolve("parts.zarr/0/c/2/0/0"));
		assertEquals(4, Runner.done(parts, new ZarrStorage()));
		assertEquals(new Runner.Outcome(2, 4, List.of()), run(parts, new ZarrStorage(), 2, Runner.Part.ALL, 0));
		assertEquals(TestVolumes.files(folder.resolve("once.zarr")), TestVolumes.files(folder.resolve("parts.zarr")));
	}

	/** A plane of one piece is what the plugin makes of it. */
	@Test
	void theResultIsThatOfTheTask() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 4, "xyt", 150, 90, 2);
		final Plan plan = plan(input, "out.zarr", TestVolumes.MODEL, new NoiseSettings(TestVolumes.SIGMA, 0, 0, 0), PixelType.FLOAT32);
		run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0);
		final Plan.Noise noise = plan.noise().get(0);
		final OmeZarr source = OmeZarr.open(input), result = OmeZarr.open(folder.resolve("out.zarr"));
		assertEquals(source.layout().axes(), result.layout().axes());
		assertEquals(2, result.version());
		try (Denoiser denoiser = new Denoiser(Model.read(TestVolumes.MODEL))) {
			for (int t = 0; t < 2; t++) {
				final float[] noisy = source.read(new long[] { 0, 0, t }, new int[] { 150, 90, 1 });
				assertArrayEquals(denoiser.denoise(new Raster(150, 90, 1, noisy), new Normalization(noise.low(), noise.high()), new Denoiser.Settings(
					Denoiser.Method.ONE_STEP, TestVolumes.SIGMA, 1, 1, 1), Progress.NONE).mean().values(), result.read(new long[] { 0, 0, t },
						new int[] { 150, 90, 1 }));
			}
		}
	}

	/** Workers share the planes of one block, and each plane is in its place. */
	@Test
	void blocksOfSeveralPlanes() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 70, 60, 131);
		final Plan plan = plan(input, "out.zarr", TestVolumes.MODEL, new NoiseSettings(TestVolumes.SIGMA, 0, 0, 0), PixelType.FLOAT32);
		assertArrayEquals(new int[] { 128, 64, 2 }, plan.block());
		assertEquals(new Runner.Outcome(66, 0, List.of()), run(plan, new ZarrStorage(), 3, Runner.Part.ALL, 0));
		final Plan.Noise noise = plan.noise().get(0);
		final OmeZarr source = OmeZarr.open(input), result = OmeZarr.open(folder.resolve("out.zarr"));
		final int[] plane = { 70, 60, 1 };
		try (Denoiser denoiser = new Denoiser(Model.read(TestVolumes.MODEL))) {
			for (final long z : new long[] { 0, 1, 64, 129, 130 }) {
				final long[] min = { 0, 0, z };
				assertArrayEquals(denoiser.denoise(new Raster(70, 60, 1, source.read(min, plane)), new Normalization(noise.low(), noise.high()),
					new Denoiser.Settings(Denoiser.Method.ONE_STEP, TestVolumes.SIGMA, 1, 1, 1), Progress.NONE).mean().values(), result.read(min,
						plane));
			}
		}
	}

	/** A cut, a plane of other noise's look, one that is missing in part, one that is alone: as in the whole stack, however it is divided. */
	@Test
	void neighboursHelpWhateverTheDivision() throws IOException {
		final int width = 150, height = 90, depth = 9;
		final Path input = stack(folder.resolve("in.zarr"), width, height, depth);
		final OmeZarr source = OmeZarr.open(input);
		final Model model = Model.read(STACKS), ofPlanes = Model.readAny(Model.ofPlanes(STACKS));
		final Plan plan = stackPlan(input, "whole.zarr", 2048, Planner.Neighbours.AUTOMATIC);
		assertEquals(2, plan.stack().axis());
		assertArrayEquals(new int[] { 192, 128, 9 }, plan.block());
		assertEquals(plan.toJson(), Plan.of(plan.toJson(), "").toJson());
		final CellPlan cells = plan.noise().get(0).cells();
		final int[] plane = { width, height, 1 };
		final List<float[]> expected = new ArrayList<>();
		int alone = 0;
		try (StackDenoiser stacks = new StackDenoiser(ofPlanes); Denoiser single = new Denoiser(model)) {
			final IntFunction<Raster> read = z -> {
				try {
					return new Raster(width, height, 1, source.read(new long[] { 0, 0, z }, plane));
				}
				catch (final IOException e) {
					throw new UncheckedIOException(e);
				}
			};
			final StackDenoiser.Stack whole = stacks.stack(z -> new StackDenoiser.Noisy(read.apply(z), cells.noise(), cells.range()), depth, false);
			for (int z = 0; z < depth; z++) {
				final Raster helped = whole.denoised(z, Progress.NONE);
				if (helped == null) alone++;
				expected.add((helped != null ? helped : single.denoise(read.apply(z), cells.range(), new Denoiser.Settings(Denoiser.Method.ONE_STEP, cells
					.noise(), 1, 1, 1), Progress.NONE).mean()).values());
			}
		}
		assertEquals(1, alone);
		run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0);
		assertPlanes(expected, "whole.zarr", plane, 0);
		for (final int deep : new int[] { 1, 2, 4 }) {
			final Plan parts = divided(stackPlan(input, "deep" + deep + ".zarr", 2048, Planner.Neighbours.SLICES), 192, 128, deep);
			assertEquals((depth + deep - 1) / deep, run(parts, new ZarrStorage(), 2, Runner.Part.ALL, 0).done());
			assertPlanes(expected, "deep" + deep + ".zarr", plane, 0);
		}
	}

	/** Pieces of a plane: the same bits for any blocks, and nearly the same as of the whole plane. */
	@Test
	void neighboursHelpInPieces() throws IOException {
		final int width = 180, height = 40, depth = 3;
		final Path input = stack(folder.resolve("in.zarr"), width, height, depth);
		final int[] all = { width, height, depth };
		run(stackPlan(input, "whole.zarr", 2048, Planner.Neighbours.SLICES), new ZarrStorage(), 2, Runner.Part.ALL, 0);
		final Plan pieces = stackPlan(input, "pieces.zarr", 64, Planner.Neighbours.SLICES);
		assertEquals(64, pieces.block()[0]);
		run(pieces, new ZarrStorage(), 2, Runner.Part.ALL, 0);
		run(divided(stackPlan(input, "wide.zarr", 64, Planner.Neighbours.SLICES), 128, 128, 2), new ZarrStorage(), 1, Runner.Part.ALL, 0);
		final float[] made = OmeZarr.open(folder.resolve("pieces.zarr")).read(new long[3], all);
		assertArrayEquals(made, OmeZarr.open(folder.resolve("wide.zarr")).read(new long[3], all));
		// Of gray values about 1000.
		assertArrayEquals(OmeZarr.open(folder.resolve("whole.zarr")).read(new long[3], all), made, 0.01f);
	}

	@Test
	void neighboursThatCannotHelpAreOneSentence() throws IOException {
		final Path input = stack(folder.resolve("in.zarr"), 64, 64, 2), single = TestVolumes.write(folder.resolve("one.zarr"), 5, "xyt", 64, 64, 1);
		assertNull(stackPlan(single, "out.zarr", 64, Planner.Neighbours.AUTOMATIC).stack());
		assertEquals("The volume has no neighbouring frames: leave them out (neighbours=None).", assertThrows(IllegalArgumentException.class,
			() -> stackPlan(input, "out.zarr", 64, Planner.Neighbours.FRAMES)).getMessage());
		assertEquals("The model has none for neighbouring slices beside it: choose one that has, such as microscopy, or leave them out (neighbours=None).",
			assertThrows(IllegalArgumentException.class, () -> Planner.plan(new Planner.Wanted(Plan.DENOISE, input, folder.resolve("out.zarr"),
				TestVolumes.MODEL, FOUND, null, 64, 0, Planner.Neighbours.SLICES), OmeZarr.open(input), Model.read(TestVolumes.MODEL), 3, Progress.NONE))
					.getMessage());
		final Path model = folder.resolve("mine.cfebm"), ofPlanes = folder.resolve("mine-stack.cfebm");
		Files.copy(STACKS, model);
		Files.copy(Model.ofPlanes(STACKS), ofPlanes);
		final Plan plan = Planner.plan(new Planner.Wanted(Plan.DENOISE, input, folder.resolve("out.zarr"), model, FOUND, null, 64, 0,
			Planner.Neighbours.SLICES), OmeZarr.open(input), Model.read(model), 3, Progress.NONE);
		Files.copy(STACKS, ofPlanes, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		says("The model " + ofPlanes + " is not the one that the plan was made with: plan anew.", () -> run(plan, new ZarrStorage(), 1,
			Runner.Part.ALL, 0));
	}

	private Plan stackPlan(final Path input, final String output, final int piece, final Planner.Neighbours neighbours) throws IOException {
		return Planner.plan(new Planner.Wanted(Plan.DENOISE, input, folder.resolve(output), STACKS, new NoiseSettings(TestVolumes.SIGMA, 0, 0, 0), null,
			piece, 0, neighbours), OmeZarr.open(input), Model.read(STACKS), 3, Progress.NONE);
	}

	private static Plan divided(final Plan plan, final int... block) {
		return new Plan(plan.format(), plan.task(), plan.input(), plan.output(), plan.model(), plan.modelHash(), plan.dimensions(), plan.type(), block,
			plan.piece(), plan.channelAxis(), plan.noise(), plan.levels(), plan.zarr(), plan.stack());
	}

	private void assertPlanes(final List<float[]> expected, final String result, final int[] size, final float tolerance) throws IOException {
		final OmeZarr made = OmeZarr.open(folder.resolve(result));
		for (int z = 0; z < expected.size(); z++)
			assertArrayEquals(expected.get(z), made.read(new long[] { 0, 0, z }, size), tolerance, result + " " + z);
	}

	/** Waves that move a little; from the seventh plane on others, of which the last is one more. */
	private static Path stack(final Path folder, final int width, final int height, final int depth) throws IOException {
		final OmeZarrTarget target = new OmeZarrTarget(folder, layout(width, height, depth).with(PixelType.FLOAT32), OmeMetadata.NONE,
			new OmeZarrTarget.Format(5, new int[] { 512, 128, 1 }, List.of()));
		final SplittableRandom random = new SplittableRandom(3);
		for (int z = 0; z < depth; z++) {
			final float[] values = new float[width * height];
			for (int i = 0; i < values.length; i++) {
				final double x = i % width + 0.3 * z + (z < 6 ? 0 : z < 8 ? 17 : 40), y = i / width;
				values[i] = (float) (1000 + 400 * Math.sin(0.3 * x) * Math.cos(0.2 * y + (z < 6 ? 0 : 0.4 * x)) + TestVolumes.SIGMA * random.nextGaussian());
			}
			if (z == 2) Arrays.fill(values, 1000, 1010, Float.NaN);
			target.write(new long[] { 0, 0, z }, new int[] { width, height, 1 }, values);
		}
		return folder;
	}

	/** Of each plane, by the range of the training images. */
	@Test
	void volumesAreMapped() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyc", 150, 90, 2);
		final OmeZarr source = OmeZarr.open(input);
		final Model model = Model.read(TestVolumes.MODEL);
		final Planner.Wanted wanted = new Planner.Wanted(Plan.ANOMALY, input, folder.resolve("out.zarr"), TestVolumes.MODEL, FOUND, null, PIECE,
			0);
		final Plan plan = Planner.plan(wanted, source, model, 3, Progress.NONE);
		assertEquals(plan.toJson(), Plan.of(plan.toJson(), "").toJson());
		assertEquals(2, run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0).done());
		final OmeZarr result = OmeZarr.open(folder.resolve("out.zarr"));
		assertEquals(PixelType.FLOAT32, result.layout().type());
		final int[] size = { 150, 90, 1 };
		try (AnomalyDetector detector = new AnomalyDetector(model)) {
			final long[] second = { 0, 0, 1 };
			assertArrayEquals(detector.detect(new Raster(150, 90, 1, source.read(second, size)), model.range(), Progress.NONE).map().values(),
				result.read(second, size));
		}
		assertEquals("A map has pixels of the type float32, not " + PixelType.UINT8 + ".", assertThrows(IllegalArgumentException.class, () -> Planner
			.plan(new Planner.Wanted(Plan.ANOMALY, input, folder.resolve("b.zarr"), TestVolumes.MODEL, FOUND, PixelType.UINT8, PIECE, 0), source,
				model, 3, Progress.NONE)).getMessage());
		says("The model was trained on RGB images, and " + input + " has 2 channels.", () -> Planner.plan(new Planner.Wanted(Plan.ANOMALY, input,
			folder.resolve("c.zarr"), TestVolumes.COLOR, FOUND, null, PIECE, 0), source, Model.read(TestVolumes.COLOR), 3, Progress.NONE));
	}

	/** The three channels together, wherever they are among the dimensions: the map has one. */
	@Test
	void colorsAreMapped() throws IOException {
		final UnetSpec spec = new UnetSpec(3, List.of(2), false, false, true, 2, EnergyForm.INNER_CORRECTED);
		final EnergyPyramid pyramid = new EnergyPyramid(List.of(spec.random(0, new SplittableRandom(1))));
		final Normalization range = new Normalization(0, 4000);
		final NominalModel nominal;
		try (StageNetwork network = pyramid.network(0)) {
			nominal = NominalModelFit.measure(List.of(network), 1, Features.levels(0.02, 0.6), List.of(noise(1)), List.of(noise(2)), range, 144, 1,
				Progress.NONE);
		}
		final double[] quantiles = IntStream.range(0, Calibration.QUANTILES).mapToDouble(i -> i).toArray();
		final Model model = new Model(new ModelInfo(Model.Kind.SCORE_MATCHING, spec, range, null, 0.02, 0.6, 0, null, null, new Calibration(1,
			60, true, List.of(new Calibration.Stage(quantiles, quantiles)), null, nominal), Map.of()), pyramid);
		final Path file = folder.resolve("colors.cfebm");
		model.write(file);
		for (final String axes : List.of("xyzc", "xycz")) {
			final boolean last = axes.endsWith("c");
			final Path input = TestVolumes.write(folder.resolve(axes + ".zarr"), 5, axes, 300, 90, last ? 2 : 3, last ? 3 : 2);
			final OmeZarr source = OmeZarr.open(input);
			final Plan plan = Planner.plan(new Planner.Wanted(Plan.ANOMALY, input, folder.resolve(axes + "-out.zarr"), file, FOUND, null,
				PIECE, 0), source, model, 3, Progress.NONE);
			assertEquals(2 * 3, plan.tasks());
			assertEquals(plan.tasks(), run(plan, new ZarrStorage(), 2, Runner.Part.ALL, 0).done());
			assertEquals(plan.tasks(), Runner.done(plan, new ZarrStorage()));
			final OmeZarr result = OmeZarr.open(folder.resolve(axes + "-out.zarr"));
			assertArrayEquals(last ? new long[] { 300, 90, 2, 1 } : new long[] { 300, 90, 1, 2 }, result.layout().dimensions());
			assertEquals(source.layout().axes(), result.layout().axes());
			final long[] second = last ? new long[] { 0, 0, 1, 0 } : new long[] { 0, 0, 0, 1 };
			final float[] planar = source.read(second, last ? new int[] { 300, 90, 1, 3 } : new int[] { 300, 90, 3, 1 });
			final Raster raster = new Raster(300, 90, 3);
			for (int i = 0; i < planar.length; i++)
				raster.values()[i % 27_000 * 3 + i / 27_000] = planar[i];
			try (AnomalyDetector detector = new AnomalyDetector(model)) {
				assertArrayEquals(detector.detect(raster, model.range(), Progress.NONE).map().values(), result.read(second, new int[] { 300, 90, 1,
					1 }), 1e-3f);
			}
		}
	}

	private static Raster noise(final long seed) {
		final Raster noise = new Raster(96, 96, 3);
		final SplittableRandom random = new SplittableRandom(seed);
		for (int i = 0; i < noise.values().length; i++)
			noise.values()[i] = (float) (2000 + 300 * random.nextGaussian());
		return noise;
	}

	@Test
	void eachChannelHasItsOwnNoise() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xycz", 140, 100, 2, 2);
		final Plan plan = plan(input, "out.zarr");
		assertEquals(2, plan.noise().size());
		assertEquals(TestVolumes.SIGMA, plan.noise().get(0).sigma(), 0.15 * TestVolumes.SIGMA);
		assertEquals(2, plan.noise().get(1).sigma() / plan.noise().get(0).sigma(), 0.1);
		run(plan, new ZarrStorage(), 2, Runner.Part.ALL, 0);
		for (int c = 0; c < 2; c++) {
			final double before = roughness(OmeZarr.open(input), c), after = roughness(OmeZarr.open(folder.resolve("out.zarr")), c);
			assertTrue(after < 0.5 * before, before + " " + after);
		}
	}

	/** All of a channel is missing, or no number. */
	@Test
	void anEmptyChannelIsCopied() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyc", 60, 60, 3);
		Files.delete(input.resolve("0/c/1/0/0"));
		final Plan plan = plan(input, "out.zarr");
		assertTrue(plan.noise().get(0).sigma() > 0 && plan.noise().get(2).sigma() > 0);
		assertEquals(0, plan.noise().get(1).sigma());
		assertEquals(2, run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0).done());
		final Path floats = folder.resolve("floats.zarr");
		final OmeZarr source = OmeZarr.open(input);
		final OmeZarrTarget target = new OmeZarrTarget(floats, source.layout().with(PixelType.FLOAT32), OmeMetadata.NONE,
			new OmeZarrTarget.Format(5, new int[] { 64, 64, 1 }, List.of()));
		final int[] plane = { 60, 60, 1 };
		final float[] none = new float[3600];
		Arrays.fill(none, Float.NaN);
		for (int c = 0; c < 3; c++)
			target.write(new long[] { 0, 0, c }, plane, c == 1 ? none : source.read(new long[] { 0, 0, c }, plane));
		run(plan(floats, "floats-out.zarr"), new ZarrStorage(), 1, Runner.Part.ALL, 0);
		assertArrayEquals(none, OmeZarr.open(folder.resolve("floats-out.zarr")).read(new long[] { 0, 0, 1 }, plane));
		for (int c = 0; c < 3; c++)
			target.write(new long[] { 0, 0, c }, plane, none);
		says("The volume has no pixel that is a finite number where it was looked for them.", () -> plan(floats, "none.zarr"));
	}

	/** Blocks that are multiples of all levels would not fit into memory. */
	@Test
	void oddPyramidsEndWhereBlocksWouldBeLarge() throws IOException {
		final Path input = folder.resolve("in.zarr");
		final Layout layout = new Layout(new long[] { 1500, 80 }, List.of(new Axis("x", "space", "", 1, 0), new Axis("y", "space", "",
			1, 0)), PixelType.UINT8);
		final List<int[]> levels = Collections.nCopies(5, new int[] { 3, 1 });
		final OmeZarrTarget target = new OmeZarrTarget(input, layout, new OmeMetadata(null, null, levels, 0), new OmeZarrTarget.Format(5,
			new int[] { 1701, 64 }, levels));
		target.write(new long[2], new int[] { 1500, 64 }, new float[1500 * 64]);
		final Plan plan = plan(input, "out.zarr");
		assertEquals(3, plan.levels().size());
		assertArrayEquals(new int[] { 1728, 128 }, plan.block());
	}

	/** Mean step between neighbours in a row. */
	private static double roughness(final OmeZarr volume, final int channel) throws IOException {
		final float[] values = volume.read(new long[] { 0, 0, channel, 1 }, new int[] { 140, 100, 1, 1 });
		double sum = 0;
		for (int i = 1; i < values.length; i++)
			if (i % 140 != 0) sum += Math.abs(values[i] - values[i - 1]);
		return sum / values.length;
	}

	@Test
	void colorsGoTogether() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xytc", 100, 80, 2, 3);
		final Plan plan = plan(input, "out.zarr", TestVolumes.COLOR, new NoiseSettings(100, 0, 0, 0), PixelType.FLOAT32);
		assertEquals(1, plan.noise().size());
		assertArrayEquals(new int[] { 128, 128, 1, 3 }, plan.block());
		assertEquals(2, run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0).done());
		final float[] noisy = OmeZarr.open(input).read(new long[] { 0, 0, 1, 0 }, new int[] { 100, 80, 1, 3 });
		final Raster raster = new Raster(100, 80, 3);
		for (int i = 0; i < noisy.length; i++)
			raster.values()[i % 8000 * 3 + i / 8000] = noisy[i];
		final Raster whole;
		try (Denoiser denoiser = new Denoiser(Model.read(TestVolumes.COLOR))) {
			whole = denoiser.denoise(raster, plan.noise().get(0).cells().range(), new Denoiser.Settings(Denoiser.Method.ONE_STEP, 100, 1, 1,
				1), Progress.NONE).mean();
		}
		final float[] result = OmeZarr.open(folder.resolve("out.zarr")).read(new long[] { 0, 0, 1, 0 }, new int[] { 100, 80, 1, 3 });
		for (int i = 0; i < noisy.length; i++)
			assertEquals(whole.values()[i % 8000 * 3 + i / 8000], result[i]);
		final Path gray = TestVolumes.write(folder.resolve("gray.zarr"), 5, "xy", 70, 70);
		assertEquals("The model was trained on RGB images, and " + gray + " has no channels.", assertThrows(IOException.class, () -> plan(gray,
			"out2.zarr", TestVolumes.COLOR, FOUND, null)).getMessage());
	}

	/** A volume of terabytes, of which a few chunks are there. */
	@Test
	void whatIsMissingIsNotTouched() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 256, 128, 1);
		final Path header = input.resolve("0/zarr.json");
		Files.writeString(header, Files.readString(header).replaceFirst("\"shape\": \\[\\s*1,\\s*128,\\s*256",
			"\"shape\": [1, 20000, 100000"));
		final Plan plan = plan(input, "out.zarr", TestVolumes.MODEL, FOUND, null);
		assertEquals(TestVolumes.SIGMA, plan.noise().get(0).sigma(), 0.15 * TestVolumes.SIGMA);
		final long tasks = plan.tasks();
		assertTrue(tasks > 100_000);
		// Pieces of the pyramid are blocks of several.
		final Runner.Outcome outcome = run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0);
		assertEquals(List.of(), outcome.failed());
		assertEquals(2, outcome.done());
		assertEquals(tasks - 2, outcome.before());
	}

	@Test
	void whatFailsIsTriedAgainAndListed() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 3);
		final Set<Long> failed = ConcurrentHashMap.newKeySet();
		final Storage once = failing("Input/output error", min -> min[2] == 1 && failed.add(min[2])), always = failing("Input/output error",
			min -> min[2] == 2);
		assertEquals(new Runner.Outcome(3, 0, List.of()), run(plan(input, "once.zarr"), once, 2, Runner.Part.ALL, 1));
		final Plan plan = plan(input, "always.zarr");
		final Runner.Outcome outcome = run(plan, always, 2, Runner.Part.ALL, 1);
		assertEquals(2, outcome.done());
		assertEquals(List.of(new Runner.Failure(2, "A block of " + folder.resolve("always.zarr") +
			" can't be made: Input/output error.")), outcome.failed());
		run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0);
		assertEquals(TestVolumes.files(folder.resolve("once.zarr")), TestVolumes.files(folder.resolve("always.zarr")));
		// A chunk that can't be read.
		final Path chunk = input.resolve("0/c/0/0/1");
		final Plan later = plan(input, "damaged.zarr");
		Files.write(chunk, new byte[10]);
		final Runner.Outcome damaged = run(later, new ZarrStorage(), 1, Runner.Part.ALL, 1);
		assertEquals(List.of(new Runner.Failure(0, "The chunk " + chunk + " can't be read: it is cut off.")), damaged.failed());
		assertEquals(2, damaged.done());
		assertFalse(Files.exists(folder.resolve("damaged.zarr/0/c/0/0/0")));
		assertTrue(Files.exists(folder.resolve("damaged.zarr/0/c/1/0/0")));
	}

	/** Nothing more is computed, and the same call goes on when there is room. */
	@Test
	void aFullDiskEndsTheRun() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 12);
		run(plan(input, "once.zarr"), new ZarrStorage(), 2, Runner.Part.ALL, 0);
		final Plan plan = plan(input, "full.zarr");
		final Set<Long> tried = ConcurrentHashMap.newKeySet();
		// There is room for one block, whichever is the first: they are read by two threads.
		final Storage full = failing("No space left on device", min -> tried.add(min[2]) && tried.size() > 1);
		says("There is no room any more on the disk for " + folder.resolve("full.zarr") +
			": what is done stays done; make room, then the same call goes on.", () -> run(plan, full, 1, Runner.Part.ALL, 2));
		// Those that were on their way.
		assertTrue(tried.size() <= 5, tried.toString());
		assertEquals(1, Runner.done(plan, new ZarrStorage()));
		assertEquals(new Runner.Outcome(11, 1, List.of()), run(plan, new ZarrStorage(), 2, Runner.Part.ALL, 0));
		assertEquals(TestVolumes.files(folder.resolve("once.zarr")), TestVolumes.files(folder.resolve("full.zarr")));
	}

	/** What they use can then be closed. */
	@Test
	void whoIsCanceledWaitsForItsThreads() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xyz", 100, 70, 2);
		final AtomicBoolean ended = new AtomicBoolean();
		final Thread caller = Thread.currentThread();
		// The block takes its time, whoever is interrupted.
		final Storage slow = failing("Input/output error", min -> {
			caller.interrupt();
			for (final long until = System.nanoTime() + 300_000_000; System.nanoTime() < until;)
				Thread.onSpinWait();
			return ended.getAndSet(true);
		});
		try (Runner runner = new Runner(plan(input, "out.zarr"), slow, 1)) {
			assertThrows(CancellationException.class, () -> runner.run(Runner.Part.ALL, 0, Progress.NONE));
			assertTrue(ended.get());
			assertTrue(Thread.interrupted());
			assertEquals(1, runner.done());
		}
	}

	private interface When {

		boolean fails(long[] min);
	}

	/** Some blocks can't be written. */
	private static Storage failing(final String why, final When when) {
		final ZarrStorage zarr = new ZarrStorage();
		return new Storage() {

			@Override
			public Volume open(final Path input) throws IOException {
				return zarr.open(input);
			}

			@Override
			public boolean canWrite(final Path output) {
				return true;
			}

			@Override
			public VolumeTarget create(final Plan plan, final Volume source) throws IOException {
				final VolumeTarget target = zarr.create(plan, source);
				return new VolumeTarget() {

					@Override
					public int[] block() {
						return target.block();
					}

					@Override
					public boolean has(final long[] min, final int[] size) {
						return target.has(min, size);
					}

					@Override
					public void write(final long[] min, final int[] size, final float[] values) throws IOException {
						if (when.fails(min)) throw new IOException(why);
						target.write(min, size, values);
					}
				};
			}
		};
	}

	@Test
	void aPlanIsReadAsItWasWritten() throws IOException {
		final Plan plan = plan(TestVolumes.write(folder.resolve("in.zarr"), 5, "xyzct", 150, 70, 2, 2, 1), "out.zarr");
		final Path file = folder.resolve("plan.json");
		plan.write(file);
		assertEquals(plan.toJson(), Plan.read(file).toJson());
		assertEquals(plan.toJson(), plan(folder.resolve("in.zarr"), "out.zarr").toJson());
		assertEquals("There is no plan " + folder.resolve("other.json") + ": make one by cfebm plan.", said(folder.resolve("other.json")));
		final String good = Files.readString(file), damaged = "The plan " + file + " is damaged: make it anew by cfebm plan.";
		for (final String bad : List.of("{", good.replace("\"format\": 2", "\"format\": \"one\""), good.replace("\"block\"", "\"blocks\""),
			good.replace("128", "-128"), good.replace("UINT16", "UINT17"), good.replaceAll("\"gain\": 0.0", "\"gain\": -1.0").replaceAll(
				"\"high\": [0-9.]+", "\"high\": 0")))
		{
			Files.writeString(file, bad);
			assertEquals(damaged, said(file), bad);
		}
		Files.writeString(file, good.replace("\"format\": 2", "\"format\": 9"));
		assertEquals("The plan " + file + " is of format 9, and this version reads 2: make it anew by cfebm plan.", said(file));
		Files.writeString(file, "");
		assertEquals("The plan " + file + " is empty: make it anew by cfebm plan.", said(file));
	}

	private static String said(final Path file) {
		return assertThrows(IOException.class, () -> Plan.read(file)).getMessage();
	}

	@Test
	void whatDoesNotFitIsOneSentence() throws IOException {
		final Path input = TestVolumes.write(folder.resolve("in.zarr"), 5, "xy", 100, 70), model = folder.resolve("model.cfebm");
		Files.copy(TestVolumes.MODEL, model);
		final Plan plan = plan(input, "out.zarr", model, FOUND, null);
		run(plan, new ZarrStorage(), 1, Runner.Part.ALL, 0);
		says("The result " + folder.resolve("out.zarr") + " is there already and was made by another plan: delete it, or choose another name.",
			() -> run(plan(input, "out.zarr", model, new NoiseSettings(3, 0, 0, 0), null), new ZarrStorage(), 1, Runner.Part.ALL, 0));
		says("The result " + input.resolve("sub.zarr") + " would lie in the volume it is made of: choose another place.", () -> run(plan(input,
			"in.zarr/sub.zarr"), new ZarrStorage(), 1, Runner.Part.ALL, 0));
		Files.createDirectories(folder.resolve("mine.zarr"));
		Files.writeString(folder.resolve("mine.zarr/notes.txt"), "mine");
		says("There is something else at " + folder.resolve("mine.zarr") + ", where the result is to be: choose another name.", () -> run(plan(
			input, "mine.zarr"), new ZarrStorage(), 1, Runner.Part.ALL, 0));
		Files.write(folder.resolve("file"), new byte[1]);
		says("The result cannot be written to " + folder.resolve("file/out.zarr") + ": files cannot be made there.", () -> run(plan(input,
			"file/out.zarr"), new ZarrStorage(), 1, Runner.Part.ALL, 0));
		Files.copy(TestVolumes.COLOR, model, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		says("The model " + model + " is not the one that the plan was made with: plan anew.", () -> run(plan, new ZarrStorage(), 1,
			Runner.Part.ALL, 0));
		Files.copy(TestVolumes.MODEL, model, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		final Path header = input.resolve("0/zarr.json");
		Files.writeString(header, Files.readString(header).replace("100", "90"));
		says("The volume " + input + " has another size than when the plan was made: plan anew.", () -> run(plan, new ZarrStorage(), 1,
			Runner.Part.ALL, 0));
		try (Stream<Path> chunks = Files.walk(input.resolve("0/c"))) {
			chunks.filter(Files::isRegularFile).forEach(chunk -> chunk.toFile().delete());
		}
		says("The volume has no pixels where it was looked for them: all of its chunks are missing.", () -> plan(input, "none.zarr"));
		assertEquals("A part is i/n with i from 1 to n, not 3/2.", assertThrows(IllegalArgumentException.class, () -> Runner.Part.of("3/2"))
			.getMessage());
		assertEquals("A part is i/n, such as 2/10, not 2.", assertThrows(IllegalArgumentException.class, () -> Runner.Part.of("2")).getMessage());
	}

	private static void says(final String sentence, final org.junit.jupiter.api.function.Executable call) {
		assertEquals(sentence, assertThrows(IOException.class, call).getMessage());
	}

	@Test
	void blocksAreAsLargeAsIsGood() {
		final OmeMetadata pyramid = new OmeMetadata(null, null, List.of(new int[] { 2, 2, 2 }, new int[] { 2, 2, 2 }), 0);
		final Layout large = layout(100_000, 60_000, 3000), camera = layout(2048, 2048, 640), small = layout(300, 200, 1000);
		assertArrayEquals(new int[] { 2048, 2048, 4 }, Planner.block(large, List.of(), 2048, 88, -1));
		assertArrayEquals(new int[] { 2048, 2048, 4 }, Planner.block(camera, pyramid.levels(), 2048, 88, -1));
		assertArrayEquals(new int[] { 320, 256, 15 }, Planner.block(small, List.of(), 2048, 88, -1));
		assertArrayEquals(new int[] { 320, 256, 1 }, Planner.block(layout(300, 200, 1), List.of(), 2048, 88, -1));
		// What one piece computes is one block.
		assertArrayEquals(new int[] { 2112, 2048, 1 }, Planner.block(layout(2100, 2200, 1), List.of(), 2048, 88, -1));
	}

	private static Layout layout(final long... size) {
		return new Layout(size, List.of(new sc.fiji.cfebm.volume.Axis("x", "space", "", 1, 0), new sc.fiji.cfebm.volume.Axis("y", "space", "", 1,
			0), new sc.fiji.cfebm.volume.Axis("z", "space", "", 1, 0)), PixelType.UINT16);
	}
}
