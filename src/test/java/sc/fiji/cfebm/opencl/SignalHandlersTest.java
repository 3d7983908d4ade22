package sc.fiji.cfebm.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import sc.fiji.cfebm.command.Jvm;

/** Windows has no such handlers. */
@DisabledOnOs(OS.WINDOWS)
class SignalHandlersTest {

	/** SIGHUP, for which the virtual machine has a handler, and SIGWINCH, for which nobody has; SIGSEGV. */
	private static final int HANDLED = 1, FREE = 28, SEGMENTATION = 11;

	@TempDir
	Path folder;

	@Test
	void whatWorkChangesIsPutBack() {
		final byte[] before = SignalHandlers.of(FREE), other = SignalHandlers.of(HANDLED);
		assertFalse(SignalHandlers.isSame(before, other));
		final byte[] during = SignalHandlers.keep(() -> {
			SignalHandlers.set(FREE, other);
			return SignalHandlers.of(FREE);
		});
		assertTrue(SignalHandlers.isSame(other, during));
		assertTrue(SignalHandlers.isSame(before, SignalHandlers.of(FREE)));
	}

	@Test
	void soIsWhatWorkChangesThatFails() {
		final byte[] before = SignalHandlers.of(FREE), other = SignalHandlers.of(HANDLED);
		assertThrows(IllegalStateException.class, () -> SignalHandlers.keep(() -> {
			// Within other work, whose end is still to come.
			SignalHandlers.keep(() -> {
				SignalHandlers.set(FREE, other);
				return null;
			});
			assertTrue(SignalHandlers.isSame(before, SignalHandlers.of(FREE)));
			SignalHandlers.set(FREE, other);
			throw new IllegalStateException();
		}));
		assertTrue(SignalHandlers.isSame(before, SignalHandlers.of(FREE)));
	}

	/** In a process of its own: here others may have asked the drivers before. */
	@Test
	void driversLeaveTheVirtualMachineItsHandlers() throws Exception {
		final Jvm.Outcome outcome = Jvm.run(folder, folder.resolve("out.txt"), 2, List.of("-cp", Jvm.classPath(), Asking.class.getName()));
		assumeTrue(outcome.status() != Asking.NO_DEVICE, "There is no device that could change them.");
		assertEquals(0, outcome.status(), outcome.output());
	}

	/** Asks the drivers for devices, has each compile and compute, and says by its status whether the handlers are as before. */
	static final class Asking {

		static final int NO_DEVICE = 3;

		private Asking() {}

		public static void main(final String[] args) {
			final byte[] before = SignalHandlers.of(SEGMENTATION);
			if (Devices.here().list().isEmpty()) System.exit(NO_DEVICE);
			for (final Device device : Devices.here().list())
				try (Session session = Session.open(device); Buffer from = session.buffer(4); Buffer to = session.buffer(1); Launch launch = session
					.launch("image", "", "halve", new long[] { 1 }, null, from, to, 1, 2, 2, 1, 1f))
				{
					launch.run();
					session.finish();
				}
			System.exit(SignalHandlers.isSame(before, SignalHandlers.of(SEGMENTATION)) ? 0 : 1);
		}
	}
}
