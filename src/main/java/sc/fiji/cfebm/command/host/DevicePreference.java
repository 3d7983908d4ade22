package sc.fiji.cfebm.command.host;

import ij.IJ;
import ij.Prefs;
import sc.fiji.cfebm.energy.unet.DeviceChoice;

/** The device that networks are computed on, as ImageJ's preferences keep it from one start to the next. */
public final class DevicePreference {

	private static boolean applied;

	private DevicePreference() {}

	/** Asks for what the preferences have, the first time; what fails from then on is said in the log. */
	public static synchronized void apply() {
		if (applied) return;
		applied = true;
		DeviceChoice.listen(IJ::log);
		// What whoever started Java says comes first.
		if (System.getProperty(DeviceChoice.PROPERTY) != null) return;
		try {
			DeviceChoice.want(Prefs.get(DeviceChoice.PROPERTY, DeviceChoice.AUTO));
		}
		catch (final IllegalArgumentException e) {
			IJ.log(e.getMessage() + " It is chosen anew.");
		}
	}

	/** What is asked for now. */
	public static String get() {
		apply();
		return DeviceChoice.wanted();
	}

	/**
	 * Asks for a device from now on, of drivers that have ended a process, too.
	 *
	 * @throws IllegalArgumentException with one sentence, if there is none of this name
	 */
	public static synchronized void set(final String device) {
		apply();
		DeviceChoice.choose(device);
		Prefs.set(DeviceChoice.PROPERTY, DeviceChoice.wanted());
	}
}
