package sc.fiji.cfebm.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static sc.fiji.cfebm.task.Waves.waves;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.energy.unet.DeviceChoice;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.opencl.TestDevice;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.inpaint.Inpainter;

/** A seed gives the same result on a device and on the processor, to rounding, whatever runs chains. */
class DeviceTasksTest {

	private static final double GRAY = 0.05;
	private static final int W = 45, H = 38;

	private final Model model = WavesModels.scoreMatching();
	private final Normalization range = new Normalization(0, 200);

	private List<Raster> all(final String device) {
		final List<Raster> results = new ArrayList<>();
		DeviceChoice.want(device);
		final SplittableRandom rng = new SplittableRandom(1);
		final Raster noisy = waves(W, H, 0.7);
		for (int i = 0; i < noisy.values().length; i++)
			noisy.values()[i] += (float) (10 * rng.nextGaussian());
		try (Denoiser denoiser = new Denoiser(model); Sampler sampler = new Sampler(model); Inpainter inpainter = new Inpainter(model)) {
			if (device.equals(DeviceChoice.CPU)) assertNull(denoiser.device());
			else assertEquals(device, denoiser.device());
			final Denoiser.Result restored = denoiser.denoise(noisy, range, new Denoiser.Settings(Denoiser.Method.POSTERIOR, 10, 2, 6, 3),
				Progress.NONE);
			results.add(restored.mean());
			results.add(restored.standardDeviation());
			final boolean[] hole = new boolean[W * H];
			for (int y = 10; y < 22; y++)
				Arrays.fill(hole, y * W + 12, y * W + 25, true);
			for (final Inpainter.Method method : Inpainter.Method.values())
				results.add(inpainter.inpaint(waves(W, H, 0), hole, range, new Inpainter.Settings(method, 2, 6, 0, 3), Progress.NONE).filled());
			final Sampler.Settings settings = Sampler.Settings.of(2, 1, 3).withSteps(6);
			results.addAll(sampler.sample(settings.withTrajectory(2), Progress.NONE).samples());
			sampler.sample(settings.withTrajectory(2), Progress.NONE).trajectory().forEach(results::addAll);
			results.addAll(sampler.sample(settings.withSize(W, H), Progress.NONE).samples());
		}
		return results;
	}

	@Test
	void aSeedGivesTheSame() {
		final String before = DeviceChoice.wanted(), device = TestDevice.device().name();
		try {
			final List<Raster> here = all(DeviceChoice.CPU), there = all(device);
			assertEquals(here.size(), there.size());
			boolean same = true;
			for (int k = 0; k < here.size(); k++) {
				final float[] a = here.get(k).values(), b = there.get(k).values();
				for (int i = 0; i < a.length; i++)
					assertEquals(a[i], b[i], GRAY, "value " + i + " of result " + k);
				same &= Arrays.equals(a, b);
			}
			assertFalse(same, "Nothing was computed there.");
		}
		finally {
			DeviceChoice.want(before);
		}
	}
}
