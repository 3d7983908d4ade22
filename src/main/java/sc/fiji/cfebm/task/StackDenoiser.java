package sc.fiji.cfebm.task;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;

import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.StackEnergy;
import sc.fiji.cfebm.energy.StageNetwork;
import sc.fiji.cfebm.energy.WholeImage;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;

/**
 * Removes noise from the planes of a stack with a model of k neighbouring planes: slices, or frames, help each other where they show the same.
 * Not thread-safe; close it to free native memory.
 */
public final class StackDenoiser implements AutoCloseable {

	/** Noise that differs by this factor is that of another recording. */
	private static final double OTHER_NOISE = 1.5;

	/**
	 * A plane to be denoised.
	 *
	 * @param image [H,W,1] in gray values; pixels that are NaN or infinite are missing, and stay
	 * @param noise of it
	 * @param range the gray values that become -1 and 1; the same for all planes of a stack
	 */
	public record Noisy(Raster image, NoiseModel noise, Normalization range) {}

	private final Model model;
	private final Denoiser single;
	private final StageNetwork network;
	private final NoiseAwareEnergy energy;

	/**
	 * @param model of neighbouring planes
	 * @param single for single planes: it has a say in planes that are in fewer than k slabs, as the first and the last; left open
	 * @throws IllegalArgumentException with one sentence, if the model is not one of neighbouring planes of gray images
	 */
	public StackDenoiser(final Model model, final Denoiser single) {
		this.single = single;
		if (model.planes() == 1 || model.channels() != 1) throw new IllegalArgumentException(
			"The model is not one of neighbouring planes of gray images.");
		Denoiser.requireOneStep(model);
		this.model = model;
		network = model.pyramid().network(model.pyramid().stages() - 1);
		energy = network.equivariant().ofImages();
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
		final List<Raster> denoised = new ArrayList<>();
		for (int k = 0; k < slab.channels(); k++)
			denoised.add(new Raster(slab.width(), slab.height(), 1, Denoiser.limited(slab.channel(k).values(), slices.get(k).denoised(), sigma)));
		return Raster.of(denoised);
	}

	/** Whether a plane shows the same field as the one before, with the same noise: if not, neither helps the other. */
	public static boolean follows(final Noisy plane, final Noisy before) {
		return new Entry(plane, Progress.NONE).follows(new Entry(before, Progress.NONE));
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
	 * Planes of one stack one after another. Of planes that are asked for in ascending order each is read once, and each slab computed once; in
	 * memory are k of them. A plane's result does not depend on which others are asked for.
	 */
	public final class Stack {

		private final IntFunction<Noisy> planes;
		private final int count, half = model.planes() / 2;
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
		 * @return in gray values; pixels that are missing are those of the input; null: it is not one of k neighbours that show the same field,
		 *         as it is not there, or lies between cuts
		 * @throws java.util.concurrent.CancellationException after a slab, when the user asked to stop
		 */
		public Raster denoised(final int index, final Progress progress) {
			prepare(index);
			for (; to <= index + half; to++) {
				progress.throwIfCanceled();
				progress.update((to - (index - half)) / (2.0 * half + 1), "Denoising");
				slab(to, progress);
			}
			progress.update(1, "Denoising");
			final Entry entry = entry(index, progress);
			final int slabs = entry.plane == null ? 0 : entry.plane.slabs(), missing = 2 * half + 1 - slabs;
			if (slabs == 0) return null;
			final Raster y = new Raster(entry.filled.width(), entry.filled.height(), 1, Denoiser.limited(entry.units.toModel(entry.filled).values(), entry.plane
				.denoised(), entry.sigma));
			final Raster denoised = Denoiser.plateausKept(entry.filled, entry.units.toGray(y));
			final Raster noisy = entry.noisy.image();
			// As if its energy alone were that of the slabs that are not there.
			if (missing > 0) {
				final float[] alone = single.denoise(entry.filled, entry.noisy.range(), new Denoiser.Settings(Denoiser.Method.ONE_STEP, entry.noisy
					.noise(), careful, 1, 1, Defaults.SEED), progress).mean().values();
				for (int i = 0; i < alone.length; i++)
					denoised.values()[i] += missing * (alone[i] - denoised.values()[i]) / (slabs + missing);
			}
			for (int i = 0; i < noisy.values().length; i++)
				if (!Float.isFinite(noisy.values()[i])) denoised.values()[i] = noisy.values()[i];
			return denoised;
		}

		/** Forgets what is behind, or everything where it is not asked for in order. */
		private void prepare(final int index) {
			if (index < 0 || index >= count) throw new IllegalArgumentException("There are planes 0 to " + (count - 1) + ", not " + index + ".");
			if (to > from && from <= index - half && index - half <= to) {
				known.headMap(index - half).clear();
				from = index - half;
				return;
			}
			// Slabs that are computed again must not count twice.
			if (to > from) known.clear();
			from = to = index - half;
		}

		private void slab(final int middle, final Progress progress) {
			if (middle < half || middle >= count - half) return;
			for (int p = middle - half + 1; p <= middle + half; p++)
				if (!follows(p, progress)) return;
			final List<StackEnergy.Plane> slab = new ArrayList<>();
			for (int p = middle - half; p <= middle + half; p++)
				slab.add(entry(p, progress).plane);
			final Entry entry = entry(middle, progress);
			final var correlation = entry.noisy.noise().correlation();
			new StackEnergy(new WholeImage(energy, careful)::evaluate, entry.filled.width(), entry.filled.height()).add(slab, correlation.isAny()
				? new float[] { (float) correlation.x(), (float) correlation.y() } : null);
		}

		/** Whether a plane shows the same field as the one before. */
		private boolean follows(final int index, final Progress progress) {
			return entry(index, progress).follows(entry(index - 1, progress));
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

		boolean follows(final Entry before) {
			if (plane == null || before.plane == null) return false;
			final double ratio = sigma / before.sigma;
			return ratio < OTHER_NOISE && ratio > 1 / OTHER_NOISE && (noisy.noise().shot() == null) == (before.noisy.noise().shot() == null) && field
				.isSame(before.field);
		}
	}

	@Override
	public void close() {
		network.close();
	}
}
