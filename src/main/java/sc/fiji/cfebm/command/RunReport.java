package sc.fiji.cfebm.command;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import sc.fiji.cfebm.noise.NoiseModel;

/** What is to be said of a run: one line for the log, however many planes there are, and all of it for the results' info. */
final class RunReport {

	/** @param more what only a sentence has, between the name and the number */
	private record Quantity(String name, String more, String unit) {}

	private final List<String> details = new ArrayList<>();
	private final Map<Quantity, DoubleSummaryStatistics> numbers = new LinkedHashMap<>();
	/** The largest of each. */
	private final Map<String, Double> figures = new LinkedHashMap<>();
	/** In which planes they are true. */
	private final Map<String, Set<Integer>> remarks = new LinkedHashMap<>();
	private final List<String> left = new ArrayList<>();
	private int worked, slice;
	private boolean fine;

	/** What is said next is about a plane; by its index in the stack. */
	void begin(final int plane) {
		slice = plane;
	}

	/** Counts a plane that something was done to. */
	void worked() {
		worked++;
	}

	boolean hasWorked() {
		return worked > 0;
	}

	/** Something about one plane, for the info. */
	void detail(final Plane plane, final String what) {
		details.add((plane.isAlone() ? "" : plane.name() + ": ") + what);
	}

	/** A number of each plane, of which the log gets the smallest and the largest. */
	void number(final String name, final double value, final String unit) {
		number(name, "", value, unit);
	}

	/** The same. @param more what the log says between the name and the number, such as a reason */
	void number(final String name, final String more, final double value, final String unit) {
		numbers.computeIfAbsent(new Quantity(name, more, unit), key -> new DoubleSummaryStatistics()).accept(value);
	}

	/** A number of each plane that the log has in words already. */
	void figure(final String name, final double value) {
		figures.merge(name, value, Math::max);
	}

	/** Something about a plane that the log has once, though it may be true of many. */
	void remark(final String what) {
		remarks.computeIfAbsent(what, key -> new HashSet<>()).add(slice);
	}

	/** A plane stays as it is, for a reason in one sentence. */
	void leave(final Plane plane, final String why) {
		left.add(plane.name() + " is left as it is. " + why);
	}

	/** A plane is right as it is: nothing was to be done to it, for a reason in one sentence. */
	void keep(final Plane plane, final String why) {
		leave(plane, why);
		fine = true;
	}

	/** How many planes are left as they are so far. */
	int left() {
		return left.size();
	}

	/** The last ones are not, after all; so many are left. */
	void takeBack(final int count) {
		left.subList(count, left.size()).clear();
	}

	/** Whether what came out is a result: something was done to a plane, or some needed nothing. */
	boolean isResult() {
		return worked > 0 || fine;
	}

	/** Why the first plane that was left as it is was left; null if none was, or no reason was given. */
	String firstLeft() {
		return left.isEmpty() ? null : left.get(0);
	}

	/** Details, line by line. */
	List<String> details() {
		final List<String> all = new ArrayList<>(details);
		all.addAll(left);
		return all;
	}

	/**
	 * The run in one line, a sentence without its subject and full stop.
	 *
	 * @param kind what a plane is called
	 * @param planes number of planes that were to be worked on
	 */
	String said(final String kind, final long planes) {
		final List<String> parts = new ArrayList<>();
		if (planes > 1) parts.add((worked < planes ? worked + " of " : "") + planes + " " + kind + "s");
		numbers.forEach((of, values) -> parts.add(of.name + of.more + " " + range(values) + of.unit));
		remarks.forEach((text, slices) -> parts.add(text + (slices.size() > 1 ? " (in " + slices.size() + " " + kind + "s)" : "")));
		if (!left.isEmpty()) parts.add((left.size() == 1 ? left.get(0).replaceFirst("\\.$", "") : left.size() + " " + kind +
			"s are left as they are, why stands in the result's info"));
		return parts.isEmpty() ? "done" : String.join("; ", parts);
	}

	/** The largest of each number, by its name. */
	Map<String, String> largest() {
		final Map<String, String> largest = new LinkedHashMap<>();
		figures.forEach((name, value) -> largest.put(name, NoiseModel.rounded(value)));
		numbers.forEach((of, values) -> largest.put(of.name.replaceFirst(":$", "") + (of.unit.isEmpty() ? "" : " (" + of.unit.strip() + ")"),
			NoiseModel.rounded(values.getMax())));
		return largest;
	}

	private static String range(final DoubleSummaryStatistics values) {
		final String low = NoiseModel.rounded(values.getMin()), high = NoiseModel.rounded(values.getMax());
		return low.equals(high) ? low : low + " to " + high;
	}
}
