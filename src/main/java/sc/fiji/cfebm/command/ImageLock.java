package sc.fiji.cfebm.command;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.Planes;

/**
 * Keeps an image for one run: no other run works on it meanwhile, and ImageJ does not take its pixels away when it is closed.
 * Closed on the thread that made it.
 */
final class ImageLock implements AutoCloseable {

	private final ImagePlus image;

	/** @throws IllegalArgumentException with one sentence, if there is no image, it was closed, or another run works on it */
	ImageLock(final ImagePlus image) {
		this.image = image;
		final Planes planes = new Planes(image);
		if (!image.lockSilently()) throw new IllegalArgumentException("“" + image.getTitle() +
			"” is being worked on already: wait until that is done, or cancel it.");
		try {
			// Only now nobody can close it any more.
			planes.requireOpen();
		}
		catch (final RuntimeException e) {
			close();
			throw e;
		}
	}

	@Override
	public void close() {
		image.unlock();
	}
}
