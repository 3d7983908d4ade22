package sc.fiji.cfebm.command;

import java.util.ArrayList;
import java.util.List;

import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import sc.fiji.cfebm.command.host.DevicePreference;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.ui.CommandProgress;
import sc.fiji.cfebm.ui.DialogLayout;

/** What holds for all commands, from now on and after a restart: on what networks are computed. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Options...", headless = true)
public class OptionsCommand extends CfebmCommand {

	@Parameter(label = "Compute on", persist = false,
		description = "On what networks are computed: auto, the graphics card if that is faster than the processor; cpu, the processor; or a device's name or a part of it, as CF-EBM Check Installation shows it.")
	private String device = DeviceChoice.AUTO;

	@Override
	String page() {
		return "docs/install.md";
	}

	@Override
	void arrange(final DialogLayout layout) {
		device = DevicePreference.get();
		final List<String> choices = new ArrayList<>(List.of(DeviceChoice.AUTO, DeviceChoice.CPU));
		// Where the processor is asked for, drivers are not even asked for their names.
		if (!device.equals(DeviceChoice.CPU)) Devices.here().list().stream().map(Device::name).forEach(choices::add);
		// It may be a part of a name.
		if (!choices.contains(device)) choices.add(device);
		layout.choices("device", choices);
	}

	@Override
	protected void execute(final CommandProgress progress) {
		DevicePreference.set(device);
	}
}
