package sc.fiji.cfebm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import net.imglib2.img.array.ArrayImgs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import sc.fiji.cfebm.api.CellDenoiser;
import sc.fiji.cfebm.api.CellPlan;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.task.Denoiser;

/** {@code cfebm bench}. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = { "Says how long denoising takes here, without files.", "" })
final class BenchCall implements Callable<Integer> {

	@Spec
	private CommandSpec spec;

	@Option(names = "--model", paramLabel = "MODEL", defaultValue = "microscopy", description = "A .cfebm file, or the name of a model that comes along (default: ${DEFAULT-VALUE}).")
	private String name;

	@Option(names = "--side", paramLabel = "PIXELS", defaultValue = "1024", description = "Of the square images that are denoised, 64 to 2048 (default: ${DEFAULT-VALUE}).")
	private int side;

	@Option(names = "--threads", paramLabel = "N", description = "The most threads (default: the processors there are).")
	private int most = Runtime.getRuntime().availableProcessors();

	@Mixin
	private Shared.Computing computing;

	@Mixin
	private Shared.Telling telling;

	@Override
	public Integer call() throws Exception {
		if (side < 64 || side > 2048) throw Main.wrong(spec, "--side must be from 64 to 2048, not " + side + ".");
		if (most < 1) throw Main.wrong(spec, "--threads must be at least 1, not " + most + ".");
		final Model model = Model.read(Volumes.model(name));
		if (model.channels() > 1) throw Main.wrong(spec, "--model must be a model of gray images.");
		final Console console = telling.console();
		computing.apply(console);
		final CellPlan plan = new CellPlan(NoiseModel.white(20), new Normalization(0, 255));
		final float[] pixels = new float[side * side];
		final SplittableRandom random = new SplittableRandom(1);
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = (float) (100 + 20 * random.nextGaussian());
		final Map<String, Object> facts = new LinkedHashMap<>();
		final StringBuilder words = new StringBuilder();
		for (int threads = 1; threads <= most; threads = threads < most ? Math.min(most, 2 * threads) : most + 1) {
			final double seconds = seconds(model, plan, pixels, threads) / (1e-6 * side * side * threads);
			facts.put(Integer.toString(threads), seconds);
			words.append(words.isEmpty() ? "" : System.lineSeparator()).append(String.format(Locale.ROOT, "%d %s: %.2f s per megapixel",
				threads, threads == 1 ? "thread" : "threads", seconds));
		}
		final String device = device(model);
		words.append(System.lineSeparator()).append("computed by ").append(device);
		final String images = images(model);
		if (images != null) words.append(System.lineSeparator()).append("that is for volumes; for images and trainings: ").append(images);
		final Map<String, Object> all = new LinkedHashMap<>();
		all.put("secondsPerMegapixel", facts);
		all.put("device", device);
		if (images != null) all.put("images", images);
		console.result(all, words.toString());
		return 0;
	}

	/** What a network for a part of a volume is computed on. */
	private static String device(final Model model) throws Exception {
		try (Denoiser denoiser = Denoiser.ofOneThread(model)) {
			return denoiser.device() == null ? "the processor" : denoiser.device();
		}
	}

	/** What computes where volumes are not computed; null: the same. */
	private static String images(final Model model) {
		final StageParameters finest = model.pyramid().parameters(model.pyramid().stages() - 1);
		return DeviceChoice.isNamed() || !(finest instanceof UnetParameters) ? null : DeviceChoice.reason((UnetParameters) finest);
	}

	/** Of the second image of each of so many threads. */
	private double seconds(final Model model, final CellPlan plan, final float[] pixels, final int threads) throws Exception {
		final ExecutorService pool = Executors.newFixedThreadPool(threads);
		try (CellDenoiser cells = new CellDenoiser(model, plan, threads, CellDenoiser.LARGEST)) {
			double seconds = 0;
			for (int round = 0; round < 2; round++) {
				final long begin = System.nanoTime();
				final List<Future<?>> futures = new ArrayList<>();
				for (int i = 0; i < threads; i++)
					futures.add(pool.submit(() -> cells.denoise(ArrayImgs.floats(pixels, side, side), ArrayImgs.floats(side, side))));
				for (final Future<?> future : futures)
					future.get();
				seconds = (System.nanoTime() - begin) * 1e-9;
			}
			return seconds;
		}
		finally {
			pool.shutdown();
		}
	}
}
