package sc.fiji.cfebm.benchmark;

import java.io.File;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

import com.sun.management.GarbageCollectionNotificationInfo;

import org.scijava.Cancelable;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;
import org.scijava.task.TaskService;

import ij.ImagePlus;
import ij.ImageStack;
import sc.fiji.cfebm.command.DenoiseCommand;

/**
 * A process that denoises a 16-bit stack with the command, and prints in one line: the peak of the heap in use after
 * garbage collections in MB, the peak of resident memory in MB, and the seconds it took. Arguments: model file, side in
 * pixels, number of slices.
 */
final class WholeStack {

	private static final double MB = 1 << 20;

	private WholeStack() {}

	public static void main(final String[] args) throws Exception {
		final ImagePlus imp = stack(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
		final AtomicLong peak = new AtomicLong();
		watchCollections(peak);
		try (Context context = new Context(CommandService.class, ModuleService.class, StatusService.class, TaskService.class)) {
			final long start = System.nanoTime();
			final Module done = context.service(ModuleService.class).run(context.service(CommandService.class).getCommand(
				DenoiseCommand.class), true, Map.of("image", imp, "model", new File(args[0]), "sigma", 200.0)).get();
			final double seconds = (System.nanoTime() - start) * 1e-9;
			final ImagePlus out = (ImagePlus) done.getOutput("denoised");
			if (out == null || out.getStackSize() != imp.getStackSize()) throw new IOException("The stack was not denoised: " +
				((Cancelable) done).getCancelReason());
			// Both stacks are still in use.
			System.gc();
			System.out.println(peak.get() / MB + " " + ResidentMemory.megabytes("VmHWM") + " " + seconds);
		}
		System.exit(0);
	}

	/** Waves, others in each slice, under white noise of sigma 200. */
	private static ImagePlus stack(final int side, final int slices) {
		final ImageStack stack = new ImageStack(side, side);
		for (int slice = 0; slice < slices; slice++) {
			final SplittableRandom random = new SplittableRandom(slice);
			final short[] pixels = new short[side * side];
			for (int i = 0; i < pixels.length; i++)
				pixels[i] = (short) Math.max(0, 3000 + 1000 * Math.sin(i % side * 0.05 + slice) * Math.cos(i / side * 0.07) + 200 *
					random.nextGaussian());
			stack.addSlice("slice " + slice, pixels);
		}
		return new ImagePlus("stack", stack);
	}

	private static void watchCollections(final AtomicLong peak) {
		final Set<String> heap = ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() ==
			MemoryType.HEAP).map(MemoryPoolMXBean::getName).collect(Collectors.toSet());
		final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
		for (final GarbageCollectorMXBean collector : collectors)
			((NotificationEmitter) collector).addNotificationListener((notification, handback) -> {
				final Map<String, MemoryUsage> after = GarbageCollectionNotificationInfo.from((CompositeData) notification
					.getUserData()).getGcInfo().getMemoryUsageAfterGc();
				final long used = after.entrySet().stream().filter(pool -> heap.contains(pool.getKey())).mapToLong(pool -> pool
					.getValue().getUsed()).sum();
				peak.accumulateAndGet(used, Math::max);
			}, null, null);
	}
}
