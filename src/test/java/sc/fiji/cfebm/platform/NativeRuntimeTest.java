package sc.fiji.cfebm.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;

class NativeRuntimeTest {

	@Test
	void lackOfNativeMemoryIsAnOutOfMemoryError() {
		final RuntimeException lack = new RuntimeException("Allocation failed: [std::bad_alloc]");
		assertSame(lack, assertThrows(OutOfMemoryError.class, () -> NativeRuntime.outOfMemory(lack)).getCause());
	}

	@Test
	void otherErrorsStayWhatTheyAre() {
		for (final RuntimeException other : new RuntimeException[] { new IllegalStateException("Op [conv2d] failed"),
			new NullPointerException() })
			assertSame(other, NativeRuntime.outOfMemory(other));
	}

	@Test
	void whatCannotBeLoadedIsOneSentenceThatSaysWhatToDo() {
		final Throwable e = new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind4jcpu in java.library.path\nmore"));
		assertEquals("ND4J's native library is not installed: unpack the package for linux-arm64 into ImageJ's folder again.",
			NativeLibraries.error(e, List.of(), "linux-arm64").getMessage());
		assertEquals("What is installed of CF-EBM is for macosx-x86_64, and ImageJ's Java runs on macosx-arm64: install the package for macosx-arm64.",
			NativeLibraries.error(e, List.of("macosx-x86_64"), "macosx-arm64").getMessage());
		assertEquals("The native library of ND4J cannot be loaded on this system (no jnind4jcpu in java.library.path).",
			NativeLibraries.error(e, List.of("linux-arm64"), "linux-arm64").getMessage());
		assertEquals("ImageJ has loaded its plugins anew, and a native library can't be loaded twice: restart ImageJ.",
			NativeLibraries.error(new UnsatisfiedLinkError("Native Library /x.so already loaded in another classloader"), List.of(
				"linux-arm64"), "linux-arm64").getMessage());
	}

	@Test
	void javaCppsLimitsAreSetBeforeItIsLoaded() {
		final EngineInfo facts = EngineInfo.read();
		assertEquals(0, facts.maxPhysicalBytes());
		assertEquals(1L << 40, facts.maxBytes());
		assertEquals("1.0.0-M2.1", facts.nd4j());
		assertEquals(EngineInfo.JAVACPP, facts.javacpp());
		assertEquals(NativeLibraries.here(), facts.platform());
		assertEquals(List.of(facts.platform()), NativeLibraries.platforms(getClass().getClassLoader()));
		assertEquals(1, facts.sources().size());
	}
}
