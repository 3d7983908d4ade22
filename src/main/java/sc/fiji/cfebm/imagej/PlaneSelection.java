package sc.fiji.cfebm.imagej;

import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ij.ImagePlus;

/**
 * Which planes of an image are worked on: some or all of its channels, slices and frames. Each is said in a text:
 * {@link #ALL}, {@link #CURRENT} (what is shown), or numbers from 1 such as {@code 1-3,5}.
 */
public final class PlaneSelection {

	public static final String ALL = "all", CURRENT = "current";

	private static final Pattern NUMBERS = Pattern.compile("\\s*(\\d{1,9})\\s*(?:-\\s*(\\d{1,9})\\s*)?");

	/** One dimension: its name, how long it is, and the numbers chosen, from 1. */
	private record Dimension(String name, int length, BitSet numbers) {

		static Dimension parse(final String name, final String said, final int length, final int current) {
			final String text = said == null || said.isBlank() ? ALL : said.strip();
			final BitSet numbers = new BitSet();
			if (text.equalsIgnoreCase(ALL)) numbers.set(1, length + 1);
			else if (text.equalsIgnoreCase(CURRENT)) numbers.set(current);
			else for (final String part : text.split(",", -1)) {
				final Matcher range = NUMBERS.matcher(part);
				final int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
				final int last = first > 0 && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
				if (first < 1 || last < first || last > length) throw new IllegalArgumentException("The " + name + " are “" + text +
					"”: they must be all, current, or " + (length == 1 ? "1, as this image has only one."
						: "numbers from 1 to " + length + ", such as 1," + length + " or 1-" + length + "."));
				numbers.set(first, last + 1);
			}
			return new Dimension(name, length, numbers);
		}
	}

	private final Dimension channels, slices, frames;

	/** @throws IllegalArgumentException with one sentence naming the text, if one can't be understood or fits no plane */
	public PlaneSelection(final ImagePlus imp, final String channels, final String slices, final String frames) {
		final int[] current = imp.convertIndexToPosition(imp.getCurrentSlice());
		this.channels = Dimension.parse("channels", channels, imp.getNChannels(), current[0]);
		this.slices = Dimension.parse("slices", slices, imp.getNSlices(), current[1]);
		this.frames = Dimension.parse("frames", frames, imp.getNFrames(), current[2]);
	}

	/** The chosen planes by their index in the stack, from 1, ascending. */
	public List<Integer> planes() {
		return IntStream.rangeClosed(1, channels.length * slices.length * frames.length).filter(this::contains).boxed()
			.toList();
	}

	/** Whether a plane is chosen; by its index in the stack, from 1. */
	public boolean contains(final int plane) {
		final int zt = (plane - 1) / channels.length;
		return channels.numbers.get(channel(plane)) && slices.numbers.get(zt % slices.length + 1) && frames.numbers.get(zt /
			slices.length + 1);
	}

	/** The channel, from 1, of the plane with an index in the stack, from 1. */
	public int channel(final int plane) {
		return (plane - 1) % channels.length + 1;
	}

	/** The chosen channels, from 1, ascending. */
	public List<Integer> channels() {
		return channels.numbers.stream().boxed().toList();
	}

	/** What a plane is called where planes are counted: channel, slice or frame if nothing else has several, or image. */
	public String kind() {
		final List<Dimension> several = Stream.of(channels, slices, frames).filter(d -> d.length > 1).toList();
		return several.size() == 1 ? several.get(0).name.replaceFirst("s$", "") : "image";
	}
}
