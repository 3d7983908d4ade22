package sc.fiji.cfebm.opencl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The devices of this computer, looked for once.
 *
 * @param list in the drivers' order
 * @param remarks what was wrong while looking, one sentence each
 */
public record Devices(List<Device> list, List<String> remarks) {

	/** More than any computer has: a list that is longer is garbage. */
	private static final int MOST = 64;
	private static final int NAME = 80;

	private static final CrashMarks MARKS = CrashMarks.ofUser();
	private static final String AVOIDED = "OpenCL's drivers are not asked for devices, as a program ended while it asked them: to try again, choose the device once more in CF-EBM Options... (in the command line: --device=NAME).";

	private static Devices here;
	private static boolean avoided;
	private static final Map<Device, Session> SESSIONS = new HashMap<>();

	/**
	 * Those of this computer; none, and a remark, if a process has ended while it asked the drivers. Never throws, whatever the drivers do.
	 * Thread-safe.
	 */
	public static synchronized Devices here() {
		if (here != null) return here;
		avoided = MARKS.found();
		here = avoided ? new Devices(List.of(), List.of(AVOIDED)) : MARKS.during(() -> LibraryLoader.load() ? SignalHandlers.keep(() -> find(
			new JoclDriver())) : new Devices(List.of(), List.of(LibraryLoader.missing())));
		return here;
	}

	/** Whether the drivers are not asked, because that has ended a process. */
	public static synchronized boolean avoided() {
		here();
		return avoided;
	}

	/** Lets the drivers be asked again, if they are not, because somebody wants it so. */
	public static synchronized void askAgain() {
		if (!avoided()) return;
		MARKS.forget();
		here = null;
	}

	/**
	 * Has a driver do what may end the process: the next process then asks none. For what a process does with a device first. What it does to
	 * the virtual machine's signal handlers is undone.
	 *
	 * @return what the question gives
	 */
	public static <T> T carefully(final Supplier<T> question) {
		return MARKS.during(() -> SignalHandlers.keep(question));
	}

	static Devices find(final Driver driver) {
		final List<Device> list = new ArrayList<>();
		final List<String> remarks = new ArrayList<>();
		final Set<String> names = new HashSet<>();
		final int platforms = number(driver::platforms, "OpenCL's list of platforms can't be read", remarks);
		for (int p = 0; p < platforms; p++) {
			final int platform = p;
			final int count = number(() -> driver.devices(platform), "An OpenCL driver does not list its devices", remarks);
			for (int d = 0; d < count; d++)
				try {
					final Device raw = driver.device(p, d), device = new Device(clean(raw.name()), clean(raw.platform()), clean(raw.version()),
						raw.cpu(), raw.units(), raw.memory(), raw.largest(), raw.platformId(), raw.id());
					String name = device.name();
					for (int k = 2; !names.add(name.toLowerCase(java.util.Locale.ROOT)); k++)
						name = device.name() + " #" + k;
					list.add(device.called(name));
				}
				catch (final RuntimeException | LinkageError | OutOfMemoryError e) {
					remarks.add("An OpenCL driver does not tell about one of its devices (" + reason(e) + ").");
				}
		}
		if (list.isEmpty() && remarks.isEmpty()) remarks.add("OpenCL is installed, and no driver has a device.");
		return new Devices(List.copyOf(list), List.copyOf(remarks));
	}

	private interface Asked {

		int number();
	}

	private static int number(final Asked asked, final String sentence, final List<String> remarks) {
		try {
			return Math.max(0, Math.min(MOST, asked.number()));
		}
		catch (final RuntimeException | LinkageError | OutOfMemoryError e) {
			remarks.add(sentence + " (" + reason(e) + ").");
			return 0;
		}
	}

	private static String reason(final Throwable e) {
		return e.getMessage() == null ? e.getClass().getSimpleName() : clean(e.getMessage());
	}

	/** A name of one line, with no character that a terminal or a dialog would take for an order. */
	private static String clean(final String name) {
		final String text = name == null ? "" : name.codePoints().map(c -> Character.isISOControl(c) || !Character.isDefined(c) ||
			Character.getType(c) == Character.FORMAT || Character.getType(c) == Character.SURROGATE ? ' ' : c).collect(StringBuilder::new,
				StringBuilder::appendCodePoint, StringBuilder::append).toString().replaceAll("\\s+", " ").strip();
		return text.isEmpty() ? "unnamed" : text.length() <= NAME ? text : text.substring(0, NAME).strip();
	}

	/**
	 * The device that is meant: of that name, or the first with that in its name, upper and lower case aside.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is none
	 */
	public Device named(final String name) {
		final String wanted = name.strip().toLowerCase(java.util.Locale.ROOT);
		for (final boolean exactly : new boolean[] { true, false })
			for (final Device device : list) {
				final String its = device.name().toLowerCase(java.util.Locale.ROOT);
				if (exactly ? its.equals(wanted) : !wanted.isEmpty() && its.contains(wanted)) return device;
			}
		throw new IllegalArgumentException("There is no device “" + clean(name) + "”" + (list.isEmpty() ? ". " + String.join(" ", remarks)
			: ": there is " + list.stream().map(Device::name).collect(Collectors.joining(", ")) + "."));
	}

	/**
	 * The way to a device, which all networks share; a fresh one where the last was lost. Thread-safe.
	 *
	 * @throws DeviceException if the driver refuses
	 */
	public static synchronized Session session(final Device device) {
		Session session = SESSIONS.get(device);
		if (session != null && !session.isLost()) return session;
		if (session != null) {
			SESSIONS.remove(device);
			session.close();
		}
		SESSIONS.put(device, session = new Session(device));
		return session;
	}
}
