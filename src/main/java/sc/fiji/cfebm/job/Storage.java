package sc.fiji.cfebm.job;

import java.io.IOException;
import java.nio.file.Path;

import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeTarget;

/** Opens volumes of whatever kind there is. Thread-safe. */
public interface Storage {

	/** @throws IOException with one sentence naming the file, if there is no volume that can be read */
	Volume open(Path input) throws IOException;

	/** Whether results can be written under a name, by its ending. */
	boolean canWrite(Path output);

	/**
	 * Makes a target, or opens one that was made by the same plan.
	 *
	 * @throws IOException with one sentence naming it, if it can't be written, or was made otherwise
	 */
	VolumeTarget create(Plan plan, Volume source) throws IOException;
}
