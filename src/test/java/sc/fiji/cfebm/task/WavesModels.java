package sc.fiji.cfebm.task;

import static sc.fiji.cfebm.task.Waves.waves;

import java.util.List;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.training.Preset;
import sc.fiji.cfebm.training.Trainer;
import sc.fiji.cfebm.training.TrainingSettings;
import sc.fiji.cfebm.training.monitor.TrainingMonitor;

/** Small models of soft waves, 8 and 16 px, gray values from 0 to 200; trained in seconds, once in a process. */
public final class WavesModels {

	private static Model scoreMatching, paper;

	private WavesModels() {}

	public static synchronized Model scoreMatching() {
		if (scoreMatching == null) scoreMatching = train(Preset.SCORE_MATCHING, 300, 250);
		return scoreMatching;
	}

	/** Of few iterations. */
	static synchronized Model paper() {
		if (paper == null) paper = train(Preset.PAPER, 1, 2);
		return paper;
	}

	private static Model train(final Preset preset, final Integer... iterations) {
		return Trainer.train(List.of(waves(90, 80, 0), waves(70, 90, 1), waves(80, 80, 2)), new Normalization(0, 200), new TrainingSettings(
			preset.recipe(), 16, 3, 0, List.of(iterations), 16, true, true, 1), TrainingMonitor.NONE);
	}
}
