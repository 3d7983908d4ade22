package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.opencl.Session;

/**
 * Whether networks are computed on a device of OpenCL, and on which: on the one that was asked for, if it computes rightly; or, if none was, on the graphics
 * card that a measurement of half a second finds faster than the processor for this very network. Thread-safe.
 */
public final class DeviceChoice {

	/** What is asked for where nobody says anything: {@link #AUTO}, {@link #CPU} or a device's name, or a part of it. */
	public static final String PROPERTY = "cfebm.device";
	public static final String AUTO = "auto", CPU = "cpu";

	/** A device has to be clearly faster: what computes should not depend on what else the computer does just now. */
	private static final double MARGIN = 0.7;
	/** Features of 16 bits have to be clearly faster, too; and what they change, root mean squares, is a share of the gradient. */
	private static final double MARGIN_COMPACT = 0.9, MOST_ROUGH = 2e-3;
	private static final long NANOS = 250_000_000;
	private static final int IMAGES = 16, SIDE = 64;
	private static final double SIGMA = 0.2, MILLI = 1e-6;

	/**
	 * How fast a network is.
	 *
	 * @param device which was measured
	 * @param milliseconds of a gradient of 16 images of 64×64 pixels there; not a number where it can't
	 * @param compact whether that is with features of 16 bits, which are clearly faster there and nearly as accurate
	 * @param cpuMilliseconds the same on the processor
	 * @param problem why it can't, in one sentence; null: it can
	 */
	public record Measured(Device device, double milliseconds, boolean compact, double cpuMilliseconds, String problem) {

		public boolean isFaster() {
			return milliseconds < MARGIN * cpuMilliseconds;
		}

		/** One line for users. */
		public String describe() {
			return problem != null ? problem : String.format(Locale.ROOT,
				"a gradient of %d images of %d×%d pixels takes %.1f ms%s, on the processor without it %.1f ms", IMAGES, SIDE, SIDE, milliseconds,
				compact ? " with features of 16 bits" : "", cpuMilliseconds);
		}
	}

	/**
	 * Where a network is to be computed.
	 *
	 * @param compact whether its features are stored with 16 bits
	 */
	record Place(Session session, boolean compact) {}

	/** What measurements depend on. */
	private record Question(Device device, UnetSpec spec, int stage, boolean fades) {}

	private static final Map<Question, Measured> KNOWN = new HashMap<>();
	private static final Map<Question, Boolean> RIGHT = new HashMap<>();
	private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
	private static final ThreadLocal<String> HELD = new ThreadLocal<>();
	private static volatile String wanted = System.getProperty(PROPERTY, AUTO);
	private static volatile Consumer<String> listener = System.err::println;

	private DeviceChoice() {}

	/** What is asked for now. */
	public static String wanted() {
		return wanted;
	}

	/**
	 * Asks for a device, for networks that are made from now on. What the drivers are not asked for ({@link Devices#avoided}) is not looked
	 * for.
	 *
	 * @param device {@link #AUTO}, {@link #CPU}, or a device's name or a part of it
	 * @throws IllegalArgumentException with one sentence, if there is no such device
	 */
	public static void want(final String device) {
		final String name = device.strip();
		if (!isAuto(name) && !isCpu(name) && !Devices.avoided()) Devices.here().named(name);
		wanted = name;
	}

	/** As {@link #want}, by somebody who has just chosen: drivers that have ended a process are asked again, unless it is for the processor. */
	public static void choose(final String device) {
		if (!isCpu(device.strip())) Devices.askAgain();
		want(device);
	}

	/**
	 * Has the networks that the calling thread makes from now on computed where it says, whatever is asked for otherwise: a training is to be
	 * computed in one place.
	 *
	 * @param device a device's name, or {@link #CPU}; null: as is asked for
	 */
	public static void hold(final String device) {
		if (device == null) HELD.remove();
		else HELD.set(device);
	}

	private static String asked() {
		return HELD.get() == null ? wanted : HELD.get();
	}

	/** Who is told, in one sentence, when a device fails and the processor goes on. */
	public static void listen(final Consumer<String> l) {
		listener = l;
	}

	static void tell(final String sentence) {
		listener.accept(sentence);
	}

	private static void tellOnce(final String sentence) {
		if (TOLD.add(sentence)) tell(sentence);
	}

	private static boolean isAuto(final String name) {
		return name.isEmpty() || name.equalsIgnoreCase(AUTO);
	}

	private static boolean isCpu(final String name) {
		return name.equalsIgnoreCase(CPU);
	}

	/** The way to the device that a network should use; null: it is the processor. */
	static Place of(final UnetParameters p) {
		final String name = asked();
		if (isCpu(name)) return null;
		if (Devices.avoided()) {
			tellOnce(String.join(" ", Devices.here().remarks()) + " The processor is used.");
			return null;
		}
		try {
			if (!isAuto(name)) {
				final Device device = Devices.here().named(name);
				return isRight(device, p) ? new Place(Devices.session(device), false) : null;
			}
			Measured best = null;
			for (final Device device : Devices.here().list()) {
				// It is the processor itself, for which the engine has its own way.
				if (device.cpu()) continue;
				final Measured m = measured(device, p);
				if (m.isFaster() && (best == null || m.milliseconds < best.milliseconds)) best = m;
			}
			return best == null ? null : new Place(Devices.session(best.device), best.compact);
		}
		catch (final IllegalArgumentException | DeviceException | OutOfMemoryError e) {
			tell(e.getMessage() + " The processor is used.");
			return null;
		}
	}

	/**
	 * The way to the device for a network that is one of many at work, each on a thread of its own; null: it is the processor. That is
	 * kept busy by them, and gives the same bits on all computers; so a device is used only where its name is asked for.
	 */
	static Place ofOneOfMany(final UnetParameters p) {
		return isNamed() ? of(p) : null;
	}

	/** Whether the processor is asked for. */
	public static boolean isCpu() {
		return isCpu(wanted);
	}

	/** Whether a device is asked for by its name. */
	public static boolean isNamed() {
		return !isAuto(wanted) && !isCpu(wanted);
	}

	/** Which device computes a network, and why, in one sentence. */
	public static String reason(final UnetParameters p) {
		final String name = wanted;
		if (isCpu(name)) return "The processor computes, as was asked for.";
		if (Devices.avoided()) return "The processor computes, as no driver is asked.";
		try {
			if (!isAuto(name)) {
				final Device device = Devices.here().named(name);
				return "The device " + device.name() + (isRight(device, p) ? " computes, as was asked for."
					: " was asked for and fails or computes wrongly; the processor computes.");
			}
		}
		catch (final IllegalArgumentException e) {
			return e.getMessage() + " The processor computes.";
		}
		final Place place = of(p);
		if (place != null) return "The device " + place.session.device().name() + " computes" + (place.compact ? ", with features of 16 bits," : ",") +
			" as it is faster than the processor.";
		final List<Device> devices = Devices.here().list();
		return "The processor computes: " + (devices.isEmpty() ? "there is no other device." : devices.stream().allMatch(Device::cpu)
			? "what OpenCL has is the processor itself, which is used so only where its name is asked for." : "no device is faster.");
	}

	/** What is known of a device and a network, measured the first time. */
	public static Measured measured(final Device device, final UnetParameters p) {
		synchronized (KNOWN) {
			return KNOWN.computeIfAbsent(new Question(device, p.spec(), p.stage(), p.fades()), q -> Devices.carefully(() -> measure(device, p)));
		}
	}

	private static Measured measure(final Device device, final UnetParameters p) {
		try (Trial trial = new Trial(Devices.session(device), p)) {
			if (trial.isSlow(NANOS)) return new Measured(device, Double.NaN, false, Double.NaN, "It is far too slow, and is not used.");
			final NoisyImages x = trial.images(IMAGES, SIDE);
			final float[] ofThere = new float[x.pixels().length], ofHere = new float[ofThere.length];
			final double timeThere = milliseconds(trial.there, x, ofThere, NANOS), timeHere = milliseconds(trial.here, x, ofHere, NANOS);
			final String problem = !trial.there.isOnDevice() ? "It fails, and is not used." : differ(ofHere, ofThere)
				? "It computes wrongly, and is not used." : null;
			if (problem != null) return new Measured(device, Double.NaN, false, timeHere, problem);
			final float[] compact = new float[ofHere.length];
			final double timeCompact;
			try (UnetEnergy fewer = UnetEnergy.on(trial.session, p, true)) {
				timeCompact = milliseconds(fewer, x, compact, NANOS);
				if (!fewer.isOnDevice() || timeCompact > MARGIN_COMPACT * timeThere || isRough(ofHere, compact)) return new Measured(device, timeThere,
					false, timeHere, null);
			}
			return new Measured(device, timeCompact, true, timeHere, null);
		}
		catch (final DeviceException | OutOfMemoryError e) {
			return new Measured(device, Double.NaN, false, Double.NaN, e.getMessage());
		}
	}

	/** Whether a device may be used for a network however fast it is; found out the first time, when who listens is told why not. */
	private static boolean isRight(final Device device, final UnetParameters p) {
		synchronized (KNOWN) {
			return RIGHT.computeIfAbsent(new Question(device, p.spec(), p.stage(), p.fades()), q -> Devices.carefully(() -> isRight(() -> Devices
				.session(device), p)));
		}
	}

	/** A test has a session that computes wrongly. */
	static boolean isRight(final Supplier<Session> opened, final UnetParameters p) {
		try {
			final Session session = opened.get();
			try (Trial trial = new Trial(session, p)) {
				// A small image must do for a simulator.
				final NoisyImages x = trial.isSlow(0) ? trial.small : trial.images(IMAGES, SIDE);
				final float[] ofThere = new float[x.pixels().length], ofHere = new float[ofThere.length];
				trial.there.evaluate(x, Wanted.gradient(null, ofThere));
				trial.here.evaluate(x, Wanted.gradient(null, ofHere));
				// The energy has said why it left.
				if (!trial.there.isOnDevice()) return false;
				if (!differ(ofHere, ofThere)) return true;
				tellOnce("The device " + session.device().name() + " computes wrongly. The processor is used.");
			}
		}
		catch (final DeviceException | OutOfMemoryError e) {
			tellOnce(e.getMessage() + " The processor is used.");
		}
		return false;
	}

	/** A network on a device and on the processor. */
	private static final class Trial implements AutoCloseable {

		final Session session;
		final UnetEnergy here, there;
		final NoisyImages small;
		private final UnetParameters p;

		Trial(final Session session, final UnetParameters p) {
			this.session = session;
			this.p = p;
			here = UnetEnergy.onProcessor(p);
			there = UnetEnergy.on(session, p);
			small = images(1, 1);
		}

		/** Noise, in images that are no smaller than they should be and suit the network. */
		NoisyImages images(final int count, final int least) {
			final int multiple = UnetSpec.multiple(p.stage());
			return DeviceChoice.images(count, (least + multiple - 1) / multiple * multiple, p.channels());
		}

		/** Whether the smallest image takes so long that the usual ones would take minutes: of a simulator. */
		boolean isSlow(final long nanos) {
			return milliseconds(there, small, new float[small.pixels().length], nanos) > MILLI * NANOS;
		}

		@Override
		public void close() {
			there.close();
			here.close();
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

	/**
	 * Whether a gradient differs by more than it may: what is denoised would lose two thousandths of a decibel where a tenth of the noise
	 * remains, as the gradient is about as large as the noise.
	 */
	static boolean isRough(final float[] exact, final float[] rough) {
		double error = 0, all = 0;
		for (int i = 0; i < exact.length; i++) {
			error += Math.pow((double) rough[i] - exact[i], 2);
			all += (double) exact[i] * exact[i];
		}
		return !(error <= MOST_ROUGH * MOST_ROUGH * all);
	}

	/** Of a gradient, once the kernels are compiled: the median of those of so many nanoseconds, of one at least. */
	private static double milliseconds(final UnetEnergy energy, final NoisyImages x, final float[] gradient, final long nanos) {
		energy.evaluate(x, Wanted.gradient(null, gradient));
		final List<Long> times = new ArrayList<>();
		for (long start = System.nanoTime(), now = start; now - start < nanos || times.isEmpty();) {
			final long before = now;
			energy.evaluate(x, Wanted.gradient(null, gradient));
			now = System.nanoTime();
			times.add(now - before);
		}
		final long[] sorted = times.stream().mapToLong(t -> t).sorted().toArray();
		return MILLI * sorted[sorted.length / 2];
	}
}
