package sc.fiji.cfebm.model;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import sc.fiji.cfebm.langevin.MixtureStart;
import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;
import sc.fiji.cfebm.energy.PaperSpec;
import sc.fiji.cfebm.energy.StageParameters;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.model.Model.Kind;
import sc.fiji.cfebm.stats.ScoreQuantiles;

/** Describes a model in words. */
public final class ModelDescription {

	/** Keys of {@link ModelInfo#training()}: what a model was trained on, under which licence, by what, and how good it is. */
	public static final String DATA = "data", LICENCE = "licence", COMMAND = "command", FIGURES = "figures";

	private static final String NOT_STATED = "not stated in the model file";

	private ModelDescription() {}

	/**
	 * One entry for each thing there is to say, in the order to say it; no value is empty, and none has tabs or line breaks.
	 */
	public static Map<String, String> of(final Model model) {
		final Map<String, String> lines = new LinkedHashMap<>();
		final ModelInfo info = model.info();
		final Map<String, String> training = info.training();
		lines.put("Images", (model.channels() == 1 ? "gray" : model.channels() == 3 ? "RGB" : model.channels() + " channels") +
			", tiles of " + model.size() + "×" + model.size() + " pixels" + (model.planes() == 1 ? "" : ", " + model.planes() +
				" neighbouring slices or frames together"));
		lines.put("Kind", info.network() instanceof UnetSpec ? "score matching, E(x, σ) of images in units of their noise" + (((UnetSpec) info
			.network()).told() ? ", and told what is bright" : "") : "contrastive, chains of " + info.langevinSteps() +
				" Langevin steps per stage");
		lines.put("Trained on", training.getOrDefault(DATA, NOT_STATED));
		lines.put("Licence of the data", training.getOrDefault(LICENCE, NOT_STATED));
		lines.put("Figures", training.getOrDefault(FIGURES, NOT_STATED));
		lines.put("Gray values", number(info.range().low()) + " to " + number(info.range().high()) + ", the model's -1 to 1" + (info
			.shot() == null ? "" : ", after the generalised Anscombe transform: for shot noise with a gain of " + number(info.shot().gain()) + " and an intercept of " + number(info
				.shot().intercept())));
		if (model.kind() == Kind.SCORE_MATCHING) lines.put("Noise levels", levels(info));
		lines.put("Stages", each(model, p -> NetworkSpec.resolution(p.stage()) + "") + " pixels");
		lines.put("Feature channels", widths(model));
		lines.put("Parameters of each stage", each(model, p -> p.values().length + ""));
		lines.put("Samples start from", info.start() != null ? "a mixture of Gaussian distributions of the training images at " + MixtureStart.SIDE + " pixels" : model
			.kind() == Kind.CONTRASTIVE ? "uniform noise" : "nothing: the model cannot be sampled");
		lines.put("Palette", info.palette() != null ? info.palette().size() + " colors of the training images"
			: "not stored: a style cannot match colors");
		lines.put("Translates", info.sources() != null ? "the style of other images, of which " + info.sources().size() + " colors are stored"
			: "images one by one: it was shown none of another style");
		calibration(info.calibration(), lines);
		lines.put("Made by", training.getOrDefault(COMMAND, NOT_STATED));
		training.forEach((key, value) -> {
			if (!value.isBlank() && !DATA.equals(key) && !LICENCE.equals(key) && !COMMAND.equals(key) && !FIGURES.equals(key)) lines.put(
				"Training: " + key.replaceAll("\\s+", " "), value);
		});
		// From a file that anyone can have written.
		lines.replaceAll((key, value) -> value.isBlank() ? NOT_STATED : value.replaceAll("\\s+", " "));
		return lines;
	}

	/** The same as lines of text. */
	public static String text(final Model model) {
		return of(model).entrySet().stream().map(e -> e.getKey() + ": " + e.getValue() + "\n").collect(Collectors.joining());
	}

	private static String levels(final ModelInfo info) {
		final String levels = "σ from " + number(info.sigmaMin()) + " to " + number(info.sigmaMax()) + " in the model's units";
		if (info.shot() != null) return levels;
		final double half = (info.range().high() - info.range().low()) / 2;
		return levels + ", " + number(info.sigmaMin() * half) + " to " + number(info.sigmaMax() * half) + " gray values";
	}

	/** Channels that go into each block of the finest stage, and those that come out last. */
	private static String widths(final Model model) {
		if (model.info().network() instanceof UnetSpec) {
			final UnetSpec spec = (UnetSpec) model.info().network();
			return IntStream.iterate(model.pyramid().stages() - 1, s -> s >= 0, s -> s - 1).mapToObj(s -> spec.width(s) + "").collect(Collectors
				.joining(" → ")) + " and back";
		}
		final PaperParameters finest = (PaperParameters) model.pyramid().parameters(model.pyramid().stages() - 1);
		final PaperSpec spec = finest.spec();
		return IntStream.iterate(model.size(), r -> r >= 8, r -> r / 2).mapToObj(r -> finest.entry("block" + r + ".skip").fanIn() + "")
			.collect(Collectors.joining(" → ")) + " → " + finest.entry("head.linear").fanIn() + " (base width " + spec.baseWidth() + (spec
				.spectralNorm() ? ", spectral norm" : "") + ")";
	}

	private static void calibration(final Calibration c, final Map<String, String> lines) {
		lines.put("Calibration", c == null ? "none" : "on " + c.patches() + " patches of " + c.images() + (c.images() == 1 ? " image" : " images") + (c.heldOut()
			? " held out of the training" : " of the training, as too few could be held out"));
		final Uncertainty u = c == null ? null : c.uncertainty();
		lines.put("Uncertainty", u == null ? "not calibrated: standard deviations are those of the samples" : IntStream.range(0,
			u.sigma().length).mapToObj(i -> "× " + number(u.factor()[i]) + " (at least " + number(u.least()[i]) + " σ) at σ = " + number(u.sigma()[i])).collect(Collectors
				.joining(", ", "calibrated, standard deviations ", "")));
		final NominalModel n = c == null ? null : c.nominalModel();
		lines.put("Anomalies", n == null ? "not calibrated: the model cannot find any" : n.surroundings().finestRate() >= 1
			? "calibrated on too few patches to tell a rate of false alarms" : "calibrated, rates of false alarms of " + ScoreQuantiles.percent(n
				.surroundings().finestRate()) + " or more");
	}

	private static String each(final Model model, final Function<StageParameters, String> said) {
		return IntStream.range(0, model.pyramid().stages()).mapToObj(s -> said.apply(model.pyramid().parameters(s))).collect(Collectors
			.joining(", "));
	}

	/** Three significant digits, and all those before the point. */
	private static String number(final double value) {
		if (Math.abs(value) >= 100) return Math.abs(value) < 1e9 ? Long.toString(Math.round(value)) : Double.toString(value);
		return new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
	}
}
