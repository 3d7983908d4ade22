package sc.fiji.cfebm.tensor;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
		NativeRuntime.opened();
		fill(0);
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
		toHost();
		if (floats != null) floats.put(from, offset, count);
		else for (int i = 0; i < count; i++)
			doubles.put(i, from[offset + i]);
		changedOnHost();
	}

	/** Sets all entries from {@code offset} on to zero. */
	public void clear(final int offset) {
		toHost();
		for (int i = offset; i < size; i++)
			if (floats != null) floats.put(i, 0);
			else doubles.put(i, 0);
		changedOnHost();
	}

	/** Copies values, rounded to this tensor's precision, into its first entries. */
	public void put(final double[] from) {
		toHost();
		if (doubles != null) doubles.put(from, 0, from.length);
		else {
			final float[] rounded = new float[from.length];
			for (int i = 0; i < rounded.length; i++)
				rounded[i] = (float) from[i];
			floats.put(rounded, 0, rounded.length);
		}
		changedOnHost();
	}

	/** Copies the first entries out. */
	public void get(final float[] to) {
		toHost();
		if (floats != null) floats.get(to, 0, to.length);
		else for (int i = 0; i < to.length; i++)
			to[i] = (float) doubles.get(i);
	}

	/** Copies the first entries out. */
	public void get(final double[] to) {
		toHost();
		if (doubles != null) doubles.get(to, 0, to.length);
		else for (int i = 0; i < to.length; i++)
			to[i] = floats.get(i);
	}

	/** Copies {@code count} entries from {@code offset} on out. */
	public void get(final int offset, final float[] to, final int count) {
		toHost();
		if (floats != null) floats.position(offset).get(to, 0, count).position(0);
		else for (int i = 0; i < count; i++)
			to[i] = (float) doubles.get(offset + i);
	}

	/** Adds all entries to a sum of as many. */
	public void addTo(final double[] sum) {
		addTo(sum, 0, 1);
	}

	/** Adds {@code scale} times all entries to a sum, from {@code offset} on. */
	public void addTo(final double[] sum, final int offset, final double scale) {
		toHost();
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

	/** On a GPU what operations wrote lies on the card; the pointers are to the copy in the computer's memory. Nothing on a CPU. */
	void toHost() {
		Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
	}

	/** On a GPU operations would not know otherwise. */
	void changedOnHost() {
		Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
	}

	/** The computer's memory of a tensor of floats. */
	FloatBuffer floatBuffer() {
		return (FloatBuffer) new FloatPointer(floats).asBuffer();
	}

	/** The computer's memory of a tensor of doubles. */
	DoubleBuffer doubleBuffer() {
		return (DoubleBuffer) new DoublePointer(doubles).asBuffer();
	}

	@Override
	public void close() {
		if (!array.closeable()) return;
		array.close();
		NativeRuntime.closed();
	}
}
