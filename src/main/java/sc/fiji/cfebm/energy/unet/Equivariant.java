package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.Energy;
import sc.fiji.cfebm.energy.NoiseAwareEnergy;
import sc.fiji.cfebm.energy.NoisyImages;
import sc.fiji.cfebm.energy.ResidentImages;
import sc.fiji.cfebm.random.PlacedNoise;

/**
 * An energy's view of images that it is told nothing about but their noise.
 *
 * @param network whose view it is
 */
record Equivariant(UnetEnergy network) implements View, NoiseAwareEnergy {

	@Override
	public int channels() {
		return network.channels();
	}

	@Override
	public Energy at(final double sigma) {
		return new AtLevel(network, sigma, false);
	}

	/** @throws UnsupportedOperationException always, as of the network itself */
	@Override
	public void evaluate(final float[] tiles, final int count, final double[] energies, final float[] gradient) {
		network.evaluate(tiles, count, energies, gradient);
	}

	@Override
	public NoiseAwareEnergy ofImages() {
		return this;
	}

	@Override
	public boolean isTold() {
		return false;
	}

	@Override
	public int multiple() {
		return network.multiple();
	}

	@Override
	public int reach() {
		return network.reach();
	}

	@Override
	public void evaluate(final NoisyImages x, final Wanted wanted) {
		network.evaluate(x, wanted);
	}

	@Override
	public ResidentImages resident(final NoisyImages x, final boolean whole, final PlacedNoise noise) {
		return network.resident(x, whole, noise);
	}
}
