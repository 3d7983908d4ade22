package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedList;
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
 * Removes noise from the planes of a stack with a model of k neighbouring planes: slices, or frames, help each other where they show the same
 * ({@link SameField}). Each plane is the middle one of a slab, in which the outermost that is there stands in for those beyond an end or a cut.
 * Where what planes show moves, it is followed ({@link Motion}), and the slab of moved planes helps its middle one alone. A plane that is missing
 * is foretold by its neighbours ({@link PlaneBetween}). What then still flickers is taken off ({@link Flicker}). Not thread-safe; close it to
 * free native memory.
 */
public final class StackDenoiser implements AutoCloseable {

	/** Noise that differs by this factor is that of another recording. */
	private static final double OTHER_NOISE = 1.5;
	/** What is left of the noise of planes that another one is foretold from, as a share; chosen on made stacks (docs/experiments.md). */
	private static final double LEFT = 0.3;
	/**
	 * How far neighbouring planes may differ before what moves is followed, how far those that were moved may differ at most, and by how much less
	 * than as they are ({@link SameField#difference}); chosen on made stacks (docs/experiments.md).
	 */
	private static final double MOVES = 0.15, FOLLOWED = 0.3, BETTER = 0.5;

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
	/** Whether it sees images whole, and so what was cut off at their ends; otherwise it keeps to one thread. */
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
	 * whether planes show the same, and how what they show moves, is seen of the whole part.
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
	 * The planes of one slab without noise, as a step of other restorations.
	 *
	 * @param slab [H,W,k], the planes as channels, of finite values in any units; not changed
	 * @param sigma of the noise in the same units, positive
	 * @param correlation of the noise of neighbours in a plane
	 * @return likewise
	 * @throws java.util.concurrent.CancellationException if the user asked to stop
	 */
	public Raster step(final Raster slab, final double sigma, final Correlation correlation, final Progress progress) {
		progress.throwIfCanceled();
		if (correlation.isAny() && !Denoiser.knowsCorrelation(model)) {
			final Whitening whitening = new Whitening(correlation);
			return whitening.back(step(whitening.of(slab), whitening.sigma(sigma), Correlation.NONE, progress));
		}
		final List<StackEnergy.Plane> slices = new ArrayList<>();
		for (int k = 0; k < slab.channels(); k++)
			slices.add(new StackEnergy.Plane(slab.channel(k).values(), sigma));
		new StackEnergy(new WholeImage(energy, false)::evaluate, slab.width(), slab.height()).add(slices, Denoiser.told(correlation));
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
	 * memory are up to 2k of them. A plane's result does not depend on which others are asked for.
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
			final float[] denoised = result(index, progress);
			if (denoised == null) return null;
			final float[] steadied = denoised.clone();
			for (final int way : new int[] { -1, 1 }) {
				final float[] beside = beside(index, way, progress);
				if (beside != null) Flicker.takeOff(steadied, denoised, beside, entry.filled.width(), entry.filled.height(), entry.sigma);
			}
			final Raster result = entry.units.toGray(entry.inModel(steadied));
			return entry.shown(seesAll ? Denoiser.plateausKept(entry.filled, result) : result);
		}

		/** Whether planes helped the one that was denoised last by what was moved to where it shows it. @param index of that plane */
		public boolean isFollowed(final int index) {
			final Entry entry = known.get(index);
			return entry != null && entry.following != null;
		}

		/** What neighbours make of a plane, in model units; null: it is alone. */
		private float[] result(final int index, final Progress progress) {
			final Entry entry = entry(index, progress);
			if (entry.plane == null) return null;
			if (following(index, progress) != null) return entry.followed;
			return entry.plane.slabs() == 0 ? null : entry.denoised();
		}

		/** The result of the plane before or behind one that shows the same, where it shows it; null: it doesn't. */
		private float[] beside(final int index, final int way, final Progress progress) {
			final Following following = following(index, progress);
			if (following == null) return helps(index, way, progress) ? result(index + way, progress) : null;
			if ((way < 0 ? following.before : following.behind) == 0) return null;
			final float[] beside = result(index + way, progress);
			return beside == null ? null : entry(index, progress).moved(following.motion, beside, way);
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
			final Entry entry = entry(index, progress);
			final Following following = following(index, progress);
			final Slab slab = following == null ? still(index, progress) : followed(index, following, progress);
			final Raster y = Raster.of(slab.planes.stream().map(plane -> entry.inModel(plane.pixels())).toList());
			final Raster spread = Denoiser.spread(y, slab.middle(), entry.sigma, field(slab.places, y, entry.correlation()), Denoiser
				.knowsCorrelation(model) ? entry.noisy.noise().correlation() : Correlation.NONE, settings, progress);
			if (!isCalibrated()) progress.log(Denoiser.UNCALIBRATED);
			final Raster deviation = entry.units.toGrayDeviation(Denoiser.deviation(model, spread, entry.sigma), entry.units.toModel(mean));
			for (int i = 0; i < deviation.values().length; i++)
				if (!Float.isFinite(entry.noisy.image().values()[i])) deviation.values()[i] = Float.NaN;
			return new Denoiser.Result(mean, deviation);
		}

		/** The slab that a plane is the middle of, of planes as they are. */
		private Slab still(final int index, final Progress progress) {
			final int[] around = around(index, 0, false, progress);
			return slab(entry(index, progress), IntStream.rangeClosed(around[0], around[2 * half]).mapToObj(p -> entry(p, progress).plane.pixels()).toList(),
				index - around[0]);
		}

		/** The same, where what moves was followed. */
		private Slab followed(final int index, final Following following, final Progress progress) {
			final Entry entry = entry(index, progress);
			return slab(entry, IntStream.rangeClosed(-following.before, following.behind).mapToObj(p -> p == 0 ? entry.plane.pixels() : entry.moved(
				following.motion, entry(index + p, progress).plane.pixels(), p)).toList(), following.before);
		}

		/** @param before how many of the planes lie before the one that is helped */
		private Slab slab(final Entry entry, final List<float[]> planes, final int before) {
			return new Slab(planes.stream().map(plane -> new StackEnergy.Plane(plane, entry.sigma)).toList(), IntStream.rangeClosed(-half, half).map(p -> Math
				.max(0, Math.min(planes.size() - 1, before + p))).toArray());
		}

		/** Null: planes help this one as they are, or not at all. */
		private Following following(final int index, final Progress progress) {
			final Entry entry = entry(index, progress);
			if (!entry.isDecided) {
				entry.following = entry.plane != null ? follow(index, entry, progress) : null;
				entry.isDecided = true;
			}
			return entry.following;
		}

		private Following follow(final int index, final Entry entry, final Progress progress) {
			final int[] around = around(index, 0, true, progress);
			final int before = index - around[0], behind = around[2 * half] - index;
			if (Math.max(before == 0 ? 0 : differs(index, index - 1, progress), behind == 0 ? 0 : differs(index, index + 1, progress)) <= MOVES)
				return null;
			final int[] places = IntStream.rangeClosed(-before, behind).toArray();
			final Motion motion = Motion.ofHalves(IntStream.of(places).mapToObj(p -> entry(index + p, progress).half()).toArray(float[][]::new),
				places, entry.filled.width(), entry.filled.height(), entry.sigma, seesAll);
			final LinkedList<float[]> planes = new LinkedList<>(List.of(entry.plane.pixels()));
			double still = 0, moved = 0;
			int first = 0;
			for (final int way : new int[] { -1, 1 })
				for (int p = 1; p <= (way < 0 ? before : behind); p++) {
					final float[] plane = entry.moved(motion, entry(index + p * way, progress).plane.pixels(), p * way);
					final double difference = entry.differs(plane);
					if (!(difference <= FOLLOWED)) {
						// What helps as it is should not be lost.
						if (p == 1 && helps(index, way, progress)) return null;
						break;
					}
					if (p == 1) {
						still = Math.max(still, differs(index, index + way, progress));
						moved = Math.max(moved, difference);
					}
					if (way < 0) planes.addFirst(plane);
					else planes.addLast(plane);
					if (way < 0) first++;
				}
			if (planes.size() == 1 || !(moved <= BETTER * still)) return null;
			// At once, as the planes are moved now.
			entry.followed = Denoiser.limited(entry.plane.pixels(), energy(entry).middle(slab(entry, planes, first).inPlaces(), entry.correlation()),
				entry.sigma);
			return new Following(motion, first, planes.size() - 1 - first);
		}

		/** Whether the plane before or behind one helps it as it is. */
		private boolean helps(final int index, final int way, final Progress progress) {
			return belong(Math.min(index, index + way), Math.max(index, index + way), false, progress);
		}

		/** By how much two planes differ as they are. */
		private double differs(final int index, final int other, final Progress progress) {
			return entry(index, progress).field.difference(entry(other, progress).field);
		}

		/** A plane of which all slabs have had their say, as of those beside it. */
		private Entry complete(final int index, final Progress progress) {
			prepare(index);
			for (; to <= index + reach; to++) {
				progress.throwIfCanceled();
				progress.update((to - (index - reach)) / (2.0 * reach + 1), "Denoising");
				evaluate(to, progress);
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
				times[p]++;
			return (x, sigma, gradient) -> {
				for (int i = 0; i < area; i++)
					for (int p = 0; p < k; p++)
						pixels[i * k + p] = x[i * planes + slab[p]];
				all.gradient(pixels, sigma, gradients);
				Arrays.fill(gradient, 0);
				for (int i = 0; i < area; i++)
					for (int p = 0; p < k; p++)
						gradient[i * planes + slab[p]] += gradients[i * k + p] / times[slab[p]];
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
			final float[][] denoised = new float[around.length][];
			int done = 0;
			// One that stands in for others counts at its own place alone, which is the nearest to the middle.
			for (int p = before; p <= behind; p++)
				if (p != index) denoised[half + p - index] = beside.units.toModel(others.orAlone(p, progress.part(done++, last))).values();
			final float[][] completed = PlaneBetween.completed(denoised, beside.filled.width(), beside.filled.height(), left);
			final List<StackEnergy.Plane> slab = Arrays.stream(around).mapToObj(p -> new StackEnergy.Plane(completed[half + p - index], left)).toList();
			final Raster found = beside.inModel(energy(beside).middle(slab, null));
			progress.update(1, "Interpolating");
			return beside.units.toGray(found);
		}

		/** A plane without its noise and without gaps, whether others help it or not. */
		private Raster orAlone(final int index, final Progress progress) {
			final Entry entry = complete(index, progress);
			final float[] result = result(index, progress);
			return entry.units.toGray(entry.inModel(result != null ? result : Denoiser.limited(entry.plane.pixels(), energy(entry).middle(Collections.nCopies(
				2 * half + 1, entry.plane), entry.correlation()), entry.sigma)));
		}

		/** Forgets what is behind, or everything where it is not asked for in order. */
		private void prepare(final int index) {
			if (index < 0 || index >= count) throw new IllegalArgumentException("There are planes 0 to " + (count - 1) + ", not " + index + ".");
			if (to > from && from <= index - reach && index - reach < to) {
				known.headMap(index - reach).clear();
				from = index - reach;
				return;
			}
			// Slabs that are computed again must not count twice.
			if (to > from) known.clear();
			else known.headMap(index - reach).clear();
			from = to = index - reach;
		}

		private void evaluate(final int middle, final Progress progress) {
			final int[] slab = slabOf(middle, progress);
			if (slab == null || following(middle, progress) != null) return;
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

	/**
	 * Planes that help one of them.
	 *
	 * @param planes one after another
	 * @param places k; which of the planes is where, the one that is helped in the middle; at an end the last stands in for those that are not there
	 */
	private record Slab(List<StackEnergy.Plane> planes, int[] places) {

		int middle() {
			return places[places.length / 2];
		}

		List<StackEnergy.Plane> inPlaces() {
			return IntStream.of(places).mapToObj(planes::get).toList();
		}
	}

	/**
	 * How planes around one help it where what moves is followed.
	 *
	 * @param before how many of them before it, and behind it; not both 0
	 */
	private record Following(Motion motion, int before, int behind) {}

	/** A plane in the model's units. */
	private static final class Entry {

		/** Null where there is none. */
		final StackEnergy.Plane plane;
		final Noisy noisy;
		final Raster filled;
		final Intensities units;
		/** Of the plane; and as if it were white, times what its correlation makes of it in a sum. */
		final double sigma, noise;
		final SameField field;
		private float[] denoised, half;
		/** Once it is decided, and computed; null: planes help it as they are. */
		boolean isDecided;
		Following following;
		float[] followed;

		Entry(final Noisy noisy, final Progress progress) {
			this.noisy = noisy;
			final boolean[] missing = noisy == null ? null : Missing.in(noisy.image);
			if (noisy == null || Missing.isAll(missing)) {
				plane = null;
				filled = null;
				units = null;
				sigma = noise = 0;
				field = null;
				return;
			}
			filled = missing == null ? noisy.image : SmoothFill.HARMONIC.roughly(noisy.image, missing, progress);
			units = new Intensities(noisy.range, noisy.noise.shot());
			sigma = noisy.noise.level(noisy.range);
			final Raster y = units.toModel(filled);
			plane = new StackEnergy.Plane(y.values(), sigma);
			final double x = Math.max(0, Math.min(0.9, noisy.noise.correlation().x())), z = Math.max(0, Math.min(0.9, noisy.noise.correlation().y()));
			noise = sigma * Math.sqrt((1 + x) / (1 - x) * (1 + z) / (1 - z));
			field = SameField.of(y, noise);
		}

		/** See {@link Motion#half}. */
		float[] half() {
			if (half == null) half = Motion.half(plane.pixels(), filled.width(), filled.height());
			return half;
		}

		/** A plane, or its result, to where this one shows the same. @param place by how many planes it lies behind this one */
		float[] moved(final Motion motion, final float[] other, final int place) {
			return motion.undone(other, place, filled.width(), filled.height());
		}

		/** See {@link SameField#difference}. @param moved a plane of the same noise, to where this one shows the same, in model units */
		double differs(final float[] moved) {
			return field.difference(SameField.of(inModel(moved), noise));
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
