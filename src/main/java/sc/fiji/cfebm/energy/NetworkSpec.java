package sc.fiji.cfebm.energy;

/**
 * What all stages of an energy pyramid share (CF-EBM, Zhao, Xie and Li, ICLR 2021).
 *
 * @param channels image channels C
 * @param baseWidth b: feature channels of the widest resolution; the coarse ones have 4b
 * @param spectralNorm whether the 3×3 and 4×4 convolutions are divided by their spectral norm
 */
public record NetworkSpec(int channels, int baseWidth, boolean spectralNorm) {

	public NetworkSpec {
		if (channels < 1 || channels > 1024) throw new IllegalArgumentException("A model needs 1 to 1024 channels, not " +
			channels + ".");
		if (baseWidth < 1 || baseWidth > 256) throw new IllegalArgumentException(
			"The base width must be between 1 and 256, not " + baseWidth + ".");
	}

	/** Side of a stage's tile in pixels: 8·2^stage. */
	public static int resolution(final int stage) {
		return 8 << stage;
	}

	/** The stage whose tiles have this side. */
	public static int stageOf(final int resolution) {
		final int stage = Integer.numberOfTrailingZeros(resolution) - 3;
		if (stage < 0 || stage > 6 || resolution(stage) != resolution) throw new IllegalArgumentException(
			"The size must be 8, 16, 32, 64, 128, 256 or 512 pixels, not " + resolution + ".");
		return stage;
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
