package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.Jvm;
import sc.fiji.cfebm.opencl.Devices;

/** Networks where a driver has ended the process before. */
class DeviceCrashTest {

	/** In a process of its own. */
	static final class Program {

		public static void main(final String[] args) {
			if (args[0].equals("crash")) Devices.carefully(() -> {
				Runtime.getRuntime().halt(9);
				return 0;
			});
			DeviceChoice.listen(sentence -> System.out.println("told: " + sentence));
			final UnetParameters p = Unets.parameters(Unets.spec(1, List.of(8, 8), false, true, 4, EnergyForm.INNER_CORRECTED), 1, 1, 3);
			// A device in the preferences, which can't be looked for.
			DeviceChoice.want(args[0]);
			for (int k = 0; k < 2; k++)
				try (UnetEnergy energy = new UnetEnergy(p)) {
					System.out.println("on a device: " + energy.isOnDevice());
				}
			System.out.println(DeviceChoice.reason(p));
			DeviceChoice.choose("cpu");
			System.out.println("avoided: " + Devices.avoided());
			DeviceChoice.choose("auto");
			System.out.println("avoided: " + Devices.avoided());
		}
	}

	@TempDir
	private Path home;

	private Jvm.Outcome run(final String does) throws Exception {
		return Jvm.run(home, home.resolve("log.txt"), 5, List.of("-Duser.home=" + home, "-Dorg.bytedeco.javacpp.cachedir=" + Path.of(System
			.getProperty("user.home"), ".javacpp", "cache"), "-cp", Jvm.classPath(), Program.class.getName(), does));
	}

	@Test
	void theProcessorIsUsedAndOneSentenceSaysSo() throws Exception {
		for (final String device : List.of("auto", "some card")) {
			assertEquals(9, run("crash").status());
			assertEquals(List.of("told: OpenCL's drivers are not asked for devices, as a program ended while it asked them: to try again, choose " +
				"the device once more in CF-EBM Options... (in the command line: --device=NAME). The processor is used.", "on a device: false",
				"on a device: false", "The processor computes, as no driver is asked.", "avoided: true", "avoided: false"), run(device).output()
					.lines().toList());
		}
	}
}
