package sc.fiji.cfebm.command;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseEstimate;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.noise.NoiseSettings;
import sc.fiji.cfebm.noise.Residual;
import sc.fiji.cfebm.raster.Missing;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.task.StackDenoiser;

/** The noise of planes: what a user says of it, or what is found in them; and what a restoration says about it. */
final class FoundNoise {

	/** Planes whose noise is remembered. */
	private static final int REMEMBERED = 64;

	private final NoiseSettings settings;
	private final int perChannel;
	/** Of all planes of a channel. */
	private final Map<Integer, NoiseEstimate> estimates = new HashMap<>();
	/** What they say, of channels of which it was asked. */
	private final Map<Integer, NoiseModel> found = new HashMap<>();
	/** By slice and channel; null where there is none. Neighbours are asked for again and again. */
	private final Map<List<Integer>, NoiseModel> noises = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(final Map.Entry<List<Integer>, NoiseModel> eldest) {
			return size() > REMEMBERED;
		}
	};

	/**
	 * @param settings what the user says
	 * @param perChannel number of planes that each channel has
	 */
	FoundNoise(final NoiseSettings settings, final int perChannel) {
		this.settings = settings;
		this.perChannel = perChannel;
	}

	/** One camera for the whole stack: what kind of noise there is, all planes of a channel say together. */
	void look(final Plane plane) {
		if (!settings.isAny()) estimates.computeIfAbsent(plane.channel(), channel -> new NoiseEstimate(perChannel)).add(plane.read());
	}

	/**
	 * From the whole plane, also where a part of it is selected: the more pixels, the better. Shot noise is the same in all planes;
	 * noise that is alike everywhere may differ from plane to plane.
	 *
	 * @return null if none is given and none is found
	 */
	NoiseModel of(final Plane plane, final Raster noisy) {
		if (settings.isAny()) return plane.seen(settings).of(null);
		final List<Integer> key = List.of(plane.slice(), plane.channel());
		if (noises.containsKey(key)) return noises.get(key);
		final NoiseEstimate estimate = estimates.computeIfAbsent(plane.channel(), channel -> NoiseEstimate.of(noisy));
		// Once for a channel: of a stack it looks at many blocks. It is null where there is none.
		if (!found.containsKey(plane.channel())) found.put(plane.channel(), settings.of(() -> estimate));
		final NoiseModel ofAll = found.get(plane.channel()), own = ofAll == null || ofAll.shot() != null || perChannel == 1 ? ofAll
			: NoiseEstimate.of(noisy).find();
		final NoiseModel best = own == null || (own.shot() == null) == (ofAll.shot() == null) ? own : ofAll;
		noises.put(key, best);
		return best;
	}

	/** A plane that may help others. Null: it is of another kind, shows nothing, or has no noise. */
	StackDenoiser.Noisy noisy(final Plane plane, final Model model, final Normalization range) {
		if (plane == null || Missing.isAll(Missing.in(plane.read()))) return null;
		final NoiseModel noise = of(plane, plane.read());
		return noise == null ? null : new StackDenoiser.Noisy(plane.read(), noise, noise.range(model, range));
	}

	/** As {@link #of(Plane, Raster)}, and says what was found. */
	NoiseModel of(final Plane plane, final Raster noisy, final RunReport report) {
		final NoiseModel best = of(plane, noisy);
		if (settings.isAny() || best == null) return best;
		final NoiseEstimate estimate = estimates.get(plane.channel());
		report.detail(plane, "Estimated noise: " + best + estimate.warning());
		if (best.shot() != null) {
			report.remark("estimated noise: " + best);
			report.figure("estimated shot noise: gain (gray values per photon)", best.shot().gain());
		}
		else report.number("estimated " + (best.correlation().isAny() ? "correlated" : "white") + " noise: sigma", best.sigma(),
			" gray values");
		if (estimate.isCompressed()) report.remark(
			"JPEG has left its blocks, and has taken fine noise off: the strength is told from coarse noise, and the blocks stay");
		plane.describe(best.sigma(), report);
		// Its share differs from slice to slice.
		if (!estimate.warning().isEmpty()) report.remark("nearly everywhere most pixels have the lowest or highest value: noise that is " +
			"cut off there is stronger than estimated");
		return best;
	}

	/** Says that the model can't be told how noise is correlated, if it is. @param noise null: none */
	static void sayIfUnknown(final NoiseModel noise, final boolean knowsCorrelation, final RunReport report) {
		if (noise != null && noise.correlation().isAny() && !knowsCorrelation) report.remark(
			"the noise, which is correlated between neighbours, was made white for the model, which knows no other: microscopy and photo-color do");
	}

	/**
	 * Says where a result is what noise cannot explain.
	 *
	 * @param what is more than noise can be, as the beginning of a sentence
	 * @param why that may be
	 */
	static void alarm(final Plane plane, final Residual residual, final String what, final String why, final RunReport report) {
		if (!residual.isAlarming()) return;
		final String more = what + " than such noise can be";
		report.detail(plane, String.format(Locale.ROOT, "In %.2g %% of it %s, most of all near x %d, y %d.", 100 * residual.share(), more, residual.x(),
			residual.y()));
		report.number(more, ", since " + why + " (where, the result's info says):", 100 * residual.share(), " % of the area");
	}
}
