package sc.fiji.cfebm.volume;

import java.util.List;
import java.util.function.Predicate;

/**
 * What a volume is, without its pixels. Dimensions are in ImgLib2's order: x, y, then the others.
 *
 * @param dimensions in pixels
 * @param axes one for each dimension
 * @param type of the pixels
 */
public record Layout(long[] dimensions, List<Axis> axes, PixelType type) {

	public Layout {
		axes = List.copyOf(axes);
		if (dimensions.length != axes.size() || dimensions.length < 2) throw new IllegalArgumentException(
			"A volume has at least two dimensions, and an axis for each.");
	}

	/** The same with other pixels. */
	public Layout with(final PixelType other) {
		return new Layout(dimensions, axes, other);
	}

	/** The same with a single pixel along a dimension. */
	public Layout single(final int dimension) {
		final long[] fewer = dimensions.clone();
		fewer[dimension] = 1;
		return new Layout(fewer, axes, type);
	}

	/** The number of the channels' dimension; -1: there is none. */
	public int channels() {
		return beyond(Axis::isChannel);
	}

	/** The number of the dimension of slices; -1: there is none. */
	public int slices() {
		return beyond(Axis::isSpace);
	}

	/** The number of the dimension of frames; -1: there is none. */
	public int frames() {
		return beyond(Axis::isTime);
	}

	private int beyond(final Predicate<Axis> kind) {
		for (int d = 2; d < axes.size(); d++)
			if (kind.test(axes.get(d))) return d;
		return -1;
	}

	/** Such as {@code 2048×2048×64 xyz uint16}. */
	@Override
	public String toString() {
		final StringBuilder text = new StringBuilder();
		for (int d = 0; d < dimensions.length; d++)
			text.append(d == 0 ? "" : "×").append(dimensions[d]);
		text.append(' ');
		axes.forEach(axis -> text.append(axis.name()));
		return text.append(' ').append(type).toString();
	}
}
