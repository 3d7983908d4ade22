package sc.fiji.cfebm.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import sc.fiji.cfebm.raster.Raster;

/** What the bundled model {@code microscopy} learns from and is tried on: free images of many kinds, gray, each stretched to 0 to 255. */
final class MicroscopeFields {

	static final String DESCRIPTION = "100 crops of photographs, 60 micrographs and astronomical fields, 142 fluorescence, bright-field and " +
		"stained fields of the 2018 Data Science Bowl (BBBC038 stage 1, Carpenter lab), 100 computed fields; trained on from the model photo";
	private static final List<String> FOLDERS = List.of("cc0_microscopy/train", "dsb2018_fluo256/train/images",
		"dsb2018_fluo520x696/train/images", "dsb2018_he/train/images", "dsb2018_brightfield/train/images");
	/** Images of a folder at most, about, and computed ones. */
	private static final int MOST = 50, COMPUTED = 100;
	/** Less contrast than this in gray values is hardly more than noise. */
	private static final double FAINT = 8;

	private MicroscopeFields() {}

	static List<Raster> training(final Path data, final Report report) {
		final List<Raster> all = new ArrayList<>(), photographs = SampleSet.read(data.resolve("open/cc0_photographs/train"), report);
		for (int i = 0; i < photographs.size(); i += 2)
			all.add(photographs.get(i));
		for (final String folder : FOLDERS) {
			final List<Raster> images = SampleSet.read(data.resolve("open").resolve(folder), report);
			for (int i = 0; i < images.size(); i += Math.max(1, images.size() / MOST))
				addStretched(images.get(i), 0.001, all);
		}
		all.addAll(MadeFields.of(COMPUTED, 1));
		return all;
	}

	/** Of specimens that are not trained on. */
	static List<Raster> test(final Path data, final Report report) {
		final List<Raster> all = new ArrayList<>();
		for (final Raster image : SampleSet.read(data.resolve("open/cc0_microscopy/test"), report))
			addStretched(image, 0.01, all);
		return all;
	}

	/** @param dark share of the pixels that become 0 or less; two thousandths become 255 or more */
	private static void addStretched(final Raster image, final double dark, final List<Raster> to) {
		final Raster out = gray(image);
		final float[] sorted = out.values().clone();
		Arrays.sort(sorted);
		final double low = sorted[(int) (dark * sorted.length)], high = sorted[(int) (0.998 * (sorted.length - 1))];
		if (high - low < FAINT) return;
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = (float) (255 * (out.values()[i] - low) / (high - low));
		to.add(out);
	}

	private static Raster gray(final Raster image) {
		final int c = image.channels();
		final Raster out = new Raster(image.width(), image.height(), 1);
		for (int i = 0; i < out.values().length; i++)
			out.values()[i] = c == 1 ? image.values()[i] : 0.299f * image.values()[i * c] + 0.587f * image.values()[i * c + 1] + 0.114f *
				image.values()[i * c + 2];
		return out;
	}
}
