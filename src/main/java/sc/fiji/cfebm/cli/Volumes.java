package sc.fiji.cfebm.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import sc.fiji.cfebm.command.host.BundledModels;
import sc.fiji.cfebm.imagej.BigTiffVolume;
import sc.fiji.cfebm.imagej.StackVolume;
import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Storage;
import sc.fiji.cfebm.job.ZarrStorage;
import sc.fiji.cfebm.volume.OmeZarr;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;
import sc.fiji.cfebm.volume.VolumeTarget;

/** What kinds of files the command line reads and writes, and where its models are. */
public final class Volumes implements Storage {

	private final ZarrStorage zarr = new ZarrStorage();

	@Override
	public Volume open(final Path input) throws IOException {
		if (!Files.exists(input)) throw new VolumeException("There is no file or folder " + input + ".");
		if (OmeZarr.is(input)) return zarr.open(input);
		if (Files.isDirectory(input)) throw new VolumeException(input + " is no volume that is read here: an OME-Zarr is, or an image file.");
		if (BigTiffVolume.is(input.toFile())) return new BigTiffVolume(input.toFile());
		return new StackVolume(input.toFile());
	}

	@Override
	public boolean canWrite(final Path output) {
		return zarr.canWrite(output);
	}

	@Override
	public VolumeTarget create(final Plan plan, final Volume source) throws IOException {
		return zarr.create(plan, source);
	}

	/**
	 * The file of a model, given as a file or by the name of one that comes along.
	 *
	 * @throws IOException with one sentence, if there is none
	 */
	static Path model(final String model) throws IOException {
		final Path found = BundledModels.installed().find(new File(model));
		if (!Files.isRegularFile(found)) throw new VolumeException("There is no model file " + model + ".");
		return found;
	}
}
