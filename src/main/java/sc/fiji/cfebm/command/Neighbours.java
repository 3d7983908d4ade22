package sc.fiji.cfebm.command;

import java.util.List;
import java.util.function.IntFunction;

import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.model.Model;

/**
 * The planes before and behind one, whether they are to be worked on or not.
 *
 * @param along slices or frames
 * @param slices all of them and the one itself, by their index in the stack, in order
 * @param index of the one itself among them, from 0
 * @param read one, by its index in the stack; null: it is of another kind
 */
record Neighbours(Along along, List<Integer> slices, int index, IntFunction<Plane> read) {

	/** Choices of the input “Neighbours that help”. */
	static final String AUTOMATIC = "Automatic", NONE = "None", SLICES = "Slices", FRAMES = "Frames";

	/**
	 * Along what neighbours help; null: they do not.
	 *
	 * @param choice the input
	 * @param but why they can't, as the beginning of a sentence; null: they can
	 * @throws IllegalArgumentException with one sentence, if they are asked for and can't
	 */
	static Along along(final String choice, final Planes planes, final String but) {
		final String wanted = Inputs.choose("The neighbours that help", choice, AUTOMATIC, NONE, SLICES, FRAMES);
		final boolean alone = planes.length(Along.SLICES) * planes.length(Along.FRAMES) == 1;
		if (wanted.equals(NONE) || wanted.equals(AUTOMATIC) && (but != null || alone)) return null;
		if (but != null) throw new IllegalArgumentException(but + ": leave them out (neighbours=" + NONE + ").");
		final Along along = wanted.equals(AUTOMATIC) ? planes.longer() : wanted.equals(SLICES) ? Along.SLICES : Along.FRAMES;
		if (planes.length(along) == 1) throw new IllegalArgumentException("The image has one " + along.kind() +
			" alone, which no other can help: leave neighbours out (neighbours=" + NONE + ").");
		return along;
	}

	/**
	 * Sees to it that neighbours that were asked for by name have a model.
	 *
	 * @param along null: they do not help
	 * @throws IllegalArgumentException with one sentence, then
	 */
	static void requireModel(final Along along, final String choice, final Model ofPlanes) {
		if (along != null && ofPlanes == null && !AUTOMATIC.equalsIgnoreCase(choice)) throw new IllegalArgumentException(
			"The model has none for neighbouring " + along.kind() + "s beside it: choose one that has, such as microscopy, or leave them out (neighbours=" + NONE +
				").");
	}

	int count() {
		return slices.size();
	}

	/** @param at among the slices, from 0 */
	Plane plane(final int at) {
		return read.apply(slices.get(at));
	}
}
