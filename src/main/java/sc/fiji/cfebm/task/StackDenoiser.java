package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.StackEnergy;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel.Correlation;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.tiling.GradientField;
import sc.fiji.cfebm.tiling.GradientFields;

/**
 * Removes noise from the planes of a stack with a model of k neighbouring planes: slices, or frames, help each other where they show the same.
 * Each plane is the middle one of a slab, in which the outermost that is there stands in for those beyond an end or a cut. A plane that is
 * missing is foretold by its neighbours. What then still flickers is taken off ({@link Flicker}). Not thread-safe; close it to free native
 * memory.
 */
public final class StackDenoiser implements AutoCloseable {

	/** Noise that differs by this factor is that of another recording. */
	private static final double OTHER_NOISE = 1.5;
	/** What is left of the noise of planes that another one is foretold from, as a share; chosen on made stacks (docs/experiments.md). */
	private static final double LEFT = 0.3;

	/**
	 * A plane to be denoised.
	 *
	 * @param image [H,W,1] in gray values; pixels that are NaN or infinite are missing, and stay
	 * @param noise of it
	 * @param range the gray values that become -1 and 1; the same for all planes of a stack
	 */
	public record Noisy(Raster image, NoiseModel noise, Normalization range) {}

	private final Model model;
	private final StageNetwork network;
	private final NoiseAwareEnergy energy;
	/** Whether it sees images whole, and so what was cut off at their ends. */
	private final boolean seesAll;

	/** @throws IllegalArgumentException with one sentence, if the model is not one of neighbouring planes of gray images */
	public StackDenoiser(final Model model) {
		this(model, true, () -> model.pyramid().network(model.pyramid().stages() - 1));
	}

	private StackDenoiser(final Model model, final boolean seesAll, final Supplier<StageNetwork> maker) {
		if (model.planes() == 1 || model.channels() != 1) throw new IllegalArgumentException(
			"The model is not one of neighbouring planes of gray images.");
		Denoiser.requireOneStep(model);
		this.model = model;
		this.seesAll = seesAll;
		network = maker.get();
		energy = network.equivariant().ofImages();
	}

	/** One for parts of stacks, as {@link Denoiser#ofOneThread}: on one thread, and parts that are saturated all around are denoised, too. */
	public static StackDenoiser ofOneThread(final Model model) {
		return new StackDenoiser(model, false, () -> Denoiser.networkOfOneThread(model));
	}

	/**
	 * How far around a part of the planes it has to see, in pixels, as {@link Denoiser#reach}: the network, and what tells flicker. What tells
	 * whether planes show the same is seen of the whole part.
	 */
	public static int reach(final Model model) {
		final int multiple = UnetSpec.multiple(model.pyramid().stages() - 1);
		return Denoiser.reach(model) + (Flicker.REACH + multiple - 1) / multiple * multiple;
	}

	/**
	 * How many planes before and behind one decide what becomes of it: its slabs and those of the planes beside it, whose results tell flicker,
	 * reach (k - 1)/2 + 1 planes, and their planes (k - 1)/2 further; whether two planes belong together is told by these two alone. So k.
	 */
	public static int halo(final Model model) {
		return model.planes();
	}

	/** How many planes it looks at together, an odd number. */
	public int planes() {
		return model.planes();
	}

	/**
	 * A stack, of which planes are asked for when they are needed.
	 *
	 * @param planes by their index, from 0 to count - 1; null for one that is not to be mixed with others, as it has no pixels or no noise
	 * @param careful whether to average over four shifts by one pixel, which takes four times as long
	 */
	public Stack stack(final IntFunction<Noisy> planes, final int count, final boolean careful) {
		return new Stack(planes, count, careful);
	}

	/**
	 * The planes of one slab without white noise, as a step of other restorations.
	 *
	 * @param slab [H,W,k], the planes as channels, of finite values in any units; not changed
	 * @param sigma of the noise in the same units, positive
	 * @return likewise
	 * @throws java.util.concurrent.CancellationException if the user asked to stop
	 */
	public Raster step(final Raster slab, final double sigma, final Progress progress) {
		progress.throwIfCanceled();
		final List<StackEnergy.Plane> slices = new ArrayList<>();
		for (int k = 0; k < slab.channels(); k++)
			slices.add(new StackEnergy.Plane(slab.channel(k).values(), sigma));
		new StackEnergy(new WholeImage(energy, false)::evaluate, slab.width(), slab.height()).add(slices, null);
		return Raster.of(slices.stream().map(plane -> new Raster(slab.width(), slab.height(), 1, Denoiser.limited(plane.pixels(), plane.denoised(),
			sigma))).toList());
	}

	/** Whether two planes show the same field with the same noise: if not, neither helps the other. */
	public static boolean belong(final Noisy one, final Noisy other) {
		return new Entry(other, Progress.NONE).follows(new Entry(one, Progress.NONE), false);
	}

	/** Whether the model knows how far the spread of its samples can be believed; if not, the spread is given as it is, and the log says so. */
	public boolean isCalibrated() {
		return Denoiser.isCalibrated(model);
	}

	/**
	 * Planes of one stack one after another. Of planes that are asked for in ascending order each is read once, and each slab computed once; in
	 * memory are fewer than 2k of them. A plane's result does not depend on which others are asked for.
	 */
	public final class Stack {

		private final IntFunction<Noisy> planes;
		/** How many planes before and behind one have slabs that it is needed of. */
		private final int count, half = model.planes() / 2, reach = half + 1;
		private final boolean careful;
		private final TreeMap<Integer, Entry> known = new TreeMap<>();
		/** The slabs from the one to before the other are computed. */
		private int from, to;

		private Stack(final IntFunction<Noisy> planes, final int count, final boolean careful) {
			this.planes = planes;
			this.count = count;
			this.careful = careful;
		}

		/**
		 * A plane without its noise.
		 *
		 * @return in gray values; pixels that are missing are those of the input; null: it has no neighbour that shows the same field, as there
		 *         is none, or it lies between cuts
		 * @throws java.util.concurrent.CancellationException after a slab, when the user asked to stop
		 */
		public Raster denoised(final int index, final Progress progress) {
			final Entry entry = complete(index, progress);
			if (entry.plane == null || entry.plane.slabs() == 0) return null;
			final float[] denoised = entry.denoised(), steadied = denoised.clone();
			for (final int beside : new int[] { index - 1, index + 1 })
				if (belong(Math.min(index, beside), Math.max(index, beside), false, progress)) Flicker.takeOff(steadied, denoised, entry(beside,
					progress).denoised(), entry.filled.width(), entry.filled.height(), entry.sigma);
			final Raster result = entry.units.toGray(entry.inModel(steadied));
			return entry.shown(seesAll ? Denoiser.plateausKept(entry.filled, result) : result);
		}

		/**
		 * A plane without its noise, and, where the method is POSTERIOR, how far the samples of the clean one spread that are drawn of the slab that
		 * it is the middle of. Their mean would be a bit behind the one step of all slabs, which is the result.
		 *
		 * @param settings but for the noise, which is that of the planes, and care, which the stack takes or not
		 * @return null as of {@link #denoised(int, Progress)}
		 * @throws java.util.concurrent.CancellationException after a step, when the user asked to stop
		 */
		public Denoiser.Result denoised(final int index, final Denoiser.Settings settings, final Progress progress) {
			final Raster mean = denoised(index, progress);
			if (mean == null || settings.method() != Denoiser.Method.POSTERIOR) return mean == null ? null : new Denoiser.Result(mean, null);
			final int[] slab = slabOf(index, progress);
			final int lowest = slab[0], channels = slab[slab.length - 1] - lowest + 1;
			final Entry entry = entry(index, progress);
			final Raster y = Raster.of(IntStream.range(lowest, lowest + channels).mapToObj(p -> entry.inModel(entry(p, progress).plane.pixels())).toList());
			final Raster spread = Denoiser.spread(y, index - lowest, entry.sigma, field(slab, y, entry.correlation()), ((UnetSpec) model.info()
				.network()).correlated() ? entry.noisy.noise().correlation() : Correlation.NONE, settings, progress);
			if (!isCalibrated()) progress.log(Denoiser.UNCALIBRATED);
			final Raster deviation = entry.units.toGrayDeviation(Denoiser.deviation(model, spread, entry.sigma), entry.units.toModel(mean));
			for (int i = 0; i < deviation.values().length; i++)
				if (!Float.isFinite(entry.noisy.image().values()[i])) deviation.values()[i] = Float.NaN;
			return new Denoiser.Result(mean, deviation);
		}

		/** A plane of which all slabs have had their say, as of those beside it. */
		private Entry complete(final int index, final Progress progress) {
			prepare(index);
			for (; to <= index + reach; to++) {
				progress.throwIfCanceled();
				progress.update((to - (index - reach)) / (2.0 * reach + 1), "Denoising");
				slab(to, progress);
			}
			progress.update(1, "Denoising");
			return entry(index, progress);
		}

		/** Of the planes of a slab, each of which is one channel of the state, however often it is in the slab. */
		private GradientField field(final int[] slab, final Raster y, final float[] correlation) {
			final int k = slab.length, planes = y.channels(), area = y.width() * y.height();
			final GradientField all = GradientFields.whole(energy, y.width(), y.height(), correlation);
			if (planes == k) return all;
			final float[] pixels = new float[area * k], gradients = new float[area * k];
			final int[] times = new int[planes];
			for (final int p : slab)
				times[p - slab[0]]++;
			return (x, sigma, gradient) -> {
				for (int i = 0; i < area; i++)
					for (int p = 0; p < k; p++)
						pixels[i * k + p] = x[i * planes + slab[p] - slab[0]];
				all.gradient(pixels, sigma, gradients);
				Arrays.fill(gradient, 0);
				for (int i = 0; i < area; i++)
					for (int p = 0; p < k; p++)
						gradient[i * planes + slab[p] - slab[0]] += gradients[i * k + p] / times[slab[p] - slab[0]];
			};
		}

		/**
		 * A plane that is missing, as its neighbours foretell it, which are denoised before.
		 *
		 * @return in gray values; null: it is not between two that show much the same field
		 */
		public Raster foretold(final int index, final Progress progress) {
			prepare(index);
			progress.throwIfCanceled();
			progress.update(0, "Interpolating");
			if (!belong(index - 1, index + 1, true, progress)) return null;
			final int[] around = around(index, 1, true, progress);
			final int before = around[0], behind = around[2 * half], last = behind - before;
			// Of its own, so that this one goes on in order.
			final Stack others = new Stack(planes, count, careful);
			final Entry beside = entry(index - 1, progress);
			final double left = LEFT * beside.sigma;
			final float[][] planes = new float[around.length][];
			int done = 0;
			// One that stands in for others counts at its own place alone, which is the nearest to the middle.
			for (int p = before; p <= behind; p++)
				if (p != index) planes[half + p - index] = beside.units.toModel(others.orAlone(p, progress.part(done++, last))).values();
			final float[][] completed = PlaneBetween.completed(planes, beside.filled.width(), beside.filled.height(), left);
			final List<StackEnergy.Plane> slab = Arrays.stream(around).mapToObj(p -> new StackEnergy.Plane(completed[half + p - index], left)).toList();
			final Raster found = beside.inModel(energy(beside).middle(slab, null));
			progress.update(1, "Interpolating");
			return beside.units.toGray(found);
		}

		/** A plane without its noise and without gaps, whether others help it or not. */
		private Raster orAlone(final int index, final Progress progress) {
			final Entry entry = complete(index, progress);
			if (entry.plane.slabs() == 0) energy(entry).add(Collections.nCopies(2 * half + 1, entry.plane), entry.correlation());
			return entry.units.toGray(entry.inModel(entry.denoised()));
		}

		/** Forgets what is behind, or everything where it is not asked for in order. */
		private void prepare(final int index) {
			if (index < 0 || index >= count) throw new IllegalArgumentException("There are planes 0 to " + (count - 1) + ", not " + index + ".");
			if (to > from && from <= index - reach && index - reach <= to) {
				known.headMap(index - reach).clear();
				from = index - reach;
				return;
			}
			// Slabs that are computed again must not count twice.
			if (to > from) known.clear();
			else known.headMap(index - reach).clear();
			from = to = index - reach;
		}

		private void slab(final int middle, final Progress progress) {
			final int[] slab = slabOf(middle, progress);
			if (slab == null) return;
			final Entry entry = entry(middle, progress);
			energy(entry).add(Arrays.stream(slab).mapToObj(p -> entry(p, progress).plane).toList(), entry.correlation());
		}

		/** Which planes a slab consists of; null: there is none, or it is alone. */
		private int[] slabOf(final int middle, final Progress progress) {
			if (middle < 0 || middle >= count || entry(middle, progress).plane == null) return null;
			final int[] slab = around(middle, 0, false, progress);
			return slab[0] == slab[2 * half] ? null : slab;
		}

		/**
		 * The k planes around one; in the places of those that do not belong there stands the last that does.
		 *
		 * @param near how far away the planes are that belong in any case
		 * @param moved as of {@link #belong}
		 */
		private int[] around(final int middle, final int near, final boolean moved, final Progress progress) {
			int first = middle - near, last = middle + near;
			while (first > middle - half && belong(first - 1, first, moved, progress))
				first--;
			while (last < middle + half && belong(last, last + 1, moved, progress))
				last++;
			final int lowest = first, highest = last;
			return IntStream.rangeClosed(middle - half, middle + half).map(p -> Math.max(lowest, Math.min(highest, p))).toArray();
		}

		private StackEnergy energy(final Entry entry) {
			return new StackEnergy(new WholeImage(energy, careful)::evaluate, entry.filled.width(), entry.filled.height());
		}

		/** @param moved whether what they show may have moved */
		private boolean belong(final int one, final int other, final boolean moved, final Progress progress) {
			return entry(other, progress).follows(entry(one, progress), moved);
		}

		private Entry entry(final int index, final Progress progress) {
			return known.computeIfAbsent(index, i -> new Entry(i < 0 || i >= count ? null : planes.apply(i), progress));
		}
	}

	/** A plane in the model's units. */
	private static final class Entry {

		/** Null where there is none. */
		final StackEnergy.Plane plane;
		final Noisy noisy;
		final Raster filled;
		final Intensities units;
		final double sigma;
		final SameField field;
		private float[] denoised;

		Entry(final Noisy noisy, final Progress progress) {
			this.noisy = noisy;
			final boolean[] missing = noisy == null ? null : Missing.in(noisy.image);
			if (noisy == null || Missing.isAll(missing)) {
				plane = null;
				filled = null;
				units = null;
				sigma = 0;
				field = null;
				return;
			}
			filled = missing == null ? noisy.image : SmoothFill.HARMONIC.roughly(noisy.image, missing, progress);
			units = new Intensities(noisy.range, noisy.noise.shot());
			sigma = noisy.noise.level(noisy.range);
			final Raster y = units.toModel(filled);
			plane = new StackEnergy.Plane(y.values(), sigma);
			final double x = Math.max(0, Math.min(0.9, noisy.noise.correlation().x())), z = Math.max(0, Math.min(0.9, noisy.noise.correlation().y()));
			field = SameField.of(y, sigma * Math.sqrt((1 + x) / (1 - x) * (1 + z) / (1 - z)));
		}

		boolean follows(final Entry before, final boolean moved) {
			if (plane == null || before.plane == null) return false;
			final double ratio = sigma / before.sigma;
			return ratio < OTHER_NOISE && ratio > 1 / OTHER_NOISE && (noisy.noise().shot() == null) == (before.noisy.noise().shot() == null) && (moved
				? field.isSimilar(before.field) : field.isSame(before.field));
		}

		/** What an energy is told; null: the noise is white. */
		float[] correlation() {
			return Denoiser.told(noisy.noise.correlation());
		}

		/** What its slabs make of it, once all of them have had their say. */
		float[] denoised() {
			if (denoised == null) denoised = Denoiser.limited(plane.pixels(), plane.denoised(), sigma);
			return denoised;
		}

		/** @param pixels of a plane, in model units; shared */
		Raster inModel(final float[] pixels) {
			return new Raster(filled.width(), filled.height(), 1, pixels);
		}

		/** With what is missing as it was. */
		Raster shown(final Raster result) {
			final float[] pixels = noisy.image.values();
			for (int i = 0; i < pixels.length; i++)
				if (!Float.isFinite(pixels[i])) result.values()[i] = pixels[i];
			return result;
		}
	}

	@Override
	public void close() {
		network.close();
	}
}
