package sc.fiji.cfebm.energy;

import java.util.random.RandomGenerator;

/**
 * What all stages of the paper's network share (CF-EBM, Zhao, Xie and Li, ICLR 2021).
 *
 * @param channels image channels C
 * @param baseWidth b: feature channels of the widest resolution; the coarse ones have 4b
 * @param spectralNorm whether the 3×3 and 4×4 convolutions are divided by their spectral norm
 */
public record PaperSpec(int channels, int baseWidth, boolean spectralNorm) implements NetworkSpec {

	public PaperSpec {
		if (channels < 1 || channels > 1024) throw new IllegalArgumentException("A model needs 1 to 1024 channels, not " +
			channels + ".");
		if (baseWidth < 1 || baseWidth > 256) throw new IllegalArgumentException(
			"The base width must be between 1 and 256, not " + baseWidth + ".");
	}

	@Override
	public PaperParameters zeros(final int stage, final boolean fades) {
		return new PaperParameters(this, stage);
	}

	@Override
	public long count(final int stage, final boolean fades) {
		return PaperParameters.count(this, stage);
	}

	@Override
	public PaperParameters random(final int stage, final RandomGenerator rng) {
		return PaperParameters.random(this, stage, rng);
	}

	/** Feature channels at the input of the Expand block at a resolution: b→2b at 64 px, 2b→4b at 32 px, b→b above. */
	int widthIn(final int resolution) {
		return resolution <= 16 ? 4 * baseWidth : resolution == 32 ? 2 * baseWidth : baseWidth;
	}

	/** Feature channels at its output. */
	int widthOut(final int resolution) {
		return widthIn(resolution / 2);
	}

	/** Feature channels of the head. */
	int headWidth() {
		return widthIn(8);
	}
}
