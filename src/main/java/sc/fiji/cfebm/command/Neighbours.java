package sc.fiji.cfebm.command;

import java.util.List;
import java.util.function.IntFunction;

import sc.fiji.cfebm.imagej.Planes.Along;

/**
 * The planes before and behind one, whether they are to be worked on or not.
 *
 * @param along slices or frames
 * @param slices all of them and the one itself, by their index in the stack, in order
 * @param index of the one itself among them, from 0
 * @param read one, by its index in the stack; null: it is of another kind
 */
record Neighbours(Along along, List<Integer> slices, int index, IntFunction<Plane> read) {

	int count() {
		return slices.size();
	}

	/** @param at among the slices, from 0 */
	Plane plane(final int at) {
		return read.apply(slices.get(at));
	}
}
