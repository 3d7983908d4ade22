package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.PlaneSink;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.FewGrays;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.LineOffsets;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * Does a task to planes of an image, one by one: it opens each model once, finds each channel's range of gray values, and hands
 * what comes out to the task's sink. Each plane is read at most twice: once to look at all of them, and once to work on it. The
 * plane of an image that has no other is read once. Planes that are neither worked on nor in the result, nor neighbours
 * that the task looks at, are not read. In memory are the result and one plane, or a few neighbours. Made on any thread, it runs on one.
 */
final class PlaneRunner {

	/** Takes what there is in the end, while the image is still there. */
	interface Outcome<S> {

		/** @param complete false: the run ends early, by an error or because the user canceled */
		void take(S sink, boolean complete);
	}

	/** Share of the pixels from which on it is said that they are saturated. */
	private static final double SATURATED = 1e-3;
	private static final String GRAY = " gray values";
	private static final String FINE = "the result has 32 bits, since the image has few gray values, which rounding to whole ones would " +
		"change";

	/** A model and what works with it. */
	private record Engine<R>(Model model, PlaneProcessor<R> processor) {}

	private final ImagePlus image;
	private final Planes planes;
	private final PlaneSelection chosen, kept;
	/** By channel, from 1. */
	private final Map<Integer, File> models;
	private final boolean ownRange;
	/** What was read and is still needed. */
	private final Map<Integer, PlaneParts> read = new HashMap<>();
	private boolean fine;

	/**
	 * @param image whose planes are worked on; locked while it runs
	 * @param chosen the planes to work on
	 * @param kept the planes that the result has
	 * @param models by channel, from 1
	 * @param ownRange whether the range is the image's own (of each channel, over the planes to work on) instead of the training
	 *          images'
	 */
	PlaneRunner(final ImagePlus image, final PlaneSelection chosen, final PlaneSelection kept, final Map<Integer, File> models,
		final boolean ownRange)
	{
		this.image = image;
		this.planes = new Planes(image);
		this.chosen = chosen;
		this.kept = kept;
		this.models = models;
		this.ownRange = ownRange;
	}

	Planes planes() {
		return planes;
	}

	/**
	 * Does the task.
	 *
	 * @param outcome called at most once; not if nothing whole is there to be shown
	 * @throws IllegalArgumentException with one sentence for the user; if nothing was done to any plane, too: the image as it was
	 *           must not pass for a result
	 * @throws IOException with one sentence, if a model can't be read
	 * @throws java.util.concurrent.CancellationException soon after the user asked to stop
	 */
	<R, S extends PlaneSink<R>> void run(final PlaneTask<R, S> task, final RunReport report, final CommandProgress progress,
		final Outcome<S> outcome) throws IOException
	{
		try (ImageLock lock = new ImageLock(image); Engines<R> engines = new Engines<>()) {
			for (final int channel : chosen.channels())
				engines.open(models.get(channel), task, planes.channels(), image.getTitle());
			final FewGrays grays = new FewGrays();
			final Map<Integer, Normalization> ranges = look(engines, task, grays, progress);
			task.looked();
			fine = grays.isTrue();
			final S sink = task.sink(planes, kept, fine);
			if (fine) report.remark(FINE);
			try {
				work(engines, task, ranges, sink, report, progress);
			}
			catch (final RuntimeException | OutOfMemoryError e) {
				if (report.hasWorked() && !sink.isEmpty()) outcome.take(sink, false);
				throw e;
			}
			outcome.take(sink, true);
		}
	}

	/** Each channel has a range of its own, as it has its own brightness. All its planes are read, whatever it is taken from. */
	private <R> Map<Integer, Normalization> look(final Engines<R> engines, final PlaneTask<R, ?> task, final FewGrays grays,
		final CommandProgress progress)
	{
		final Map<Integer, Normalization> ranges = new TreeMap<>();
		final long[] looked = new long[1];
		for (final int channel : chosen.channels()) {
			final Engine<R> engine = engines.of(models.get(channel));
			final Stream<Raster> seen = chosen.planes().stream().filter(slice -> chosen.channel(slice) == channel).flatMap(slice -> {
				progress.throwIfCanceled();
				progress.update((double) looked[0]++ / chosen.size(), "Looking at " + planes.name(slice));
				final List<Plane> parts = parts(slice, engine, task).parts();
				if (task.isFine() && planes.isOfIntegers() && planes.channels() == 1) grays.add(parts.get(0).read(), planes.step(slice));
				if (planes.count() > 1) read.clear();
				return parts.stream().map(engine.processor::look);
			}).filter(Objects::nonNull);
			final int channels = engine.model.channels() == 1 ? 1 : planes.channels();
			final Normalization own = ownRange ? ImageRange.of(channels, seen::iterator) : null;
			if (!ownRange) seen.forEach(plane -> {});
			ranges.put(channel, own == null ? engine.model.range() : own);
		}
		return ranges;
	}

	private PlaneParts parts(final int slice, final Engine<?> engine, final PlaneTask<?, ?> task) {
		return read.computeIfAbsent(slice, s -> PlaneParts.of(planes, s, chosen.channel(s), engine.model.channels(), task, planes
			.isOfIntegers()));
	}

	/** What is before and behind a part of a plane; null: the task does not look at that. */
	private Neighbours neighbours(final int slice, final int part, final int of, final Engine<?> engine, final PlaneTask<?, ?> task) {
		if (task.along() == null) return null;
		final List<Integer> line = planes.line(slice, task.along());
		return new Neighbours(task.along(), line, line.indexOf(slice), other -> {
			final List<Plane> parts = parts(other, engine, task).parts();
			return parts.size() == of ? parts.get(part) : null;
		});
	}

	private <R> void work(final Engines<R> engines, final PlaneTask<R, ?> task, final Map<Integer, Normalization> ranges,
		final PlaneSink<R> sink, final RunReport report, final CommandProgress progress)
	{
		final CommandProgress.Parts steps = progress.parts(chosen.kind(), (int) chosen.size());
		for (final int slice : kept.planes()) {
			progress.throwIfCanceled();
			report.begin(slice);
			final int channel = chosen.channel(slice);
			final R result = chosen.contains(slice) ? process(engines.of(models.get(channel)), task, slice, ranges.get(channel), report,
				steps.next()) : null;
			// Those ahead that are going to be worked on are kept.
			read.keySet().removeIf(s -> s <= slice || !chosen.contains(s));
			sink.add(slice, result);
			if (result != null) report.worked();
		}
		if (!report.isResult()) throw new IllegalArgumentException("Nothing in “" + image.getTitle() + "” was worked on" +
			(report.firstLeft() == null ? "." : ": " + report.firstLeft()));
	}

	/** Works on all parts of a plane. */
	private <R> R process(final Engine<R> engine, final PlaneTask<R, ?> task, final int slice, final Normalization range,
		final RunReport report, final Progress progress)
	{
		final PlaneParts parts = parts(slice, engine, task);
		remark(task, parts, slice, report);
		final List<R> results = new ArrayList<>();
		final int count = parts.parts().size(), left = report.left();
		for (final Plane part : parts.parts())
			results.add(process(engine.processor, fine ? part.fine() : part, neighbours(slice, results.size(), count, engine, task), range, report, once(count == 1 ? progress : progress.part(results
				.size(), count), report)));
		if (results.stream().anyMatch(Objects::nonNull)) return task.joined(parts, results);
		if (!parts.isCleaned()) return null;
		report.takeBack(left);
		report.remark("no other noise was found");
		return task.cleaned(parts);
	}

	/** Says what of an image is not as it seems. */
	private void remark(final PlaneTask<?, ?> task, final PlaneParts parts, final int slice, final RunReport report) {
		if (parts.how() != null) report.remark(parts.how());
		planes.remarks(slice).forEach(report::remark);
		if (parts.rows() > 0) report.number("offsets of rows that were taken off: standard deviation", parts.rows(), GRAY);
		if (parts.columns() > 0) report.number("offsets of columns that were taken off: standard deviation", parts.columns(), GRAY);
		if (task.lines() != LineOffsets.Which.NONE && parts.rows() + parts.columns() == 0) report.remark("no offsets of " + (task
			.lines() == LineOffsets.Which.BOTH ? "rows or columns" : task.lines().toString().toLowerCase(Locale.ROOT)) + " were found");
		if (parts.outliers() > 0) report.number("isolated pixels far from all around them (hot, dead, salt or pepper) that were replaced:", parts
			.outliers(), "");
		final double saturated = task.isWithoutOutliers() ? parts.share(planes.saturation(slice)) : 0;
		if (saturated > SATURATED) report.number("saturated, and so only at least as bright as they seem:", 100 * saturated, " % of the pixels");
	}

	private <R> R process(final PlaneProcessor<R> processor, final Plane plane, final Neighbours around, final Normalization range,
		final RunReport report, final Progress progress)
	{
		try {
			return processor.process(plane, around, range, report, progress);
		}
		catch (final IllegalArgumentException e) {
			if (plane.isAlone()) throw e;
			throw new IllegalArgumentException("In " + plane.name() + ": " + e.getMessage(), e);
		}
	}

	/** What tasks log is said once per run and not once per plane. */
	private static Progress once(final Progress progress, final RunReport report) {
		return new Progress() {

			@Override
			public void update(final double fraction, final String message) {
				progress.update(fraction, message);
			}

			@Override
			public void log(final String line) {
				// A sentence of its own becomes one of several.
				final boolean word = line.length() > 1 && Character.isLowerCase(line.charAt(1));
				report.remark((word ? Character.toLowerCase(line.charAt(0)) + line.substring(1) : line).replaceFirst("\\.$", ""));
			}

			@Override
			public boolean isCanceled() {
				return progress.isCanceled();
			}
		};
	}

	/** The models that are open, by their files. */
	private static final class Engines<R> implements AutoCloseable {

		private final Map<File, Engine<R>> engines = new LinkedHashMap<>();

		/** @throws IllegalArgumentException with one sentence, if the model is for other images */
		void open(final File file, final PlaneTask<R, ?> task, final int channels, final String title) throws IOException {
			if (engines.containsKey(file)) return;
			final Model model = Inputs.readModel(file);
			if (!task.takes(model, channels)) throw new IllegalArgumentException("The model “" + file.getName() + "” is for " + kind(model
				.channels()) + " images but “" + title + "” is " + kind(channels) + ": " + task
					.instead() + ".");
			engines.put(file, new Engine<>(model, task.open(model, task.along() == null ? null : Inputs.readModelOfPlanes(file))));
		}

		private static String kind(final int channels) {
			return channels == 1 ? "gray" : channels == 3 ? "RGB" : channels + "-channel";
		}

		Engine<R> of(final File file) {
			return engines.get(file);
		}

		/** Closes all of them, whatever fails. */
		@Override
		public void close() {
			Throwable first = null;
			for (final Engine<R> engine : engines.values())
				try {
					engine.processor.close();
				}
				catch (final RuntimeException | Error e) {
					if (first == null) first = e;
					else first.addSuppressed(e);
				}
			if (first instanceof Error) throw (Error) first;
			if (first != null) throw (RuntimeException) first;
		}
	}
}
