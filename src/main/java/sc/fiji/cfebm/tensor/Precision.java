package sc.fiji.cfebm.tensor;

import org.nd4j.linalg.api.buffer.DataType;

/** Number format of tensors: FLOAT to compute, DOUBLE to check the formulas against finite differences. */
public enum Precision {
	FLOAT(DataType.FLOAT), DOUBLE(DataType.DOUBLE);

	final DataType type;

	Precision(final DataType type) {
		this.type = type;
	}
}
