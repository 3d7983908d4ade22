package sc.fiji.cfebm.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import net.imglib2.img.array.ArrayImgs;

import sc.fiji.cfebm.api.CellDenoiser;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Planner;
import sc.fiji.cfebm.job.Runner;
import sc.fiji.cfebm.job.ZarrStorage;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.volume.OmeZarr;

/** A process that denoises a volume and prints how long that took, planning and all, and how much memory. */
final class ScaleRun {

	/**
	 * @param seconds without the start of Java
	 * @param heap the most there was in it, garbage included, in MB
	 * @param resident the most memory of the process in MB
	 */
	record Outcome(double seconds, double heap, double resident) {

		static Outcome of(final String line) {
			final String[] numbers = line.split(" ");
			return new Outcome(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2]));
		}
	}

	private static final long INTERVAL_NANOS = 20_000_000;

	private ScaleRun() {}

	/** @param args the volume, where the result goes (empty: planes are denoised in memory, all the same one), the number of workers */
	public static void main(final String[] args) throws IOException {
		final Path input = Path.of(args[0]), file = Path.of("plugins", "CF-EBM", "models", "microscopy.cfebm");
		final AtomicLong heap = new AtomicLong();
		final Thread watch = new Thread(() -> {
			for (; !Thread.currentThread().isInterrupted(); LockSupport.parkNanos(INTERVAL_NANOS))
				heap.accumulateAndGet(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
		});
		watch.setDaemon(true);
		watch.start();
		final Model model = Model.read(file);
		final long begin = System.nanoTime();
		final OmeZarr source = OmeZarr.open(input);
		final Plan plan = Planner.plan(new Planner.Wanted(Plan.DENOISE, input, Path.of(args[1]), file, new NoiseSettings(0, 0, 0, 0), null,
			CellDenoiser.LARGEST, 0), source, model, source.version(), Progress.NONE);
		final double seconds;
		if (args[1].isEmpty()) {
			final long[] size = source.layout().dimensions();
			final int width = (int) size[0], height = (int) size[1];
			final float[] plane = source.read(new long[3], new int[] { width, height, 1 });
			try (CellDenoiser cells = new CellDenoiser(model, plan.noise().get(0).cells(), 1, CellDenoiser.LARGEST)) {
				final long from = System.nanoTime();
				for (int z = 0; z < size[2]; z++)
					cells.denoise(ArrayImgs.floats(plane, width, height), ArrayImgs.floats(width, height));
				seconds = (System.nanoTime() - from) * 1e-9;
			}
		}
		else {
			try (Runner runner = new Runner(plan, new ZarrStorage(), Integer.parseInt(args[2]))) {
				final Runner.Outcome outcome = runner.run(Runner.Part.ALL, 0, Progress.NONE);
				if (!outcome.failed().isEmpty()) throw new IOException(outcome.failed().get(0).why());
			}
			seconds = (System.nanoTime() - begin) * 1e-9;
		}
		System.out.println(String.format(Locale.ROOT, "%.3f %.1f %.1f", seconds, heap.get() / 1048576.0, ResidentMemory.megabytes("VmHWM")));
		System.exit(0);
	}
}
