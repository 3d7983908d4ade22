package sc.fiji.cfebm.energy.unet;

import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

import sc.fiji.cfebm.energy.NetworkSpec;

/**
 * What the networks of all stages have in common. Stage s has s + 1 levels; its finest features have half the image's
 * resolution, each coarser level half of that.
 *
 * @param channels C of what the network looks at, 1 to 1024: an image's, or those of neighbouring planes one after another
 * @param widths features of each level, the coarsest first; stage s uses the first s + 1
 * @param told whether the network can be told what is bright, and how strong the noise is in the images' own units: it then has C + 1
 *          channels more, all zero for images that it is not told of. Without it an image's gain and offset make no
 *          difference; with it the network can tell a bright image from a dark one, as inventing images needs
 * @param correlated whether the network can be told how the noise of a pixel is correlated with that of its neighbours, by two channels
 *          more, which are zero for white noise
 * @param zeroSum whether the kernels of the first layer sum to zero for each output and image channel, and it mirrors
 *          the image at its border, so that a constant added to an image does not matter to the network
 * @param box radius of the square whose mean is taken off each pixel before the form looks at the image, so that a constant does
 *          not matter to the energy either; 0: none is taken off
 * @param form how the network's outputs become an energy
 * @param planes k, how many neighbouring planes of a stack are the channels: 1 for single images (0 is read as 1), else an odd number
 */
public record UnetSpec(int channels, List<Integer> widths, boolean told, boolean correlated, boolean zeroSum,
	int box, EnergyForm form, int planes) implements NetworkSpec
{

	/** Radius of the square whose mean is taken off: tried with 16 (docs/experiments.md). */
	public static final int BOX = 16;
	/** Stages of a model at the most: the finest for 2048 px. */
	private static final int MAX_STAGES = 9;
	/** Most features of a level, most channels, and the widest square: beyond all use, and below what an int can count. */
	private static final int MOST = 1024;

	/** @throws IllegalArgumentException if a value makes no sense */
	public UnetSpec {
		Objects.requireNonNull(form);
		widths = List.copyOf(widths);
		if (channels < 1 || channels > MOST) throw new IllegalArgumentException("A model needs 1 to " + MOST + " channels, not " + channels +
			".");
		if (widths.isEmpty() || widths.size() > MAX_STAGES || widths.stream().anyMatch(w -> w < 1 || w > MOST))
			throw new IllegalArgumentException("Widths are one to " + MAX_STAGES + " numbers from 1 to " + MOST + ", not " + widths + ".");
		// Files of single images need not say so.
		if (planes == 0) planes = 1;
		if (planes < 1 || planes % 2 == 0 || channels % planes != 0) throw new IllegalArgumentException(
			"Neighbouring planes are an odd number that divides the " + channels + " channels, not " + planes + ".");
		if (planes > 1 && told) throw new IllegalArgumentException("A network of neighbouring planes can't be told what is bright.");
		if (box < 0 || box > MOST) throw new IllegalArgumentException("A radius is between 0 and " + MOST + ", not " + box + ".");
	}

	/** Of single images. */
	public UnetSpec(final int channels, final List<Integer> widths, final boolean told, final boolean correlated, final boolean zeroSum,
		final int box, final EnergyForm form)
	{
		this(channels, widths, told, correlated, zeroSum, box, form, 1);
	}

	/** Told nothing, with the inner-product energy. */
	public UnetSpec(final int channels, final List<Integer> widths) {
		this(channels, widths, false, false, false, 0, EnergyForm.INNER);
	}

	@Override
	public UnetParameters zeros(final int stage, final boolean fades) {
		return new UnetParameters(this, stage, fades && stage > 0);
	}

	@Override
	public long count(final int stage, final boolean fades) {
		return UnetParameters.count(this, stage, fades && stage > 0);
	}

	@Override
	public UnetParameters random(final int stage, final RandomGenerator rng) {
		return UnetParameters.random(this, stage, rng);
	}

	/** Channels of one plane. */
	public int imageChannels() {
		return channels / planes;
	}

	/** Number of stages that the widths suffice for. */
	public int stages() {
		return widths.size();
	}

	/** Features of a level, 0 the coarsest. */
	public int width(final int level) {
		return widths.get(level);
	}

	/** What heights and widths of images are multiples of. */
	public static int multiple(final int stage) {
		return 2 << stage;
	}

	/**
	 * How far a pixel of N(x) sees: pixels farther away than this in a row or a column make no difference to it, to a pixel
	 * of ∇E those farther away than twice this.
	 */
	public static int reach(final int stage) {
		// Along the way through all levels: two 3×3 convolutions and one block on each way, 2 px a feature at the finest.
		int reach = 2 + 2;
		for (int level = stage, pixel = 2; level > 0; level--, pixel *= 2)
			reach += 4 * pixel + 2 * pixel;
		return reach + 4 * multiple(stage);
	}

	/** The same with what the energy's form sees: a square around each pixel, of the halved image where the stage fades in. */
	public int reach(final int stage, final boolean fades) {
		return reach(stage) + (box > 0 && fades ? 2 * box + 2 : box);
	}

	/** Input channels of the first layer: the unshuffled image's, and those for what it is told. */
	int inputs() {
		return correlationInput() + (correlated ? 2 : 0);
	}

	/** The first of the two input channels of the noise's correlation, which come last. */
	int correlationInput() {
		return 4 * channels + (told ? channels + 1 : 0);
	}

	/** Output channels of the last layer. */
	int outputs() {
		return 4 * channels * form.outputs();
	}
}
