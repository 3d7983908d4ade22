package sc.fiji.cfebm.tensor;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
