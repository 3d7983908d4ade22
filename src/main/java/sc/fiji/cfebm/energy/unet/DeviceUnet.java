package sc.fiji.cfebm.energy.unet;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.opencl.Session;

/** A network's passes on a device, and how many images go there at once. For one thread. */
final class DeviceUnet implements AutoCloseable {

	/** Shapes that are kept ready: whole batches and last ones, for training and without. */
	private static final int PASSES = 4;
	/** More would not make a card any busier. */
	private static final int MOST_PIXELS = 1 << 20;

	private record Shape(int count, int height, int width, boolean training) {}

	private final Session session;
	private final DeviceWeights weights;
	private final boolean compact;
	private final Map<Shape, DevicePass> passes = new LinkedHashMap<>(PASSES, 1, true);
	private int mostPixels = MOST_PIXELS, most = PASSES;

	/** @param weights not closed by this; compact whether features have 16 bits where they go into no gradient of parameters */
	DeviceUnet(final Session session, final UnetWeights weights, final boolean compact) {
		this.session = session;
		this.compact = compact;
		this.weights = new DeviceWeights(weights, session);
	}

	Session session() {
		return session;
	}

	/** Takes over what the weights have become. */
	void update() {
		weights.update();
	}

	/** How many images of a batch go at once. */
	int chunk(final NoisyImages x) {
		return Math.max(1, Math.min(x.count(), mostPixels / (x.height() * x.width())));
	}

	/** The pass for a shape; the one that was not used for longest makes room for a new one. */
	DevicePass pass(final int count, final int height, final int width, final boolean training) {
		final Shape shape = new Shape(count, height, width, training);
		final DevicePass known = passes.get(shape);
		if (known != null) return known;
		final Iterator<DevicePass> eldest = passes.values().iterator();
		while (passes.size() >= most) {
			eldest.next().close();
			eldest.remove();
		}
		final DevicePass fresh = new DevicePass(session, weights, count, height, width, training, compact);
		passes.put(shape, fresh);
		return fresh;
	}

	/**
	 * Makes room, after memory was short.
	 *
	 * @return whether it is worth trying again: with nothing else on the device, or with half as many images at once
	 */
	boolean makeRoom(final NoisyImages x) {
		final boolean others = passes.size() > 1;
		final int chunk = chunk(x);
		closePasses();
		if (others && most > 1) {
			// Two shapes of a batch would push each other out for ever.
			most = 1;
			return true;
		}
		if (chunk == 1) return false;
		mostPixels = chunk / 2 * x.height() * x.width();
		return true;
	}

	private void closePasses() {
		passes.values().forEach(DevicePass::close);
		passes.clear();
	}

	@Override
	public void close() {
		closePasses();
		weights.close();
	}
}
