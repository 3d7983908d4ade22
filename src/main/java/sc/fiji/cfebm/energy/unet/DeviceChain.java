package sc.fiji.cfebm.energy.unet;

import java.util.function.Consumer;

import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.energy.WholeImage.Span;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.opencl.Buffer;
import sc.fiji.cfebm.opencl.DeviceException;
import sc.fiji.cfebm.opencl.Launch;
import sc.fiji.cfebm.random.NoiseFilter;
import sc.fiji.cfebm.random.PlacedNoise;

/** A chain's state in a device's memory. */
final class DeviceChain extends DeviceKernels implements ResidentImages {

	private static final int HALF = 16, LOW = 0xFFFF;

	private final DeviceUnet device;
	private final Consumer<DeviceException> leave;
	private final NoisyImages images;
	/** Cuts a large image; null: it is a batch. */
	private final WholeImage pieces;
	private final PlacedNoise noise;
	private final boolean isTold;
	private final int size, values, channels;
	private final Buffer x, g, mean, seeds;
	private final Launch blockSums, means, descend, draw, rows, columns;
	/** Made when they are first needed: for corrected steps, and for known pixels. */
	private Buffer begin, slope, known, free, z;
	private Launch keepState, keepSlope, restore, average, drawKnown, hold;

	/**
	 * @param leave is told why the device can't go on
	 * @param images the state; whether their energy is told about them, and what of their correlation
	 * @param pieces cuts the one image; null: they are a batch
	 * @throws DeviceException if the device fails
	 * @throws OutOfMemoryError if it has too little memory for the state
	 */
	DeviceChain(final DeviceUnet device, final Consumer<DeviceException> leave, final NoisyImages images, final WholeImage pieces, final PlacedNoise noise) {
		super(device.session());
		this.device = device;
		this.leave = leave;
		this.images = images;
		this.pieces = pieces;
		this.noise = noise;
		isTold = images.told() > 0;
		channels = images.channels();
		size = images.height() * images.width() * channels;
		values = images.count() * size;
		try {
			x = buffer(values);
			g = buffer(values);
			mean = buffer(images.count());
			final Buffer sums = buffer(images.count() * blocks(size));
			blockSums = blockSums(x, sums, images.count(), size);
			means = image("means", images.count(), sums, mean, images.count(), blocks(size), (float) size);
			descend = image("descend", values, x, g, values, 0f);
			final PlacedNoise white = noise.white();
			final NoiseFilter filter = noise.filter();
			seeds = buffer(4 * noise.seeds().length);
			seeds.write(halves(noise.seeds()), 0, seeds.size());
			final int length = white.rowLength(values), lines = white.rows(), all = filter == null ? values : lines * length;
			final Buffer wide = filter == null ? x : buffer(all);
			draw = image("noise", all, wide, seeds, all, lines, length, white.firstInRow(), white.firstRow(), 0, 0f, filter == null ? 1 : 0);
			if (filter == null) rows = columns = null;
			else {
				final Buffer tapsX = taps(filter.x()), tapsY = taps(filter.y()), once = buffer(lines * images.width() * channels);
				rows = image("weigh", once.size(), wide, tapsX, once, once.size(), images.width(), channels, tapsX.size(), 1f, 0);
				columns = image("weigh", values, once, tapsY, x, values, images.height(), images.width() * channels, tapsY.size(), 0f, 1);
			}
			x.write(images.pixels(), 0, values);
		}
		catch (final RuntimeException | Error e) {
			close();
			throw e;
		}
	}

	private Buffer taps(final double[] taps) {
		final Buffer b = buffer(taps.length);
		final float[] floats = new float[taps.length];
		for (int i = 0; i < floats.length; i++)
			floats[i] = (float) taps[i];
		b.write(floats, 0, floats.length);
		return b;
	}

	/** Sixteen bits of the seeds in a float each, which holds them exactly. */
	private static float[] halves(final long[] seeds) {
		final float[] halves = new float[4 * seeds.length];
		for (int i = 0; i < halves.length; i++)
			halves[i] = seeds[i / 4] >>> HALF * (i % 4) & LOW;
		return halves;
	}

	/** @throws LostException if the device can't, whoever is to blame */
	private void attempt(final Runnable work) {
		try {
			work.run();
		}
		catch (final DeviceException e) {
			leave.accept(e);
			throw new LostException(e);
		}
		catch (final OutOfMemoryError e) {
			throw new LostException(e);
		}
	}

	@Override
	public void gradient(final double sigma, final double limit) {
		attempt(() -> slope(sigma, limit));
	}

	private void slope(final double sigma, final double limit) {
		if (!isTold) {
			blockSums.run();
			means.run();
		}
		if (pieces != null) {
			pieces.forEachPiece(images.height(), images.width(), (vertical, horizontal) -> slope(0, 1, vertical, horizontal, sigma, limit));
			return;
		}
		final Span vertical = whole(images.height()), horizontal = whole(images.width());
		for (;;)
			try {
				final int most = device.chunk(images);
				for (int first = 0; first < images.count(); first += most)
					slope(first, Math.min(most, images.count() - first), vertical, horizontal, sigma, limit);
				return;
			}
			catch (final OutOfMemoryError e) {
				if (!device.makeRoom(images)) throw e;
			}
	}

	private static Span whole(final int length) {
		return new Span(0, length, 0, length);
	}

	private void slope(final int first, final int count, final Span vertical, final Span horizontal, final double sigma,
		final double limit)
	{
		device.pass(count, vertical.length(), horizontal.length(), false).slope(x, mean, g, first, images, vertical, horizontal, (float) sigma,
			(float) limit);
	}

	@Override
	public void correct(final double a, final double sigma, final double limit) {
		attempt(() -> {
			if (begin == null) {
				begin = buffer(values);
				slope = buffer(values);
				keepState = image("copy", values, x, begin, values);
				keepSlope = image("copy", values, g, slope, values);
				restore = image("copy", values, begin, x, values);
				average = image("average", values, g, slope, values);
			}
			keepState.run();
			keepSlope.run();
			descend.with(3, (float) a).run();
			slope(sigma, limit);
			restore.run();
			average.run();
		});
	}

	@Override
	public void step(final double a, final double s, final int number) {
		attempt(() -> {
			descend.with(3, (float) a).run();
			if (s != 0) {
				draw.with(7, number).with(8, rows == null ? (float) s : 1f).run();
				if (rows != null) {
					rows.run();
					columns.with(7, (float) s).run();
				}
			}
			// Who wants to stop does not wait for steps that are queued.
			session.finish();
		});
	}

	@Override
	public void know(final float[] pixels, final boolean[] unknown) {
		if (noise.filter() != null) throw new IllegalArgumentException("Known pixels have white noise.");
		attempt(() -> {
			known = buffer(values);
			free = buffer(unknown.length);
			z = buffer(values);
			known.write(pixels, 0, values);
			final float[] mask = new float[unknown.length];
			for (int i = 0; i < mask.length; i++)
				mask[i] = unknown[i] ? 1 : 0;
			free.write(mask, 0, mask.length);
			drawKnown = image("noise", values, z, seeds, values, noise.rows(), noise.rowLength(values), noise.firstInRow(), noise.firstRow(), 0, 1f,
				0);
			hold = image("hold", values, x, known, free, z, values, channels, 0f);
		});
	}

	@Override
	public void hold(final double s, final int number) {
		attempt(() -> {
			if (s != 0) drawKnown.with(7, number).run();
			hold.with(6, (float) s).run();
			session.finish();
		});
	}

	@Override
	public void read(final float[] to) {
		attempt(() -> x.read(to, 0, values));
	}
}
