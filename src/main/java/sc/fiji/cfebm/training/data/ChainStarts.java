package sc.fiji.cfebm.training.data;

import java.util.List;

import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.raster.Raster;

/**
 * Images that the chains of a contrastive training start from: for style translation, those to be translated.
 *
 * @param images [H,W,C] in gray values, with as many channels as the training images
 * @param range the gray values that become -1 and 1
 */
public record ChainStarts(List<Raster> images, Normalization range) {

	public ChainStarts {
		images = List.copyOf(images);
		if (images.isEmpty()) throw new IllegalArgumentException("There are no images for the chains to start from.");
	}
}
