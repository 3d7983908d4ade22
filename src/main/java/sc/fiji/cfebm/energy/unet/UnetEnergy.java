package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.Session;
import sc.fiji.cfebm.random.PlacedNoise;
import sc.fiji.cfebm.tensor.Precision;

/**
 * The energy of one stage's network, ready to compute. The network works in units of the noise: of z = (x - m)/(4σ) it
 * makes R(z), and N(x, σ) = x + σ·R; an {@link EnergyForm} makes E of z and R.
 * <p>
 * A batch is cut into chunks of a few images, always in the same way, which workers share; gradients are summed in the
 * chunks' order: any number of threads gives the same bits. An image too large for a chunk is computed layer by layer in strips, which
 * workers share. Buffers are allocated once for each shape of a chunk. Not thread-safe; close it to free native memory.
 */
public final class UnetEnergy implements NoiseAwareEnergy, StageNetwork {

	/** Pixels of a chunk, found by measuring: fewer pay more for calling operations, more leave the caches. */
	private static final int CHUNK_PIXELS = 18432;
	/** Pixels that are one part of what workers share around the network. */
	private static final int PART = 1 << 15;
	/** Programs that a worker keeps: shapes of whole chunks and of last ones, for training and without. */
	private static final int PROGRAMS = 6;
	/**
	 * Steps in units of z, as a root mean square, that stand for the derivative along the residual: 1.2 and 0.4 % of the noise.
	 * Smaller ones drown in the rounding of floats, larger ones are no derivative. Measured on a trained network, against a second
	 * derivative: errors of 0.03 and 0.5 %.
	 */
	private static final double CENTRAL_STEP = 0.003, STEP = 0.001;
	/** What remains of the noise, about, where the network has learnt something. */
	private static final double REMAINS = 0.4;

	private record Shape(int count, int height, int width, boolean training) {}

	/** A worker's own programs and arrays. */
	private class Bench {

		final Map<Shape, Pass> programs = new HashMap<>();
		/** Who share its images; null if it is a worker's. */
		final Workers strips;
		final int most;
		float[] z, other;
		/** The network's outputs; when the form has seen them, its derivatives, as below. */
		float[] r, p;
		/** Derivatives of the form: what the outputs were is not needed any more then. */
		float[] gr, gp;
		/** What the form is shown of z; when it has been, the gradient of z. */
		float[] gz;
		double[] share;

		Bench(final Workers strips, final int most) {
			this.strips = strips;
			this.most = most;
		}

		Pass program(final Shape shape) {
			final Pass known = programs.get(shape);
			if (known != null) return known;
			if (programs.size() >= most) close();
			final Pass fresh = strips == null ? new UnetProgram(weights, shape.count, shape.height, shape.width,
				shape.training) : new UnetProgram(weights, shape.height, shape.width, shape.training, strips);
			programs.put(shape, fresh);
			return fresh;
		}

		void claim(final int values) {
			if (z != null && z.length >= values) return;
			z = new float[values];
			r = new float[values];
			gz = new float[values];
			other = new float[values];
			p = two() ? new float[values] : null;
			gr = two() ? p : r;
			gp = two() ? r : null;
		}

		/** Large, and not always wanted. */
		double[] shares(final int values) {
			if (share == null || share.length < values) share = new double[values];
			return share;
		}

		void close() {
			programs.values().forEach(Pass::close);
			programs.clear();
		}
	}

	private interface Pixels {

		void run(int from, int end);
	}

	/** One chunk of a batch: images {@code first} to {@code first + count}. */
	private final class Chunk {

		final NoisyImages x;
		final Bench bench;
		final int first, count, pixels, values, pixelOffset, offset;

		Chunk(final NoisyImages x, final Bench bench, final int first, final int count) {
			this.x = x;
			this.bench = bench;
			this.first = first;
			this.count = count;
			pixels = count * x.height() * x.width();
			values = pixels * channels();
			pixelOffset = first * x.height() * x.width();
			offset = pixelOffset * channels();
			bench.claim(values);
			final int c = channels();
			each((from, end) -> {
				for (int i = from; i < end; i++) {
					final float scale = 0.25f / sigma(i);
					for (int k = 0; k < c; k++)
						// Infinity times zero would be no number.
						bench.z[i * c + k] = scale == 0 ? 0 : scale * (x.pixels()[offset + i * c + k] - x.offsetAt(pixelOffset + i, k));
				}
			});
		}

		/** Does something to all pixels; those who share the image do a part of it each. */
		void each(final Pixels work) {
			final int parts = Math.max(1, pixels / PART);
			if (bench.strips == null || parts == 1) work.run(0, pixels);
			else bench.strips.run(parts, (worker, part) -> work.run((int) ((long) pixels * part / parts), (int) ((long) pixels * (part + 1) /
				parts)));
		}

		float sigma(final int pixel) {
			return x.sigmaAt(pixelOffset + pixel);
		}

		/** σ, or 0 where a pixel is missing. */
		float finiteSigma(final int pixel) {
			final float s = sigma(pixel);
			return Float.isInfinite(s) ? 0 : s;
		}

		Pass forward(final boolean training, final float[] z) {
			final Pass program = bench.program(new Shape(count, x.height(), x.width(), training));
			program.forward(z, told(x, first, count), correlation(x, first, count));
			program.read(bench.r, bench.p);
			return program;
		}

		/**
		 * Lets the form look at z and the outputs: its derivatives are then in the bench's arrays.
		 *
		 * @param shares whether each value's share is wanted, too
		 */
		void form(final float[] z, final boolean shares) {
			final double beta = weights.beta();
			highPass.apply(z, count, x.height(), x.width(), beta, bench.gz, bench.strips);
			final EnergyForm.Shares to = new EnergyForm.Shares(shares ? bench.shares(values) : null, bench.gr, bench.gp, bench.gz);
			each((from, end) -> weights.spec.form().evaluate(bench.gz, bench.r, bench.p, from * channels(), end * channels(), to));
			highPass.applyTransposed(bench.gz, count, x.height(), x.width(), beta, bench.other, bench.strips);
		}

		/** Multiplies the form's derivatives by a weight for each image. */
		void weigh(final double[] imageWeights) {
			final int size = values / count;
			for (int i = 0; i < values; i++) {
				final float w = (float) imageWeights[first + i / size];
				bench.gr[i] *= w;
				bench.other[i] *= w;
				if (two()) bench.gp[i] *= w;
			}
		}

		/** ∂E/∂z, after {@link #form}, in the bench's gz. */
		void gradient(final Pass program) {
			program.backward(bench.gr, bench.gp, false, bench.gz);
			each((from, end) -> {
				for (int i = from * channels(); i < end * channels(); i++)
					bench.gz[i] += bench.other[i];
			});
		}

		/** x - σ²∇E of a value, after {@link #gradient}. */
		float denoised(final int value) {
			return x.pixels()[offset + value] - 0.25f * finiteSigma(value / channels()) * bench.gz[value];
		}

		/** N(x) of a value, after {@link #forward}. */
		float estimate(final int value) {
			return x.pixels()[offset + value] + finiteSigma(value / channels()) * bench.r[value];
		}
	}

	private final UnetWeights weights;
	private final HighPass highPass;
	private final Workers workers;
	private final boolean ownWorkers;
	private final List<Bench> benches = new ArrayList<>();
	private final Bench large;
	/** See {@link Sums}. */
	private double[][] chunkGradients = {};
	/** Its programs are passes of the device. */
	private final Bench onDevice = new Bench(null, 0) {

		@Override
		Pass program(final Shape shape) {
			return device.pass(shape.count, shape.height, shape.width, shape.training);
		}
	};
	private UnetParameters parameters;
	/** Null: the workers compute. */
	private DeviceUnet device;

	/** An energy that computes in float: on the device that is asked for or found to be faster, or with workers of its own. */
	public UnetEnergy(final UnetParameters parameters) {
		this(parameters, Precision.FLOAT, new Workers(), true);
		use(DeviceChoice.of(parameters));
	}

	/** An energy on the processor, whatever devices there are. */
	public static UnetEnergy onProcessor(final UnetParameters parameters) {
		return new UnetEnergy(parameters, Precision.FLOAT, new Workers(), true);
	}

	/** An energy on a device as long as that does what it is asked for, with workers to go on if it does not. */
	public static UnetEnergy on(final Session session, final UnetParameters parameters) {
		return on(session, parameters, false);
	}

	/** The same. @param compact whether features have 16 bits, but in trainings: a little less accurate, and half of the memory */
	public static UnetEnergy on(final Session session, final UnetParameters parameters, final boolean compact) {
		final UnetEnergy energy = onProcessor(parameters);
		energy.use(session, compact);
		return energy;
	}

	/** One of many that compute at the same moment, each on its caller's thread; they share the device, if one is asked for by its name. */
	public static UnetEnergy ofOneThread(final UnetParameters parameters) {
		final UnetEnergy energy = new UnetEnergy(parameters, Precision.FLOAT, new Workers(1), true);
		energy.use(DeviceChoice.ofOneOfMany(parameters));
		return energy;
	}

	/** @param workers not closed by this */
	public UnetEnergy(final UnetParameters parameters, final Precision precision, final Workers workers) {
		this(parameters, precision, workers, false);
	}

	private UnetEnergy(final UnetParameters parameters, final Precision precision, final Workers workers, final boolean own) {
		weights = new UnetWeights(parameters, precision);
		highPass = new HighPass(parameters.spec().box(), parameters.spec().channels());
		this.parameters = parameters;
		this.workers = workers;
		ownWorkers = own;
		for (int i = 0; i < workers.threads(); i++)
			benches.add(new Bench(null, PROGRAMS));
		large = new Bench(workers, 1);
	}

	private void use(final DeviceChoice.Place place) {
		if (place != null) use(place.session(), place.compact());
	}

	private void use(final Session session, final boolean compact) {
		try {
			device = new DeviceUnet(session, weights, compact);
		}
		catch (final DeviceException | OutOfMemoryError e) {
			leaveDevice(session, e);
		}
	}

	/** Whether a device computes, and not the processor. */
	public boolean isOnDevice() {
		return device != null;
	}

	@Override
	public String device() {
		return device == null ? null : device.session().device().name();
	}

	/** The processor goes on from here. */
	private void leaveDevice(final Session session, final Throwable why) {
		DeviceChoice.tell(why.getMessage() + " The processor goes on instead of " + session.device().name() + ".");
		if (device != null) device.close();
		device = null;
	}

	/**
	 * Has work done that can be done again: on the device with fewer images at once if its memory is short, on the processor if the device
	 * fails.
	 *
	 * @throws OutOfMemoryError if a single image is too large; a part of it may go
	 */
	private void compute(final NoisyImages x, final Runnable work) {
		while (device != null)
			try {
				work.run();
				return;
			}
			catch (final OutOfMemoryError e) {
				if (device.makeRoom(x)) continue;
				if (canBeParted(x)) throw e;
				leaveDevice(device.session(), e);
			}
			catch (final DeviceException e) {
				leaveDevice(device.session(), e);
			}
		work.run();
	}

	/** Whether an image would be tried again in smaller pieces, each with what is seen around it. */
	private boolean canBeParted(final NoisyImages x) {
		final long side = 2L * (WholeImage.LEAST_PIECE + 2 * reach() + multiple());
		return (long) x.height() * x.width() > side * side;
	}

	@Override
	public void setParameters(final StageParameters p) {
		parameters = (UnetParameters) p;
		weights.update(parameters);
		if (device != null) try {
			device.update();
		}
		catch (final DeviceException | OutOfMemoryError e) {
			leaveDevice(device.session(), e);
		}
	}

	@Override
	public int size() {
		return NetworkSpec.resolution(weights.stage);
	}

	@Override
	public NoiseAwareEnergy ofImages() {
		return this;
	}

	/** @throws UnsupportedOperationException always: it is told σ, see {@link #at} */
	@Override
	public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
		throw new UnsupportedOperationException("An energy of noise has to be told how much there is.");
	}

	@Override
	public Energy at(final double sigma) {
		return new AtLevel(this, sigma, isTold());
	}

	@Override
	public Energy equivariant() {
		return isTold() ? new Equivariant(this) : this;
	}

	@Override
	public void parameterGradient(final float[] tiles, final double[] imageWeights, final int count, final double sigma,
		final double[] energies, final double[] gradient)
	{
		parameterGradient(tiles(tiles, count, sigma, isTold()), imageWeights, energies, gradient);
	}

	/** Tiles of this stage's own size. */
	NoisyImages tiles(final float[] tiles, final int count, final double sigma, final boolean told) {
		final int size = size() * size() * channels();
		return NoisyImages.at(tiles.length == count * size ? tiles : Arrays.copyOf(tiles, count * size), count, size(), size(), sigma,
			told);
	}

	@Override
	public int channels() {
		return weights.spec.channels();
	}

	@Override
	public boolean isTold() {
		return weights.spec.told();
	}

	@Override
	public int multiple() {
		return UnetSpec.multiple(weights.stage);
	}

	@Override
	public int reach() {
		return weights.spec.reach(weights.stage, weights.fades);
	}

	@Override
	public void evaluate(final NoisyImages x, final Wanted wanted) {
		check(x);
		compute(x, () -> {
			if (device == null) evaluateHere(x, wanted);
			else evaluateOnDevice(x, wanted);
		});
	}

	private void evaluateOnDevice(final NoisyImages images, final Wanted wanted) {
		final float[] pixels = images.pixels();
		// Where the results take the images' place, and the device fails half-way, the images are needed again.
		final boolean inPlace = pixels == wanted.gradient() || pixels == wanted.estimate() || pixels == wanted.denoised();
		final Wanted to = !inPlace ? wanted : new Wanted(wanted.energies(), wanted.map(), own(wanted.gradient(), pixels), own(wanted.estimate(),
			pixels), own(wanted.denoised(), pixels));
		forEachOnDevice(images, (pass, first) -> pass.evaluate(images, first, told(images, first, pass.count()), correlation(images, first, pass
			.count()), to));
		if (wanted.gradient() == pixels) copy(to.gradient(), pixels);
		if (wanted.estimate() == pixels) copy(to.estimate(), pixels);
		if (wanted.denoised() == pixels) copy(to.denoised(), pixels);
	}

	private static void copy(final float[] from, final float[] to) {
		if (from != to) System.arraycopy(from, 0, to, 0, to.length);
	}

	private static float[] own(final float[] result, final float[] pixels) {
		return result == pixels ? new float[pixels.length] : result;
	}

	private void evaluateHere(final NoisyImages x, final Wanted wanted) {
		final ChunkWork work = (c, index) -> {
			final Pass program = c.forward(false, c.bench.z);
			final Bench b = c.bench;
			final int channels = channels();
			if (wanted.estimate() != null) c.each((from, end) -> {
				for (int i = from * channels; i < end * channels; i++)
					wanted.estimate()[c.offset + i] = c.estimate(i);
			});
			final boolean shares = wanted.energies() != null || wanted.map() != null;
			if (!shares && !wanted.back()) return;
			c.form(b.z, shares);
			if (shares) sumShares(c, wanted.energies(), wanted.map());
			if (!wanted.back()) return;
			c.gradient(program);
			c.each((from, end) -> {
				if (wanted.gradient() != null) for (int i = from * channels; i < end * channels; i++)
					wanted.gradient()[c.offset + i] = 0.25f / c.sigma(i / channels) * b.gz[i];
				if (wanted.denoised() != null) for (int i = from * channels; i < end * channels; i++)
					wanted.denoised()[c.offset + i] = c.denoised(i);
			});
		};
		if (x.height() * x.width() <= CHUNK_PIXELS) {
			forEachChunk(x, work);
			return;
		}
		try {
			for (int n = 0; n < x.count(); n++)
				work.run(new Chunk(x, large, n, 1), n);
		}
		catch (final OutOfMemoryError e) {
			large.close();
			throw e;
		}
	}

	/**
	 * The way back of N with any cotangent v [N,H,W,C]: the gradients of Σ v·N(x).
	 *
	 * @param input receives that of the pixels [N,H,W,C]; may be null
	 * @param parameterGradient that of the parameters is added to it; may be null
	 */
	public void product(final NoisyImages x, final float[] cotangent, final float[] input, final double[] parameterGradient) {
		check(x);
		compute(x, () -> {
			final Sums sums = sums(x, parameterGradient);
			forEachChunk(x, (c, index) -> {
				final Bench b = c.bench;
				final Pass program = c.forward(sums != null, b.z);
				for (int i = 0; i < c.values; i++)
					b.gr[i] = c.finiteSigma(i / channels()) * cotangent[c.offset + i];
				program.backward(b.gr, null, sums != null, input == null ? null : b.gz);
				if (input != null) for (int i = 0; i < c.values; i++)
					input[c.offset + i] = cotangent[c.offset + i] + 0.25f / c.sigma(i / channels()) * b.gz[i];
				if (sums != null) program.addGradients(sums.of(index));
			});
			add(sums, parameterGradient);
		});
	}

	/**
	 * Adds ∂/∂θ Σᵢ wᵢ·E(xᵢ, σᵢ) to a gradient (g = σ²E where σ is the same for all pixels).
	 *
	 * @param imageWeights wᵢ, one for each image
	 * @param energies receives E of each image; may be null
	 * @param gradient laid out as {@link UnetParameters#values()}
	 */
	public void parameterGradient(final NoisyImages x, final double[] imageWeights, final double[] energies,
		final double[] gradient)
	{
		check(x);
		compute(x, () -> {
			final Sums sums = sums(x, gradient);
			forEachChunk(x, (c, index) -> {
				final Pass program = c.forward(true, c.bench.z);
				c.form(c.bench.z, energies != null);
				if (energies != null) sumShares(c, energies, null);
				c.weigh(imageWeights);
				program.backward(c.bench.gr, c.bench.gp, true, null);
				program.addGradients(sums.of(index));
			});
			add(sums, gradient);
		});
	}

	/**
	 * Adds ∂/∂θ Σᵢ wᵢ·|N(xᵢ, σᵢ) - cleanᵢ|² to a gradient: once forward, once back. Missing pixels do not count.
	 *
	 * @param clean the images without noise, laid out as the noisy ones
	 * @param imageWeights wᵢ, one for each image
	 * @param losses receives |N - clean|² of each image, without its weight; may be null
	 * @param gradient laid out as {@link UnetParameters#values()}
	 */
	public void estimateGradient(final NoisyImages x, final float[] clean, final double[] imageWeights, final double[] losses,
		final double[] gradient)
	{
		check(x);
		compute(x, () -> {
			final Sums sums = sums(x, gradient);
			forEachChunk(x, (c, index) -> {
				final Bench b = c.bench;
				final Pass program = c.forward(true, b.z);
				final int size = c.values / c.count;
				for (int n = 0; n < c.count; n++) {
					double loss = 0;
					for (int i = n * size; i < (n + 1) * size; i++) {
						final float s = c.finiteSigma(i / channels()), error = s == 0 ? 0 : c.estimate(i) - clean[c.offset + i];
						loss += (double) error * error;
						b.gr[i] = (float) (2 * imageWeights[c.first + n] * s * error);
					}
					if (losses != null) losses[c.first + n] = loss;
				}
				program.backward(b.gr, null, true, null);
				program.addGradients(sums.of(index));
			});
			add(sums, gradient);
		});
	}

	/**
	 * Adds ∂/∂θ Σᵢ wᵢ·|xᵢ - σᵢ²∇E(xᵢ, σᵢ) - cleanᵢ|² to a gradient, by first derivatives alone: with the residual held, it
	 * is the derivative along it of the energies' parameter gradient, which a difference gives. Missing pixels do not count.
	 *
	 * @param clean the images without noise, laid out as the noisy ones
	 * @param imageWeights wᵢ, one for each image; not 0
	 * @param precise whether to take a central difference, which is right to 0.03 % and a third slower; the other is right to 0.5 %,
	 *          far less than batches differ by
	 * @param losses receives |x - σ²∇E - clean|² of each image, without its weight; may be null
	 * @param gradient laid out as {@link UnetParameters#values()}
	 */
	public void denoisedGradient(final NoisyImages x, final float[] clean, final double[] imageWeights, final boolean precise,
		final double[] losses, final double[] gradient)
	{
		check(x);
		compute(x, () -> {
			final Sums sums = sums(x, gradient);
			forEachChunk(x, (c, index) -> {
				final double[] sum = sums.of(index);
				final double[] weight = new double[x.count()], along = new double[c.count];
				// The loss changes by 2·error·(-σ²∇E)' = -½·(error·σ)·(∂E/∂z)': -½w/h times the difference of two gradients of E
				// over a step of h times (error·σ).
				for (int n = 0; n < c.count; n++) {
					along[n] = STEP / (REMAINS * meanSquare(c, n));
					weight[c.first + n] = 0.5 * imageWeights[c.first + n] / along[n];
				}
				final Bench b = c.bench;
				final Pass program = c.forward(true, b.z);
				c.form(b.z, false);
				if (!precise) c.weigh(weight);
				program.backward(b.gr, b.gp, !precise, b.gz);
				if (!precise) program.addGradients(sum);
				final float[] direction = new float[c.values];
				residuals(c, clean, precise ? null : weight, direction, losses);
				final float[] moved = new float[c.values];
				if (precise) normalize(c, imageWeights, direction, weight, along);
				for (int sign = 1; sign >= (precise ? -1 : 1); sign -= 2) {
					for (int n = 0; n < c.count; n++)
						weight[c.first + n] *= -1;
					final int size = c.values / c.count;
					for (int i = 0; i < c.values; i++)
						moved[i] = b.z[i] + (float) (sign * along[i / size]) * direction[i];
					c.forward(true, moved);
					c.form(moved, false);
					c.weigh(weight);
					program.backward(b.gr, b.gp, true, null);
					program.addGradients(sum);
				}
			});
			add(sums, gradient);
		});
	}

	@Override
	public ResidentImages resident(final NoisyImages x, final boolean whole, final PlacedNoise noise) {
		if (!whole) check(x);
		if (device == null) return null;
		final Session session = device.session();
		try {
			return new DeviceChain(device, why -> {
				if (device != null) leaveDevice(session, why);
			}, x, whole ? new WholeImage(this, false) : null, noise);
		}
		catch (final DeviceException e) {
			leaveDevice(session, e);
		}
		catch (final OutOfMemoryError e) {
			// Its state stays an array, and is computed in parts.
		}
		return null;
	}

	/** Mean σ² of an image's pixels that are not missing. */
	private static double meanSquare(final Chunk c, final int n) {
		final int area = c.pixels / c.count;
		double sum = 0;
		int count = 0;
		for (int i = n * area; i < (n + 1) * area; i++) {
			final double s = c.finiteSigma(i);
			sum += s * s;
			if (s > 0) count++;
		}
		return count == 0 ? 1 : sum / count;
	}

	/**
	 * From ∂E/∂z as far as it went through the network, in the bench, to (x - σ²∇E - clean)·σ.
	 *
	 * @param weight what the images' gradients were multiplied by; null: nothing
	 */
	private void residuals(final Chunk c, final float[] clean, final double[] weight, final float[] direction, final double[] losses) {
		final Bench b = c.bench;
		final int size = c.values / c.count;
		for (int n = 0; n < c.count; n++) {
			final double scale = weight == null ? 1 : weight[c.first + n] == 0 ? 0 : 1 / weight[c.first + n];
			double loss = 0;
			for (int i = n * size; i < (n + 1) * size; i++) {
				b.gz[i] = (float) (scale * (b.gz[i] + b.other[i]));
				final float s = c.finiteSigma(i / channels()), error = s == 0 ? 0 : c.denoised(i) - clean[c.offset + i];
				loss += (double) error * error;
				direction[i] = error * s;
			}
			if (losses != null) losses[c.first + n] = loss;
		}
	}

	/** Makes steps of the same length for all images. */
	private static void normalize(final Chunk c, final double[] imageWeights, final float[] direction, final double[] weight,
		final double[] along)
	{
		final int size = c.values / c.count;
		for (int n = 0; n < c.count; n++) {
			double square = 0;
			for (int i = n * size; i < (n + 1) * size; i++)
				square += (double) direction[i] * direction[i];
			along[n] = square == 0 ? 0 : CENTRAL_STEP / Math.sqrt(square / size);
			weight[c.first + n] = along[n] == 0 ? 0 : 0.5 * imageWeights[c.first + n] / (2 * along[n]);
		}
	}

	private interface ChunkWork {

		void run(Chunk chunk, int index);
	}

	private void forEachChunk(final NoisyImages x, final ChunkWork work) {
		final int size = chunkSize(x);
		if (device != null) {
			for (int first = 0; first < x.count(); first += size)
				work.run(new Chunk(x, onDevice, first, Math.min(size, x.count() - first)), first / size);
			return;
		}
		try {
			// Of several large images each is a worker's: nothing has to wait.
			if (x.count() == 1 && x.height() * x.width() > CHUNK_PIXELS) work.run(new Chunk(x, large, 0, 1), 0);
			else workers.run((x.count() + size - 1) / size, (worker, index) -> work.run(new Chunk(x, benches.get(worker), index * size,
				Math.min(size, x.count() - index * size)), index));
		}
		catch (final OutOfMemoryError e) {
			benches.forEach(Bench::close);
			large.close();
			throw e;
		}
	}

	private interface DeviceWork {

		void run(DevicePass pass, int first);
	}

	private void forEachOnDevice(final NoisyImages x, final DeviceWork work) {
		final int size = chunkSize(x);
		for (int first = 0; first < x.count(); first += size)
			work.run(device.pass(Math.min(size, x.count() - first), x.height(), x.width(), false), first);
	}

	/** On the processor it depends on the batch alone: two workers, as most computers have more, share even a small one. */
	private int chunkSize(final NoisyImages x) {
		return device != null ? device.chunk(x) : Math.max(1, Math.min((x.count() + 1) / 2, CHUNK_PIXELS / (x.height() * x.width())));
	}

	/** One place for each chunk's gradient, or null. */
	private Sums sums(final NoisyImages x, final double[] gradient) {
		final int size = chunkSize(x);
		return gradient == null ? null : new Sums((x.count() + size - 1) / size);
	}

	/** Sums in the chunks' order, whoever computed them. */
	private void add(final Sums sums, final double[] gradient) {
		if (sums != null) weights.addParameterGradient(parameters, sums.total(), gradient);
	}

	/** The gradients of the chunks of one call. Their memory is that of the call before: to make it anew takes as long as to fill it. */
	private final class Sums {

		private final int count;

		Sums(final int count) {
			this.count = count;
			if (chunkGradients.length < count) chunkGradients = Arrays.copyOf(chunkGradients, count);
		}

		/** That of a chunk, 0 so far; once for each, by the thread that computes it. */
		double[] of(final int index) {
			if (chunkGradients[index] == null) chunkGradients[index] = new double[weights.size()];
			else Arrays.fill(chunkGradients[index], 0);
			return chunkGradients[index];
		}

		double[] total() {
			final double[] total = chunkGradients[0];
			for (int k = 1; k < count; k++)
				for (int i = 0; i < total.length; i++)
					total[i] += chunkGradients[k][i];
			return total;
		}
	}

	private void sumShares(final Chunk c, final double[] energies, final float[] map) {
		final int channels = channels(), area = c.pixels / c.count;
		for (int n = 0; n < c.count; n++) {
			double energy = 0;
			for (int i = n * area; i < (n + 1) * area; i++) {
				double share = 0;
				for (int k = 0; k < channels; k++)
					share += c.bench.share[i * channels + k];
				if (map != null) map[c.pixelOffset + i] = (float) share;
				energy += share;
			}
			if (energies != null) energies[c.first + n] = energy;
		}
	}

	/** 4σ and the noise level of images that the network is told about, of others zeros; null where it is told nothing. */
	private float[] told(final NoisyImages x, final int first, final int count) {
		if (!weights.spec.told() || x.told() <= first) return null;
		final float[] told = new float[2 * count];
		for (int n = 0; n < Math.min(count, x.told() - first); n++) {
			final float s = x.sigmaAt((first + n) * x.height() * x.width());
			told[2 * n] = 4 * s;
			told[2 * n + 1] = Pass.level(s);
		}
		return told;
	}

	/** The correlations of some images [N,2]; null where the noise is white, or the network can't be told. */
	private float[] correlation(final NoisyImages x, final int first, final int count) {
		return weights.spec.correlated() && x.correlation() != null ? Arrays.copyOfRange(x.correlation(), 2 * first, 2 * (first + count))
			: null;
	}

	private boolean two() {
		return weights.spec.form().outputs() == 2;
	}

	private void check(final NoisyImages x) {
		if (x.channels() != channels()) throw new IllegalArgumentException("The images have " + x.channels() +
			" channels, the network takes " + channels() + ".");
		if (x.height() % multiple() != 0 || x.width() % multiple() != 0) throw new IllegalArgumentException("Heights and widths are " +
			"multiples of " + multiple() + ", not " + x.width() + "×" + x.height() + ".");
		if (x.told() > 0 && !isTold()) throw new IllegalArgumentException("This network can't be told what is bright.");
	}

	@Override
	public void close() {
		if (device != null) device.close();
		benches.forEach(Bench::close);
		large.close();
		weights.close();
		if (ownWorkers) workers.close();
	}
}
