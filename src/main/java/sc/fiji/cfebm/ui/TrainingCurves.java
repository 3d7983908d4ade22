package sc.fiji.cfebm.ui;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;

/**
 * The course of a training in a few hundred points, however long it is: each stands for all iterations within some
 * seconds of a stage and phase, and these seconds double whenever there are too many points. For one thread.
 */
final class TrainingCurves {

	enum Quantity {
		LOSS, DATA_ENERGY, SAMPLE_ENERGY, GAP, NOISY_PSNR, DENOISED_PSNR
	}

	/**
	 * The iterations within {@link #binSeconds()}.
	 *
	 * @param seconds of training; NaN, like all else, between two stages
	 */
	record Point(double seconds, double mean, double min, double max) {

		private static final Point GAP = new Point(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
	}

	/** Where a stage begins, in seconds of training. */
	record Border(double seconds, int resolution) {}

	/** Points before they become half as many. */
	static final int POINTS = 300;

	private record Bin(int stage, boolean contrastive, double begin, Map<Quantity, DoubleSummaryStatistics> values) {

		boolean isOf(final TrainingStep step) {
			return stage == step.stage() && contrastive == step.contrastive();
		}
	}

	private final List<Border> borders = new ArrayList<>();
	private List<Bin> bins = new ArrayList<>();
	private double width = 0.25, first = Double.NaN, last = Double.NaN;

	void add(final TrainingStep step) {
		if (bins.isEmpty() || bins.get(bins.size() - 1).stage != step.stage()) borders.add(new Border(step.seconds(), step
			.resolution()));
		put(step, Quantity.LOSS, step.loss());
		put(step, Quantity.DATA_ENERGY, step.dataEnergy());
		put(step, Quantity.SAMPLE_ENERGY, step.sampleEnergy());
		put(step, Quantity.GAP, step.gap());
		if (Double.isNaN(first)) first = step.seconds();
		last = step.seconds();
		if (bins.size() > POINTS) halve();
	}

	void add(final Preview preview) {
		put(preview.step(), Quantity.NOISY_PSNR, preview.noisyPsnr());
		put(preview.step(), Quantity.DENOISED_PSNR, preview.denoisedPsnr());
	}

	/** Seconds of training that one point stands for. */
	double binSeconds() {
		return width;
	}

	/** Seconds of training at the first step; NaN before it. */
	double first() {
		return first;
	}

	/** Seconds of training at the last step; NaN before the first. */
	double last() {
		return last;
	}

	List<Border> borders() {
		return borders;
	}

	/** A quantity's points, in order; a point of NaN where the curve must not be connected. */
	List<Point> points(final Quantity quantity) {
		final List<Point> points = new ArrayList<>();
		Bin previous = null;
		for (final Bin bin : bins) {
			final DoubleSummaryStatistics v = bin.values.get(quantity);
			if (v == null) continue;
			if (previous != null && previous.stage != bin.stage) points.add(Point.GAP);
			points.add(new Point(bin.begin + width / 2, v.getAverage(), v.getMin(), v.getMax()));
			previous = bin;
		}
		return points;
	}

	private void put(final TrainingStep step, final Quantity quantity, final double value) {
		final double begin = begin(step.seconds());
		Bin bin = bins.isEmpty() ? null : bins.get(bins.size() - 1);
		if (bin == null || !bin.isOf(step) || bin.begin != begin) {
			bin = new Bin(step.stage(), step.contrastive(), begin, new EnumMap<>(Quantity.class));
			bins.add(bin);
		}
		if (Double.isFinite(value)) bin.values.computeIfAbsent(quantity, q -> new DoubleSummaryStatistics()).accept(value);
	}

	private double begin(final double seconds) {
		return Math.floor(seconds / width) * width;
	}

	private void halve() {
		width *= 2;
		final List<Bin> merged = new ArrayList<>();
		for (final Bin bin : bins) {
			final Bin wide = new Bin(bin.stage, bin.contrastive, begin(bin.begin), bin.values);
			final Bin before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
			if (before != null && before.stage == wide.stage && before.contrastive == wide.contrastive &&
				before.begin == wide.begin) wide.values.forEach((q, v) -> before.values.merge(q, v, (a, b) -> {
					a.combine(b);
					return a;
				}));
			else merged.add(wide);
		}
		bins = merged;
	}
}
