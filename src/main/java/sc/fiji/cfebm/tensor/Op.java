package sc.fiji.cfebm.tensor;

import sc.fiji.cfebm.platform.Convolution;
import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * One operation, bound for good to the tensors it reads and writes. Building it costs tens of microseconds, running it
 * one or two and no native memory, but for the first time; so networks build their operations once per batch shape. Not
 * thread-safe.
 */
public abstract class Op implements AutoCloseable {

	private boolean closed;

	Op() {
		NativeRuntime.opened();
	}

	/** @throws OutOfMemoryError if there is not enough native memory for what it needs meanwhile */
	public abstract void run();

	/** Gives back the native memory it has itself; called once. */
	abstract void free();

	/** Gives back what it needed beside its tensors, which stay. */
	@Override
	public final void close() {
		if (closed) return;
		closed = true;
		free();
		NativeRuntime.closed();
	}

	/** y = x * w + b: convolution of x [N,H,W,I] with w [O,k,k,I], zero padding; y [N,H',W',O]. */
	public static Op conv2d(final Tensor x, final Tensor w, final Tensor b, final Tensor y, final int stride,
		final int padding)
	{
		if (shifted()) return ShiftedGemm.convolution(x, w, b, y, stride, padding, threads());
		return new NativeOp("conv2d", new Tensor[] { x, w, b }, new Tensor[] { y }, convolution(w, stride, padding));
	}

	/** Like {@link #conv2d(Tensor, Tensor, Tensor, Tensor, int, int)}, without a bias. */
	public static Op conv2d(final Tensor x, final Tensor w, final Tensor y, final int stride, final int padding) {
		if (shifted()) return ShiftedGemm.convolution(x, w, null, y, stride, padding, threads());
		return new NativeOp("conv2d", new Tensor[] { x, w }, new Tensor[] { y }, convolution(w, stride, padding));
	}

	/** Like {@link #conv2d(Tensor, Tensor, Tensor, Tensor, int, int)} with stride 1, with another padding above and below. */
	public static Op conv2dRows(final Tensor x, final Tensor w, final Tensor b, final Tensor y, final int paddingY,
		final int paddingX)
	{
		if (shifted()) return ShiftedGemm.convolution(x, w, b, y, 1, paddingY, paddingX, threads());
		return new NativeOp("conv2d", new Tensor[] { x, w, b }, new Tensor[] { y }, convolution(w, 1, paddingY, paddingX));
	}

	/** Like {@link #conv2dTransposed} with stride 1, with another padding above and below. */
	public static Op conv2dTransposedRows(final Tensor dy, final Tensor w, final Tensor dx, final int paddingY,
		final int paddingX)
	{
		if (shifted()) return ShiftedGemm.transposed(dy, w, dx, 1, paddingY, paddingX, threads());
		return new NativeOp("deconv2d", new Tensor[] { dy, w }, new Tensor[] { dx }, convolution(w, 1, paddingY, paddingX));
	}

	/**
	 * All gradients of {@code conv2d(x, w, b)} given that of its output: dx, dw and db are overwritten. Where convolutions
	 * are shifted products, dx may be null: not wanted.
	 */
	public static Op conv2dGradients(final Tensor x, final Tensor w, final Tensor b, final Tensor dy, final Tensor dx,
		final Tensor dw, final Tensor db, final int stride, final int padding)
	{
		if (shifted()) return ShiftedGemm.gradients(x, w, dy, dx, dw, db, stride, padding, threads());
		return new NativeOp("conv2d_bp", new Tensor[] { x, w, b, dy }, new Tensor[] { dx, dw, db }, convolution(w, stride,
			padding));
	}

	/** Like {@link #conv2dGradients} with stride 1, with another padding above and below. */
	public static Op conv2dGradientsRows(final Tensor x, final Tensor w, final Tensor b, final Tensor dy, final Tensor dx,
		final Tensor dw, final Tensor db, final int paddingY, final int paddingX)
	{
		if (shifted()) return ShiftedGemm.gradients(x, w, dy, dx, dw, db, 1, paddingY, paddingX, threads());
		return new NativeOp("conv2d_bp", new Tensor[] { x, w, b, dy }, new Tensor[] { dx, dw, db }, convolution(w, 1, paddingY, paddingX));
	}

	/** The input gradient of a convolution with w [O,k,k,I]: from dy [N,H',W',O] to dx [N,H,W,I]. */
	public static Op conv2dTransposed(final Tensor dy, final Tensor w, final Tensor dx, final int stride,
		final int padding)
	{
		if (shifted()) return ShiftedGemm.transposed(dy, w, dx, stride, padding, threads());
		return new NativeOp("deconv2d", new Tensor[] { dy, w }, new Tensor[] { dx }, convolution(w, stride, padding));
	}

	/**
	 * All gradients of {@code conv2dTransposed(x, w)} with a bias for each channel of its output, given that of its output:
	 * x [N,H,W,O], w [O,k,k,I], dy [N,H',W',I]; dx, dw and db [I] are overwritten.
	 */
	public static Op transposedGradients(final Tensor x, final Tensor w, final Tensor dy, final Tensor dx, final Tensor dw,
		final Tensor db, final int stride, final int padding)
	{
		if (shifted()) return new Series(ShiftedGemm.convolution(dy, w, null, dx, stride, padding, threads()),
			ShiftedGemm.gradients(dy, w, x, null, dw, null, stride, padding, threads()), new ChannelSum(dy, db));
		// It asks for a bias, of which it takes the shape.
		return new NativeOp("deconv2d_bp", new Tensor[] { x, w, db, dy }, new Tensor[] { dx, dw, db }, convolution(w, stride,
			padding));
	}

	/**
	 * y = swish(2·(x + b)), and its derivative with respect to x; b [C] is added to every pixel, and may be null. y may be x.
	 * Computed by the calling thread alone.
	 */
	public static Op swish(final Tensor x, final Tensor b, final Tensor y, final Tensor derivative) {
		return new Swish(x, b, y, derivative);
	}

	/** y = mean of x over 2×2 pixels. */
	public static Op averagePool(final Tensor x, final Tensor y) {
		return new NativeOp("avgpool2d", new Tensor[] { x }, new Tensor[] { y }, POOL);
	}

	/** The gradient of {@link #averagePool}: dx is overwritten. */
	public static Op averagePoolGradient(final Tensor x, final Tensor dy, final Tensor dx) {
		return new NativeOp("avgpool2d_bp", new Tensor[] { x, dy }, new Tensor[] { dx }, POOL);
	}

	public static Op tanh(final Tensor x, final Tensor y) {
		return new NativeOp("tanh", new Tensor[] { x }, new Tensor[] { y });
	}

	/** y = x. */
	public static Op copy(final Tensor x, final Tensor y) {
		return new NativeOp("identity", new Tensor[] { x }, new Tensor[] { y });
	}

	/** y = a + b; y may be a or b, here and below. */
	public static Op add(final Tensor a, final Tensor b, final Tensor y) {
		return new NativeOp("add", new Tensor[] { a, b }, new Tensor[] { y });
	}

	/** y = a - b. */
	public static Op subtract(final Tensor a, final Tensor b, final Tensor y) {
		return new NativeOp("subtract", new Tensor[] { a, b }, new Tensor[] { y });
	}

	/** y = a · b, entry by entry; a scalar tensor [1] as b scales all of a. */
	public static Op multiply(final Tensor a, final Tensor b, final Tensor y) {
		return new NativeOp("multiply", new Tensor[] { a, b }, new Tensor[] { y });
	}

	private static int threads() {
		return OneThread.isHere() ? 1 : NativeRuntime.threads();
	}

	private static boolean shifted() {
		return NativeRuntime.convolution() == Convolution.SHIFTED_GEMM;
	}

	// Kernel, stride, padding; divide by the kernel's area; NHWC.
	private static final long[] POOL = { 2, 2, 2, 2, 0, 0, 1, 1, 0, 1, 1 };

	/** kH kW sH sW pH pW dH dW, padding as given, NHWC, weights [O,kH,kW,I]. */
	private static long[] convolution(final Tensor w, final int stride, final int padding) {
		return convolution(w, stride, padding, padding);
	}

	private static long[] convolution(final Tensor w, final int stride, final int paddingY, final int paddingX) {
		return new long[] { w.dimension(1), w.dimension(2), stride, stride, paddingY, paddingX, 1, 1, 0, 1, 2 };
	}
}
