package sc.fiji.cfebm.random;

/**
 * The noise of a chain's states: each value's is a function of the chain's seed, the number of the draw and the value's place alone. So a chain on
 * a part of an image has at each place the noise of a chain on the whole, and one that is computed elsewhere, or goes on elsewhere, has
 * the same noise. Not thread-safe.
 */
public final class PlacedNoise {

	/** Which draw is whose, of a chain: the noise it begins with, that of a step, that of known pixels after it. */
	public static final int BEGINNING = 0;

	private final long[] seeds;
	private final int x, y, width, height, channels;
	private final NoiseFilter filter;
	private final Philox philox = new Philox();

	private PlacedNoise(final long[] seeds, final int x, final int y, final int width, final int height, final int channels,
		final NoiseFilter filter)
	{
		this.seeds = seeds;
		this.x = x;
		this.y = y;
		this.width = width;
		this.height = height;
		this.channels = channels;
		this.filter = filter;
	}

	/** White noise of states of any size, whose places are their values' numbers. */
	public static PlacedNoise of(final long seed) {
		return new PlacedNoise(new long[] { seed }, 0, 0, 0, 1, 1, null);
	}

	/**
	 * Noise of a part of an image, [H,W,C].
	 *
	 * @param x of the part's left column in the image; may be negative
	 * @param y of its top row
	 * @param filter that makes noise of neighbours correlated; null: it is white
	 */
	public static PlacedNoise of(final int x, final int y, final int width, final int height, final int channels,
		final NoiseFilter filter, final long seed)
	{
		return new PlacedNoise(new long[] { seed }, x, y, width, height, channels, filter);
	}

	/** White noise of square tiles [N,r,r,C], of which each has a seed: it is the same whatever other tiles there are. */
	public static PlacedNoise ofTiles(final int side, final int channels, final long[] seeds) {
		return new PlacedNoise(seeds, 0, 0, side, side, channels, null);
	}

	/** The draw of a chain's step, from 0. */
	public static int ofStep(final int step) {
		return 1 + 2 * step;
	}

	/** The draw of what is put right after a chain's step, from 0. */
	public static int afterStep(final int step) {
		return 2 + 2 * step;
	}

	/** Adds s·z, z ~ N(0,I), to a state. */
	public void add(final float[] state, final double s, final int draw) {
		if (filter != null) {
			addFiltered(state, s, draw);
			return;
		}
		final int length = rowLength(state.length), rows = rows();
		if (state.length != seeds.length * rows * length) throw new IllegalArgumentException("There is noise for " + seeds.length * rows *
			length + " values, not for " + state.length + ".");
		for (int i = 0; i < seeds.length * rows; i++)
			philox.add(state, i * length, length, s, firstInRow(), firstRow() + i % rows, draw, seeds[i / rows]);
	}

	private void addFiltered(final float[] state, final double s, final int draw) {
		final PlacedNoise wide = white();
		final float[] white = new float[wide.width * wide.height * channels];
		wide.add(white, 1, draw);
		final double[] plane = new double[wide.width * wide.height];
		for (int c = 0; c < channels; c++) {
			for (int i = 0; i < plane.length; i++)
				plane[i] = white[i * channels + c];
			final double[] one = filter.apply(plane, width, height);
			for (int i = 0; i < one.length; i++)
				state[i * channels + c] += (float) (s * one[i]);
		}
	}

	/** What the filter is applied to, wider by its margins; this where there is no filter. */
	public PlacedNoise white() {
		if (filter == null) return this;
		final int mx = filter.marginX(), my = filter.marginY();
		return new PlacedNoise(seeds, x - mx, y - my, width + 2 * mx, height + 2 * my, channels, null);
	}

	/** Null: the noise is white. */
	public NoiseFilter filter() {
		return filter;
	}

	/** One for each image. */
	public long[] seeds() {
		return seeds.clone();
	}

	/** Rows of an image. */
	public int rows() {
		return height;
	}

	/** Values of a row, of states of so many values. */
	public int rowLength(final int stateLength) {
		return width == 0 ? stateLength : width * channels;
	}

	/** The place of a row's first value. */
	public int firstInRow() {
		return x * channels;
	}

	/** The number of an image's first row. */
	public int firstRow() {
		return y;
	}
}
