import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The energy network in libtorch's own idiom, as its documentation writes it, with autograd: the peer of the benchmark
 * "engine". It runs in a process of its own, started from this source, because its JavaCPP is not ND4J's, and obeys
 * one line of text at a time; arrays travel in files. Argument: {@code channels-last} for the tuned memory format.
 */
public class LibtorchPeer {

	private static final long[] ONE = { 1, 1 }, TWO = { 2, 2 }, ZERO = { 0, 0 };
	private static final Scalar MINUS_ONE = new Scalar(-1f), PLUS_ONE = new Scalar(1f), MINUS_TWO = new Scalar(-2f);

	private final boolean channelsLast;
	private int levels, channels, box;
	private boolean zeroSum;
	private String form;
	private float sigma;
	private final Map<String, Tensor> parameters = new LinkedHashMap<>();
	private Tensor images, weights;
	private TensorVector leaves;

	private LibtorchPeer(final boolean channelsLast) {
		this.channelsLast = channelsLast;
	}

	public static void main(final String[] args) throws IOException {
		torch.set_num_threads(Integer.parseInt(System.getenv("OMP_NUM_THREADS")));
		torch.manual_seed(1);
		final LibtorchPeer peer = new LibtorchPeer(List.of(args).contains("channels-last"));
		System.out.println("ready with " + torch.get_num_threads() + " threads");
		final BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			final String[] words = line.split("\t");
			switch (words[0]) {
				case "network" -> peer.network(Path.of(words[1]));
				case "images" -> peer.images(Path.of(words[1]));
				case "check" -> peer.check(Path.of(words[1]));
				case "langevin" -> peer.langevin(Integer.parseInt(words[1]), Float.parseFloat(words[2]), Float.parseFloat(
					words[3]));
				case "parameters" -> peer.parameterGradient(Integer.parseInt(words[1]));
				default -> throw new IOException("Unknown command: " + line);
			}
		}
	}

	/** Reads what the network is like, and its parameters: name, shape, values. */
	private void network(final Path file) throws IOException {
		parameters.values().forEach(Tensor::close);
		parameters.clear();
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
			levels = in.readInt();
			channels = in.readInt();
			zeroSum = in.readBoolean();
			box = in.readInt();
			form = in.readUTF();
			sigma = in.readFloat();
			for (int n = in.readInt(); n > 0; n--) {
				final String name = in.readUTF();
				final long[] shape = new long[in.readInt()];
				int size = 1;
				for (int i = 0; i < shape.length; i++)
					size *= shape[i] = in.readInt();
				try (PointerScope scope = new PointerScope()) {
					parameters.put(name, keep(fromOurs(name, torch.from_blob(new FloatPointer(floats(in, size)), shape))));
				}
			}
		}
		leaves = new TensorVector(parameters.values().toArray(Tensor[]::new));
		answer(0);
	}

	/**
	 * A parameter as libtorch has it: [O,k,k,I] becomes [O,I,k,k]; the channels of unshuffled images, ordered (pixel, channel),
	 * become ordered (channel, pixel).
	 */
	private Tensor fromOurs(final String name, final Tensor p) {
		Tensor t = p;
		if (name.startsWith("last")) t = reordered(t, 0, 4, channels);
		if (name.equals("first")) t = reordered(t, 3, 4, channels);
		if (t.dim() == 4) t = t.permute(0, 3, 1, 2);
		// A copy of its own, whatever became of it.
		t = t.clone();
		return t.dim() == 4 ? t.contiguous(format()) : t;
	}

	/** The way back. */
	private Tensor toOurs(final String name, final Tensor p) {
		Tensor t = p.dim() == 4 ? p.permute(0, 2, 3, 1) : p;
		if (name.startsWith("last")) t = reordered(t, 0, channels, 4);
		if (name.equals("first")) t = reordered(t, 3, channels, 4);
		return t.contiguous();
	}

	/** In one dimension, groups of a × b values as groups of b × a. */
	private static Tensor reordered(final Tensor t, final int dimension, final int a, final int b) {
		final long[] shape = sizes(t), split = new long[shape.length + 2], order = new long[split.length];
		for (int i = 0, k = 0; i < shape.length; i++) {
			if (i != dimension) {
				split[k++] = shape[i];
				continue;
			}
			split[k++] = shape[i] / (a * b);
			split[k++] = a;
			split[k++] = b;
		}
		for (int i = 0; i < order.length; i++)
			order[i] = i;
		order[dimension + 1] = dimension + 2;
		order[dimension + 2] = dimension + 1;
		return t.reshape(split).permute(order).reshape(shape);
	}

	private static long[] sizes(final Tensor t) {
		final long[] sizes = new long[(int) t.dim()];
		for (int i = 0; i < sizes.length; i++)
			sizes[i] = t.size(i);
		return sizes;
	}

	private torch.MemoryFormat format() {
		return channelsLast ? torch.MemoryFormat.ChannelsLast : torch.MemoryFormat.Contiguous;
	}

	/** Lets a tensor outlive the scope it was made in. */
	private static Tensor keep(final Tensor t) {
		return t.retainReference();
	}

	/** Reads square images [N,H,W,C] and one weight each. */
	private void images(final Path file) throws IOException {
		if (images != null) images.close();
		if (weights != null) weights.close();
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
				PointerScope scope = new PointerScope())
		{
			final int n = in.readInt(), side = in.readInt();
			images = keep(torch.from_blob(new FloatPointer(floats(in, n * side * side * channels)), n, side, side, channels).permute(0, 3,
				1, 2).clone().contiguous(format()));
			weights = keep(torch.from_blob(new FloatPointer(floats(in, n)), n).clone());
		}
		answer(0);
	}

	/** Writes energies, image gradients [N,H,W,C], then all parameter gradients. */
	private void check(final Path file) throws IOException {
		try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
				PointerScope scope = new PointerScope())
		{
			differentiateParameters(false);
			final Tensor x = images.detach().clone().set_requires_grad(true);
			final Tensor e = energies(x);
			write(out, values(e.detach()));
			final Tensor g = torch.grad(new TensorVector(e.sum()), new TensorVector(x)).get(0);
			write(out, values(g.permute(0, 2, 3, 1).contiguous()));
			differentiateParameters(true);
			final TensorVector gradients = torch.grad(new TensorVector(energies(images).mul(weights).sum()), leaves);
			int i = 0;
			for (final String name : parameters.keySet())
				write(out, values(toOurs(name, gradients.get(i++))));
		}
		answer(0);
	}

	/** x ← x - a·σ∇E(x) + s·z, clamped to [-1, 1] after the last step. */
	private void langevin(final int steps, final float a, final float s) {
		differentiateParameters(false);
		try (PointerScope scope = new PointerScope()) {
			final Scalar step = new Scalar(a * sigma), noise = new Scalar(s);
			final ScalarOptional low = new ScalarOptional(MINUS_ONE), high = new ScalarOptional(PLUS_ONE);
			images.set_requires_grad(true);
			final long start = System.nanoTime();
			for (int i = 0; i < steps; i++)
				try (PointerScope inner = new PointerScope()) {
					final Tensor g = torch.grad(new TensorVector(energies(images).sum()), new TensorVector(images)).get(0);
					GradMode.set_enabled(false);
					images.sub_(g, step);
					images.add_(torch.randn_like(images), noise);
					if (i == steps - 1) images.clamp_(low, high);
					GradMode.set_enabled(true);
				}
			answer((System.nanoTime() - start) * 1e-6 / steps);
			images.set_requires_grad(false);
		}
	}

	/** The gradient of Σ weight·E with respect to all parameters. */
	private void parameterGradient(final int steps) {
		differentiateParameters(true);
		images.set_requires_grad(false);
		final long start = System.nanoTime();
		for (int i = 0; i < steps; i++)
			try (PointerScope inner = new PointerScope()) {
				torch.grad(new TensorVector(energies(images).mul(weights).sum()), leaves);
			}
		answer((System.nanoTime() - start) * 1e-6 / steps);
	}

	/** E of each image [N]. */
	private Tensor energies(final Tensor x) {
		final Tensor mean = x.detach().mean(new long[] { 1, 2, 3 }, true, new ScalarTypeOptional());
		final Tensor z = x.sub(mean).mul(new Scalar(0.25f / sigma));
		final Tensor outputs = torch.pixel_shuffle(network(z), 2);
		final Tensor r = outputs.narrow(1, 0, channels);
		final Tensor high = box == 0 ? z : z.sub(surroundings(z));
		final Tensor shares = switch (form) {
			case "INNER" -> high.mul(r).mul(MINUS_TWO);
			case "INNER_CORRECTED" -> high.add(outputs.narrow(1, channels, channels)).mul(r).mul(MINUS_TWO);
			default -> throw new IllegalArgumentException("This peer does not know the energy " + form + ".");
		};
		return shares.sum(1, 2, 3);
	}

	/** The mean over a square around each pixel. */
	private Tensor surroundings(final Tensor z) {
		final long side = 2 * box + 1;
		final Tensor wide = torch.reflection_pad2d(z, box, box, box, box);
		return pool(pool(wide, side, 1), 1, side);
	}

	private static Tensor pool(final Tensor x, final long height, final long width) {
		return torch.avg_pool2d(x, new long[] { height, width }, ONE, ZERO, false, true, new LongOptional());
	}

	private Tensor network(final Tensor z) {
		Tensor x;
		if (zeroSum) {
			final Tensor w = parameters.get("first");
			final Tensor each = w.reshape(w.size(0), channels, 4 * w.size(2) * w.size(3));
			final Tensor centred = each.sub(each.mean(new long[] { 2 }, true, new ScalarTypeOptional())).reshape(sizes(w));
			x = torch.conv2d(torch.pixel_unshuffle(torch.reflection_pad2d(z, 2, 2, 2, 2), 2), centred, bias("first"), ONE, ZERO, ONE, 1);
		}
		else x = convolve(torch.pixel_unshuffle(z, 2), "first");
		return convolve(level(x, levels - 1), "last");
	}

	private Tensor level(final Tensor x, final int level) {
		if (level == 0) return block(block(x, "middle0"), "middle1");
		final int r = 8 << level;
		final Tensor encoded = block(x, "encode" + r);
		final Tensor down = torch.conv2d(encoded, parameters.get("down" + r), bias("down" + r), TWO, ZERO, ONE, 1);
		final Tensor up = torch.conv_transpose2d(level(down, level - 1), parameters.get("up" + r), bias("up" + r), TWO, ZERO, ZERO, 1,
			1, 1);
		return block(encoded.add(up), "decode" + r);
	}

	private Tensor block(final Tensor x, final String name) {
		return x.add(convolve(torch.silu(convolve(torch.silu(x), name + ".a")), name + ".b"));
	}

	private Tensor convolve(final Tensor x, final String name) {
		return torch.conv2d(x, parameters.get(name), bias(name), ONE, ONE, ONE, 1);
	}

	private TensorOptional bias(final String name) {
		return new TensorOptional(parameters.get(name + ".bias"));
	}

	private void differentiateParameters(final boolean on) {
		for (final Tensor p : parameters.values())
			p.set_requires_grad(on);
	}

	private static float[] floats(final DataInputStream in, final int size) throws IOException {
		final float[] values = new float[size];
		for (int i = 0; i < size; i++)
			values[i] = in.readFloat();
		return values;
	}

	private static void write(final DataOutputStream out, final float[] values) throws IOException {
		for (final float v : values)
			out.writeFloat(v);
	}

	private static float[] values(final Tensor t) {
		final float[] values = new float[(int) t.numel()];
		t.data_ptr_float().get(values);
		return values;
	}

	private static void answer(final double milliseconds) {
		System.out.println("done\t" + milliseconds);
	}
}
