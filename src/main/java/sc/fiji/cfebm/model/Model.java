package sc.fiji.cfebm.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import sc.fiji.cfebm.color.Palette;
import sc.fiji.cfebm.energy.EnergyPyramid;
import sc.fiji.cfebm.energy.unet.UnetSpec;
import sc.fiji.cfebm.intensity.Intensities;
import sc.fiji.cfebm.intensity.Normalization;

/**
 * A trained model: the networks of all stages, and what a task must know about them.
 *
 * @param info what it knows about itself
 * @param pyramid its networks
 */
public record Model(ModelInfo info, EnergyPyramid pyramid) {

	private static final String ENDING = ".cfebm", OF_PLANES = "-stack" + ENDING;

	/** What the energy means, and so which sampler fits it. */
	public enum Kind {
		/** E(x, σ) of images with noise σ: x - σ²·∇E(x, σ) is the mean of the clean images given x. */
		SCORE_MATCHING,
		/** Short Langevin chains with step 1 end at low energies; not a density. */
		CONTRASTIVE
	}

	/**
	 * Reads a model file, one for single images.
	 *
	 * @throws IOException with one sentence naming the file, if it is missing, damaged, foreign or too new, or a model of neighbouring planes
	 */
	public static Model read(final Path file) throws IOException {
		final Model model = readAny(file);
		if (model.planes() > 1) throw new IOException("The model file " + file + " is for neighbouring slices or frames of stacks: choose " + (isOfPlanes(
			file) ? "the model that it goes with, " + single(file) + ", beside which it is found." : "a model for single images."));
		return model;
	}

	/**
	 * Reads a model file, whatever it is for.
	 *
	 * @throws IOException with one sentence naming the file, if it is missing, damaged, foreign or too new
	 */
	public static Model readAny(final Path file) throws IOException {
		return ModelFile.read(file);
	}

	/** Whether a file is named as models' are. */
	public static boolean hasEnding(final Path file) {
		return file.getFileName().toString().endsWith(ENDING);
	}

	/** A name for a model's file that ends as all of them do. */
	public static Path withEnding(final Path file) {
		return hasEnding(file) ? file : file.resolveSibling(file.getFileName() + ENDING);
	}

	/** The name of a model's file as a user calls the model. */
	public static String withoutEnding(final Path file) {
		final String name = file.getFileName().toString();
		return hasEnding(file) ? name.substring(0, name.length() - ENDING.length()) : name;
	}

	/** Where the model of neighbouring planes is, if there is one, that goes with a model for single images: NAME-stack.cfebm. */
	public static Path ofPlanes(final Path file) {
		return file.resolveSibling(withoutEnding(file) + OF_PLANES);
	}

	/** Where the model for single images is that goes with one of neighbouring planes. */
	public static Path ofSinglePlanes(final Path ofPlanes) {
		return ofPlanes.resolveSibling(single(ofPlanes));
	}

	/** Whether a file is named as {@link #ofPlanes} names it. */
	public static boolean isOfPlanes(final Path file) {
		return file.getFileName().toString().endsWith(OF_PLANES);
	}

	private static String single(final Path file) {
		final String name = file.getFileName().toString();
		return name.substring(0, name.length() - OF_PLANES.length()) + ENDING;
	}

	/**
	 * Writes a model file: a temporary file in the same folder, then a move, so that there is never half a model.
	 *
	 * @throws IOException with one sentence naming the file
	 */
	public void write(final Path file) throws IOException {
		ModelFile.write(this, file, ModelFile.Numbers.F32);
	}

	/**
	 * Writes a model file of half the size, with weights rounded to 11 bits: gradients change by less than a thousandth. Read
	 * and written so again it is the same, byte for byte.
	 *
	 * @throws IOException with one sentence naming the file, also if a weight is too large
	 */
	public void writeHalf(final Path file) throws IOException {
		ModelFile.write(this, file, ModelFile.Numbers.F16);
	}

	/** This model with more said about how it was made. */
	public Model withRecord(final Map<String, String> more) {
		final Map<String, String> training = new LinkedHashMap<>(info.training());
		training.putAll(more);
		return new Model(new ModelInfo(info.kind(), info.network(), info.range(), info.shot(), info.sigmaMin(), info.sigmaMax(), info
			.langevinSteps(), info.start(), info.palette(), info.sources(), info.calibration(), training), pyramid);
	}

	/** This model with another calibration. */
	public Model withCalibration(final Calibration calibration) {
		return new Model(new ModelInfo(info.kind(), info.network(), info.range(), info.shot(), info.sigmaMin(), info.sigmaMax(), info
			.langevinSteps(), info.start(), info.palette(), info.sources(), calibration, info.training()), pyramid);
	}

	/** This model with the colors of the images that it is to translate, in their own range's units. */
	public Model withSources(final Palette sources) {
		return new Model(new ModelInfo(info.kind(), info.network(), info.range(), info.shot(), info.sigmaMin(), info.sigmaMax(), info
			.langevinSteps(), info.start(), info.palette(), sources, info.calibration(), info.training()), pyramid);
	}

	/**
	 * Checks that a model can be written, before hours of training.
	 *
	 * @throws IOException with one sentence naming the file
	 */
	public static void requireWritable(final Path file) throws IOException {
		AtomicFile.requireWritable("The model", file);
	}

	public Kind kind() {
		return info.kind();
	}

	/** Image channels: 1 for gray, 3 for RGB. */
	public int channels() {
		return info.network().channels() / planes();
	}

	/** How many neighbouring planes of a stack its networks look at together, an odd number; 1: they look at single images. */
	public int planes() {
		return info.network() instanceof UnetSpec ? ((UnetSpec) info.network()).planes() : 1;
	}

	/** Side of the finest stage's tile in pixels: 8, 16, 32, 64, … */
	public int size() {
		return pyramid.size();
	}

	/**
	 * The way from gray values to its units and back, whatever the scale of the gray values: the curve of a model for shot
	 * noise moves with them.
	 *
	 * @param range the gray values that become -1 and 1
	 */
	public Intensities units(final Normalization range) {
		return new Intensities(range, info.shot() == null ? null : info.shot().rescaled(info.range(), range));
	}

	/** The gray values it was trained on. */
	public Normalization range() {
		return info.range();
	}
}
