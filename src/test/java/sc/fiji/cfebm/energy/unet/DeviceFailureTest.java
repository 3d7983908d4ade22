package sc.fiji.cfebm.energy.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.cfebm.energy.Numbers.assertClose;
import static sc.fiji.cfebm.energy.Numbers.doubles;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.opencl.Device;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.FailingSession;
import sc.fiji.cfebm.opencl.Session;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.opencl.WrongSession;

/** Devices that vanish, have too little memory, or are two. */
class DeviceFailureTest {

	private static final UnetSpec SPEC = Unets.spec(1, List.of(8, 8), false, true, 4, EnergyForm.INNER_CORRECTED);

	private final List<String> told = new ArrayList<>();
	private Device device;

	@BeforeEach
	void findDevice() {
		device = TestDevice.device();
		DeviceChoice.listen(told::add);
	}

	@AfterEach
	void listenAsBefore() {
		DeviceChoice.listen(System.err::println);
	}

	/** @param after so many calls */
	private FailingSession vanishing(final int after) {
		final FailingSession session = new FailingSession(device, device.largest());
		session.vanishAfter(after);
		return session;
	}

	private static float[] denoised(final UnetEnergy energy, final NoisyImages x) {
		final float[] denoised = new float[x.pixels().length];
		energy.evaluate(x, Wanted.denoised(denoised));
		return denoised;
	}

	/** While the weights are copied, the kernels bound, the network runs, the result is read. */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.05, 0.3, 0.6, 0.97 })
	void theProcessorGoesOnWhereADeviceVanishes(final double when) {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final NoisyImages x = Unets.images(SPEC, 3, 16, 24);
		int calls = 0;
		try (FailingSession all = new FailingSession(device, device.largest())) {
			calls -= all.calls();
			try (UnetEnergy there = UnetEnergy.on(all, p)) {
				denoised(there, x);
				calls += all.calls();
			}
		}
		assertEquals(List.of(), told);
		final int before = Session.open();
		try (FailingSession session = vanishing((int) (when * calls)); UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy
			.on(session, p))
		{
			assertArrayEquals(denoised(here, x), denoised(there, x));
			assertFalse(there.isOnDevice());
			assertArrayEquals(denoised(here, x), denoised(there, x));
			final double[][] gradient = new double[2][p.values().length];
			here.parameterGradient(x, new double[] { 1, 2, 3 }, null, gradient[0]);
			there.parameterGradient(x, new double[] { 1, 2, 3 }, null, gradient[1]);
			assertArrayEquals(gradient[0], gradient[1]);
		}
		assertEquals(1, told.size(), told.toString());
		assertTrue(told.get(0).contains("(CL_DEVICE_NOT_AVAILABLE)") && told.get(0).endsWith("The processor goes on instead of " + device.name() +
			"."), told.toString());
		assertEquals(before, Session.open());
	}

	/** In place, too: what was done of the images before is not done twice. */
	@Test
	void aTrainingAndResultsInPlaceAreNotHalfDone() {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final NoisyImages x = Unets.images(SPEC, 3, 16, 24);
		try (FailingSession session = vanishing(Integer.MAX_VALUE); UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(
			session, p))
		{
			final float[] expected = denoised(here, x), clean = Unets.random(expected.length, 2);
			final double[][] gradient = new double[2][p.values().length];
			final double[] weights = { 1, 2, 3 };
			here.denoisedGradient(x, clean, weights, false, null, gradient[0]);
			there.denoisedGradient(x, clean, weights, false, null, gradient[1]);
			assertTrue(there.isOnDevice());
			java.util.Arrays.fill(gradient[1], 0);
			session.vanishAfter(120);
			there.denoisedGradient(x, clean, weights, false, null, gradient[1]);
			assertFalse(there.isOnDevice());
			assertArrayEquals(gradient[0], gradient[1]);
			there.evaluate(x, Wanted.denoised(x.pixels()));
			assertArrayEquals(expected, x.pixels());
		}
	}

	@Test
	void withLittleMemoryFewerImagesGoAtOnce() {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final NoisyImages x = Unets.images(SPEC, 11, 16, 24);
		// Features of two images of the finest level, and not of three.
		try (Session session = new FailingSession(device, 4 * 8 * 8 * 12 * 2 + 4000); UnetEnergy here = UnetEnergy.onProcessor(p);
				UnetEnergy there = UnetEnergy.on(session, p))
		{
			assertClose(doubles(denoised(here, x)), doubles(denoised(there, x)), 1e-4, "denoised");
			assertTrue(there.isOnDevice());
		}
		assertEquals(List.of(), told);
	}

	/** A batch has chunks of two shapes, for each of which there is room, and not for both. */
	@Test
	void shapesDoNotPushEachOtherOutForEver() {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final long[] held = new long[2];
		for (int n = 1; n <= 2; n++)
			try (FailingSession session = vanishing(Integer.MAX_VALUE); UnetEnergy there = UnetEnergy.on(session, p)) {
				denoised(there, Unets.images(SPEC, n, 16, 24));
				held[n - 1] = session.held();
			}
		final NoisyImages x = Unets.images(SPEC, 5, 16, 24);
		try (FailingSession session = vanishing(Integer.MAX_VALUE); UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(
			session, p))
		{
			session.limit(held[1] + (held[0] - session.held()) / 2);
			assertClose(doubles(denoised(here, x)), doubles(denoised(there, x)), 1e-4, "denoised");
			assertTrue(there.isOnDevice());
		}
		assertEquals(List.of(), told);
	}

	/** Of any size: pieces of an image bring what is seen around them. */
	@ParameterizedTest
	@ValueSource(ints = { 500, 800, 1100 })
	void theProcessorGoesOnWithAnImageWhereADeviceHasNoResourcesAtAll(final int side) {
		final UnetSpec spec = Unets.spec(1, List.of(4, 4, 4), false, true, 4, EnergyForm.INNER_CORRECTED);
		final NoisyImages x = NoisyImages.at(Unets.random(side * side, 5), 1, side, side, 0.3, false);
		try (FailingSession session = vanishing(Integer.MAX_VALUE); UnetEnergy there = UnetEnergy.on(session, Unets.parameters(spec, 2, 1, 3))) {
			session.exhaust();
			final float[] denoised = new float[side * side];
			new WholeImage(there, false).evaluate(x, Wanted.denoised(denoised));
			assertFalse(there.isOnDevice());
			assertTrue(Float.isFinite(denoised[side * side / 2]));
		}
		assertEquals(1, told.size(), told.toString());
	}

	@Test
	void withTooLittleForOneTheProcessorGoesOn() {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final NoisyImages x = Unets.images(SPEC, 2, 16, 24);
		try (Session session = new FailingSession(device, 3000); UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy.on(
			session, p))
		{
			assertArrayEquals(denoised(here, x), denoised(there, x));
			assertFalse(there.isOnDevice());
		}
		assertEquals(1, told.size(), told.toString());
	}

	/** An image that is too large is computed in smaller pieces, on the device. */
	@Test
	void aLargeImageIsCutIntoSmallerPieces() {
		final UnetSpec spec = Unets.spec(1, List.of(4), false, true, 0, EnergyForm.INNER);
		final UnetParameters p = Unets.parameters(spec, 0, 1, 3);
		final NoisyImages x = NoisyImages.of(Unets.random(600 * 640, 4), 1, 600, 640, 0.3f);
		// The unshuffled image of eight channels is 3.3 MB, that of a quarter of it with what is around it 1.2 MB.
		try (Session session = new FailingSession(device, 1_300_000); UnetEnergy here = UnetEnergy.onProcessor(p); UnetEnergy there = UnetEnergy
			.on(session, p))
		{
			final float[][] denoised = new float[2][x.pixels().length];
			new WholeImage(here, false).evaluate(x, Wanted.denoised(denoised[0]));
			new WholeImage(there, false).evaluate(x, Wanted.denoised(denoised[1]));
			assertTrue(there.isOnDevice());
			assertClose(doubles(denoised[0]), doubles(denoised[1]), 1e-4, "denoised");
		}
		assertEquals(List.of(), told);
	}

	/** Each with its own memory and queue, side by side. */
	@Test
	void twoDevicesGiveTheSameBits() throws Exception {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		final NoisyImages x = Unets.images(SPEC, 3, 16, 24);
		final ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			final List<Callable<float[]>> work = new ArrayList<>();
			for (int k = 0; k < 2; k++)
				work.add(() -> {
					try (Session own = Session.open(device); UnetEnergy there = UnetEnergy.on(own, p)) {
						for (int i = 0; i < 5; i++)
							denoised(there, x);
						final float[] denoised = denoised(there, x);
						assertTrue(there.isOnDevice());
						return denoised;
					}
				});
			final List<Future<float[]>> done = threads.invokeAll(work);
			assertArrayEquals(done.get(0).get(), done.get(1).get());
		}
		finally {
			threads.shutdown();
		}
	}

	/** Asked for by its name, too. */
	@Test
	void aDeviceThatComputesWronglyOrFailsIsNotUsed() {
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		for (final double factor : new double[] { 1, 1 + 1e-5, 1.01, Double.NaN })
			try (Session session = new WrongSession(device, factor)) {
				assertEquals(Math.abs(factor - 1) < 1e-3, DeviceChoice.isRight(() -> session, p), "factor " + factor);
			}
		final String sentence = "The device " + device.name() + " computes wrongly. The processor is used.";
		assertEquals(List.of(sentence), told);
		told.clear();
		try (Session session = vanishing(40)) {
			assertFalse(DeviceChoice.isRight(() -> session, p));
		}
		assertEquals(1, told.size(), told.toString());
		assertTrue(told.get(0).contains("The processor goes on instead of " + device.name()), told.get(0));
		assertFalse(DeviceChoice.isRight(() -> {
			throw new DeviceException("The device can't open.");
		}, p));
		assertEquals("The device can't open. The processor is used.", told.get(1));
	}

	@Test
	void aDeviceIsTakenByItsNameOrIfItIsFaster() {
		final String before = DeviceChoice.wanted();
		final UnetParameters p = Unets.parameters(SPEC, 1, 1, 3);
		try {
			DeviceChoice.want(device.name().toUpperCase(java.util.Locale.ROOT));
			try (UnetEnergy energy = new UnetEnergy(p)) {
				assertTrue(energy.isOnDevice());
			}
			assertEquals("The device " + device.name() + " computes, as was asked for.", DeviceChoice.reason(p));
			DeviceChoice.want("cpu");
			try (UnetEnergy energy = new UnetEnergy(p)) {
				assertFalse(energy.isOnDevice());
			}
			DeviceChoice.want(" AUTO ");
			final DeviceChoice.Measured m = DeviceChoice.measured(device, p);
			assertTrue(m.milliseconds() > 0 && m.cpuMilliseconds() > 0, m.toString());
			assertEquals(m.milliseconds() < 0.7 * m.cpuMilliseconds(), m.isFaster());
			assertEquals(m.compact(), m.describe().contains("16 bits"));
			assertEquals(m, DeviceChoice.measured(device, p));
			try (UnetEnergy energy = new UnetEnergy(p)) {
				assertEquals(!device.cpu() && m.isFaster(), energy.isOnDevice());
			}
			org.junit.jupiter.api.Assertions.assertThrows(IllegalArgumentException.class, () -> DeviceChoice.want("no such card"));
			assertEquals("AUTO", DeviceChoice.wanted());
		}
		finally {
			DeviceChoice.want(before);
		}
		assertEquals(List.of(), told);
	}
}
