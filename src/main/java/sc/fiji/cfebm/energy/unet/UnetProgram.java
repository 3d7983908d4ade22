package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.UnetWeights.Conv;
import sc.fiji.cfebm.tensor.Op;
import sc.fiji.cfebm.tensor.Tensor;

/** A pass on the CPU: every buffer allocated and every operation built once, then only run. */
final class UnetProgram implements Pass {

	/** One path from an image to the network's outputs and back, both unshuffled: [N,H/2,W/2,4C and more]. */
	private final class Path implements Layers<Tensor> {

		final int finest, height, width;
		final Tensor in, out, outGradient, inGradient;
		final List<Op[]> forward = new ArrayList<>(), inputBack = new ArrayList<>(), back = new ArrayList<>();
		final float[] buffer;
		/** Buffers that do not keep what is in them, by level and number; what the outputs' gradient flows through, by level. */
		private final Map<String, Tensor> scratch = new HashMap<>();
		/** Three lines each, of which the first and the last is that of the mirrored pixels; null where all is one strip. */
		private Tensor above, below;
		/** That of the output of the convolution that the way back takes last: the first one. */
		private Tensor firstGradient;

		/** @param prefix of its first and last layer's names */
		Path(final String prefix, final int level, final int height, final int width) {
			finest = level;
			this.height = height;
			this.width = width;
			final Conv first = weights.conv(prefix + "first"), last = weights.conv(prefix + "last");
			in = tensor(count, height / 2 + Math.max(margins, 2 * border), width / 2 + 2 * border, first.columns);
			out = tensor(count, height / 2 + margins, width / 2, last.rows);
			outGradient = tensor(count, height / 2 + margins, width / 2, last.rows);
			inGradient = tensor(count, in.dimension(1), in.dimension(2), first.columns);
			buffer = new float[Math.max(in.size(), out.size())];
			UnetGraph.record(weights, this, prefix, level, 1 - border, in, out, outGradient, inGradient);
			mirrorGradients(first, level);
		}

		@Override
		public boolean isTraining() {
			return training;
		}

		/** A 3×3 convolution, for which a strip needs a line of its neighbours: they all have to be through with theirs. */
		@Override
		public void convolve(final int level, final Tensor x, final Conv conv, final Tensor y, final int padding) {
			forward.add(WAIT);
			each(forward, s -> workers == null ? Op.conv2d(x, conv.weight, conv.bias, y, 1, padding) : Op.conv2dRows(wide(x, level, s),
				conv.weight, conv.bias, part(y, level, s), 0, padding));
		}

		@Override
		public void convolveActivated(final int level, final Tensor x, final Conv conv, final Tensor y, final Tensor derivative) {
			convolve(level, x, conv, y, 1);
			activate(level, y, null, y, derivative);
		}

		@Override
		public void convolveAdd(final int level, final Tensor x, final Conv conv, final Tensor y) {
			final Tensor more = scratch(level, training ? 1 : 0);
			convolve(level, x, conv, more, 1);
			each(forward, s -> Op.add(part(y, level, s), part(more, level, s), part(y, level, s)));
		}

		@Override
		public void activate(final int level, final Tensor x, final Conv bias, final Tensor y, final Tensor derivative) {
			each(forward, s -> Op.swish(part(x, level, s), bias == null ? null : bias.bias, part(y, level, s), part(derivative, level, s)));
		}

		@Override
		public void down(final int level, final Tensor x, final Conv conv, final Tensor y) {
			each(forward, s -> Op.conv2d(part(x, level, s), conv.weight, conv.bias, part(y, level - 1, s), 2, 0));
		}

		@Override
		public void upAdd(final int level, final Tensor x, final Conv conv, final Tensor skip, final Tensor y) {
			final Tensor above = scratch(level, 0);
			each(forward, s -> Op.conv2dTransposed(part(x, level - 1, s), conv.weight, part(above, level, s), 2, 0));
			each(forward, s -> Op.add(part(skip, level, s), part(above, level, s), part(y, level, s)));
		}

		/** From the gradient of a 3×3 convolution's output to those of its input and, on the way back for all, its parameters. */
		@Override
		public void convolveBack(final int level, final Tensor x, final Conv conv, final Tensor dy, final Tensor dx, final int padding) {
			firstGradient = dy;
			inputBack.add(WAIT);
			each(inputBack, s -> workers == null ? Op.conv2dTransposed(dy, conv.weight, dx, 1, padding) : Op
				.conv2dTransposedRows(wide(dy, level, s), conv.weight, part(dx, level, s), 2, padding));
			if (!training) return;
			if (workers == null) {
				each(back, s -> Op.conv2dGradients(x, conv.weight, conv.bias, dy, dx, gradient(conv, true), gradient(conv, false), 1, padding));
				return;
			}
			back.add(WAIT);
			final Tensor[] shares = new Tensor[strips];
			each(back, s -> {
				final Tensor lines = wide(x, level, s);
				shares[s] = share(lines, s);
				return Op.conv2dGradientsRows(lines, conv.weight, conv.bias, part(dy, level, s), shares[s], gradient(conv, true), gradient(conv,
					false), 0, padding);
			});
			back.add(WAIT);
			each(back, s -> Op.copy(shares[s].rows(1, shares[s].dimension(1) - 1), part(dx, level, s)));
			// The outermost lines have shares of the strips beside them.
			each(back, s -> s == 0 ? null : more(dx, line(level, s), shares[s - 1], shares[s - 1].dimension(1) - 1));
			each(back, s -> s == strips - 1 ? null : more(dx, line(level, s + 1) - 1, shares[s + 1], 0));
		}

		/** Adds one line of a tensor to one of another. */
		private Op more(final Tensor to, final int line, final Tensor from, final int other) {
			return Op.add(to.rows(line, line + 1), from.rows(other, other + 1), to.rows(line, line + 1));
		}

		@Override
		public void convolveBackTimes(final int level, final Tensor x, final Conv conv, final Tensor dy, final Tensor derivative,
			final Tensor dh)
		{
			convolveBack(level, x, conv, dy, dh, 1);
			both(s -> Op.multiply(part(dh, level, s), part(derivative, level, s), part(dh, level, s)));
		}

		@Override
		public void convolveBackTimesAdd(final int level, final Tensor x, final Conv conv, final Tensor dy, final Tensor derivative,
			final Tensor dh)
		{
			final Tensor more = scratch(level, 1);
			convolveBackTimes(level, x, conv, dy, derivative, more);
			both(s -> Op.add(part(dh, level, s), part(more, level, s), part(dh, level, s)));
		}

		@Override
		public void upBack(final int level, final Tensor x, final Conv conv, final Tensor dy, final Tensor dx) {
			each(inputBack, s -> Op.conv2d(part(dy, level, s), conv.weight, part(dx, level - 1, s), 2, 0));
			if (training) each(back, s -> Op.transposedGradients(part(x, level - 1, s), conv.weight, part(dy, level, s), part(dx, level - 1, s),
				gradient(conv, true), gradient(conv, false), 2, 0));
		}

		@Override
		public void downBackAdd(final int level, final Tensor x, final Conv conv, final Tensor dy, final Tensor dx) {
			final Tensor skipped = scratch(level, 0);
			each(inputBack, s -> Op.conv2dTransposed(part(dy, level - 1, s), conv.weight, part(skipped, level, s), 2, 0));
			if (training) each(back, s -> Op.conv2dGradients(part(x, level, s), conv.weight, conv.bias, part(dy, level - 1, s), part(skipped,
				level, s), gradient(conv, true), gradient(conv, false), 2, 0));
			both(s -> Op.add(part(dx, level, s), part(skipped, level, s), part(dx, level, s)));
		}

		/** The gradients of the mirrored lines above and below, which are no strip's. */
		private void mirrorGradients(final Conv first, final int level) {
			final Tensor dy = firstGradient;
			if (border == 0 || workers == null) return;
			above = tensor(1, 3, in.dimension(2), first.columns);
			below = tensor(1, 3, in.dimension(2), first.columns);
			final int last = line(level, strips) - 1;
			both(s -> s == 0 ? Op.conv2dTransposedRows(dy.rows(1, 2), first.weight, above, 0, 0) : null);
			both(s -> s == strips - 1 ? Op.conv2dTransposedRows(dy.rows(last, last + 1), first.weight, below, 0, 0) : null);
		}

		private void both(final IntFunction<Op> op) {
			final Op[] made = each(inputBack, op);
			if (training) back.add(made);
		}

		/** Adds an operation for each strip, or none for some. */
		private Op[] each(final List<Op[]> list, final IntFunction<Op> op) {
			final Op[] made = new Op[strips];
			for (int s = 0; s < strips; s++) {
				made[s] = op.apply(s);
				if (made[s] != null) ops.add(made[s]);
			}
			list.add(made);
			return made;
		}

		/** A strip of the features of a level. */
		private Tensor part(final Tensor t, final int level, final int strip) {
			return workers == null ? t : t.rows(line(level, strip), line(level, strip + 1));
		}

		/** The first line of a strip of the features of a level. */
		private int line(final int level, final int strip) {
			return 1 + (start(strip) << level);
		}

		/** A strip of the features of a level with a line more on each side. */
		private Tensor wide(final Tensor t, final int level, final int strip) {
			return t.rows(line(level, strip) - 1, line(level, strip + 1) + 1);
		}

		private Tensor gradient(final Conv conv, final boolean weight) {
			final Tensor t = weight ? tensor(conv.rows, conv.kernel, conv.kernel, conv.columns) : tensor(conv.bias.size());
			gradients.add(new Gradient(this, t, weight ? conv.weightOffset : conv.biasOffset));
			return t;
		}

		/** A buffer for the features of a level. */
		@Override
		public Tensor features(final int level, final String name) {
			// The path's finest level has half the resolution of its image.
			final int shift = finest - level + 1;
			return scratch.computeIfAbsent(level + name, k -> tensor(count, (height >> shift) + margins, width >> shift,
				weights.spec.width(level)));
		}

		/** A buffer for a strip's share of the gradient of some lines. */
		private Tensor share(final Tensor lines, final int strip) {
			return scratch.computeIfAbsent("strip" + strip + " " + lines.dimension(1) + " " + lines.dimension(2) + " " + lines.dimension(3),
				k -> tensor(1, lines.dimension(1), lines.dimension(2), lines.dimension(3)));
		}

		private Tensor scratch(final int level, final int number) {
			return features(level, "scratch" + number);
		}

		private void run(final List<Op[]> list) {
			if (workers == null) {
				for (int i = 0; i < list.size(); i++)
					if (list.get(i) != WAIT) list.get(i)[0].run();
				return;
			}
			for (int i = 0; i < list.size();) {
				final int first = i + 1;
				int next = first;
				while (next < list.size() && list.get(next) != WAIT)
					next++;
				final int end = next;
				workers.run(strips, (worker, s) -> {
					for (int k = first; k < end; k++)
						if (list.get(k)[s] != null) list.get(k)[s].run();
				});
				i = end;
			}
		}
	}

	/** @param offset in a vector of all convolutions' gradients */
	private record Gradient(Path path, Tensor tensor, int offset) {}

	/** Stands in a list where the strips have to wait for each other; every list that strips are for begins with it. */
	private static final Op[] WAIT = {};
	/** Pixels of a strip: so few that its features stay in the caches, and that workers share a picture well. */
	private static final int STRIP_PIXELS = 1 << 16;
	/** Strips of a picture that has no more pixels than one, if it has the lines. */
	private static final int FEWEST = 2;
	/** Lines that a strip has at the coarsest level at least. */
	private static final int LINES = 4;

	private final UnetWeights weights;
	/** Who share the strips of one image; null where all is the calling thread's. */
	private final Workers workers;
	private final int strips, margins;
	/** Mirrored pixels around the unshuffled image. */
	private final int border;
	private final boolean training;
	private final int count, height, width, channels;
	private final List<Tensor> tensors = new ArrayList<>();
	private final List<Op> ops = new ArrayList<>();
	private final List<Gradient> gradients = new ArrayList<>();
	private Path primal, fade;
	private float[] image = new float[0], told, halved;
	private boolean primalLoaded, fadeLoaded;

	/** All by the thread that calls. @param training whether it keeps what gradients of the parameters need */
	UnetProgram(final UnetWeights weights, final int count, final int height, final int width, final boolean training) {
		this(weights, count, height, width, training, null);
	}

	/**
	 * One large image, cut into strips that workers share: layer by layer, so that nothing is computed twice. The strips are the same for
	 * any number of workers, and so are the bits.
	 */
	UnetProgram(final UnetWeights weights, final int height, final int width, final boolean training, final Workers workers) {
		this(weights, 1, height, width, training, workers);
	}

	private UnetProgram(final UnetWeights weights, final int count, final int height, final int width, final boolean training,
		final Workers workers)
	{
		this.weights = weights;
		this.workers = workers;
		strips = workers == null ? 1 : Math.max(1, height / Math.max(LINES * UnetSpec.multiple(weights.stage), Math.min(STRIP_PIXELS / width, height /
			FEWEST)));
		// A line of zeros above and below the features, which convolutions of the outermost strips read.
		margins = workers == null ? 0 : 2;
		border = weights.spec.zeroSum() ? 1 : 0;
		this.count = count;
		this.height = height;
		this.width = width;
		this.training = training;
		channels = weights.spec.channels();
	}

	@Override
	public void forward(final float[] z, final float[] brightness, final float[] correlation) {
		told = brightness;
		primalLoaded = weights.beta() > 0;
		fadeLoaded = weights.beta() < 1;
		try {
			if (primalLoaded) {
				if (primal == null) build(() -> primal = new Path("", weights.stage, height, width));
				load(primal, z, told, correlation);
				primal.run(primal.forward);
			}
			if (!fadeLoaded) return;
			if (fade == null) {
				build(() -> fade = new Path(UnetParameters.FADE, weights.stage - 1, height / 2, width / 2));
				image = new float[count * (height / 2) * (width / 2) * channels];
			}
			// Of the halved image, at half the noise level: the mean of four values of z, times two.
			sum(z, 0.5f, image);
			halved = Pass.halved(told);
			// Of the noise's correlation it is told the same: a short fade soon unlearns the difference.
			load(fade, image, halved, correlation);
			fade.run(fade.forward);
		}
		catch (final OutOfMemoryError e) {
			close();
			throw e;
		}
	}

	/** By those who are going to run the operations, as these may depend on how many threads there are. */
	private void build(final Runnable work) {
		if (workers == null) work.run();
		else workers.run(1, (worker, index) -> work.run());
	}

	@Override
	public void read(final float[] r, final float[] p) {
		final float beta = (float) weights.beta();
		for (int output = 0; output < (p == null ? 1 : 2); output++) {
			final float[] to = output == 0 ? r : p;
			java.util.Arrays.fill(to, 0, count * height * width * channels, 0);
			if (primalLoaded) {
				primal.out.get(0, primal.buffer, primal.out.size());
				addImages(primal, primal.buffer, primal.out.dimension(3), output, beta, to);
			}
			if (fadeLoaded) {
				fade.out.get(0, fade.buffer, fade.out.size());
				java.util.Arrays.fill(image, 0);
				addImages(fade, fade.buffer, fade.out.dimension(3), output, 1, image);
				spread(image, 0.5f * (1 - beta), to);
			}
		}
	}

	@Override
	public void backward(final float[] r, final float[] p, final boolean parameters, final float[] z) {
		final float beta = (float) weights.beta();
		if (z != null) java.util.Arrays.fill(z, 0, count * height * width * channels, 0);
		if (primalLoaded) {
			java.util.Arrays.fill(primal.buffer, 0);
			takeImages(primal, primal.buffer, 0, beta, r);
			if (p != null) takeImages(primal, primal.buffer, 1, beta, p);
			primal.outGradient.put(primal.buffer, 0, primal.outGradient.size());
			primal.run(parameters ? primal.back : primal.inputBack);
			if (z != null) addInputGradient(primal, told, z);
		}
		if (fadeLoaded) {
			java.util.Arrays.fill(fade.buffer, 0);
			sum(r, 0.5f * (1 - beta), image);
			takeImages(fade, fade.buffer, 0, 1, image);
			if (p != null) {
				sum(p, 0.5f * (1 - beta), image);
				takeImages(fade, fade.buffer, 1, 1, image);
			}
			fade.outGradient.put(fade.buffer, 0, fade.outGradient.size());
			fade.run(parameters ? fade.back : fade.inputBack);
			if (z != null) {
				java.util.Arrays.fill(image, 0);
				addInputGradient(fade, halved, image);
				spread(image, 0.5f, z);
			}
		}
	}

	@Override
	public void addGradients(final double[] to) {
		for (final Gradient g : gradients)
			if (g.path == primal ? primalLoaded : fadeLoaded) g.tensor.addTo(to, g.offset, 1);
	}

	/** An image [N,H,W,C] and what is told of it, unshuffled, into a path's input; what is filled up stays zero. */
	private void load(final Path path, final float[] z, final float[] told, final float[] correlation) {
		final int depth = path.in.dimension(3);
		java.util.Arrays.fill(path.buffer, 0);
		shuffle(path, depth, 0, border, (at, places, begin, pixels) -> {
			for (int i = 0; i < places.length; i++)
				path.buffer[at + places[i]] = z[begin + pixels[i]];
		});
		eachTold(path, depth, told, (at, image) -> {
			final float scale = 0.25f * told[2 * image];
			for (int c = 0; c < channels; c++)
				path.buffer[at + 4 * channels + c] = scale * (path.buffer[at + c] + path.buffer[at + channels + c] + path.buffer[at + 2 *
					channels + c] + path.buffer[at + 3 * channels + c]);
			path.buffer[at + 5 * channels] = told[2 * image + 1];
		});
		final int last = weights.spec.correlationInput();
		if (correlation != null) eachPlace(path, depth, n -> true, (at, image) -> System.arraycopy(correlation, 2 * image, path.buffer, at +
			last, 2));
		path.in.put(path.buffer, 0, path.in.size());
	}

	/** Visits the places in a path's input of images that the network is told about: where the place's channels begin, and the image. */
	private void eachTold(final Path path, final int depth, final float[] told, final Pair pair) {
		if (told != null) eachPlace(path, depth, n -> told[2 * n] > 0, pair);
	}

	private void eachPlace(final Path path, final int depth, final IntPredicate which, final Pair pair) {
		final int w = path.in.dimension(2), h = path.in.dimension(1), outside = border == 0 ? margins / 2 : 0;
		for (int n = 0; n < count; n++)
			for (int i = outside * w; which.test(n) && i < (h - outside) * w; i++)
				pair.visit((n * h * w + i) * depth, n);
	}

	/** Adds a path's gradient of its image, with that of the mirrored pixels. */
	private void addInputGradient(final Path path, final float[] told, final float[] to) {
		final int line = path.in.dimension(2) * path.in.dimension(3);
		path.inGradient.get(0, path.buffer, path.inGradient.size());
		if (path.above != null) {
			final float[] three = new float[3 * line];
			path.above.get(three);
			System.arraycopy(three, 0, path.buffer, 0, line);
			path.below.get(three);
			System.arraycopy(three, 2 * line, path.buffer, path.inGradient.size() - line, line);
		}
		final int depth = path.in.dimension(3);
		eachTold(path, depth, told, (at, image) -> {
			for (int i = 0; i < 4 * channels; i++)
				path.buffer[at + i] += 0.25f * told[2 * image] * path.buffer[at + 4 * channels + i % channels];
		});
		shuffle(path, depth, 0, border, (at, places, begin, pixels) -> {
			for (int i = 0; i < places.length; i++)
				to[begin + pixels[i]] += path.buffer[at + places[i]];
		});
	}

	private void addImages(final Path path, final float[] from, final int depth, final int output, final float scale,
		final float[] to)
	{
		shuffle(path, depth, output, 0, (at, places, begin, pixels) -> {
			for (int i = 0; i < places.length; i++)
				to[begin + pixels[i]] += scale * from[at + places[i]];
		});
	}

	private void takeImages(final Path path, final float[] to, final int output, final float scale, final float[] from) {
		shuffle(path, path.outGradient.dimension(3), output, 0, (at, places, begin, pixels) -> {
			for (int i = 0; i < places.length; i++)
				to[at + places[i]] = scale * from[begin + pixels[i]];
		});
	}

	private interface Pair {

		void visit(int unshuffled, int other);
	}

	/** A line of a path's image beside the same values where they are unshuffled. */
	private interface Line {

		/**
		 * @param unshuffled where the line begins there, and {@code places} of its values after that
		 * @param line where it begins in the image, and {@code pixels} for the same values
		 */
		void visit(int unshuffled, int[] places, int line, int[] pixels);
	}

	/**
	 * Visits the lines of a path's images [N,H,W,C] with their places in [N,H/2,W/2,depth]; those who share an image visit a part each.
	 *
	 * @param frame mirrored pixels of the latter around the image
	 */
	private void shuffle(final Path path, final int depth, final int output, final int frame, final Line work) {
		final int h = path.height, w = path.width, pitch = (w / 2 + 2 * frame) * depth, lines = h / 2 + Math.max(margins, 2 * frame);
		final int first = Math.max(margins / 2, frame);
		final int[] places = new int[(w + 4 * frame) * channels], pixels = new int[places.length];
		for (int i = 0; i < places.length; i++) {
			final int x = i / channels - 2 * frame, c = i % channels;
			places[i] = (Math.floorDiv(x, 2) + frame) * depth + Math.floorMod(x, 2) * channels + c;
			pixels[i] = WholeImage.mirrored(x, w) * channels + c;
		}
		for (int n = 0; n < count; n++) {
			final int image = n;
			// Mirrored lines are added to lines of the same strip.
			inStrips((worker, s) -> {
				final int from = s == 0 ? -2 * frame : h * s / strips, end = s == strips - 1 ? h + 2 * frame : h * (s + 1) / strips;
				for (int y = from; y < end; y++)
					work.visit((image * lines + first + Math.floorDiv(y, 2)) * pitch + output * 4 * channels + Math.floorMod(y, 2) * 2 * channels,
						places, (image * h + WholeImage.mirrored(y, h)) * w * channels, pixels);
			});
		}
	}

	private void inStrips(final Workers.Piece work) {
		if (workers == null) work.run(0, 0);
		else workers.run(strips, work);
	}

	/** Sums over 2×2 pixels, times a factor. */
	private void sum(final float[] x, final float scale, final float[] to) {
		final int w = width * channels;
		for (int line = 0; line < count * (height / 2); line++)
			for (int i = 0; i < w / 2; i++) {
				final int at = 2 * line * w + 2 * (i - i % channels) + i % channels;
				to[line * (w / 2) + i] = scale * (x[at] + x[at + channels] + x[at + w] + x[at + w + channels]);
			}
	}

	/** Adds each value, times a factor, to 2×2 pixels. */
	private void spread(final float[] x, final float scale, final float[] to) {
		final int w = width * channels;
		for (int line = 0; line < count * height; line++)
			for (int i = 0; i < w; i++)
				to[line * w + i] += scale * x[line / 2 * (w / 2) + i / (2 * channels) * channels + i % channels];
	}

	/** The first line of a strip at the coarsest level. */
	private int start(final int strip) {
		return (int) ((long) (height / UnetSpec.multiple(weights.stage)) * strip / strips);
	}

	private Tensor tensor(final int... shape) {
		final Tensor t = new Tensor(weights.precision, shape);
		tensors.add(t);
		return t;
	}

	@Override
	public void close() {
		ops.forEach(Op::close);
		tensors.forEach(Tensor::close);
		ops.clear();
		tensors.clear();
		gradients.clear();
		primal = fade = null;
	}
}
