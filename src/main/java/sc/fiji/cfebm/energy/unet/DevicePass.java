package sc.fiji.cfebm.energy.unet;

import static sc.fiji.cfebm.energy.unet.DeviceWeights.filled;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import sc.fiji.cfebm.energy.NoiseAwareEnergy.Wanted;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;
import sc.fiji.cfebm.opencl.Buffer;
import sc.fiji.cfebm.opencl.Launch;
import sc.fiji.cfebm.opencl.Session;

/**
 * A pass on a device, and beside it all of the energy that is not the network: every buffer allocated and every kernel bound once, then
 * only run. Between operations nothing comes back to the computer's memory.
 */
final class DevicePass extends DeviceKernels implements Pass {

	private static final String CONVOLUTION = "convolution";
	/**
	 * Places that a group has in a row, as the kernels say; channels that it has at the least (few variants are compiled) and at the most
	 * (in 32 kB of local memory); sides of a tile of weights, as the kernels say.
	 */
	private static final int SIDE = 8, LEAST_CHANNELS = 16, MOST_CHANNELS = 64, WEIGHTS_TILE = 16;
	/** What an operation does beside its sums, as the kernels say. */
	private static final int ACTIVATE = 1, TIMES = 2, ADD = 4, BIAS = 8;
	/** Partial sums of gradients: enough for all of a card to work on one, and always the same. */
	private static final int SLICES = 32, PIXEL_SLICES = 256;

	/** One path from an image to the network's outputs and back. */
	private final class Path implements Layers<Buffer> {

		private final int finest, high, wide, shift;
		final Buffer in, out, outGradient, inGradient;
		final int inDepth, outDepth;
		final List<Launch> forward = new ArrayList<>(), inputBack = new ArrayList<>(), back = new ArrayList<>();
		private final Map<String, Buffer> features = new HashMap<>();
		private final Map<Buffer, int[]> shapes = new HashMap<>();
		final Launch load, unpack, pack, inputGradient;

		/** @param shift 1 for the halved image, else 0 */
		Path(final String prefix, final int level, final int shift) {
			finest = level;
			this.shift = shift;
			high = height >> shift;
			wide = width >> shift;
			final Conv first = weights.conv(prefix + "first"), last = weights.conv(prefix + "last");
			final int h = high / 2, w = wide / 2;
			inDepth = first.columns;
			outDepth = last.rows;
			in = shaped(h + 2 * border, w + 2 * border, inDepth);
			inGradient = shaped(h + 2 * border, w + 2 * border, inDepth);
			out = shaped(h, w, outDepth);
			outGradient = shaped(h, w, outDepth);
			UnetGraph.record(weights, this, prefix, level, 1 - border, in, out, outGradient, inGradient);
			final Buffer z = shift == 0 ? DevicePass.this.z : half, t = shift == 0 ? told : halfTold;
			final int c = channels;
			load = feature("load", number(in), z, t, correlation, in, number(in), high, wide, c, border, inDepth, 0, -1);
			unpack = feature("unpack", values, out, r, values, height, width, c, outDepth, 0, shift, 1f, 0);
			pack = feature("pack", number(outGradient), dr, dp, outGradient, number(outGradient), height, width, c, outDepth, 1, shift, 1f);
			inputGradient = feature("inputGradient", values, inGradient, t, dz, values, height, width, c, border, inDepth, 0, shift, 1f, 0);
		}

		private Buffer shaped(final int h, final int w, final int depth) {
			final int size = count * h * w * depth;
			final Buffer b = buffer(compact ? divided(size, 2) : size);
			shapes.put(b, new int[] { h, w, depth });
			return b;
		}

		/** How many features a buffer has. */
		private int number(final Buffer b) {
			final int[] shape = shapes.get(b);
			return count * shape[0] * shape[1] * shape[2];
		}

		/** A kernel with an item for each value, some of them features. */
		private Launch feature(final String name, final int items, final Object... arguments) {
			return image(storage(), name, items, arguments);
		}

		@Override
		public boolean isTraining() {
			return training;
		}

		@Override
		public Buffer features(final int level, final String name) {
			final int s = finest - level + 1;
			return features.computeIfAbsent(level + name, k -> shaped(high >> s, wide >> s, weights.spec.width(level)));
		}

		@Override
		public void convolve(final int level, final Buffer x, final Conv conv, final Buffer y, final int padding) {
			forward.add(gather(x, conv, y, y, padding, BIAS));
		}

		@Override
		public void convolveActivated(final int level, final Buffer x, final Conv conv, final Buffer y, final Buffer derivative) {
			forward.add(gather(x, conv, y, derivative, 1, BIAS | ACTIVATE));
		}

		@Override
		public void convolveAdd(final int level, final Buffer x, final Conv conv, final Buffer y) {
			forward.add(gather(x, conv, y, y, 1, BIAS | ADD));
		}

		@Override
		public void activate(final int level, final Buffer x, final Conv bias, final Buffer y, final Buffer derivative) {
			forward.add(feature("activate", number(x), x, bias == null ? x : device.of(bias).bias(), y, derivative, number(x), weights.spec.width(
				level), bias == null ? 0 : 1));
		}

		@Override
		public void down(final int level, final Buffer x, final Conv conv, final Buffer y) {
			forward.add(gather(x, conv, y, y, 0, BIAS));
		}

		@Override
		public void upAdd(final int level, final Buffer x, final Conv conv, final Buffer skip, final Buffer y) {
			if (y != skip) forward.add(feature("copy", number(y), skip, y, number(y)));
			forward.add(scatter(x, conv, y, y, 0, ADD));
		}

		@Override
		public void convolveBack(final int level, final Buffer x, final Conv conv, final Buffer dy, final Buffer dx, final int padding) {
			both(scatter(dy, conv, dx, dx, 2 - padding, 0));
			parameters(x, dy, dy, conv, padding);
		}

		@Override
		public void convolveBackTimes(final int level, final Buffer x, final Conv conv, final Buffer dy, final Buffer derivative,
			final Buffer dh)
		{
			both(scatter(dy, conv, dh, derivative, 1, TIMES));
			parameters(x, dy, dy, conv, 1);
		}

		@Override
		public void convolveBackTimesAdd(final int level, final Buffer x, final Conv conv, final Buffer dy, final Buffer derivative,
			final Buffer dh)
		{
			both(scatter(dy, conv, dh, derivative, 1, TIMES | ADD));
			parameters(x, dy, dy, conv, 1);
		}

		@Override
		public void upBack(final int level, final Buffer x, final Conv conv, final Buffer dy, final Buffer dx) {
			// Of its weights what came out is the input, and the other way round.
			parameters(dy, x, dy, conv, 0);
			both(gather(dy, conv, dx, dx, 0, 0));
		}

		@Override
		public void downBackAdd(final int level, final Buffer x, final Conv conv, final Buffer dy, final Buffer dx) {
			parameters(x, dy, dy, conv, 0);
			both(scatter(dy, conv, dx, dx, 0, ADD));
		}

		private void both(final Launch launch) {
			inputBack.add(launch);
			if (training) back.add(launch);
		}

		/** A convolution as it is, from its columns to its rows. */
		private Launch gather(final Buffer x, final Conv conv, final Buffer y, final Buffer d, final int padding, final int mode) {
			final int[] to = shapes.get(y);
			return convolution(x, device.of(conv).gather(), device.of(conv).bias(), y, d, to[0], to[1], conv.columns, conv.rows, filled(
				conv.rows), padding, mode, conv.kernel, conv.kernel == 2 ? 2 : 1, false);
		}

		/** Its transpose, from its rows to its columns. */
		private Launch scatter(final Buffer x, final Conv conv, final Buffer y, final Buffer d, final int padding, final int mode) {
			final int[] from = shapes.get(x), to = shapes.get(y);
			final boolean up = conv.kernel == 2;
			return convolution(x, device.of(conv).scatter(), device.of(conv).bias(), y, d, up ? from[0] : to[0], up ? from[1] : to[1],
				conv.rows, conv.columns, (up ? 4 : 1) * filled(conv.columns), padding, mode, up ? 1 : conv.kernel, 1, up);
		}

		/** @param h, w of the places that are computed */
		private Launch convolution(final Buffer x, final Buffer w, final Buffer bias, final Buffer y, final Buffer d, final int h,
			final int wide, final int inputs, final int outputs, final int columns, final int padding, final int mode, final int kernel,
			final int stride, final boolean up)
		{
			final int[] from = shapes.get(x);
			final int parts = divided(columns, MOST_CHANNELS), each = LEAST_CHANNELS * divided(columns, parts * LEAST_CHANNELS), items = 2 * each;
			final long tiles = (long) count * divided(h, SIDE) * divided(wide, SIDE);
			return kept(session.launch(CONVOLUTION, options(kernel, stride, each, up), "convolve", new long[] { tiles * items, divided(columns,
				each) }, new long[] { items, 1 }, x, w, bias, y, d, from[0], from[1], h, wide, inputs, outputs, columns, padding, mode));
		}

		/**
		 * Gradients of a convolution's parameters, where they are wanted.
		 *
		 * @param x what its columns see, dy the gradient of what its rows give, of the bias db
		 */
		private void parameters(final Buffer x, final Buffer dy, final Buffer db, final Conv conv, final int padding) {
			if (!training) return;
			final int[] from = shapes.get(x), to = shapes.get(dy), of = shapes.get(db);
			final int size = conv.weight.size(), tiles = count * divided(to[0], SIDE) * divided(to[1], SIDE);
			final int perSlice = divided(tiles, SLICES), slices = divided(tiles, perSlice);
			final Buffer dw = buffer(size), dBias = buffer(of[2]);
			back.add(kept(session.launch(CONVOLUTION, options(conv.kernel, conv.kernel == 2 ? 2 : 1, GROUP, false), "weightGradient",
				new long[] { (long) GROUP * divided(conv.columns, WEIGHTS_TILE) * divided(conv.rows, WEIGHTS_TILE), slices }, new long[] { GROUP,
					1 }, x, dy, partial, from[0], from[1], to[0], to[1], conv.columns, conv.rows, padding, tiles, perSlice)));
			back.add(image("reduce", size, partial, dw, size, slices));
			final int pixels = number(db) / of[2], each = divided(pixels, PIXEL_SLICES), parts = divided(pixels, each);
			back.add(image("channelSums", parts * of[2], db, partial, parts * of[2], of[2], pixels, each));
			back.add(image("reduce", of[2], partial, dBias, of[2], parts));
			gradients.add(new Gradient(this, dw, conv.weightOffset));
			gradients.add(new Gradient(this, dBias, conv.biasOffset));
		}
	}

	/** @param offset in a vector of all convolutions' gradients */
	private record Gradient(Path path, Buffer buffer, int offset) {}

	private final DeviceWeights device;
	private final UnetWeights weights;
	private final boolean training, compact;
	private final int count, height, width, channels, border, values, radius, blocks;
	private final List<Gradient> gradients = new ArrayList<>();
	/** Images [N,H,W,C]. */
	private final Buffer x, z, r, p, dr, dp, dz, high, share, other, result;
	/** Images of half the size. */
	private final Buffer half, halfMean, halfOther;
	private final Buffer told, halfTold, sigma, correlation, offset, map, sums, partial;
	private final Launch standardize, halve, form, add, channelSum, blockSums, look, keep, tell, tellHalf, tellCorrelation, results;
	private final Launch[] highPass, highPassTransposed;
	private Path primal, fade;
	private boolean isTold, isCorrelated, primalLoaded, fadeLoaded;

	/**
	 * @param training whether it keeps what gradients of the parameters need
	 * @param compact whether its features have 16 bits, if it is not for trainings
	 */
	DevicePass(final Session session, final DeviceWeights device, final int count, final int height, final int width,
		final boolean training, final boolean compact)
	{
		super(session);
		this.device = device;
		weights = device.all();
		this.count = count;
		this.height = height;
		this.width = width;
		this.training = training;
		this.compact = compact && !training;
		channels = weights.spec.channels();
		border = weights.spec.zeroSum() ? 1 : 0;
		values = count * height * width * channels;
		radius = weights.spec.box();
		blocks = blocks(height * width * channels);
		try {
			final boolean two = weights.spec.form().outputs() == 2, fades = weights.fades, both = fades && radius > 0;
			x = buffer(values);
			z = buffer(values);
			r = buffer(values);
			p = two ? buffer(values) : r;
			dr = buffer(values);
			dp = two ? buffer(values) : dr;
			dz = buffer(values);
			high = buffer(values);
			share = buffer(values);
			other = radius == 0 ? high : buffer(values);
			result = buffer(values);
			half = fades ? buffer(values / 4) : x;
			halfMean = both ? buffer(values / 4) : x;
			halfOther = both ? buffer(values / 4) : x;
			told = buffer(2 * count);
			halfTold = buffer(2 * count);
			sigma = buffer(count * height * width);
			correlation = buffer(2 * count);
			offset = buffer(count * channels);
			map = buffer(count * height * width);
			sums = buffer(count * blocks);
			int most = 0;
			for (final Conv c : weights.convs())
				most = Math.max(most, Math.max(SLICES * c.weight.size(), PIXEL_SLICES * Math.max(c.rows, c.columns)));
			partial = training ? buffer(most) : x;
			standardize = image("standardize", values, x, sigma, offset, z, values, height * width, channels, 0, 0);
			halve = image("halve", values / 4, z, half, values / 4, height, width, channels, 0.5f);
			form = image("form", values, radius == 0 ? z : high, r, p, share, dr, dp, high, values, weights.spec.form().ordinal());
			add = image("add", values, other, dz, values);
			channelSum = image("channels", count * height * width, share, map, count * height * width, channels);
			blockSums = blockSums(share, sums, count, height * width * channels);
			look = image("look", values, x, x, z, values, 0, 0, 0, 0, 0, height, width, channels, 0f, 0);
			keep = image("keep", values, dz, x, values, 0, 0, 0, 0, 0, height, width, channels, 0, 0, 0, 0, 0f);
			tell = image("pairs", 2 * count, told, 2 * count, 0f, 0f);
			tellHalf = image("pairs", 2 * count, halfTold, 2 * count, 0f, 0f);
			tellCorrelation = image("pairs", 2 * count, correlation, 2 * count, 0f, 0f);
			results = image("result", values, x, sigma, r, result, values, height * width, channels, 0, 0);
			highPass = highPass(z, high, 0);
			highPassTransposed = highPass(high, other, 1);
		}
		catch (final RuntimeException | Error e) {
			close();
			throw e;
		}
	}

	/** The mean of the surroundings taken off; empty where none is. Where a stage fades in, the first three are of the halved image. */
	private Launch[] highPass(final Buffer from, final Buffer to, final int transposed) {
		if (radius == 0) return new Launch[0];
		final int c = channels;
		final List<Launch> list = new ArrayList<>();
		if (weights.fades) {
			list.add(image("halve", values / 4, from, half, values / 4, height, width, c, 0.25f));
			list.add(image("box", values / 4, half, halfOther, values / 4, width / 2, c, radius, transposed));
			list.add(image("box", values / 4, halfOther, halfMean, values / 4, height / 2, width / 2 * c, radius, transposed));
		}
		list.add(image("box", values, from, result, values, width, c, radius, transposed));
		list.add(image("box", values, result, share, values, height, width * c, radius, transposed));
		list.add(image("withoutMean", values, from, share, half, halfMean, to, values, height, width, c, 1f));
		return list.toArray(Launch[]::new);
	}

	private void runHighPass(final Launch[] list) {
		final float beta = (float) weights.beta();
		for (int i = weights.fades && beta == 1 ? 3 : 0; i < list.length; i++)
			(i == list.length - 1 ? list[i].with(9, beta) : list[i]).run();
	}

	private String storage() {
		return compact ? "-DHALF=1" : "";
	}

	private String options(final int kernel, final int stride, final int channels, final boolean up) {
		return storage() + " -DKS=" + kernel + " -DSTRIDE=" + stride + " -DOT=" + channels + " -DUP=" + (up ? 1 : 0);
	}

	/** How many images it is for. */
	int count() {
		return count;
	}

	@Override
	public void forward(final float[] images, final float[] brightness, final float[] correlations) {
		z.write(images, 0, values);
		tell(brightness, correlations);
		run();
	}

	/** Says what the network is told from now on. */
	private void tell(final float[] brightness, final float[] correlations) {
		isTold = brightness != null;
		isCorrelated = correlations != null;
		if (isTold) {
			told.write(brightness, 0, 2 * count);
			halfTold.write(Pass.halved(brightness), 0, 2 * count);
		}
		if (isCorrelated) correlation.write(correlations, 0, 2 * count);
	}

	/** Forward, of the images on the device. */
	private void run() {
		primalLoaded = weights.beta() > 0;
		fadeLoaded = weights.beta() < 1;
		if (primalLoaded) {
			if (primal == null) primal = new Path("", weights.stage, 0);
			run(primal);
		}
		if (fadeLoaded) {
			if (fade == null) fade = new Path(UnetParameters.FADE, weights.stage - 1, 1);
			halve.run();
			run(fade);
		}
	}

	private void run(final Path path) {
		path.load.with(10, isTold ? 1 : 0).with(11, isCorrelated ? weights.spec.correlationInput() : -1).run();
		path.forward.forEach(Launch::run);
	}

	/** The outputs, as images on the device. */
	private void unpack(final boolean two) {
		final float beta = (float) weights.beta();
		for (int output = 0; output < (two ? 2 : 1); output++) {
			final Buffer to = output == 0 ? r : p;
			if (primalLoaded) primal.unpack.with(1, to).with(7, output).with(9, beta).with(10, 0).run();
			if (fadeLoaded) fade.unpack.with(1, to).with(7, output).with(9, 0.5f * (1 - beta)).with(10, primalLoaded ? 1 : 0).run();
		}
	}

	/** Back from dr and dp, on the device. */
	private void back(final boolean two, final boolean parameters, final boolean toImage) {
		final float beta = (float) weights.beta();
		if (primalLoaded) back(primal, beta, 1, false, two, parameters, toImage);
		if (fadeLoaded) back(fade, 0.5f * (1 - beta), 0.5f, primalLoaded, two, parameters, toImage);
	}

	private void back(final Path path, final float in, final float out, final boolean added, final boolean two, final boolean parameters,
		final boolean toImage)
	{
		path.pack.with(8, two ? 2 : 1).with(10, in).run();
		(parameters ? path.back : path.inputBack).forEach(Launch::run);
		if (toImage) path.inputGradient.with(9, isTold ? 1 : 0).with(11, out).with(12, added ? 1 : 0).run();
	}

	@Override
	public void read(final float[] toR, final float[] toP) {
		unpack(toP != null);
		r.read(toR, 0, values);
		if (toP != null) p.read(toP, 0, values);
	}

	@Override
	public void backward(final float[] ofR, final float[] ofP, final boolean parameters, final float[] toZ) {
		dr.write(ofR, 0, values);
		if (ofP != null) dp.write(ofP, 0, values);
		back(ofP != null, parameters, toZ != null);
		if (toZ != null) dz.read(toZ, 0, values);
	}

	@Override
	public void addGradients(final double[] to) {
		for (final Gradient g : gradients)
			if (g.path == primal ? primalLoaded : fadeLoaded) {
				final float[] values = new float[g.buffer.size()];
				g.buffer.read(values, 0, values.length);
				for (int i = 0; i < values.length; i++)
					to[g.offset + i] += values[i];
			}
	}

	/**
	 * What is wanted of images, without anything coming back in between.
	 *
	 * @param first of the images that are meant, as many as this is for
	 * @param brightness see {@link #forward}
	 */
	void evaluate(final NoisyImages images, final int first, final float[] brightness, final float[] correlations,
		final Wanted wanted)
	{
		final int area = height * width, all = images.sigma().length;
		x.write(images.pixels(), first * area * channels, values);
		final int kind = all == 1 ? 0 : all == images.count() ? 1 : 2;
		sigma.write(images.sigma(), kind == 0 ? 0 : kind == 1 ? first : first * area, kind == 0 ? 1 : kind == 1 ? count : count * area);
		final int perChannel = images.offset().length == images.count() ? 0 : 1, each = perChannel == 1 ? channels : 1;
		offset.write(images.offset(), first * each, count * each);
		tell(brightness, correlations);
		standardize.with(7, kind).with(8, perChannel).run();
		run();
		final boolean two = weights.spec.form().outputs() == 2;
		unpack(two);
		if (wanted.estimate() != null) read(r, kind, 0, wanted.estimate(), first);
		if (wanted.energies() == null && wanted.map() == null && !wanted.back()) return;
		form();
		if (wanted.map() != null) {
			channelSum.run();
			map.read(wanted.map(), first * area, count * area);
		}
		if (wanted.energies() != null) {
			blockSums.run();
			final float[] parts = new float[sums.size()];
			sums.read(parts, 0, parts.length);
			for (int n = 0; n < count; n++) {
				double sum = 0;
				for (int b = 0; b < blocks; b++)
					sum += parts[n * blocks + b];
				wanted.energies()[first + n] = sum;
			}
		}
		if (!wanted.back()) return;
		gradient();
		if (wanted.gradient() != null) read(dz, kind, 1, wanted.gradient(), first);
		if (wanted.denoised() != null) read(dz, kind, 2, wanted.denoised(), first);
	}

	/** The form of z and the outputs: shares, dr, dp and what of the gradient does not go through the network, in high. */
	private void form() {
		runHighPass(highPass);
		form.run();
	}

	/** ∂E/∂z, in dz. The shares are spoilt. */
	private void gradient() {
		runHighPass(highPassTransposed);
		back(weights.spec.form().outputs() == 2, false, true);
		add.run();
	}

	private void read(final Buffer of, final int kind, final int what, final float[] to, final int first) {
		results.with(2, of).with(7, kind).with(8, what).run();
		result.read(to, first * height * width * channels, values);
	}

	/**
	 * σ∇E(x, σ) of a window of a chain's state.
	 *
	 * @param state of all images, mean of each of them, gradient that is to be kept
	 * @param first of the images that are meant, as many as this is for
	 * @param images their sizes, and what the network is told about them
	 * @param vertical rows of the window, as many as this is for, and of those the ones whose gradient is kept
	 * @param horizontal columns, likewise
	 * @param limit of the gradient's values
	 */
	void slope(final Buffer state, final Buffer mean, final Buffer gradient, final int first, final NoisyImages images,
		final WholeImage.Span vertical, final WholeImage.Span horizontal, final float sigma, final float limit)
	{
		isTold = images.told() > 0;
		isCorrelated = images.correlation() != null && weights.spec.correlated();
		if (isTold) {
			tell.with(2, 4 * sigma).with(3, Pass.level(sigma)).run();
			tellHalf.with(2, 2 * sigma).with(3, Pass.level(0.5f * sigma)).run();
		}
		if (isCorrelated) tellCorrelation.with(2, images.correlation()[0]).with(3, images.correlation()[1]).run();
		look.with(0, state).with(1, mean).with(4, first).with(5, images.height()).with(6, images.width()).with(7, vertical.from()).with(8,
			horizontal.from()).with(12, 0.25f / sigma).with(13, isTold ? 1 : 0).run();
		run();
		unpack(weights.spec.form().outputs() == 2);
		form();
		gradient();
		keep.with(1, gradient).with(3, first).with(4, images.height()).with(5, images.width()).with(6, vertical.from()).with(7, horizontal
			.from()).with(11, vertical.first()).with(12, vertical.last()).with(13, horizontal.first()).with(14, horizontal.last()).with(15, Math
				.min(limit, Float.MAX_VALUE)).run();
	}

	@Override
	public void close() {
		super.close();
		gradients.clear();
		primal = fade = null;
	}
}
