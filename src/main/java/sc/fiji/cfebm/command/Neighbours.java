package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.choose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.task.StackDenoiser;

/**
 * The planes before and behind one, whether they are to be worked on or not.
 *
 * @param along slices or frames
 * @param slices all of them and the one itself, by their index in the stack, in order
 * @param index of the one itself among them, from 0
 * @param read one, by its index in the stack; null: it is of another kind
 */
record Neighbours(Along along, List<Integer> slices, int index, IntFunction<Plane> read) {

	static final String AUTOMATIC = "Automatic", NONE = "None", SLICES = "Slices", FRAMES = "Frames";

	int count() {
		return slices.size();
	}

	/** @param at among the slices, from 0 */
	Plane plane(final int at) {
		return read.apply(slices.get(at));
	}

	/** Whether an option leaves it to the image what neighbours are. */
	static boolean isAutomatic(final String option) {
		return AUTOMATIC.equalsIgnoreCase(option);
	}

	/**
	 * Along what neighbours help; null: they do not.
	 *
	 * @param what the option is called in a sentence
	 * @throws IllegalArgumentException with one sentence, if they are asked for and there are none
	 */
	static Along along(final String what, final String option, final Planes planes) {
		final String wanted = choose(what, option, AUTOMATIC, NONE, SLICES, FRAMES);
		if (wanted.equals(NONE) || wanted.equals(AUTOMATIC) && planes.length(Along.SLICES) * planes.length(Along.FRAMES) == 1) return null;
		final Along along = wanted.equals(AUTOMATIC) ? planes.longer() : wanted.equals(SLICES) ? Along.SLICES : Along.FRAMES;
		if (planes.length(along) == 1) throw new IllegalArgumentException("The image has one " + along.kind() +
			" alone, which no other can help: leave neighbours out (neighbours=" + NONE + ").");
		return along;
	}

	/**
	 * Sees to it that neighbours that were asked for have a model.
	 *
	 * @param along null: they do not help
	 * @param required whether they were asked for
	 * @param ofPlanes null: there is none
	 * @throws IllegalArgumentException with one sentence, if they were and have none
	 */
	static void requireModel(final Along along, final boolean required, final Model ofPlanes) {
		if (along != null && required && ofPlanes == null) throw new IllegalArgumentException("The model has none for neighbouring " + along.kind() +
			"s beside it: choose one that has, such as microscopy, or leave them out (neighbours=" + NONE + ").");
	}

	/** The lines of planes of one image. Belongs to one run, as the denoiser does. */
	static final class Lines {

		/** A channel, or a color, of a frame's slices or a slice's frames. */
		private record Line(int channel, int first) {}

		private final StackDenoiser denoiser;
		private final boolean careful;
		private final Map<Line, StackDenoiser.Stack> lines = new HashMap<>();

		/** @param denoiser null: each plane is alone */
		Lines(final StackDenoiser denoiser, final boolean careful) {
			this.denoiser = denoiser;
			this.careful = careful;
		}

		/**
		 * The line of planes that one is in; null: it is alone.
		 *
		 * @param around null: it is alone
		 * @param read what the denoiser sees of one; null: it is not to be mixed with others
		 */
		StackDenoiser.Stack of(final Plane plane, final Neighbours around, final Function<Plane, StackDenoiser.Noisy> read) {
			if (denoiser == null || around == null) return null;
			final Line line = new Line(plane.channel(), around.slices.get(0));
			// Slices of one frame come after those of another, frames of all slices side by side.
			if (!lines.containsKey(line) && around.along == Along.SLICES) lines.keySet().removeIf(other -> other.channel == line.channel);
			return lines.computeIfAbsent(line, l -> denoiser.stack(index -> {
				final Plane neighbour = around.plane(index);
				return neighbour == null ? null : read.apply(neighbour);
			}, around.count(), careful));
		}
	}
}
