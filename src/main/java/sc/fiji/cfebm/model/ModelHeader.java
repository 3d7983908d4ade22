package sc.fiji.cfebm.model;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Anscombe;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.stats.GaussianFit;
import sc.fiji.cfebm.stats.GaussianMixture;
import sc.fiji.cfebm.stats.ScoreQuantiles;

/**
 * The file {@code model.json} of a model, key by key. No class name is ever read from it.
 *
 * @param unet the network, if it is none of the paper's, whose width and norm mean nothing then
 * @param fromImage size of the first convolution's kernel
 * @param domain {@code linear}, or {@code anscombe}, which has a gain and an intercept
 * @param weights how numbers are stored, see {@link ModelFile.Numbers}
 * @param betas β of each stage
 * @param start whether there is a file {@code start.f32}
 * @param palette number of colors in {@code palette.f32}; 0: there is none
 * @param sources number of colors in {@code sources.f32}; null: there is none
 */
record ModelHeader(String format, int version, String kind, int channels, int baseWidth, boolean spectralNorm, UnetSpec unet, String fromImage,
	String domain, String weights, double[] betas, double rangeLow, double rangeHigh, Double gain, Double intercept, double sigmaMin,
	double sigmaMax, int langevinSteps, boolean start, int palette, Integer sources, CalibrationEntry calibration, Map<String, String> training)
{

	static final String NAME = "model.json";
	private static final String FORMAT = "cf-ebm model", KERNEL = "1x1", LINEAR = "linear", ANSCOMBE = "anscombe";
	private static final int VERSION = 5, MOST_COLORS = 1 << 10, MOST_STAGES = 7, MOST_STEPS = 10_000;
	private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

	/**
	 * A {@link Calibration}.
	 *
	 * @param energy quantiles of each stage
	 * @param logGradient likewise
	 * @param uncertainty noise levels, then their factors, then their floors; null if not measured
	 * @param nominal null if not measured
	 */
	record CalibrationEntry(int images, int patches, boolean heldOut, double[][] energy, double[][] logGradient, double[][] uncertainty,
		NominalEntry nominal)
	{}

	/** A {@link NominalModel}. */
	record NominalEntry(double[] levels, GaussianMixture mixture, GaussianFit tiles, GaussianFit superposed, double[] direction,
		List<ScoreQuantiles> zones, ScoreQuantiles images, ScoreQuantiles far, ScoreQuantiles tilesQuantiles, List<ScoreQuantiles> views, int near,
		double discount)
	{}

	static ModelHeader of(final Model model, final ModelFile.Numbers weights) {
		final ModelInfo info = model.info();
		final EnergyPyramid pyramid = model.pyramid();
		final Anscombe shot = info.shot();
		final PaperSpec paper = info.network() instanceof PaperSpec ? (PaperSpec) info.network() : null;
		return new ModelHeader(FORMAT, VERSION, info.kind().name(), info.network().channels(), paper == null ? 0 : paper.baseWidth(), paper != null &&
			paper.spectralNorm(), paper == null ? (UnetSpec) info.network() : null, KERNEL, shot == null ? LINEAR : ANSCOMBE, weights.toString(), IntStream.range(0, pyramid.stages())
				.mapToDouble(s -> pyramid.parameters(s).beta()).toArray(), info.range().low(), info.range().high(), shot == null ? null
					: shot.gain(), shot == null ? null : shot.intercept(), info.sigmaMin(), info.sigmaMax(), info.langevinSteps(), info
						.start() != null, info.palette() == null ? 0 : info.palette().size(), info.sources() == null ? null : info.sources().size(), info.calibration() == null ? null : entry(info
							.calibration()), new LinkedHashMap<>(info.training()));
	}

	private static CalibrationEntry entry(final Calibration c) {
		final Uncertainty u = c.uncertainty();
		return new CalibrationEntry(c.images(), c.patches(), c.heldOut(), c.stages().stream().map(Calibration.Stage::energy).toArray(
			double[][]::new), c.stages().stream().map(Calibration.Stage::logGradient).toArray(double[][]::new), u == null ? null
				: new double[][] { u.sigma(), u.factor(), u.floor() }, c.nominalModel() == null ? null : entry(c.nominalModel()));
	}

	private static NominalEntry entry(final NominalModel n) {
		final NominalModel.Tiles t = n.tiles();
		return new NominalEntry(n.levels(), n.surroundings().features(), t.features(), t.superposed(), t.direction(), n.surroundings().zones(), n.surroundings().images(), t
			.far(), t.quantiles(), t.views(), t.near(), t.discount());
	}

	byte[] toJson() {
		return GSON.toJson(this).getBytes(StandardCharsets.UTF_8);
	}

	/** @throws ModelFile.Damaged if it is not a header that this version can read */
	static ModelHeader parse(final byte[] json) throws ModelFile.Damaged {
		final ModelHeader header;
		try {
			header = GSON.fromJson(new String(json, StandardCharsets.UTF_8), ModelHeader.class);
		}
		catch (final RuntimeException e) {
			// Gson wraps what a record's constructor throws.
			throw new ModelFile.Damaged(ModelFile.Damaged.SENSELESS);
		}
		if (header == null || !FORMAT.equals(header.format)) throw new ModelFile.Damaged("is not a CF-EBM model: its " + NAME +
			" is another program's.");
		header.check();
		return header;
	}

	private void check() throws ModelFile.Damaged {
		if (version > VERSION) throw new ModelFile.Damaged("was written by a newer version of CF-EBM (format " + version +
			", this version reads " + VERSION + "): update the plugin.");
		if (version < VERSION) throw new ModelFile.Damaged("was written by a development version of CF-EBM (format " + version +
			", this version reads " + VERSION + "): train it again.");
		if (!KERNEL.equals(fromImage) || !LINEAR.equals(domain) && !ANSCOMBE.equals(domain) || ModelFile.Numbers.named(weights) == null)
			throw new ModelFile.Damaged("is of a kind that this version of CF-EBM does not know: update the plugin.");
		require(kind != null && betas != null && betas.length > 0 && betas.length <= MOST_STAGES && (gain != null && intercept != null ||
			LINEAR.equals(domain)), "its " + NAME + " is incomplete");
		require(unet == null || unet.channels() == channels && unet.stages() >= betas.length, "its network makes no sense");
		require(unet != null == Kind.SCORE_MATCHING.name().equals(kind), "its network is not one of its kind");
		require(unet == null || !unet.told() || start, "samples have nothing to start from");
		require(langevinSteps >= 0 && langevinSteps <= MOST_STEPS, "its number of Langevin steps makes no sense");
		require(palette >= 0 && palette <= MOST_COLORS && (sources == null || sources > 0 && sources <= MOST_COLORS), "its number of colors makes no sense");
		require(!Kind.SCORE_MATCHING.name().equals(kind) || sigmaMin > 0 && sigmaMax > sigmaMin && sigmaMax < 1e6,
			"its noise levels make no sense");
		if (calibration != null) checkCalibration();
	}

	private void checkCalibration() throws ModelFile.Damaged {
		final CalibrationEntry c = calibration;
		require(c.energy != null && c.logGradient != null && c.energy.length == betas.length && c.logGradient.length == betas.length,
			"its calibration does not have one entry per stage");
		final NominalEntry n = c.nominal;
		final Stream<Object> needed = Stream.of(Stream.of(c.energy), Stream.of(c.logGradient), c.uncertainty == null ? Stream.of() : Stream
			.of(c.uncertainty), n == null ? Stream.of() : Stream.concat(Stream.of(n.levels, n.mixture, n.tiles, n.superposed,
				n.direction, n.images, n.far, n.tilesQuantiles), Stream.concat(all(n.views), all(n.zones)))).flatMap(s -> s);
		require(needed.allMatch(Objects::nonNull) && (c.uncertainty == null || c.uncertainty.length == 3), "its calibration is incomplete");
	}

	/** One that is missing, where there is no list. */
	private static Stream<Object> all(final List<ScoreQuantiles> quantiles) {
		return quantiles == null ? Stream.of((Object) null) : quantiles.stream().map(q -> q);
	}

	private static void require(final boolean right, final String wrong) throws ModelFile.Damaged {
		if (!right) throw new ModelFile.Damaged("is damaged: " + wrong + ".");
	}

	ModelFile.Numbers numbers() {
		return ModelFile.Numbers.named(weights);
	}

	NetworkSpec network() {
		return unet != null ? unet : new PaperSpec(channels, baseWidth, spectralNorm);
	}

	/**
	 * What the model knows about itself.
	 *
	 * @throws IllegalArgumentException if values contradict each other
	 */
	ModelInfo info(final MixtureStart chains, final Palette colors, final Palette others) {
		return new ModelInfo(Kind.valueOf(kind), network(), new Normalization(rangeLow, rangeHigh), LINEAR.equals(domain) ? null
			: new Anscombe(gain, intercept), sigmaMin, sigmaMax, langevinSteps, chains, colors, others, calibration == null ? null
				: measured(), training == null ? Map.of() : training);
	}

	private Calibration measured() {
		final CalibrationEntry c = calibration;
		return new Calibration(c.images, c.patches, c.heldOut, IntStream.range(0, betas.length).mapToObj(s -> new Calibration.Stage(
			c.energy[s], c.logGradient[s])).toList(), c.uncertainty == null ? null : new Uncertainty(c.uncertainty[0], c.uncertainty[1],
				c.uncertainty[2]),
			c.nominal == null ? null : nominal(c.nominal));
	}

	private static NominalModel nominal(final NominalEntry n) {
		return new NominalModel(n.levels, new NominalModel.Surroundings(n.mixture, n.zones, n.images), new NominalModel.Tiles(n.tiles,
			n.superposed, n.direction, n.near, n.discount, n.views, n.far, n.tilesQuantiles));
	}
}
