package sc.fiji.cfebm.task.linear;

/** Means of squares of 2×2 pixels: what a camera with pixels twice as wide and high sees, so that restoring doubles an image. */
public final class Pooling implements LinearOperator {

	/** H·Hᵀ: each observed pixel by itself. */
	private static final double SQUARE = 0.25;

	private final int observedWidth, observedHeight;
	private final float[] seen;

	public Pooling(final int observedWidth, final int observedHeight) {
		this.observedWidth = observedWidth;
		this.observedHeight = observedHeight;
		seen = new float[observedWidth * observedHeight];
	}

	@Override
	public int width() {
		return 2 * observedWidth;
	}

	@Override
	public int height() {
		return 2 * observedHeight;
	}

	@Override
	public int observedWidth() {
		return observedWidth;
	}

	@Override
	public int observedHeight() {
		return observedHeight;
	}

	@Override
	public void apply(final float[] image, final float[] observed) {
		for (int i = 0; i < observed.length; i++) {
			final int at = i / observedWidth * 2 * width() + i % observedWidth * 2;
			observed[i] = 0.25f * (image[at] + image[at + 1] + image[at + width()] + image[at + width() + 1]);
		}
	}

	@Override
	public void adjoint(final float[] observed, final float[] image) {
		for (int i = 0; i < image.length; i++)
			image[i] = 0.25f * observed[i / width() / 2 * observedWidth + i % width() / 2];
	}

	/** Exact, since HᵀH is a projection times {@link #SQUARE}. */
	@Override
	public void precondition(final double weight, final double prior, final float[] right, final float[] solution) {
		apply(right, seen);
		adjoint(seen, solution);
		final double share = weight / (prior + weight * SQUARE);
		for (int i = 0; i < right.length; i++)
			solution[i] = (float) ((right[i] - share * solution[i]) / prior);
	}
}
