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

	/** Choices of the input “Neighbours that help”. */
	static final String AUTOMATIC = "Automatic", NONE = "None", SLICES = "Slices", FRAMES = "Frames";

	/** Bytes for each pixel of a line of planes: nine planes, four arrays of floats each. */
	private static final int REMEMBERED = 9 * 4 * Float.BYTES;
	/** Share of the heap that lines may take. */
	private static final double SHARE = 0.25;

	int count() {
		return slices.size();
	}

	/** @param at among the slices, from 0 */
	Plane plane(final int at) {
		return read.apply(slices.get(at));
	}

	/**
	 * Along what neighbours help; null: they do not.
	 *
	 * @param choice the input
	 * @param but why they can't, as the beginning of a sentence; null: they can
	 * @throws IllegalArgumentException with one sentence, if they are asked for and can't
	 */
	static Along along(final String choice, final Planes planes, final String but) {
		final String wanted = choose("The neighbours that help", choice, AUTOMATIC, NONE, SLICES, FRAMES);
		final boolean alone = planes.length(Along.SLICES) * planes.length(Along.FRAMES) == 1;
		if (wanted.equals(NONE) || wanted.equals(AUTOMATIC) && (but != null || alone)) return null;
		if (but != null) throw new IllegalArgumentException(but + ": leave them out (neighbours=" + NONE + ").");
		final Along along = wanted.equals(AUTOMATIC) ? automatic(planes) : wanted.equals(SLICES) ? Along.SLICES : Along.FRAMES;
		if (planes.length(along) == 1) throw new IllegalArgumentException("The image has one " + along.kind() +
			" alone, which no other can help: leave neighbours out (neighbours=" + NONE + ").");
		return along;
	}

	/** Whichever there are more of; slices, if neighbouring frames of all slices side by side take too much memory. */
	private static Along automatic(final Planes planes) {
		final boolean many = planes.length(Along.SLICES) > 1 && (double) planes.pixelsOfFrame() * REMEMBERED > SHARE * Runtime.getRuntime().maxMemory();
		return many ? Along.SLICES : planes.longer();
	}

	/**
	 * Sees to it that neighbours that were asked for by name have a model.
	 *
	 * @param along null: they do not help
	 * @throws IllegalArgumentException with one sentence, then
	 */
	static void requireModel(final Along along, final String choice, final Model ofPlanes) {
		requireModel(along, choice, ofPlanes, "The model has none for neighbouring %ss beside it: choose one that has, such as microscopy");
	}

	/** @param without what to say, and what to do, then; %s is the kind of plane */
	static void requireModel(final Along along, final String choice, final Model ofPlanes, final String without) {
		if (along != null && ofPlanes == null && !AUTOMATIC.equalsIgnoreCase(choice)) throw new IllegalArgumentException(String.format(without, along
			.kind()) + ", or leave them out (neighbours=" + NONE + ").");
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
		 * @param read what the denoiser sees of one that may be null, as it is of another kind; null: it is not to be mixed with others
		 */
		StackDenoiser.Stack of(final Plane plane, final Neighbours around, final Function<Plane, StackDenoiser.Noisy> read) {
			if (denoiser == null || around == null) return null;
			final Line line = new Line(plane.channel(), around.slices.get(0));
			// Slices of one frame come after those of another, frames of all slices side by side.
			if (!lines.containsKey(line) && around.along == Along.SLICES) lines.keySet().removeIf(other -> other.channel == line.channel);
			return lines.computeIfAbsent(line, l -> denoiser.stack(index -> read.apply(around.plane(index)), around.count(), careful));
		}
	}
}
