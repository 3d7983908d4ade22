package sc.fiji.cfebm.platform;

/** How convolutions are computed. */
public enum Convolution {

	/** By ND4J's operations, for which its native library has oneDNN. */
	ONEDNN("oneDNN"),
	/** As products of matrices, by OpenBLAS ({@code ShiftedGemm}): what is fastest where there is no oneDNN. */
	SHIFTED_GEMM("shifted gemm"),
	/** By ND4J's operations without oneDNN, where asked for to compare. */
	GENERIC("generic");

	private final String text;

	Convolution(final String text) {
		this.text = text;
	}

	/** As it is called in messages. */
	@Override
	public String toString() {
		return text;
	}
}
