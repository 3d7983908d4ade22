package sc.fiji.cfebm.api;

import net.imglib2.Interval;

/** The pieces of a plane along one of its dimensions. */
final class Pieces {

	/**
	 * One of them, in the image's coordinates.
	 *
	 * @param from, to what it is computed from: the piece and what lies around it, as far as the image goes
	 * @param first, last the piece itself
	 */
	record Span(long from, long to, long first, long last) {}

	private final long origin, end, count;
	private final int side, halo;

	/** @param borders of the image; null: it has none, and the pieces begin at zero */
	Pieces(final Interval borders, final int dimension, final int side, final int halo) {
		this.side = side;
		this.halo = halo;
		origin = borders == null ? 0 : borders.min(dimension);
		end = borders == null ? Long.MAX_VALUE : borders.max(dimension) + 1;
		// Where one piece takes hardly more than several would.
		count = borders == null ? Long.MAX_VALUE : end - origin <= side + halo ? 1 : (end - origin + side - 1) / side;
	}

	/** The number of the piece that has a pixel. */
	long of(final long pixel) {
		return Math.min(count - 1, Math.floorDiv(pixel - origin, (long) side));
	}

	/** Side of the pieces that this has, but the last, in pixels. */
	int side() {
		return count == 1 ? (int) (end - origin) : side;
	}

	/** How many pixels there are before what a piece is computed from. */
	long before(final Span piece) {
		return end == Long.MAX_VALUE ? Long.MAX_VALUE : piece.from - origin;
	}

	/** How many pixels there are behind it. */
	long behind(final Span piece) {
		return end == Long.MAX_VALUE ? Long.MAX_VALUE : end - piece.to;
	}

	Span span(final long index) {
		final long first = origin + index * side, last = index == count - 1 ? end : first + side;
		final boolean bounded = end != Long.MAX_VALUE;
		return new Span(bounded ? Math.max(origin, first - halo) : first - halo, bounded ? Math.min(end, last + halo) : last + halo, first,
			last);
	}
}
