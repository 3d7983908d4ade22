package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.List;

import sc.fiji.cfebm.opencl.Buffer;
import sc.fiji.cfebm.opencl.Launch;
import sc.fiji.cfebm.opencl.Session;

/** Buffers and kernels that somebody has on a device, and gives back all at once. */
abstract class DeviceKernels implements AutoCloseable {

	static final String IMAGE = "image";
	/** Items of a group, values of a block's sum and the items that it has, as the kernels say. */
	static final int GROUP = 64;
	private static final int BLOCK = 4096, BLOCK_ITEMS = 128;

	final Session session;
	private final List<Buffer> buffers = new ArrayList<>();
	private final List<Launch> launches = new ArrayList<>();

	DeviceKernels(final Session session) {
		this.session = session;
	}

	static int divided(final int a, final int b) {
		return (a + b - 1) / b;
	}

	/** How many sums an image of so many values is parted in. */
	static int blocks(final int size) {
		return divided(size, BLOCK);
	}

	final Buffer buffer(final int size) {
		final Buffer b = session.buffer(size);
		buffers.add(b);
		return b;
	}

	final Launch kept(final Launch launch) {
		launches.add(launch);
		return launch;
	}

	/** A kernel with an item for each value. */
	final Launch image(final String name, final int items, final Object... arguments) {
		return image("", name, items, arguments);
	}

	/** @param options that it is compiled with */
	final Launch image(final String options, final String name, final int items, final Object[] arguments) {
		return kept(session.launch(IMAGE, options, name, new long[] { (long) GROUP * divided(items, GROUP) }, new long[] { GROUP }, arguments));
	}

	/** The sums of the blocks of each of some images. @param size of an image */
	final Launch blockSums(final Buffer from, final Buffer to, final int count, final int size) {
		return kept(session.launch(IMAGE, "", "blockSums", new long[] { (long) BLOCK_ITEMS * count * blocks(size) }, new long[] {
			BLOCK_ITEMS }, from, to, size, blocks(size)));
	}

	@Override
	public void close() {
		launches.forEach(Launch::close);
		buffers.forEach(Buffer::close);
		launches.clear();
		buffers.clear();
	}
}
