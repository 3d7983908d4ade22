package sc.fiji.cfebm.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * Convolutions and their gradients as products of matrices, for processors that ND4J has no oneDNN for; three to seven times faster
 * there than its generic operations.
 * <p>
 * In a zero-padded image [H,W,I] the k pixels under one row of the kernel are k·I neighbouring numbers. So the windows at
 * every P-th place (P = ⌈k/stride⌉, or they would overlap) are the rows of a matrix that lies in memory already, and one
 * row of the kernel is applied to them by one product with [k·I,O]; another place to begin gives the next windows, one
 * line further down is the next row of the kernel. Lines run through from image to image, so a product spans a whole
 * block of images; what it computes where a window hangs over a line's end is not copied out. With a stride, the lines are
 * sorted by the remainder of their number first. A kernel of one pixel, or of the image's size, needs no copies at all.
 * <p>
 * Threads share the images of a batch, always in the same way: the same number of threads gives the same bits. OpenBLAS
 * must not start threads of its own; {@link NativeRuntime} sees to that.
 */
public final class ShiftedGemm extends Op {

	/** Values of a block of images with its results, and of what one round of products works on: a third of a megabyte. */
	private static final int BLOCK_VALUES = 1 << 17, ROUND_VALUES = 3 << 15;
	/** Multiplications that are worth waking a thread for. */
	private static final double WORTH_A_THREAD = 1e6;

	private static final int ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112;

	/** Threads that help the caller; they end when there is nothing to do for a minute. */
	private static final class Helpers {

		static final ForkJoinPool POOL = new ForkJoinPool(Math.max(1, NativeRuntime.threads() - 1));
	}

	private enum Direction { FORWARD, INPUT_GRADIENT, ALL_GRADIENTS }

	/** One thread's way of looking at a tensor, as pointers have a state. */
	private static final class View {

		final FloatPointer floats;
		final DoublePointer doubles;
		final ByteBuffer bytes;
		final int numberSize;

		View(final Tensor tensor) {
			final Pointer pointer = tensor.pointer();
			floats = pointer instanceof FloatPointer ? new FloatPointer(pointer) : null;
			doubles = floats == null ? new DoublePointer(pointer) : null;
			numberSize = floats == null ? Double.BYTES : Float.BYTES;
			bytes = pointer.asByteBuffer();
		}

		void copy(final View from, final long source, final long target, final int count) {
			bytes.put(Math.toIntExact(target * numberSize), from.bytes, Math.toIntExact(source * numberSize), count *
				numberSize);
		}

		void clear(final long count) {
			Pointer.memset(floats != null ? floats.position(0) : doubles.position(0), 0, count * numberSize);
		}
	}

	private final Direction direction;
	/** The input, its gradient, the weights and their gradients, bias, output or its gradient; null where not needed. */
	private final Tensor x, dx, w, dw, b, db, y;
	private final Precision precision;
	private final int count, height, width, inputs, outHeight, outWidth, outputs, kernel, stride, paddingY, paddingX;
	/** Without copies: the kernel is one pixel, or the image has become one. */
	private final boolean direct;
	/** Lines per image and windows per line, with those that hang over. */
	private final int lines, windows;
	private final int phases, block, round;
	private final List<Part> parts = new ArrayList<>();

	/** @param b may be null; @param threads how many may share the work, here and below */
	static Op convolution(final Tensor x, final Tensor w, final Tensor b, final Tensor y, final int stride,
		final int padding, final int threads)
	{
		return convolution(x, w, b, y, stride, padding, padding, threads);
	}

	/** With another padding above and below, here and below. */
	static Op convolution(final Tensor x, final Tensor w, final Tensor b, final Tensor y, final int stride,
		final int paddingY, final int paddingX, final int threads)
	{
		return new ShiftedGemm(Direction.FORWARD, x, null, w, null, b, null, y, stride, paddingY, paddingX, threads);
	}

	static Op transposed(final Tensor dy, final Tensor w, final Tensor dx, final int stride, final int padding,
		final int threads)
	{
		return transposed(dy, w, dx, stride, padding, padding, threads);
	}

	static Op transposed(final Tensor dy, final Tensor w, final Tensor dx, final int stride, final int paddingY,
		final int paddingX, final int threads)
	{
		return new ShiftedGemm(Direction.INPUT_GRADIENT, null, dx, w, null, null, null, dy, stride, paddingY, paddingX, threads);
	}

	/** @param dx may be null: not wanted; @param db may be, too */
	static Op gradients(final Tensor x, final Tensor w, final Tensor dy, final Tensor dx, final Tensor dw,
		final Tensor db, final int stride, final int padding, final int threads)
	{
		return gradients(x, w, dy, dx, dw, db, stride, padding, padding, threads);
	}

	static Op gradients(final Tensor x, final Tensor w, final Tensor dy, final Tensor dx, final Tensor dw,
		final Tensor db, final int stride, final int paddingY, final int paddingX, final int threads)
	{
		return new ShiftedGemm(Direction.ALL_GRADIENTS, x, dx, w, dw, null, db, dy, stride, paddingY, paddingX, threads);
	}

	private ShiftedGemm(final Direction direction, final Tensor x, final Tensor dx, final Tensor w, final Tensor dw,
		final Tensor b, final Tensor db, final Tensor y, final int stride, final int paddingY, final int paddingX,
		final int threads)
	{
		this.direction = direction;
		this.x = x;
		this.dx = dx;
		this.w = w;
		this.dw = dw;
		this.b = b;
		this.db = db;
		this.y = y;
		final Tensor in = x != null ? x : dx;
		precision = w.precision();
		count = in.dimension(0);
		outputs = w.dimension(0);
		final int k = w.dimension(1);
		final boolean whole = paddingY == 0 && paddingX == 0 && in.dimension(1) == k && in.dimension(2) == k;
		kernel = whole ? 1 : k;
		inputs = whole ? k * k * in.dimension(3) : in.dimension(3);
		height = whole ? 1 : in.dimension(1);
		width = whole ? 1 : in.dimension(2);
		outHeight = y.dimension(1);
		outWidth = y.dimension(2);
		this.stride = whole ? 1 : stride;
		this.paddingY = paddingY;
		this.paddingX = paddingX;
		direct = kernel == 1 && this.stride == 1 && paddingY == 0 && paddingX == 0;
		phases = (kernel + this.stride - 1) / this.stride;
		lines = Math.max(outHeight - 1 + phases, (height + paddingY + this.stride - 1) / this.stride);
		windows = Math.max(outWidth - 1 + phases, (width + paddingX + this.stride - 1) / this.stride);
		final long perImage = (long) lines * windows * (this.stride * this.stride * inputs + outputs);
		block = (int) Math.max(1, Math.min(count, BLOCK_VALUES / perImage));
		round = Math.max(48 * phases, ROUND_VALUES / (this.stride * inputs + outputs) / phases * phases);
		final double work = (double) count * outHeight * outWidth * outputs * kernel * kernel * inputs;
		final int n = (int) Math.max(1, Math.min(Math.min(threads, count), work / WORTH_A_THREAD));
		for (int i = 0; i < n; i++)
			parts.add(new Part(i, count * i / n, count * (i + 1) / n));
	}

	@Override
	public void run() {
		// Memory first: what is claimed here could not be given back by another thread.
		for (final Part part : parts)
			part.claim();
		final List<ForkJoinTask<?>> others = new ArrayList<>(parts.size() - 1);
		try {
			for (int i = 1; i < parts.size(); i++)
				others.add(Helpers.POOL.submit(parts.get(i)));
			parts.get(0).run();
		}
		finally {
			others.forEach(ForkJoinTask::quietlyJoin);
		}
		others.forEach(ForkJoinTask::join);
		for (int i = 1; i < parts.size() && dw != null; i++)
			parts.get(0).add(parts.get(i));
	}

	@Override
	void free() {
		parts.forEach(Part::free);
	}

	/** What one thread does: the images from {@code from} to {@code to}, block by block. */
	private final class Part implements Runnable {

		private final int index, from, to;
		private final List<Tensor> own = new ArrayList<>();
		private boolean claimed;
		private View xView, dxView, wView, dwView, bView, dbView, yView;
		/** Of the padded copies of a block, or of the tensors themselves; the bias over and over, ones. */
		private View in, inGradient, out, biases, ones;

		Part(final int index, final int from, final int to) {
			this.index = index;
			this.from = from;
			this.to = to;
		}

		/** Once; an error leaves what {@link #free} gives back. */
		void claim() {
			if (claimed) return;
			free();
			xView = view(x);
			dxView = view(dx);
			wView = view(w);
			bView = view(b);
			yView = view(y);
			final int inSize = Math.toIntExact((long) block * lines * windows * stride * stride * inputs);
			in = x == null ? null : direct ? xView : own(inSize);
			inGradient = dx == null ? null : direct ? dxView : own(inSize);
			out = direct ? yView : own(block * lines * windows * outputs);
			if (b != null) biases = own(round * outputs);
			if (dw != null) {
				// The others' are added to the first one's.
				dwView = index == 0 ? view(dw) : own(dw.size());
				dbView = db == null ? null : index == 0 ? view(db) : own(db.size());
				final Tensor t = new Tensor(precision, round);
				own.add(t);
				t.fill(1);
				ones = view(t);
			}
			claimed = true;
		}

		private View own(final int size) {
			final Tensor t = new Tensor(precision, size);
			own.add(t);
			return view(t);
		}

		private View view(final Tensor t) {
			return t == null ? null : new View(t);
		}

		void free() {
			own.forEach(Tensor::close);
			own.clear();
			claimed = false;
		}

		@Override
		public void run() {
			if (b != null) repeatBias();
			for (int first = from; first < to; first += block)
				block(first, Math.min(block, to - first));
		}

		private void repeatBias() {
			final int size = round * outputs;
			biases.copy(bView, 0, 0, outputs);
			for (int have = outputs; have < size; have *= 2)
				biases.copy(biases, 0, have, Math.min(have, size - have));
		}

		private void block(final int first, final int n) {
			if (!direct) {
				if (x != null) lines(xView, in, first, n, true);
				if (direction != Direction.FORWARD) results(first, n, true);
				if (dx != null) inGradient.clear((long) block * lines * windows * stride * stride * inputs);
			}
			// The last window that does not hang over.
			final int end = ((n - 1) * lines + outHeight - 1) * windows + outWidth;
			for (int row = 0; row < end; row += round)
				round(first, row, Math.min(end, row + round), first == from && row == 0);
			if (direct) return;
			if (direction == Direction.FORWARD) results(first, n, false);
			if (dx != null) lines(dxView, inGradient, first, n, false);
		}

		/** The windows from {@code row} to {@code end} of a block that begins with an image. */
		private void round(final int first, final int row, final int end, final boolean fresh) {
			final long inOffset = direct ? (long) first * height * width * inputs : 0, outOffset = direct ? (long) first *
				outHeight * outWidth * outputs : 0;
			if (b != null) out.copy(biases, 0, outOffset + (long) row * outputs, (end - row) * outputs);
			final int wide = kernel * inputs, all = kernel * wide, apart = phases * stride * inputs, outApart = phases * outputs;
			for (int ky = 0; ky < kernel; ky++) {
				final long line = inOffset + ((long) (ky % stride) * block * lines + ky / stride) * windows * stride * inputs;
				for (int start = row; start < Math.min(end, row + phases); start++) {
					final int rows = (end - start + phases - 1) / phases;
					final long inAt = line + (long) start * stride * inputs, outAt = outOffset + (long) start * outputs;
					final long wAt = (long) ky * wide;
					if (direction == Direction.FORWARD) gemm(false, true, rows, outputs, wide, in, inAt, apart, wView, wAt, all,
						b != null || ky > 0, out, outAt, outApart);
					else if (dx != null) gemm(false, false, rows, wide, outputs, out, outAt, outApart, wView, wAt, all, !direct,
						inGradient, inAt, apart);
					if (dw != null) gemm(true, false, outputs, wide, rows, out, outAt, outApart, in, inAt, apart, !fresh ||
						start > row, dwView, wAt, all);
				}
			}
			if (db != null) sum(end - row, outOffset + (long) row * outputs, fresh);
		}

		/** Copies lines of images into a padded block, or back. */
		private void lines(final View images, final View padded, final int first, final int n, final boolean into) {
			final int size = width * inputs;
			for (int i = 0; i < n; i++)
				for (int h = 0; h < height; h++) {
					final int line = (h + paddingY) % stride * block * lines + i * lines + (h + paddingY) / stride;
					final long at = ((long) line * windows * stride + paddingX) * inputs, image = ((long) (first + i) * height +
						h) * size;
					if (into) padded.copy(images, image, at, size);
					else images.copy(padded, at, image, size);
				}
		}

		/** Copies lines of results into a padded block, or back. */
		private void results(final int first, final int n, final boolean into) {
			final int size = outWidth * outputs;
			for (int i = 0; i < n; i++)
				for (int h = 0; h < outHeight; h++) {
					final long at = ((long) i * lines + h) * windows * outputs, image = ((long) (first + i) * outHeight + h) *
						size;
					if (into) out.copy(yView, image, at, size);
					else yView.copy(out, at, image, size);
				}
		}

		/** C = A·B, or C += A·B. */
		private void gemm(final boolean transposeA, final boolean transposeB, final int m, final int n, final int k,
			final View a, final long aAt, final int aApart, final View b, final long bAt, final int bApart, final boolean add,
			final View c, final long cAt, final int cApart)
		{
			final int ta = transposeA ? TRANSPOSED : AS_IT_IS, tb = transposeB ? TRANSPOSED : AS_IT_IS;
			if (precision == Precision.FLOAT) openblas_nolapack.cblas_sgemm(ROW_MAJOR, ta, tb, m, n, k, 1, a.floats.position(
				aAt), aApart, b.floats.position(bAt), bApart, add ? 1 : 0, c.floats.position(cAt), cApart);
			else openblas_nolapack.cblas_dgemm(ROW_MAJOR, ta, tb, m, n, k, 1, a.doubles.position(aAt), aApart, b.doubles
				.position(bAt), bApart, add ? 1 : 0, c.doubles.position(cAt), cApart);
		}

		/** The bias gradient; what hangs over is zero. */
		private void sum(final int rows, final long at, final boolean fresh) {
			final int add = fresh ? 0 : 1;
			if (precision == Precision.FLOAT) openblas_nolapack.cblas_sgemv(ROW_MAJOR, TRANSPOSED, rows, outputs, 1, out.floats
				.position(at), outputs, ones.floats, 1, add, dbView.floats, 1);
			else openblas_nolapack.cblas_dgemv(ROW_MAJOR, TRANSPOSED, rows, outputs, 1, out.doubles.position(at), outputs,
				ones.doubles, 1, add, dbView.doubles, 1);
		}

		void add(final Part other) {
			if (precision == Precision.FLOAT) {
				openblas_nolapack.cblas_saxpy(dw.size(), 1, other.dwView.floats.position(0), 1, dwView.floats.position(0), 1);
				if (db != null) openblas_nolapack.cblas_saxpy(db.size(), 1, other.dbView.floats, 1, dbView.floats, 1);
			}
			else {
				openblas_nolapack.cblas_daxpy(dw.size(), 1, other.dwView.doubles.position(0), 1, dwView.doubles.position(0), 1);
				if (db != null) openblas_nolapack.cblas_daxpy(db.size(), 1, other.dbView.doubles, 1, dbView.doubles, 1);
			}
		}
	}
}
