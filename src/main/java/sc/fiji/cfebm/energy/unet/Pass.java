package sc.fiji.cfebm.energy.unet;

/**
 * The network R(z) for one shape of images [N,H,W,C], ready to run: forward, and back with any cotangent as often as wanted. What an
 * engine has to offer for trainings. Belongs to one thread.
 */
interface Pass extends AutoCloseable {

	/**
	 * Runs the network.
	 *
	 * @param z images [N,H,W,C]
	 * @param brightness of each image that the network is told about 4σ and its noise level as the network sees it, of the others zeros,
	 *          [N,2]; null where it is told nothing
	 * @param correlation of each image's noise, as the network is told it [N,2]; null: white noise, or it can't be told
	 */
	void forward(float[] z, float[] brightness, float[] correlation);

	/** What the network gave: R and, unless null, P [N,H,W,C]. */
	void read(float[] r, float[] p);

	/**
	 * Goes back, after {@link #forward}.
	 *
	 * @param r gradient of R [N,H,W,C]
	 * @param p that of P; null where there is none, or it is zero
	 * @param parameters whether those gradients are wanted: only if it keeps what they need
	 * @param z receives the gradient of z [N,H,W,C]; may be null
	 */
	void backward(float[] r, float[] p, boolean parameters, float[] z);

	/** Adds the gradients of the convolutions that the last way back left to a vector of {@link UnetWeights#size}. */
	void addGradients(double[] to);

	/** The noise level as the network sees it. */
	static float level(final float sigma) {
		return 0.5f * (float) Math.log(sigma) - 1;
	}

	/** What it is told of images of half the size. @param told may be null */
	static float[] halved(final float[] told) {
		if (told == null) return null;
		final float[] half = told.clone();
		for (int i = 0; i < half.length; i += 2)
			if (half[i] > 0) {
				half[i] *= 0.5f;
				half[i + 1] = level(0.25f * half[i]);
			}
		return half;
	}

	@Override
	void close();
}
