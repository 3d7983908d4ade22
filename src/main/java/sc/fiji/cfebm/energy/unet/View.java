package sc.fiji.cfebm.energy.unet;

import sc.fiji.cfebm.energy.Energy;

/** What looks at a network in some way, and need not be closed. */
interface View extends Energy {

	/** Whose view it is. */
	UnetEnergy network();

	@Override
	default int size() {
		return network().size();
	}

	@Override
	default int channels() {
		return network().channels();
	}
}
