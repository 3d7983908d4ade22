package sc.fiji.cfebm.command;

import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.scijava.command.Command;
import org.scijava.plugin.Plugin;

import ij.IJ;
import ij.text.TextWindow;
import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.platform.EngineInfo;
import sc.fiji.cfebm.platform.NativeLibraryError;
import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.task.SelfTest;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * Says what is installed and how it works on this computer: in a window, or in a macro and headless in the log. A
 * problem is an error, as of any command.
 */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Check Installation...", headless = true)
public class CheckInstallationCommand extends CfebmCommand {

	private static final double GIGA = 1 << 30;

	private final List<String> lines = new ArrayList<>();

	@Override
	String page() {
		return "docs/install.md";
	}

	@Override
	protected void execute(final CommandProgress progress) throws IOException {
		lines.clear();
		progress.update(0, "Checking the installation");
		final String version = CheckInstallationCommand.class.getPackage().getImplementationVersion();
		say("CF-EBM " + (version == null ? "(not from a jar)" : version));
		say("ImageJ " + IJ.getVersion() + ", Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") +
			" (" + System.getProperty("os.arch") + ")");
		String problem;
		try {
			problem = examine();
		}
		catch (final NativeLibraryError e) {
			problem = e.getMessage();
		}
		say("Result: " + (problem == null ? "all is well." : problem));
		show();
		if (problem != null) throw new IOException(problem);
	}

	/** @return what is wrong and what to do, in one sentence; null if nothing is */
	private String examine() {
		final BundledModels models = BundledModels.installed();
		say("Models: " + (models.names().isEmpty() ? "none that came with the plugin" : String.join(", ", models.names())));
		more(models.folder() == null ? "ImageJ has no plugins folder" : "in " + models.folder());
		final EngineInfo facts = EngineInfo.read();
		say("Engine: ND4J " + facts.nd4j() + ", " + facts.backend() + " for " + facts.platform() + ", " + (facts.oneDnn() ? "with"
			: "without") + " oneDNN, " + facts.threads() + (facts.threads() == 1 ? " thread" : " threads"));
		more("from " + facts.sources().get(0));
		more("convolution: " + NativeRuntime.convolution());
		more("JavaCPP " + facts.javacpp() + (facts.javacpp().equals(EngineInfo.JAVACPP) ? "" :
			", not the " + EngineInfo.JAVACPP + " that comes with ND4J"));
		more("native libraries unpacked in " + facts.cache());
		say("Memory: ImageJ up to " + gigabytes(Runtime.getRuntime().maxMemory()) + " of this computer's " + gigabytes(facts
			.memory()));
		more("the engine beside it " + limit(facts.maxBytes(), facts) + ", both together " + limit(facts.maxPhysicalBytes(), facts));
		devices();
		final SelfTest test = SelfTest.run();
		say(String.format(Locale.ROOT, "Self-test: energies right to %.0e, gradients to %.0e", test.energyError(), test
			.gradientError()));
		more(String.format(Locale.ROOT, "a Langevin step of %d tiles of %d×%d pixels takes %.1f ms", SelfTest.TILES, SelfTest.SIDE,
			SelfTest.SIDE, test.millisecondsPerStep()));
		return problem(facts, test.passed(), !models.names().isEmpty());
	}

	/** What else could compute, how fast it is, and what does. */
	private void devices() {
		final Devices devices = Devices.here();
		say("Devices: " + (devices.list().isEmpty() ? "none beside the processor" : devices.list().stream().map(Device::name).collect(
			Collectors.joining(", "))) + "; asked for: " + DeviceChoice.wanted());
		devices.remarks().forEach(this::more);
		for (final Device device : devices.list()) {
			final DeviceChoice.Measured m = DeviceChoice.measured(device, SelfTest.usualNetwork());
			more(device.describe() + ": " + m.describe());
		}
		more(DeviceChoice.reason(SelfTest.usualNetwork()));
	}

	/** The worst problem, or null. */
	static String problem(final EngineInfo facts, final boolean passed, final boolean models) {
		if (facts.sources().size() > 1) return "ND4J is installed more than once: remove all but one of " + String.join(", ",
			facts.sources()) + ".";
		if (!passed) return "The engine computes wrongly on this computer: please report it with all lines of this window.";
		if (!facts.oneDnn() && facts.platform().endsWith("x86_64")) return "ND4J's build without oneDNN is installed, which is many times slower: install the package for " +
			facts.platform() + " again.";
		if (!models) return "The models that come with the plugin are missing: unpack the package into ImageJ's folder again.";
		return null;
	}

	private void say(final String line) {
		lines.add(line);
	}

	private void more(final String line) {
		lines.add("    " + line);
	}

	private void show() {
		if (IJ.isMacro() || GraphicsEnvironment.isHeadless()) lines.forEach(IJ::log);
		// All lines are to be seen, the last one above all.
		else new TextWindow("CF-EBM Check Installation", String.join("\n", lines), 900, 540);
	}

	/** More than there is limits nothing. */
	private static String limit(final long bytes, final EngineInfo facts) {
		return bytes == 0 || bytes > facts.memory() ? "without a limit" : "up to " + gigabytes(bytes);
	}

	private static String gigabytes(final long bytes) {
		return String.format(Locale.ROOT, "%.1f GB", bytes / GIGA);
	}
}
