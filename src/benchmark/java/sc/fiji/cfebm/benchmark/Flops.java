package sc.fiji.cfebm.benchmark;

import sc.fiji.cfebm.energy.NetworkSpec;
import sc.fiji.cfebm.energy.PaperParameters;

/**
 * Floating-point operations (a multiplication and an addition are two) in the convolutions of one tile; what is
 * element-wise is not counted.
 *
 * @param nominalStep energy and image gradient of the network as the paper writes it
 * @param nominalParameters energy and parameter gradient of the same
 * @param executedStep energy and image gradient as our engine computes them, linear operations merged; without the
 *          products with zeros that make its convolutions regular
 * @param executedParameters the same for the parameter gradient
 */
record Flops(double nominalStep, double nominalParameters, double executedStep, double executedParameters) {

	static Flops of(final PaperParameters p) {
		final int r = NetworkSpec.resolution(p.stage()), channels = p.spec().channels();
		final double image = 2.0 * r * r * channels * p.entry("fromImage").shape()[0];
		double nominal = image, merged = 0, first = 0;
		for (int q = r; q >= 8; q /= 2) {
			final int[] shape = p.entry("block" + q + ".conv1").shape();
			final double out = shape[0], in = shape[3], pixels = (double) q * q;
			nominal += 2 * pixels * (9 * in * out + 9 * out * out + in * out);
			final double inputs = q == r ? channels : in;
			final double entry = 2 * pixels * 9 * inputs * out + 2 * pixels / 4 * inputs * out;
			merged += entry + 2 * pixels / 4 * 16 * out * out;
			if (q == r) first = entry;
		}
		final double w = p.entry("head.linear").shape()[1];
		final double head = 2 * 16 * 9 * w * w + 2 * 16 * w * w + 2 * w;
		nominal += head;
		merged += head;
		return new Flops(2 * nominal, 3 * nominal - image, 2 * merged, 3 * merged - first);
	}
}
