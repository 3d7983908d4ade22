package sc.fiji.cfebm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.scijava.command.CommandModule;
import org.scijava.command.CommandService;

import ij.ImagePlus;
import ij.Prefs;
import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.Devices;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.ui.DialogLayout;

/** What networks are computed on, as users choose it. */
class OptionsCommandTest extends CommandTestBase {

	private String before;

	@BeforeEach
	void remember() {
		before = DeviceChoice.wanted();
	}

	@AfterEach
	void asBefore() {
		DeviceChoice.want(before);
		Prefs.set(DeviceChoice.PROPERTY, null);
	}

	private static CommandModule run(final String device) throws Exception {
		return context.service(CommandService.class).run(OptionsCommand.class, true, "device", device).get();
	}

	@Test
	void theChoiceIsKept() throws Exception {
		for (final String device : List.of("auto", "cpu", "CPU")) {
			assertFalse(run(device).isCanceled());
			assertEquals(device, DeviceChoice.wanted());
			assertEquals(device, Prefs.get(DeviceChoice.PROPERTY, ""));
		}
	}

	@Test
	void whatIsNotThereIsOneSentence() throws Exception {
		run("cpu");
		final CommandModule done = run("no such card");
		assertTrue(done.isCanceled());
		assertTrue(done.getCancelReason().matches("There is no device “no such card”[.:] .+"), done.getCancelReason());
		assertEquals("cpu", DeviceChoice.wanted());
		assertEquals("cpu", Prefs.get(DeviceChoice.PROPERTY, ""));
	}

	/** A command on a device, and then on the processor. */
	@Test
	void denoisingOnADeviceIsTheSameButForRounding() throws Exception {
		final ImagePlus noisy = CommandExamples.image();
		final ImagePlus[] denoised = new ImagePlus[2];
		for (int k = 0; k < 2; k++) {
			assertFalse(run(k == 0 ? "cpu" : TestDevice.device().name()).isCanceled());
			final CommandModule done = context.service(CommandService.class).run(DenoiseCommand.class, true, "image", noisy, "model", gray,
				"sigma", 12.0).get();
			assertFalse(done.isCanceled(), done.getCancelReason());
			denoised[k] = (ImagePlus) done.getOutput("denoised");
		}
		for (int plane = 1; plane <= 2; plane++)
			for (int p = 0; p < 40 * 36; p++)
				assertEquals(denoised[0].getStack().getProcessor(plane).get(p), denoised[1].getStack().getProcessor(plane).get(p), 1);
	}

	@Test
	void theDialogOffersWhatThereIs() {
		DeviceChoice.want("auto");
		final List<String> choices = choices("auto");
		assertEquals(List.of("auto", "cpu"), choices.subList(0, 2));
		assertEquals(Devices.here().list().stream().map(Device::name).toList(), choices.subList(2, choices.size()));
	}

	/** It shows what is chosen, and OK keeps it; where that is the processor no driver is asked. */
	@Test
	void theDialogBeginsWithWhatIsChosen() {
		DeviceChoice.want("cpu");
		assertEquals(List.of("auto", "cpu"), choices("cpu"));
		DeviceChoice.want(TestDevice.device().name().substring(0, 5));
		assertTrue(choices(DeviceChoice.wanted()).contains(DeviceChoice.wanted()));
	}

	private static List<String> choices(final String shown) {
		final OptionsCommand command = new OptionsCommand();
		command.setContext(context);
		final DialogLayout layout = command.layout();
		assertEquals(shown, command.value(layout.fields().get(0).input()));
		return layout.fields().get(0).choices();
	}
}
