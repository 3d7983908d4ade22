package sc.fiji.cfebm.tensor;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * A dense array in native memory, allocated once and reused; images are [N,H,W,C], convolution weights [O,kH,kW,I].
 * Not thread-safe. Close it to give the memory back; using it afterwards is an error.
 */
public final class Tensor implements AutoCloseable {

	final INDArray array;
	private final int[] shape;
	private final int size;
	private final FloatPointer floats;
	private final DoublePointer doubles;
	private final boolean view;
	private float[] copy;

	/**
	 * A tensor of zeros.
	 *
	 * @throws OutOfMemoryError if there is not enough native memory
	 */
	public Tensor(final Precision precision, final int... shape) {
		NativeRuntime.start();
		this.shape = shape.clone();
		try {
			array = Nd4j.createUninitializedDetached(precision.type, Arrays.stream(shape).asLongStream().toArray());
		}
		catch (final RuntimeException e) {
			throw NativeRuntime.outOfMemory(e);
		}
		size = Math.toIntExact(array.length());
		floats = precision == Precision.FLOAT ? (FloatPointer) array.data().pointer() : null;
		doubles = precision == Precision.DOUBLE ? (DoublePointer) array.data().pointer() : null;
		view = false;
		NativeRuntime.opened();
		fill(0);
	}

	/** @param rows of the first image, without their pixels: a view, which does not own memory */
	private Tensor(final Tensor whole, final int from, final int rows) {
		final int width = whole.shape[2], channels = whole.shape[3], row = width * channels;
		shape = new int[] { 1, rows, width, channels };
		size = rows * row;
		array = Nd4j.create(whole.array.data(), new long[] { 1, rows, width, channels }, new long[] { size, row, channels, 1 },
			(long) from * row, 'c');
		floats = whole.floats == null ? null : new FloatPointer(whole.floats).position((long) from * row);
		doubles = whole.doubles == null ? null : new DoublePointer(whole.doubles).position((long) from * row);
		view = true;
	}

	/**
	 * Some rows of one image [1,H,W,C], sharing its memory; valid as long as this is, and not to be closed. Such
	 * views can be read and written by operations only.
	 */
	public Tensor rows(final int from, final int to) {
		if (shape[0] != 1 || view) throw new IllegalArgumentException("Rows are those of one image.");
		return new Tensor(this, from, to - from);
	}

	public int size() {
		return size;
	}

	Precision precision() {
		return floats != null ? Precision.FLOAT : Precision.DOUBLE;
	}

	/** Length of one dimension. */
	public int dimension(final int d) {
		return shape[d];
	}

	public void fill(final double value) {
		array.assign(value);
	}

	/** Copies {@code count} values from {@code offset} on into the first entries of this tensor. */
	public void put(final float[] from, final int offset, final int count) {
		if (floats != null) floats.put(from, offset, count);
		else for (int i = 0; i < count; i++)
			doubles.put(i, from[offset + i]);
	}

	/** Sets all entries from {@code offset} on to zero. */
	public void clear(final int offset) {
		for (int i = offset; i < size; i++)
			if (floats != null) floats.put(i, 0);
			else doubles.put(i, 0);
	}

	/** Copies values, rounded to this tensor's precision, into its first entries. */
	public void put(final double[] from) {
		if (doubles != null) doubles.put(from, 0, from.length);
		else {
			final float[] rounded = new float[from.length];
			for (int i = 0; i < rounded.length; i++)
				rounded[i] = (float) from[i];
			floats.put(rounded, 0, rounded.length);
		}
	}

	/** Copies the first entries out. */
	public void get(final float[] to) {
		if (floats != null) floats.get(to, 0, to.length);
		else for (int i = 0; i < to.length; i++)
			to[i] = (float) doubles.get(i);
	}

	/** Copies the first entries out. */
	public void get(final double[] to) {
		if (doubles != null) doubles.get(to, 0, to.length);
		else for (int i = 0; i < to.length; i++)
			to[i] = floats.get(i);
	}

	/** Copies {@code count} entries from {@code offset} on out. */
	public void get(final int offset, final float[] to, final int count) {
		if (floats != null) {
			// A view does not begin at zero.
			final long begin = floats.position();
			floats.position(begin + offset).get(to, 0, count).position(begin);
		}
		else for (int i = 0; i < count; i++)
			to[i] = (float) doubles.get(offset + i);
	}

	/** Adds all entries to a sum of as many. */
	public void addTo(final double[] sum) {
		addTo(sum, 0, 1);
	}

	/** Adds {@code scale} times all entries to a sum, from {@code offset} on. */
	public void addTo(final double[] sum, final int offset, final double scale) {
		if (floats == null) {
			for (int i = 0; i < size; i++)
				sum[offset + i] += scale * doubles.get(i);
			return;
		}
		// Entry by entry is ten times slower than a copy of all.
		if (copy == null) copy = new float[size];
		floats.get(copy, 0, size);
		for (int i = 0; i < size; i++)
			sum[offset + i] += scale * copy[i];
	}

	/** Where it begins in the computer's memory. */
	Pointer pointer() {
		return floats != null ? new FloatPointer(floats).position(0).getPointer(floats.position()) : new DoublePointer(doubles)
			.position(0).getPointer(doubles.position());
	}

	/** The computer's memory of a tensor of floats. */
	FloatBuffer floatBuffer() {
		final FloatBuffer all = (FloatBuffer) new FloatPointer(floats).position(0).asBuffer();
		return all.slice(Math.toIntExact(floats.position()), size);
	}

	/** The computer's memory of a tensor of doubles. */
	DoubleBuffer doubleBuffer() {
		final DoubleBuffer all = (DoubleBuffer) new DoublePointer(doubles).position(0).asBuffer();
		return all.slice(Math.toIntExact(doubles.position()), size);
	}

	@Override
	public void close() {
		if (view || !array.closeable()) return;
		array.close();
		NativeRuntime.closed();
	}
}
