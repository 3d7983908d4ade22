package sc.fiji.cfebm.export;

import static sc.fiji.cfebm.export.OnnxGraph.integer;
import static sc.fiji.cfebm.export.OnnxGraph.ints;
import static sc.fiji.cfebm.export.OnnxGraph.text;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;

import onnx.Onnx.AttributeProto;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.unet.UnetParameters;
import sc.fiji.cfebm.energy.unet.UnetParameters.Entry;
import sc.fiji.cfebm.energy.unet.UnetSpec;

/**
 * A stage's energy of noisy images as an ONNX graph, for images of any count and size: forward, and back to ∇E, both written out,
 * as ONNX has no derivatives. Images are [N,C,H,W]. As {@link sc.fiji.cfebm.energy.WholeImage} does, it mirrors an image at its borders and
 * fills it up to a size that goes; the mirrored pixels count as fixed. The network is not told what is bright, so the gain and the offset of
 * an image make no difference.
 * <p>
 * Linear steps have their transpose beside them; mirroring and the mean over a square are products with matrices, one for rows and one for
 * columns, which the graph makes for the size at hand.
 */
final class OnnxNetwork {

	/** Inputs: images [N,C,H,W], and their σ, which is [N,1,1,1], [1,1,1,1] or [N,1,H,W]. */
	static final String IMAGE = "image", SIGMA = "sigma";
	/** Outputs: x - σ²∇E, ∇E, both [N,C,H,W], and E [N]. */
	static final String DENOISED = "denoised", GRADIENT = "gradient", ENERGY = "energy";

	/** Mirrored pixels that a border needs at least, as in the engine. */
	private static final int MARGIN = 8;
	/** Mirrored pixels that the first layer sees around the filled-up image. */
	private static final int FRAME = 2;
	private static final String BIAS = ".bias";

	/** @param back from the gradient of {@code out} to that of what came in */
	private record Part(String out, UnaryOperator<String> back) {}

	private final OnnxGraph g;
	private final UnetParameters p;
	private final UnetSpec spec;
	private final String offAndOn;
	/** Height and width of the filled-up image. */
	private String[] sides;

	private OnnxNetwork(final UnetParameters parameters) {
		p = parameters;
		spec = p.spec();
		g = new OnnxGraph("cf-ebm stage " + NetworkSpec.resolution(p.stage()));
		offAndOn = g.weights("off and on", new float[] { 0, 1 }, 2);
	}

	/**
	 * Writes the graph.
	 *
	 * @param about what is to be known of it, as text
	 * @param facts the same by key
	 * @throws IllegalArgumentException with one sentence, if the stage still fades in
	 */
	static byte[] toBytes(final UnetParameters parameters, final String about, final Map<String, String> facts) {
		final UnetParameters trimmed = parameters.trimmed();
		if (trimmed.fades()) throw new IllegalArgumentException("The training was stopped while the stage of " + NetworkSpec.resolution(trimmed
			.stage()) + " pixels faded in: export a coarser stage, or train on.");
		final OnnxNetwork network = new OnnxNetwork(trimmed);
		network.write();
		return network.g.toBytes(about, facts);
	}

	private void write() {
		final int c = spec.channels();
		g.input(IMAGE, "images [N,C,H,W] of any size", "N", c, "H", "W");
		g.input(SIGMA, "standard deviation of their noise, positive: [N,1,1,1], [1,1,1,1] or [N,1,H,W]", "sigmaN", 1, "sigmaH", "sigmaW");
		final String shape = g.node("Shape", IMAGE), height = side(shape, 2), width = side(shape, 3);
		final String rows = places(height), columns = places(width);
		// One for each pixel, as it is mirrored with them.
		final String everywhere = g.node("Expand", SIGMA, concat(0, g.list(1, 1), list(height), list(width)));
		final String mean = g.node("ReduceMean", attributes(ints("axes", 1, 2, 3), integer("keepdims", 1)), IMAGE);
		final String quarter = g.number(0.25), scale = g.node("Div", quarter, padded(everywhere, rows, columns));
		final String z = g.node("Mul", g.node("Sub", padded(IMAGE, rows, columns), mean), scale);
		final String paddedShape = g.node("Shape", z);
		sides = new String[] { side(paddedShape, 2), side(paddedShape, 3) };
		final Part high = highPass(z), network = network(z);
		final Form form = form(high.out, network.out);
		final String back = network.back.apply(form.network), all = form.high == null ? back : g.node("Add", back, high.back.apply(
			form.high));
		final String slope = cropped(all, height, width);
		g.name(g.node("ReduceSum", attributes(integer("keepdims", 0)), cropped(form.share, height, width), g.list(1, 2, 3)), ENERGY);
		g.name(g.node("Mul", slope, g.node("Div", quarter, SIGMA)), GRADIENT);
		g.name(g.node("Sub", IMAGE, g.node("Mul", slope, g.node("Mul", quarter, SIGMA))), DENOISED);
		g.output(DENOISED, "the images without the noise, x - σ²∇E", "N", c, "H", "W");
		g.output(GRADIENT, "∇E, the derivative of the energy with respect to the pixels", "N", c, "H", "W");
		g.output(ENERGY, "the energy E of each image, without unit", "N");
	}

	/**
	 * What makes the energy of z and the network's outputs, see {@link sc.fiji.cfebm.energy.unet.EnergyForm}.
	 *
	 * @param share each value's share of E
	 * @param network its derivative with respect to the network's outputs, as they come
	 * @param high that with respect to what the high-pass leaves of z; null: it is zero
	 */
	private record Form(String share, String network, String high) {}

	private Form form(final String high, final String outputs) {
		return switch (spec.form()) {
			case INNER -> {
				final String r = shuffled(outputs), twice = g.node("Mul", high, g.number(-2));
				yield new Form(g.node("Mul", twice, r), unshuffled(twice), g.node("Mul", r, g.number(-2)));
			}
			case INNER_CORRECTED -> {
				final String[] half = g.halves(outputs);
				final String r = shuffled(half[0]), sum = g.node("Mul", g.node("Add", high, shuffled(half[1])), g.number(-2));
				final String twice = g.node("Mul", r, g.number(-2));
				yield new Form(g.node("Mul", sum, r), concat(1, unshuffled(sum), unshuffled(twice)), twice);
			}
			case NORM -> {
				final String r = shuffled(outputs);
				yield new Form(g.node("Mul", g.node("Mul", r, r), g.number(0.5)), unshuffled(r), null);
			}
		};
	}

	/** From z [N,C,H,W] to the outputs [N,4C and more,H/2,W/2]. */
	private Part network(final String z) {
		final Part mirrored = spec.zeroSum() ? along(z, matrix(0, FRAME, 0), matrix(1, FRAME, 0)) : new Part(z, v -> v);
		final Part first = convolution("first", firstWeights(), unshuffled(mirrored.out), 1, spec.zeroSum() ? 0 : 1);
		final Part body = level(p.stage(), first.out);
		final Part last = convolution("last", weights("last"), body.out, 1, 1);
		return new Part(last.out, v -> mirrored.back.apply(shuffled(first.back.apply(body.back.apply(last.back.apply(v))))));
	}

	private Part level(final int level, final String x) {
		if (level == 0) {
			final Part one = block("middle0", x), two = block("middle1", one.out);
			return new Part(two.out, v -> one.back.apply(two.back.apply(v)));
		}
		final int r = NetworkSpec.resolution(level);
		final Part encode = block("encode" + r, x), down = convolution("down" + r, weights("down" + r), encode.out, 2, 0);
		final Part below = level(level - 1, down.out), up = doubling("up" + r, below.out);
		final Part decode = block("decode" + r, g.node("Add", encode.out, up.out));
		return new Part(decode.out, v -> {
			final String both = decode.back.apply(v);
			return encode.back.apply(g.node("Add", both, down.back.apply(below.back.apply(up.back.apply(both)))));
		});
	}

	/** x + b(swish(a(swish(x)))). */
	private Part block(final String name, final String x) {
		final Part s1 = swish(x), a = convolution(name + ".a", weights(name + ".a"), s1.out, 1, 1);
		final Part s2 = swish(a.out), b = convolution(name + ".b", weights(name + ".b"), s2.out, 1, 1);
		return new Part(g.node("Add", x, b.out), v -> g.node("Add", v, s1.back.apply(a.back.apply(s2.back.apply(b.back.apply(v))))));
	}

	/** y = x·s with s the logistic function; y' = s + y·(1 - s). */
	private Part swish(final String x) {
		final String s = g.node("Sigmoid", x), y = g.node("Mul", x, s);
		return new Part(y, v -> g.node("Mul", v, g.node("Add", s, g.node("Mul", y, g.node("Sub", g.number(1), s)))));
	}

	private Part convolution(final String name, final String weights, final String x, final int stride, final int padding) {
		final int k = p.entry(name).shape()[1];
		final AttributeProto[] how = attributes(ints("kernel_shape", k, k), ints("strides", stride, stride), ints("pads", padding, padding,
			padding, padding));
		return new Part(g.node("Conv", how, x, weights, bias(name)), v -> g.node("ConvTranspose", how, v, weights));
	}

	/** A transposed convolution, whose windows don't overlap. */
	private Part doubling(final String name, final String x) {
		final AttributeProto[] how = attributes(ints("kernel_shape", 2, 2), ints("strides", 2, 2));
		final String weights = weights(name);
		return new Part(g.node("ConvTranspose", how, x, weights, bias(name)), v -> g.node("Conv", how, v, weights));
	}

	/** z less the mean over the square around each pixel. */
	private Part highPass(final String z) {
		if (spec.box() == 0) return new Part(z, v -> v);
		final Part mean = along(z, matrix(0, 0, spec.box()), matrix(1, 0, spec.box()));
		return new Part(g.node("Sub", z, mean.out), v -> g.node("Sub", v, mean.back.apply(v)));
	}

	/** A matrix [n + 2m, n] and its transpose. */
	private record Matrix(String plain, String transposed) {}

	/**
	 * Takes the n values along an axis to the means of those up to {@code radius} places away, at n + 2m places of which the first is m before
	 * the first value. Outside an image its pixels are seen as in a mirror, the outermost ones once.
	 *
	 * @param axis 0: rows, 1: columns
	 */
	private Matrix matrix(final int axis, final int margin, final int radius) {
		final String n = sides[axis], around = g.integer(margin + radius);
		final String seen = mirrored(g.node("Range", g.integer(-margin - radius), g.node("Add", n, around), g.integer(1)), n);
		final String one = g.node("OneHot", attributes(integer("axis", 0)), seen, n, offAndOn);
		final String transposed = radius == 0 ? one : g.node("Squeeze", g.node("AveragePool", attributes(ints("kernel_shape", 2 * radius + 1)), g
			.node("Unsqueeze", one, g.list(0))), g.list(0));
		return new Matrix(g.node("Transpose", attributes(ints("perm", 1, 0)), transposed), transposed);
	}

	private Part along(final String z, final Matrix rows, final Matrix columns) {
		return new Part(g.node("MatMul", g.node("MatMul", rows.plain, z), columns.transposed), v -> g.node("MatMul", g.node("MatMul",
			rows.transposed, v), columns.plain));
	}

	/** Where the pixels of a filled-up image are in the image itself, along a side of n pixels. */
	private String places(final String n) {
		final int m = UnetSpec.multiple(p.stage()), margin = margin();
		final String filled = g.node("Mul", g.node("Div", g.node("Add", n, g.integer(margin + m - 1)), g.integer(m)), g.integer(m));
		return mirrored(g.node("Range", g.integer(-margin), filled, g.integer(1)), n);
	}

	/** Mirrors places on the outermost of n pixels. */
	private String mirrored(final String places, final String n) {
		final String period = g.node("Max", g.node("Mul", g.node("Sub", n, g.integer(1)), g.integer(2)), g.integer(1));
		final String place = g.node("Mod", places, period);
		return g.node("Min", place, g.node("Sub", period, place));
	}

	private int margin() {
		final int m = UnetSpec.multiple(p.stage());
		return (MARGIN + m - 1) / m * m;
	}

	private String padded(final String x, final String rows, final String columns) {
		return g.node("Gather", attributes(integer("axis", 3)), g.node("Gather", attributes(integer("axis", 2)), x, rows), columns);
	}

	/** The image's own pixels. */
	private String cropped(final String x, final String height, final String width) {
		final String margin = g.list(margin(), margin());
		return g.node("Slice", x, margin, g.node("Add", margin, concat(0, list(height), list(width))), g.list(2, 3));
	}

	private String side(final String shape, final int axis) {
		return g.node("Gather", shape, g.integer(axis));
	}

	private String list(final String size) {
		return g.node("Unsqueeze", size, g.list(0));
	}

	private String concat(final int axis, final String... values) {
		return g.node("Concat", attributes(integer("axis", axis)), values);
	}

	/** 2×2 pixels as channels: row, column, channel. */
	private String unshuffled(final String z) {
		return g.node("SpaceToDepth", attributes(integer("blocksize", 2)), z);
	}

	private String shuffled(final String y) {
		return g.node("DepthToSpace", attributes(integer("blocksize", 2), text("mode", "DCR")), y);
	}

	/** The first layer's weights of the pixels alone; where they sum to zero for each channel, with their mean taken off. */
	private String firstWeights() {
		final Entry e = p.entry("first");
		final int outputs = e.shape()[0], all = e.shape()[3], c = spec.channels(), places = 36;
		final double[] own = new double[outputs * places * c];
		for (int o = 0; o < outputs; o++)
			for (int channel = 0; channel < c; channel++) {
				double sum = 0;
				for (int i = 0; i < places; i++)
					sum += own[(o * places + i) * c + channel] = p.values()[e.offset() + (o * 9 + i / 4) * all + i % 4 * c + channel];
				for (int i = 0; i < places && spec.zeroSum(); i++)
					own[(o * places + i) * c + channel] -= sum / places;
			}
		return weights("first", own, outputs, 3, 4 * c);
	}

	private String weights(final String name) {
		final Entry e = p.entry(name);
		return weights(name, Arrays.copyOfRange(p.values(), e.offset(), e.offset() + e.size()), e.shape()[0], e.shape()[1], e
			.shape()[3]);
	}

	/** From [O,k,k,I] to [O,I,k,k]. */
	private String weights(final String name, final double[] values, final int outputs, final int k, final int inputs) {
		final float[] to = new float[values.length];
		for (int i = 0; i < values.length; i++)
			to[(i / (k * k * inputs) * inputs + i % inputs) * k * k + i / inputs % (k * k)] = (float) values[i];
		return g.weights(name, to, outputs, inputs, k, k);
	}

	private String bias(final String name) {
		final Entry e = p.entry(name + BIAS);
		final float[] to = new float[e.size()];
		for (int i = 0; i < to.length; i++)
			to[i] = (float) p.values()[e.offset() + i];
		return g.weights(e.name(), to, to.length);
	}

	private static AttributeProto[] attributes(final AttributeProto... all) {
		return all;
	}
}
