package sc.fiji.cfebm.command;

import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import sc.fiji.cfebm.command.PlaneCommand.Plane;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.ui.CommandProgress;

/**
 * A command at work: the chosen planes of an image, each channel's model (each loaded once) and its range of gray
 * values. In memory is one plane at a time. The image is locked meanwhile. Belongs to one thread; close it to free native
 * memory.
 */
final class PlaneWork<E extends AutoCloseable, R> implements AutoCloseable {

	/** A model and what works with it. */
	private record Engine<E>(Model model, E worker) {}

	private final PlaneCommand<E, R> command;
	private final Planes planes;
	private final PlaneSelection chosen;
	private boolean any;
	private final boolean locked;
	private final Map<File, Engine<E>> engines = new LinkedHashMap<>();
	/** By channel, from 1. */
	private final Map<Integer, Engine<E>> engineOf = new HashMap<>();
	private final Map<Integer, Normalization> rangeOf = new HashMap<>();

	/**
	 * Looks at all inputs and all chosen planes: what is wrong must be found before hours of work, not in the last slice.
	 *
	 * @throws IllegalArgumentException with one sentence for the user
	 * @throws IOException with one sentence, if a model can't be read
	 */
	PlaneWork(final PlaneCommand<E, R> command, final CommandProgress progress) throws IOException {
		this.command = command;
		planes = new Planes(command.image);
		CfebmCommand.choose("The gray value range", command.range, PlaneCommand.IMAGE, PlaneCommand.TRAINING);
		chosen = new PlaneSelection(command.image, command.channels, command.slices, command.frames);
		command.prepare(planes, chosen);
		// ImageJ takes the pixels from an image that is closed, unless it is locked.
		locked = command.image.lockSilently();
		try {
			openModels();
			final List<Integer> all = chosen.planes();
			for (final int channel : chosen.channels())
				rangeOf.put(channel, range(channel, all, progress));
		}
		catch (final IOException | RuntimeException | Error e) {
			close();
			throw e;
		}
	}

	private void openModels() throws IOException {
		final List<File> files = command.models();
		final List<Integer> channels = chosen.channels();
		if (files.size() != 1 && files.size() != channels.size()) throw new IllegalArgumentException(files.size() +
			" models are given for " + channels.size() + (channels.size() == 1 ? " channel" : " channels") + " of “" +
			command.image.getTitle() + "”: give one for all, or one for each with semicolons between them.");
		for (int i = 0; i < channels.size(); i++) {
			final File file = files.get(files.size() == 1 ? 0 : i);
			if (!engines.containsKey(file)) {
				final Model model = readModel(file);
				engines.put(file, new Engine<>(model, command.open(model)));
			}
			engineOf.put(channels.get(i), engines.get(file));
		}
	}

	private Model readModel(final File file) throws IOException {
		final Model read = CfebmCommand.readModel(file);
		if (!command.takes(read, planes)) throw new IllegalArgumentException("The model “" + file.getName() +
			"” is for " + kind(read.channels()) + " images but “" + command.image.getTitle() + "” is " + kind(planes
				.channels()) + ": convert the image (Image > Type), or use a model of its kind.");
		return read;
	}

	private static String kind(final int channels) {
		return channels == 1 ? "gray" : channels == 3 ? "RGB" : channels + "-channel";
	}

	/** The range of one channel, since each has its own brightness. All its planes are read, whatever it is taken from. */
	private Normalization range(final int channel, final List<Integer> all, final CommandProgress progress) {
		final List<Integer> own = all.stream().filter(slice -> chosen.channel(slice) == channel).toList();
		final Stream<Raster> known = own.stream().map(slice -> {
			progress.throwIfCanceled();
			progress.update((double) all.indexOf(slice) / all.size(), "Looking at " + planes.name(slice));
			final Raster plane = command.known(planes, slice);
			command.look(engineOf.get(channel).model, channel, plane, own.size());
			return plane;
		});
		final boolean image = PlaneCommand.IMAGE.equalsIgnoreCase(command.range), color = planes.channels() == 3;
		if (image && !color) return Ranges.ofPercentiles(known.map(command::view)::iterator);
		known.forEach(plane -> {});
		return image ? Normalization.RGB : engineOf.get(channel).model.range();
	}

	Planes planes() {
		return planes;
	}

	/** Whether there is a plane by now that something was done to. */
	boolean hasAny() {
		return any;
	}

	/**
	 * Works on the chosen planes and tells the command of all planes.
	 *
	 * @throws IllegalArgumentException with one sentence, if nothing was done to any of them: the image as it was must not pass
	 *           for a result
	 * @throws java.util.concurrent.CancellationException if the user asked to stop; of this and all else that is thrown: the
	 *           command was told of the planes so far
	 */
	void run(final CommandProgress progress) {
		final CommandProgress.Parts parts = progress.parts(chosen.kind(), chosen.planes().size());
		for (int slice = 1; slice <= planes.count(); slice++) {
			final R result = chosen.contains(slice) ? on(slice, parts.next()) : null;
			any |= result != null;
			if (result == null) command.keep();
			else command.add(result, command.where(slice));
		}
		if (!any) throw new IllegalArgumentException("Nothing in “" + command.image.getTitle() +
			"” was worked on; why, stands in the log, slice by slice.");
	}

	/**
	 * Works on one plane.
	 *
	 * @param slice its index in the stack, from 1
	 * @return null if nothing is done to it
	 */
	R on(final int slice, final Progress progress) {
		progress.throwIfCanceled();
		if (!chosen.contains(slice)) throw new IllegalArgumentException("Not chosen is " + planes.name(slice) +
			": show one of those that are.");
		final boolean[] where = command.where(slice);
		if (where != null && !anyOf(where)) return null;
		final int channel = chosen.channel(slice);
		final Engine<E> engine = engineOf.get(channel);
		try {
			return command.work(engine.worker, new Plane(planes, slice, channel, where, engine.model, rangeOf.get(channel)),
				progress);
		}
		catch (final IllegalArgumentException e) {
			if (planes.count() == 1) throw e;
			throw new IllegalArgumentException("In " + planes.name(slice) + ": " + e.getMessage(), e);
		}
	}

	private static boolean anyOf(final boolean[] where) {
		for (final boolean w : where)
			if (w) return true;
		return false;
	}

	@Override
	public void close() {
		if (locked) command.image.unlock();
		for (final Engine<E> engine : engines.values())
			try {
				engine.worker.close();
			}
			catch (final Exception e) {
				throw new IllegalStateException(e);
			}
	}
}
