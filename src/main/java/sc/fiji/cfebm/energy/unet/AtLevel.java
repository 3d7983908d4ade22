package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;

/**
 * An energy's view of tiles of one noise level.
 *
 * @param network whose view it is
 * @param sigma σ in model units
 * @param told whether the network is told what is bright
 */
record AtLevel(UnetEnergy network, double sigma, boolean told) implements View {

	@Override
	public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
		final int size = count * size() * size() * channels();
		final float[] all = gradient == null || gradient.length == size ? gradient : new float[size];
		network.evaluate(network.tiles(tiles, count, sigma, told), NoiseAwareEnergy.Wanted.gradient(energies, all));
		if (gradient == null) return;
		for (int i = 0; i < size; i++)
			gradient[i] = (float) sigma * all[i];
	}

	@Override
	public Energy at(final double level) {
		return new AtLevel(network, level, told);
	}

	@Override
	public NoiseAwareEnergy ofImages() {
		return told ? network : network.equivariant().ofImages();
	}
}
