package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.opencl.Session;

/**
 * Whether networks are computed on a device of OpenCL, and on which: on the one that was asked for; or, if none was, on the graphics
 * card that a measurement of half a second finds faster than the processor for this very network. Thread-safe.
 */
public final class DeviceChoice {

	/** What is asked for where nobody says anything: {@link #AUTO}, {@link #CPU} or a device's name, or a part of it. */
	public static final String PROPERTY = "cfebm.device";
	public static final String AUTO = "auto", CPU = "cpu";

	private static final long NANOS = 250_000_000;
	private static final int IMAGES = 16, SIDE = 64;
	private static final double SIGMA = 0.2, MILLI = 1e-6;

	/**
	 * How fast a network is.
	 *
	 * @param device which was measured
	 * @param milliseconds of a gradient of 16 images of 64×64 pixels there; not a number where it can't
	 * @param cpuMilliseconds the same on the processor
	 * @param problem why it can't, in one sentence; null: it can
	 */
	public record Measured(Device device, double milliseconds, double cpuMilliseconds, String problem) {

		public boolean isFaster() {
			return milliseconds < cpuMilliseconds;
		}

		/** One line for users. */
		public String describe() {
			return problem != null ? problem : String.format(Locale.ROOT,
				"a gradient of %d images of %d×%d pixels takes %.1f ms, on the processor without it %.1f ms", IMAGES, SIDE, SIDE, milliseconds,
				cpuMilliseconds);
		}
	}

	/** What measurements depend on. */
	private record Question(Device device, UnetSpec spec, int stage, boolean fades) {}

	private static final Map<Question, Measured> KNOWN = new HashMap<>();
	private static volatile String wanted = System.getProperty(PROPERTY, AUTO);
	private static volatile Consumer<String> listener = System.err::println;

	private DeviceChoice() {}

	/** What is asked for now. */
	public static String wanted() {
		return wanted;
	}

	/**
	 * Asks for a device, for networks that are made from now on.
	 *
	 * @param device {@link #AUTO}, {@link #CPU}, or a device's name or a part of it
	 * @throws IllegalArgumentException with one sentence, if there is no such device
	 */
	public static void want(final String device) {
		final String name = device.strip();
		if (!isAuto(name) && !isCpu(name)) Devices.here().named(name);
		wanted = name;
	}

	/** Who is told, in one sentence, when a device fails and the processor goes on. */
	public static void listen(final Consumer<String> l) {
		listener = l;
	}

	static void tell(final String sentence) {
		listener.accept(sentence);
	}

	private static boolean isAuto(final String name) {
		return name.isEmpty() || name.equalsIgnoreCase(AUTO);
	}

	private static boolean isCpu(final String name) {
		return name.equalsIgnoreCase(CPU);
	}

	/** The way to the device that a network should use; null: it is the processor. */
	static Session of(final UnetParameters p) {
		final String name = wanted;
		if (isCpu(name)) return null;
		try {
			if (!isAuto(name)) return Devices.session(Devices.here().named(name));
			Measured best = null;
			for (final Device device : Devices.here().list()) {
				// It is the processor itself, for which the engine has its own way.
				if (device.cpu()) continue;
				final Measured m = measured(device, p);
				if (m.isFaster() && (best == null || m.milliseconds < best.milliseconds)) best = m;
			}
			return best == null ? null : Devices.session(best.device);
		}
		catch (final IllegalArgumentException | DeviceException | OutOfMemoryError e) {
			tell(e.getMessage() + " The processor is used.");
			return null;
		}
	}

	/** Which device computes a network, and why, in one sentence. */
	public static String reason(final UnetParameters p) {
		final String name = wanted;
		if (isCpu(name)) return "The processor computes, as was asked for.";
		try {
			if (!isAuto(name)) return "The device " + Devices.here().named(name).name() + " computes, as was asked for.";
		}
		catch (final IllegalArgumentException e) {
			return e.getMessage() + " The processor computes.";
		}
		final Session session = of(p);
		if (session != null) return "The device " + session.device().name() + " computes, as it is faster than the processor.";
		final List<Device> devices = Devices.here().list();
		return "The processor computes: " + (devices.isEmpty() ? "there is no other device." : devices.stream().allMatch(Device::cpu)
			? "what OpenCL has is the processor itself, which is used so only where its name is asked for." : "no device is faster.");
	}

	/** What is known of a device and a network, measured the first time. */
	public static Measured measured(final Device device, final UnetParameters p) {
		synchronized (KNOWN) {
			return KNOWN.computeIfAbsent(new Question(device, p.spec(), p.stage(), p.fades()), q -> measure(device, p));
		}
	}

	private static Measured measure(final Device device, final UnetParameters p) {
		final int multiple = UnetSpec.multiple(p.stage());
		final NoisyImages x = images(IMAGES, (SIDE + multiple - 1) / multiple * multiple, p.channels()), small = images(1, multiple, p
			.channels());
		try (UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(Devices.session(device), p)) {
			// A simulator would take minutes for all of it.
			if (milliseconds(there, small, new float[small.pixels().length]) > MILLI * NANOS) return new Measured(device, Double.NaN,
				Double.NaN, "It is far too slow, and is not used.");
			final float[] ofThere = new float[x.pixels().length], ofHere = new float[ofThere.length];
			final double timeThere = milliseconds(there, x, ofThere), timeHere = milliseconds(here, x, ofHere);
			final String problem = !there.isOnDevice() ? "It fails, and is not used." : differ(ofHere, ofThere)
				? "It computes wrongly, and is not used." : null;
			return new Measured(device, problem == null ? timeThere : Double.NaN, timeHere, problem);
		}
		catch (final DeviceException | OutOfMemoryError e) {
			return new Measured(device, Double.NaN, Double.NaN, e.getMessage());
		}
	}

	private static NoisyImages images(final int count, final int side, final int channels) {
		final float[] pixels = new float[count * side * side * channels];
		final SplittableRandom rng = new SplittableRandom(1);
		for (int i = 0; i < pixels.length; i++)
			pixels[i] = (float) rng.nextDouble(-1, 1);
		return NoisyImages.at(pixels, count, side, side, SIGMA, false);
	}

	/** Whether two gradients differ by more than rounding: a driver that computes wrongly is none. */
	private static boolean differ(final float[] a, final float[] b) {
		double error = 0, largest = 0;
		for (int i = 0; i < a.length; i++) {
			error = Math.max(error, Math.abs((double) a[i] - b[i]));
			largest = Math.max(largest, Math.abs(a[i]));
		}
		// Not NaN either.
		return !(error <= 1e-3 * largest);
	}

	private static double milliseconds(final UnetEnergy energy, final NoisyImages x, final float[] gradient) {
		energy.evaluate(x, Wanted.gradient(null, gradient));
		final List<Long> times = new ArrayList<>();
		for (long start = System.nanoTime(), now = start; now - start < NANOS || times.isEmpty();) {
			final long before = now;
			energy.evaluate(x, Wanted.gradient(null, gradient));
			now = System.nanoTime();
			times.add(now - before);
		}
		final long[] sorted = times.stream().mapToLong(t -> t).sorted().toArray();
		return MILLI * sorted[sorted.length / 2];
	}
}
