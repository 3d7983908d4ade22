import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The energy network in libtorch's own idiom, as the paper writes it, with autograd: the peer of the benchmark
 * "engine". It runs in a process of its own, started from this source, because its JavaCPP is not ND4J's, and obeys
 * one line of text at a time; arrays travel in files. Argument: {@code channels-last} for the tuned memory format.
 */
public class LibtorchPeer {

	private static final long[] ONE = { 1, 1 }, TWO = { 2, 2 }, ZERO = { 0, 0 };
	private static final Scalar HALF_SQRT = new Scalar((float) Math.sqrt(0.5));
	private static final Scalar MINUS_ONE = new Scalar(-1f), PLUS_ONE = new Scalar(1f);

	private final boolean channelsLast;
	private int resolution, channels;
	private final Map<String, Tensor> parameters = new LinkedHashMap<>();
	private final Map<String, int[]> shapes = new LinkedHashMap<>();
	private final List<Tensor> batches = new ArrayList<>(), weights = new ArrayList<>();
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
				case "tiles" -> peer.tiles(Path.of(words[1]), Integer.parseInt(words[2]));
				case "check" -> peer.check(Path.of(words[1]));
				case "langevin" -> peer.langevin(Integer.parseInt(words[1]), Float.parseFloat(words[2]), Float.parseFloat(
					words[3]));
				case "parameters" -> peer.parameterGradient(Integer.parseInt(words[1]));
				default -> throw new IOException("Unknown command: " + line);
			}
		}
	}

	/** Reads the network's resolution, channels and parameters: name, shape with the outputs first, values. */
	private void network(final Path file) throws IOException {
		parameters.values().forEach(Tensor::close);
		parameters.clear();
		shapes.clear();
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
			resolution = in.readInt();
			channels = in.readInt();
			for (int n = in.readInt(); n > 0; n--) {
				final String name = in.readUTF();
				final int[] shape = new int[in.readInt()];
				int size = 1;
				for (int i = 0; i < shape.length; i++)
					size *= shape[i] = in.readInt();
				shapes.put(name, shape);
				parameters.put(name, parameter(name, shape, floats(in, size)));
			}
		}
		leaves = new TensorVector(parameters.values().toArray(Tensor[]::new));
		answer(0);
	}

	/** Biases stay [O], the linear weight [1,I]; [O,I] and [O,k,k,I] become convolution weights [O,I,k,k]. */
	private Tensor parameter(final String name, final int[] shape, final float[] values) {
		try (PointerScope scope = new PointerScope()) {
			if (name.endsWith(".bias") || name.endsWith("linear")) {
				final long[] s = new long[shape.length];
				for (int i = 0; i < s.length; i++)
					s[i] = shape[i];
				return keep(torch.from_blob(new FloatPointer(values), s).clone());
			}
			final int k = shape.length == 4 ? shape[1] : 1;
			return keep(images(values, shape[0], k, shape[shape.length - 1]));
		}
	}

	/** [N,k,k,C] as a tensor [N,C,k,k] in the memory format at hand. */
	private Tensor images(final float[] values, final int n, final int k, final int c) {
		final Tensor t = torch.from_blob(new FloatPointer(values), n, k, k, c).permute(0, 3, 1, 2).clone();
		return t.contiguous(channelsLast ? torch.MemoryFormat.ChannelsLast : torch.MemoryFormat.Contiguous);
	}

	/** Lets a tensor outlive the scope it was made in. */
	private static Tensor keep(final Tensor t) {
		return t.retainReference();
	}

	/** Reads tiles [N,r,r,C] and one weight each, to be worked off in batches. */
	private void tiles(final Path file, final int batch) throws IOException {
		batches.forEach(Tensor::close);
		weights.forEach(Tensor::close);
		batches.clear();
		weights.clear();
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
				PointerScope scope = new PointerScope())
		{
			for (int left = in.readInt(); left > 0; left -= batch) {
				final int n = Math.min(batch, left);
				batches.add(keep(images(floats(in, n * resolution * resolution * channels), n, resolution, channels)));
				weights.add(keep(torch.from_blob(new FloatPointer(floats(in, n)), n, 1).clone()));
			}
		}
		answer(0);
	}

	/** Writes energies and image gradients [N,r,r,C], batch by batch, then all parameter gradients. */
	private void check(final Path file) throws IOException {
		try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
			final Map<String, float[]> sums = new LinkedHashMap<>();
			for (int b = 0; b < batches.size(); b++)
				try (PointerScope scope = new PointerScope()) {
					differentiateParameters(false);
					final Tensor x = batches.get(b).detach().clone().set_requires_grad(true);
					final Tensor e = energy(x);
					write(out, values(e.detach()));
					final Tensor g = torch.grad(new TensorVector(e.sum()), new TensorVector(x)).get(0);
					write(out, values(g.permute(0, 2, 3, 1).contiguous()));
					differentiateParameters(true);
					final TensorVector gradients = torch.grad(new TensorVector(energy(batches.get(b)).mul(weights.get(b))
						.sum()), leaves);
					int i = 0;
					for (final String name : parameters.keySet()) {
						Tensor t = gradients.get(i++);
						if (t.dim() == 4) t = t.permute(0, 2, 3, 1);
						final float[] values = values(t.contiguous());
						sums.merge(name, values, (a, c) -> {
							for (int k = 0; k < a.length; k++)
								a[k] += c[k];
							return a;
						});
					}
				}
			for (final float[] sum : sums.values())
				write(out, sum);
		}
		answer(0);
	}

	/** x ← x - a·∇E(x) + s·z, clamped to [-1, 1]. */
	private void langevin(final int steps, final float a, final float s) {
		differentiateParameters(false);
		try (PointerScope scope = new PointerScope()) {
			final Scalar step = new Scalar(a), noise = new Scalar(s);
			final ScalarOptional low = new ScalarOptional(MINUS_ONE), high = new ScalarOptional(PLUS_ONE);
			for (final Tensor x : batches)
				x.set_requires_grad(true);
			final long start = System.nanoTime();
			for (int i = 0; i < steps; i++)
				for (final Tensor x : batches)
					try (PointerScope inner = new PointerScope()) {
						final Tensor g = torch.grad(new TensorVector(energy(x).sum()), new TensorVector(x)).get(0);
						GradMode.set_enabled(false);
						x.sub_(g, step);
						x.add_(torch.randn_like(x), noise);
						x.clamp_(low, high);
						GradMode.set_enabled(true);
					}
			answer((System.nanoTime() - start) * 1e-6 / steps);
			for (final Tensor x : batches)
				x.set_requires_grad(false);
		}
	}

	/** The gradient of Σ weight·E with respect to all parameters. */
	private void parameterGradient(final int steps) {
		differentiateParameters(true);
		for (final Tensor x : batches)
			x.set_requires_grad(false);
		final long start = System.nanoTime();
		for (int i = 0; i < steps; i++)
			for (int b = 0; b < batches.size(); b++)
				try (PointerScope inner = new PointerScope()) {
					torch.grad(new TensorVector(energy(batches.get(b)).mul(weights.get(b)).sum()), leaves);
				}
		answer((System.nanoTime() - start) * 1e-6 / steps);
	}

	private Tensor energy(final Tensor x) {
		Tensor z = convolve(x, "fromImage", 0);
		for (int q = resolution; q >= 8; q /= 2) {
			final String name = "block" + q;
			final Tensor main = torch.silu(pool(convolve(torch.silu(convolve(z, name + ".conv1", 1)), name + ".conv2",
				1)));
			z = main.add(pool(convolve(z, name + ".skip", 0))).mul(HALF_SQRT);
		}
		z = torch.silu(convolve(z, "head.conv3", 1));
		z = torch.silu(convolve(z, "head.conv4", 0));
		return torch.linear(z.flatten(1, -1), parameters.get("head.linear"), bias("head.linear"));
	}

	private Tensor convolve(final Tensor x, final String name, final int padding) {
		return torch.conv2d(x, parameters.get(name), bias(name), ONE, padding == 1 ? ONE : ZERO, ONE, 1);
	}

	private TensorOptional bias(final String name) {
		final Tensor b = parameters.get(name + ".bias");
		return b == null ? new TensorOptional() : new TensorOptional(b);
	}

	private static Tensor pool(final Tensor x) {
		return torch.avg_pool2d(x, TWO, TWO, ZERO, false, true, new LongOptional());
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
