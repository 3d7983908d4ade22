package sc.fiji.cfebm.opencl;

import java.util.Arrays;
import java.util.function.Supplier;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/**
 * Keeps the virtual machine's signal handlers. Drivers that compile with LLVM (pocl, Mesa) put LLVM's in their place as soon as they are asked
 * for devices. But the virtual machine needs its own in the course of things, such as where compiled code meets a null or is to wait for a
 * garbage collection. At the first such fault, minutes later perhaps, LLVM's handler takes itself away and has the fault happen
 * again; if a second thread faults meanwhile, it finds no handler, and the process ends without a word. Thread-safe.
 */
final class SignalHandlers {

	/** Those that all systems of this kind have, and more bytes than any system's {@code struct sigaction} takes. */
	private static final int SIGNALS = 31, SIZE = 1024;

	/** C's {@code sigaction}; null where there is none, as on Windows, whose drivers have nothing to replace. */
	private static final Function SIGACTION = sigaction();
	/** How many are at work, and the handlers before the first of them. */
	private static int working;
	private static byte[][] before;

	private SignalHandlers() {}

	private static Function sigaction() {
		try {
			return Platform.isWindows() ? null : NativeLibrary.getProcess().getFunction("sigaction");
		}
		catch (final LinkageError | RuntimeException e) {
			// The library can't be unpacked: drivers are asked all the same.
			return null;
		}
	}

	/** Has something done that may put other handlers in their place, and puts back those that were there. */
	static <T> T keep(final Supplier<T> work) {
		begin();
		try {
			return work.get();
		}
		finally {
			end();
		}
	}

	private static synchronized void begin() {
		if (working == 0) before = all();
		working++;
	}

	/** Everybody's end puts them back: others may be at work for a long time. */
	private static synchronized void end() {
		working--;
		final byte[][] now = all();
		for (int i = 0; i < before.length; i++)
			if (before[i] != null && now[i] != null && !isSame(before[i], now[i])) set(i + 1, before[i]);
	}

	private static byte[][] all() {
		final byte[][] all = new byte[SIGACTION == null ? 0 : SIGNALS][];
		for (int i = 0; i < all.length; i++)
			all[i] = of(i + 1);
		return all;
	}

	/** The handler's address comes first in all systems; of the mask behind it most bytes are chance. */
	static boolean isSame(final byte[] action, final byte[] other) {
		return Arrays.equals(action, 0, Native.POINTER_SIZE, other, 0, Native.POINTER_SIZE);
	}

	/** The bytes of a signal's {@code struct sigaction}; null if it can't be asked. */
	static byte[] of(final int signal) {
		final Memory action = new Memory(SIZE);
		action.clear();
		return SIGACTION.invokeInt(new Object[] { signal, Pointer.NULL, action }) == 0 ? action.getByteArray(0, SIZE) : null;
	}

	/** Signals that can't be handled stay as they are. */
	static void set(final int signal, final byte[] bytes) {
		final Memory action = new Memory(SIZE);
		action.write(0, bytes, 0, SIZE);
		SIGACTION.invokeInt(new Object[] { signal, action, Pointer.NULL });
	}
}
