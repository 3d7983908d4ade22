package sc.fiji.cfebm.training.monitor;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import sc.fiji.cfebm.progress.Progress;

/** Several who watch the same training: any of them can stop or cancel it, and a preview goes to those that wanted it. */
public final class CompositeMonitor implements TrainingMonitor {

	private final Progress progress;
	private final List<TrainingMonitor> monitors;
	/** Who of them wants the next preview. */
	private List<TrainingMonitor> asking = List.of();

	/**
	 * @param progress is told how far the training is, and its log lines
	 * @param monitors {@code null} among them is left out: a window where there is no display, say
	 */
	public CompositeMonitor(final Progress progress, final TrainingMonitor... monitors) {
		this.progress = progress;
		this.monitors = Stream.of(monitors).filter(Objects::nonNull).toList();
	}

	@Override
	public void update(final double fraction, final String message) {
		progress.update(fraction, message);
		monitors.forEach(m -> m.update(fraction, message));
	}

	@Override
	public void log(final String line) {
		progress.log(line);
		monitors.forEach(m -> m.log(line));
	}

	@Override
	public boolean isCanceled() {
		return progress.isCanceled() || monitors.stream().anyMatch(TrainingMonitor::isCanceled);
	}

	@Override
	public boolean isStopped() {
		return monitors.stream().anyMatch(TrainingMonitor::isStopped);
	}

	@Override
	public void step(final TrainingStep step) {
		monitors.forEach(m -> m.step(step));
	}

	@Override
	public boolean wantsPreview() {
		asking = monitors.stream().filter(TrainingMonitor::wantsPreview).toList();
		return !asking.isEmpty();
	}

	@Override
	public void preview(final Preview preview) {
		asking.forEach(m -> m.preview(preview));
	}
}
