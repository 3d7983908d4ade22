package sc.fiji.cfebm.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.ui.TrainingCurves.Border;
import sc.fiji.cfebm.ui.TrainingCurves.Point;
import sc.fiji.cfebm.ui.TrainingCurves.Quantity;

class TrainingCurvesTest {

	private static final double NONE = Double.NaN;
	private final TrainingCurves curves = new TrainingCurves();

	private static TrainingStep step(final int stage, final boolean contrastive, final double seconds, final double loss,
		final double data, final double samples)
	{
		return new TrainingStep(stage, 3, 1, 10, contrastive, 1, 1e-3, loss, data, samples, 0, seconds, 1);
	}

	@Test
	void aHundredThousandIterationsBecomeAFewHundredMeans() {
		final int n = 100_000;
		for (int i = 0; i < n; i++)
			curves.add(step(0, false, 0.05 * i, i % 2 == 0 ? i : i + 1000, NONE, NONE));
		final List<Point> points = curves.points(Quantity.LOSS);
		assertTrue(points.size() > TrainingCurves.POINTS / 2 - 1 && points.size() <= TrainingCurves.POINTS, points.size() + "");
		final double perBin = curves.binSeconds() / 0.05;
		for (final Point p : points.subList(0, points.size() - 1)) {
			// The curve is a ramp with a saw tooth of 1000 on it: its mean is known at each point's middle.
			assertEquals(p.seconds() / 0.05 + 500, p.mean(), 2);
			assertEquals(p.mean() - 500 - perBin / 2, p.min(), 3);
			assertEquals(p.mean() + 500 + perBin / 2, p.max(), 3);
		}
		assertEquals(0.05 * (n - 1), curves.last(), 1e-6);
		assertTrue(curves.points(Quantity.GAP).isEmpty());
	}

	@Test
	void stagesAndPhasesAreNotConnected() {
		curves.add(step(0, false, 10, 1, NONE, NONE));
		curves.add(step(0, false, 10.01, 3, NONE, NONE));
		curves.add(step(1, false, 10.02, 5, NONE, NONE));
		curves.add(step(1, true, 10.03, NONE, -2, -3));
		curves.add(step(2, false, 10.04, 7, NONE, NONE));
		assertEquals(List.of(2.0, NONE, 5.0, NONE, 7.0), curves.points(Quantity.LOSS).stream().map(Point::mean).toList());
		assertEquals(List.of(1.0), curves.points(Quantity.GAP).stream().map(Point::mean).toList());
		assertEquals(List.of(new Border(10, 8), new Border(10.02, 16), new Border(10.04, 32)), curves.borders());
	}

	@Test
	void previewsGiveTheirPsnr() {
		final TrainingStep step = step(0, false, 1, 1, NONE, NONE);
		curves.add(step);
		curves.add(new Preview(step, List.of(), null, null, null, 14, 30));
		assertEquals(14, curves.points(Quantity.NOISY_PSNR).get(0).mean());
		assertEquals(30, curves.points(Quantity.DENOISED_PSNR).get(0).mean());
	}
}
