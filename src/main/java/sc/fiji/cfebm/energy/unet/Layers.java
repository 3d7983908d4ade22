package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;

/**
 * The operations that the network is made of, as an engine has them. None is done when it is asked for here: it is recorded, and done
 * whenever the network is run, forward or back. Features are [N,H,W,C]; a level's are half as high and wide as the next finer one's.
 * Features between layers are halved (see {@link UnetWeights}), so the activation is a(h) = h·(1 + tanh h).
 *
 * @param <T> features
 */
interface Layers<T> {

	/** Whether ways back give the gradients of the parameters, too; the features that they need are then kept. */
	boolean isTraining();

	/** A buffer for features of a level; the same for the same name. */
	T features(int level, String name);

	/** y = x * w + b, 3×3. @param padding of zeros: 1, or 0 where x has a frame of its own */
	void convolve(int level, T x, Conv conv, T y, int padding);

	/** y = a(x * w + b), 3×3, with its derivative beside it. */
	void convolveActivated(int level, T x, Conv conv, T y, T derivative);

	/** y += x * w + b, 3×3. */
	void convolveAdd(int level, T x, Conv conv, T y);

	/** y = a(x), with its derivative beside it. @param bias whose bias is added to x first; null: none */
	void activate(int level, T x, Conv bias, T y, T derivative);

	/** y = x * w + b with 2×2 and stride 2, from a level to the next coarser one. */
	void down(int level, T x, Conv conv, T y);

	/** y = skip + the transpose of a 2×2 convolution with stride 2 of x, which is of the next coarser level; without its bias. */
	void upAdd(int level, T x, Conv conv, T skip, T y);

	/** The way back of {@link #convolve}: from dy to dx. */
	void convolveBack(int level, T x, Conv conv, T dy, T dx, int padding);

	/** The way back of a 3×3 convolution of x = a(h): from dy to dh, which is dx times the derivative. */
	void convolveBackTimes(int level, T x, Conv conv, T dy, T derivative, T dh);

	/** The same, added to what dh has. */
	void convolveBackTimesAdd(int level, T x, Conv conv, T dy, T derivative, T dh);

	/** The way back of {@link #upAdd} to x, of the bias too, which whoever reads the sum has added. */
	void upBack(int level, T x, Conv conv, T dy, T dx);

	/** The way back of {@link #down}, added to what dx has. */
	void downBackAdd(int level, T x, Conv conv, T dy, T dx);
}
