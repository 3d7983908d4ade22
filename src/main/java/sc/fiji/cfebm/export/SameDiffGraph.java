package sc.fiji.cfebm.export;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.platform.NativeRuntime;

/**
 * A stage's network of the energy of noisy images as a SameDiff graph, as it is written down, for images of any count and size. A
 * variable with parameters has the name and shape of their {@link Entry}. All operations are ND4J's own, so that ND4J alone can load
 * it.
 * <p>
 * In the tests this graph is what the engine is compared with. It can be, though both are ours: of the engine it takes the
 * parameters' names, values and shapes and nothing else. The engine merges and goes back by hand; here nothing is merged, and
 * SameDiff knows by itself how to go back.
 */
public final class SameDiffGraph {

	/**
	 * What the network says of images [N,H,W,C].
	 *
	 * @param share each value's share of E [N,H,W,C]
	 * @param estimate N(x, σ) [N,H,W,C]
	 */
	public record Outputs(SDVariable share, SDVariable estimate) {}

	/**
	 * What the network is told of images beside themselves, for each [N,1,1,1] or for all [1,1,1,1], zero where it is told nothing.
	 *
	 * @param scale 4σ in model units: that of z, beside an offset of zero
	 * @param level the noise level as the network sees it
	 * @param halved the same of images of half the size, whose σ is half as large
	 */
	private record Told(SDVariable scale, SDVariable level, Told halved) {}

	/**
	 * Placeholders: images [N,H,W,C], σ [1,1,1,1], [N,1,1,1] or [N,H,W,1], and for a network that can be told it the correlation of the
	 * noise of neighbours in a row and in a column [N,1,1,2], zeros for white noise.
	 */
	static final String IMAGE = "image", SIGMA = "sigma", CORRELATION = "correlation";
	/** Outputs: N(x, σ) [N,H,W,C], E of each image [N], and their sum, for ∇E. */
	static final String ESTIMATE = "estimate", ENERGY = "energy", TOTAL = "total";
	/** What the names of the same outputs of a network that is told what is bright begin with. */
	static final String TOLD = "told.";
	/** Constants: what heights and widths are multiples of, and the values that are -1 and 1 in model units. */
	static final String MULTIPLE = "multiple", RANGE = "range";

	private static final String FADE = "fade.", BIAS = ".bias";
	/** Parts of σ that an image's mean is rounded to. */
	private static final double PARTS = 1 << 20;

	private final UnetParameters p;
	private final UnetSpec spec;
	private final DataType type;
	private final SameDiff sd = SameDiff.create();
	private final Map<String, SDVariable> variables = new HashMap<>();

	/** A graph of the parameters alone. @param type of all that is not an integer, FLOAT or DOUBLE */
	public SameDiffGraph(final UnetParameters parameters, final DataType type) {
		NativeRuntime.start();
		p = parameters;
		spec = p.spec();
		this.type = type;
		for (final Entry e : p.entries())
			variables.put(e.name(), sd.var(e.name(), array(Arrays.copyOfRange(p.values(), e.offset(), e.offset() + e.size())).reshape(Arrays
				.stream(e.shape()).asLongStream().toArray())));
	}

	/**
	 * Builds the graph that is exported: that of any images, with their means as offsets, and if the network can be told what is bright
	 * that, too. Its loss is {@value #TOTAL}.
	 *
	 * @param range the values that are -1 and 1 in model units
	 */
	static SameDiff build(final UnetParameters parameters, final DataType type, final Normalization range) {
		// Without the layers of a Fade path that has no share any more.
		final SameDiffGraph network = new SameDiffGraph(parameters.trimmed(), type);
		final SameDiff sd = network.sd;
		// Before all else, as SameDiff calls what has no name after its operation, and one of these is “range”.
		sd.constant(MULTIPLE, Nd4j.scalar((long) UnetSpec.multiple(parameters.stage())));
		sd.constant(RANGE, network.array(range.low(), range.high()));
		final SDVariable image = sd.placeHolder(IMAGE, type, -1, -1, -1, parameters.channels());
		final SDVariable sigma = sd.placeHolder(SIGMA, type, -1, -1, -1, 1);
		final SDVariable correlation = parameters.spec().correlated() ? sd.placeHolder(CORRELATION, type, -1, 1, 1, 2) : null;
		// Rounded it is a step function: it is no part of the gradient, as in the engine.
		final SDVariable step = sigma.mean(true, 1, 2, 3).div(PARTS);
		final SDVariable mean = sd.math().round(image.mean(true, 1, 2, 3).div(step)).mul(step);
		final Outputs any = network.network(image, sigma, mean, null, correlation);
		network.name("", any.share, any.estimate);
		if (parameters.spec().told()) {
			final double unit = (range.high() - range.low()) / 2, middle = (range.high() + range.low()) / 2;
			final Outputs told = network.network(image.sub(middle).div(unit), sigma.div(unit), sd.constant(network.array(0)), sd.constant(
				network.array(1).reshape(1, 1, 1, 1)), correlation);
			network.name(TOLD, told.share, told.estimate.mul(unit).add(middle));
		}
		sd.setLossVariables(TOTAL);
		return sd;
	}

	private void name(final String prefix, final SDVariable share, final SDVariable estimate) {
		estimate.rename(prefix + ESTIMATE);
		share.sum(1, 2, 3).rename(prefix + ENERGY).sum().rename(prefix + TOTAL);
	}

	/** The graph that everything is added to. */
	public SameDiff graph() {
		return sd;
	}

	/**
	 * Adds the network.
	 *
	 * @param image x [N,H,W,C]
	 * @param sigma σ, that of all [1,1,1,1], of each image [N,1,1,1] or of each pixel [N,H,W,1]
	 * @param offset m, what is taken off x
	 * @param told 1 for images that the network is told about, whose values are in model units, 0 for others [N,1,1,1] or, for all,
	 *          [1,1,1,1]; null: none. Where it is told of one, σ is not one of each pixel
	 * @param correlation of the noise of neighbours in a row and in a column [N,1,1,2]; null: white noise. Of a network that can be told
	 */
	public Outputs network(final SDVariable image, final SDVariable sigma, final SDVariable offset, final SDVariable told,
		final SDVariable correlation)
	{
		final SDVariable z = image.sub(offset).div(sigma.mul(4));
		final SDVariable[] outputs = outputs(z, told == null ? null : told(told, sigma, p.fades()), correlation);
		final SDVariable r = outputs[0], high = highPass(z);
		final SDVariable share = switch (spec.form()) {
			case INNER -> high.mul(r).mul(-2);
			case INNER_CORRECTED -> high.add(outputs[1]).mul(r).mul(-2);
			case NORM -> r.mul(r).mul(0.5);
		};
		return new Outputs(share, image.add(sigma.mul(r)));
	}

	private Told told(final SDVariable told, final SDVariable sigma, final boolean halved) {
		return new Told(sigma.mul(4).mul(told), sd.math().log(sigma).mul(0.5).sub(1).mul(told), halved ? told(told, sigma.mul(0.5), false)
			: null);
	}

	/** R and, where there is one, P: the mixture of what both paths say. */
	private SDVariable[] outputs(final SDVariable z, final Told told, final SDVariable correlation) {
		final double beta = p.beta();
		final SDVariable[] primal = path("", p.stage(), z, told, correlation);
		if (!p.fades()) return primal;
		final SDVariable[] fade = path(FADE, p.stage() - 1, halved(z).mul(2), told == null ? null : told.halved,
			correlation), all = new SDVariable[primal.length];
		for (int i = 0; i < all.length; i++)
			all[i] = primal[i].mul(beta).add(doubled(fade[i]).mul(0.5 * (1 - beta)));
		return all;
	}

	/** R and, where there is one, P, each [N,H,W,C]. */
	private SDVariable[] path(final String prefix, final int stage, final SDVariable z, final Told told, final SDVariable correlation) {
		final SDVariable u = unshuffled(spec.zeroSum() ? along(1, mirrored(z, 1, 2, 0), along(2, mirrored(z, 2, 2, 0), z)) : z);
		final SDVariable first = convolve(inputs(u, told, correlation), first(prefix + "first", told != null, correlation != null).permute(1,
			2, 3, 0), 3, 1, spec.zeroSum() ? 0 : 1).add(bias(prefix + "first"));
		final SDVariable last = convolution(prefix + "last", level(stage, first), 1);
		// A new array: SameDiff keeps the one that it gives.
		return spec.form().outputs() == 1 ? new SDVariable[] { shuffled(last) } : Arrays.stream(sd.split(last, spec.form().outputs(), 3))
			.map(this::shuffled).toArray(SDVariable[]::new);
	}

	/** 2×2 pixels, and beside them how bright they are, the noise level, and its correlation. */
	private SDVariable inputs(final SDVariable u, final Told told, final SDVariable correlation) {
		final SDVariable ones = sd.onesLike(u.mean(true, 3));
		final SDVariable withTold = told == null ? u : sd.concat(3, u, quarter(u).mul(told.scale), ones.mul(told.level));
		return correlation == null ? withTold : sd.concat(3, withTold, sd.concat(3, ones, ones).mul(correlation));
	}

	/** The first layer's weights: with the mean over what an output sees of a channel taken off, without inputs that are zero. */
	private SDVariable first(final String name, final boolean told, final boolean correlated) {
		final int[] shape = p.entry(name).shape();
		final int outputs = shape[0], c = spec.channels(), toldInputs = spec.told() ? c + 1 : 0, more = shape[3] - 4 * c;
		SDVariable pixels = variables.get(name);
		if (more > 0) pixels = sd.slice(pixels, new int[4], outputs, 3, 3, 4 * c);
		if (spec.zeroSum()) {
			final SDVariable flat = pixels.reshape(outputs, 36, c);
			pixels = flat.sub(flat.mean(true, 1)).reshape(outputs, 3, 3, 4 * c);
		}
		if (told) pixels = sd.concat(3, pixels, inputs(name, outputs, 4 * c, toldInputs));
		return correlated ? sd.concat(3, pixels, inputs(name, outputs, 4 * c + toldInputs, 2)) : pixels;
	}

	/** The first layer's weights of some inputs. */
	private SDVariable inputs(final String name, final int outputs, final int from, final int count) {
		return sd.slice(variables.get(name), new int[] { 0, 0, 0, from }, outputs, 3, 3, count);
	}

	private SDVariable level(final int level, final SDVariable x) {
		if (level == 0) return block("middle1", block("middle0", x));
		final int r = NetworkSpec.resolution(level);
		final SDVariable encoded = block("encode" + r, x);
		final SDVariable below = level(level - 1, convolution("down" + r, encoded, 2));
		// A transposed convolution whose windows don't overlap: a product at each place.
		final SDVariable weights = variables.get("up" + r).reshape(1, 1, spec.width(level - 1), 4 * spec.width(level));
		return block("decode" + r, encoded.add(shuffled(convolve(below, weights, 1, 1, 0)).add(bias("up" + r))));
	}

	private SDVariable block(final String name, final SDVariable x) {
		return x.add(convolution(name + ".b", swish(convolution(name + ".a", swish(x), 1)), 1));
	}

	private SDVariable swish(final SDVariable x) {
		return x.mul(sd.nn().sigmoid(x));
	}

	private SDVariable bias(final String name) {
		return variables.get(name + BIAS);
	}

	private SDVariable convolution(final String name, final SDVariable x, final int stride) {
		return convolve(x, variables.get(name).permute(1, 2, 3, 0), p.entry(name).shape()[1], stride, stride == 1 ? 1 : 0).add(bias(
			name));
	}

	/** With weights [k,k,I,O]: SameDiff's derivatives are right for these only. */
	private SDVariable convolve(final SDVariable x, final SDVariable w, final int k, final int stride, final int padding) {
		return sd.cnn().conv2d(x, w, Conv2DConfig.builder().kH(k).kW(k).sH(stride).sW(stride).pH(padding).pW(padding).dataFormat(
			Conv2DConfig.NHWC).build());
	}

	/** z less the mean over the square around each pixel; while the stage fades in mixed with the same of the halved image. */
	private SDVariable highPass(final SDVariable z) {
		if (spec.box() == 0) return z;
		final SDVariable fine = withoutMean(z);
		if (!p.fades()) return fine;
		return fine.mul(p.beta()).add(doubled(withoutMean(halved(z))).mul(1 - p.beta()));
	}

	private SDVariable withoutMean(final SDVariable z) {
		final int r = spec.box();
		return z.sub(along(1, mirrored(z, 1, 0, r), along(2, mirrored(z, 2, 0, r), z)));
	}

	/**
	 * A matrix [n, n + 2m] that takes the n values along an axis to the means of those up to r places away, at n + 2m places
	 * of which the first is m before the first value. Outside an image its pixels are seen as in a mirror, the outermost ones once.
	 */
	private SDVariable mirrored(final SDVariable z, final int axis, final int margin, final int radius) {
		final SDVariable zero = sd.constant(0L), one = sd.constant(1L), n = sd.sizeAt(z, axis);
		final SDVariable period = n.sub(1).mul(2).castTo(type);
		final SDVariable from = sd.range(zero, n, one, type).reshape(-1, 1);
		final SDVariable to = sd.range(zero, n.add(2 * margin), one, type).sub(margin).reshape(1, -1);
		// Value j is seen at j and at -j and every period away from these; for the outermost values that is one and the same.
		final SDVariable seen = multiples(to.sub(from), period, radius).add(multiples(to.add(from), period, radius));
		return seen.div(multiples(from.mul(2), period, 0).add(1)).div(2 * radius + 1);
	}

	/** How many multiples of the period are at most r away. */
	private SDVariable multiples(final SDVariable from, final SDVariable period, final int radius) {
		return sd.math().floor(from.add(radius).div(period)).sub(sd.math().floor(from.sub(radius + 1).div(period)));
	}

	/** The lines or columns of images times a matrix. */
	private SDVariable along(final int axis, final SDVariable matrix, final SDVariable z) {
		// What is multiplied is the last axis of [N,W,C,H] or [N,H,C,W].
		final SDVariable last = z.permute(0, 3 - axis, 3, axis);
		final SDVariable size = sd.concat(0, sd.sizeAt(last, 0).reshape(1), sd.sizeAt(last, 1).reshape(1), sd.constant(
			Nd4j.createFromArray((long) spec.channels())), sd.sizeAt(matrix, 1).reshape(1));
		final SDVariable product = sd.reshape(sd.reshape(last, sd.concat(0, sd.constant(Nd4j.createFromArray(-1L)), sd.sizeAt(z, axis)
			.reshape(1))).mmul(matrix), size);
		return axis == 1 ? product.permute(0, 3, 1, 2) : product.permute(0, 1, 3, 2);
	}

	/** Means of 2×2 pixels. */
	private SDVariable halved(final SDVariable z) {
		return quarter(unshuffled(z));
	}

	/** Means of 2×2 pixels that are channels. */
	private SDVariable quarter(final SDVariable u) {
		final SDVariable[] four = sd.split(u, 4, 3);
		return four[0].add(four[1]).add(four[2]).add(four[3]).mul(0.25);
	}

	/** Each pixel as 2×2 pixels. */
	private SDVariable doubled(final SDVariable z) {
		return shuffled(sd.concat(3, z, z, z, z));
	}

	/** 2×2 pixels as channels. */
	private SDVariable unshuffled(final SDVariable z) {
		return sd.cnn().spaceToDepth(z, 2, DataFormat.NHWC);
	}

	private SDVariable shuffled(final SDVariable y) {
		return sd.cnn().depthToSpace(y, 2, DataFormat.NHWC);
	}

	private INDArray array(final double... values) {
		return Nd4j.createFromArray(values).castTo(type);
	}
}
