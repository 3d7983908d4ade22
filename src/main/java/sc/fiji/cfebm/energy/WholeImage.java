package sc.fiji.cfebm.energy;

import java.util.Arrays;
import java.util.stream.IntStream;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;

/**
 * One image of any size for an energy that takes certain sizes: mirrored at its borders by a few pixels and filled up to a size that goes, and
 * cut into pieces where it is very large. Pieces lie on a fixed grid and see all around them that makes a difference: the
 * part of an image that comes from a piece is the same, bit by bit, for every image whose pixels are the same on that piece and
 * around it, if it begins a multiple of the pieces' size away.
 * <p>
 * Each pixel's surroundings are those of the mirrored image; the mirrored pixels count as fixed, and energies are sums of
 * the image's own pixels' shares. Not thread-safe.
 */
public final class WholeImage {

	/** Side of a piece without what is around it: computing it takes about 2 GB. */
	public static final int PIECE = 2048;
	/** Mirrored pixels that a border needs at least: without them the outermost ones suffer. */
	private static final int MARGIN = 8;

	/** Smaller pieces would be hardly anything but what is around them. */
	public static final int LEAST_PIECE = 256;

	private final NoiseAwareEnergy energy;
	private final int margin;
	private final boolean careful;
	private int piece;

	/** @param careful whether to average over four shifts by one pixel: four times the work for a tenth of a decibel */
	public WholeImage(final NoiseAwareEnergy energy, final boolean careful) {
		this(energy, careful, PIECE);
	}

	/** @param piece side of a piece, filled up to what the energy takes */
	public WholeImage(final NoiseAwareEnergy energy, final boolean careful, final int piece) {
		this.energy = energy;
		this.careful = careful;
		this.piece = filled(piece);
		margin = filled(MARGIN);
	}

	/**
	 * Computes what is wanted of one image [H,W,C]. Where memory is short pieces are half as large, from then on; the results are the same
	 * but for the rounding of floats.
	 *
	 * @throws IllegalArgumentException if there are several images, or the energy does not take such images
	 * @throws OutOfMemoryError if there is not enough memory
	 */
	public void evaluate(final NoisyImages x, final Wanted wanted) {
		if (x.count() != 1) throw new IllegalArgumentException("This is for one image, not " + x.count() + ".");
		inPieces(x.height(), x.width(), () -> evaluateWhole(x, wanted));
	}

	/** Work that can be done again. */
	private void inPieces(final int height, final int width, final Runnable work) {
		for (;;)
			try {
				work.run();
				return;
			}
			catch (final OutOfMemoryError e) {
				final int less = filled(Math.min(piece, Math.max(height, width)) / 2);
				if (less < LEAST_PIECE) throw e;
				piece = less;
			}
	}

	/** Does something to one piece after another. */
	@FunctionalInterface
	public interface PieceWork {

		void run(Span vertical, Span horizontal);
	}

	/**
	 * The pieces that the gradient of an image is computed in, for those who have its pixels elsewhere. Where memory is short for one, all is
	 * done again in smaller pieces.
	 *
	 * @throws OutOfMemoryError if there is not enough memory
	 */
	public void forEachPiece(final int height, final int width, final PieceWork work) {
		inPieces(height, width, () -> forEachPiece(height, width, 0, 0, 2 * energy.reach(), work));
	}

	private void evaluateWhole(final NoisyImages x, final Wanted wanted) {
		final float[] map = wanted.map() != null || wanted.energies() == null ? wanted.map() : new float[x.height() * x.width()];
		final Wanted whole = new Wanted(null, map, wanted.gradient(), wanted.estimate(), wanted.denoised());
		for (final float[] result : new float[][] { map, whole.gradient(), whole.estimate(), whole.denoised() })
			if (result != null) Arrays.fill(result, 0);
		final int shifts = careful ? 2 : 1;
		for (int dy = 0; dy < shifts; dy++)
			for (int dx = 0; dx < shifts; dx++)
				evaluate(x, dy, dx, 1f / (shifts * shifts), whole);
		if (wanted.energies() == null) return;
		double sum = 0;
		for (final float share : map)
			sum += share;
		wanted.energies()[0] = sum;
	}

	/** Adds what is wanted of an image moved down and to the right. */
	private void evaluate(final NoisyImages x, final int dy, final int dx, final float share, final Wanted to) {
		forEachPiece(x.height(), x.width(), dy, dx, to.back() ? 2 * energy.reach() : energy.reach(), (vertical, horizontal) -> piece(x,
			vertical, horizontal, share, to));
	}

	private void forEachPiece(final int height, final int width, final int dy, final int dx, final int reach, final PieceWork work) {
		final int halo = filled(reach), rows = pieces(height + dy, halo), columns = pieces(width + dx, halo);
		for (int row = 0; row < rows; row++)
			for (int column = 0; column < columns; column++)
				work.run(span(height, dy, row, rows, halo), span(width, dx, column, columns, halo));
	}

	/**
	 * A piece in one direction, in the image's own pixels.
	 *
	 * @param from, to what is computed, outside the image too
	 * @param first, last what of it is taken
	 */
	public record Span(int from, int to, int first, int last) {

		/** How much is computed. */
		public int length() {
			return to - from;
		}
	}

	/** One piece, if that takes hardly more than pieces would. */
	private int pieces(final int length, final int halo) {
		return length <= piece + halo ? 1 : (length + piece - 1) / piece;
	}

	private Span span(final int length, final int shift, final int index, final int count, final int halo) {
		// In pixels of the moved image, where the grid begins at zero.
		final int begin = -margin, end = filled(length + shift + margin);
		final int first = index * piece, last = index == count - 1 ? length + shift : first + piece;
		return new Span(Math.max(begin, first - halo) - shift, Math.min(end, filled(last) + halo) - shift, Math.max(0, first - shift), last -
			shift);
	}

	private void piece(final NoisyImages x, final Span vertical, final Span horizontal, final float share, final Wanted to) {
		final int height = vertical.length(), width = horizontal.length(), c = x.channels(), size = height * width;
		final float[] pixels = new float[size * c], sigma = x.sigma().length == 1 ? x.sigma() : new float[size];
		final int left = Math.max(0, -horizontal.from), right = Math.min(width, x.width() - horizontal.from);
		final int[] outside = IntStream.range(0, width).filter(i -> i < left || i >= right).toArray();
		for (int y = 0; y < height; y++) {
			final int line = mirrored(vertical.from + y, x.height()) * x.width(), inside = line + horizontal.from + left, at = y * width;
			System.arraycopy(x.pixels(), inside * c, pixels, (at + left) * c, (right - left) * c);
			if (sigma != x.sigma()) System.arraycopy(x.sigma(), inside, sigma, at + left, right - left);
			for (final int i : outside) {
				final int from = line + mirrored(horizontal.from + i, x.width());
				System.arraycopy(x.pixels(), from * c, pixels, (at + i) * c, c);
				if (sigma != x.sigma()) sigma[at + i] = x.sigma()[from];
			}
		}
		final Wanted part = new Wanted(null, like(to.map(), size), like(to.gradient(), size * c), like(to.estimate(), size * c), to
			.denoised() == null ? null : pixels);
		energy.evaluate(new NoisyImages(pixels, 1, height, width, sigma, x.offset(), x.told(), x.correlation()), part);
		add(part.map(), 1, x.width(), vertical, horizontal, share, to.map());
		add(part.gradient(), c, x.width(), vertical, horizontal, share, to.gradient());
		add(part.estimate(), c, x.width(), vertical, horizontal, share, to.estimate());
		add(part.denoised(), c, x.width(), vertical, horizontal, share, to.denoised());
	}

	private static float[] like(final float[] wanted, final int size) {
		return wanted == null ? null : new float[size];
	}

	private static void add(final float[] part, final int channels, final int imageWidth, final Span vertical, final Span horizontal,
		final float share, final float[] to)
	{
		if (to == null) return;
		for (int y = vertical.first; y < vertical.last; y++) {
			final int from = ((y - vertical.from) * horizontal.length() + horizontal.first - horizontal.from) * channels;
			final int at = (y * imageWidth + horizontal.first) * channels;
			for (int i = 0; i < (horizontal.last - horizontal.first) * channels; i++)
				to[at + i] += share * part[from + i];
		}
	}

	/** The pixel that stands at a place outside, as in a mirror on the outermost pixel. */
	public static int mirrored(final int at, final int length) {
		if (at >= 0 && at < length) return at;
		if (length == 1) return 0;
		final int period = 2 * length - 2, i = Math.floorMod(at, period);
		return Math.min(i, period - i);
	}

	private int filled(final int length) {
		final int m = energy.multiple();
		return (length + m - 1) / m * m;
	}
}
