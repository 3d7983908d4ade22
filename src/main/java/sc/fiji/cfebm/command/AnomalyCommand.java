package sc.fiji.cfebm.command;

import static sc.fiji.cfebm.command.Inputs.checkAtLeast;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.scijava.ItemIO;
import org.scijava.command.Command;
import org.scijava.plugin.Parameter;
import org.scijava.plugin.Plugin;

import ij.ImagePlus;
import sc.fiji.cfebm.imagej.Anomalies;
import sc.fiji.cfebm.imagej.AnomalyRegions;
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.Planes.Along;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.ImageRange;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.noise.NoiseModel;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.ScoreQuantiles;
import sc.fiji.cfebm.task.Anomaly;
import sc.fiji.cfebm.task.AnomalyDetector;
import sc.fiji.cfebm.task.Defaults;
import sc.fiji.cfebm.ui.DialogLayout;

/** Shows what is unusual in an image or a stack for a model of nominal ones; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Anomaly Map...", headless = true)
public class AnomalyCommand extends PlaneCommand<AnomalyRegions, Anomalies> {

	/** An image so many times as bright as the training images, or as dark, is hardly one like them. */
	private static final double FAR = 4;
	/** Where more of an image's area is unusual, the model hardly is for such images. */
	private static final double STRANGE = 0.5;

	// What is nominal was measured in the range of the training images, and brightness is a part of it.
	@Parameter(label = "Range of gray values", persist = false, choices = { Inputs.IMAGE, Inputs.TRAINING },
		description = "How the image's brightness is fitted to the model. Image: by the darkest and brightest pixels of each channel (0.1 and 99.9 percentiles; RGB: 0 to 255). Training: as it is, in the training images' gray values.")
	private String range = Inputs.TRAINING;

	@Parameter(label = "False alarms (% of nominal patches, 0: the usual)", persist = false, style = NUMBER, min = "0", max = "100",
		description = "How much of nominal images, those without anomalies, may be marked by mistake: about this share of their area. 1 finds more than 0.1, and marks more that is nominal. 0: 1, or the finest rate that a model of few images can tell.")
	private double rate = 0;

	@Parameter(label = "Smallest region (pixels)", persist = false, min = "1",
		description = "Regions with fewer pixels are left out.")
	private int smallest = Defaults.SMALLEST;

	@Parameter(label = "Neighbours to compare with", persist = false, choices = { Neighbours.AUTOMATIC, Neighbours.NONE, Neighbours.SLICES, Neighbours.FRAMES },
		description = "What is unusual in a slice or frame as those before and behind it are, such as a flash or a jump, is found, too, with a model that has one for that beside it, which was trained on nominal stacks. Automatic: slices or frames, of which there are more. None: each is looked at alone.")
	private String neighbours = Neighbours.AUTOMATIC;

	@Parameter(label = "Add a mask of the regions", persist = false, description = "One more image, 8-bit: 255 in the regions, else 0.")
	private boolean mask = false;

	@Parameter(label = "Add the parts of the map", persist = false,
		description = "One more image with what the map is made of, one channel each.")
	private boolean parts = false;

	@Parameter(type = ItemIO.OUTPUT, label = "Parts")
	private ImagePlus partMaps;

	@Parameter(type = ItemIO.OUTPUT, label = "Mask")
	private ImagePlus regions;

	@Parameter(type = ItemIO.OUTPUT, label = "Map")
	private ImagePlus map;

	// The last output is the one on top.
	@Parameter(type = ItemIO.OUTPUT, label = "Anomalies")
	private ImagePlus anomalies;

	@Override
	List<String> asked() {
		return List.of("model", "rate", "smallest", "mask", "channels", "slices", "frames", "output");
	}

	@Override
	boolean isRangeOwn() {
		return Inputs.isRangeOwn(range);
	}

	/** What is unusual is told better by a model that knows what is bright. */
	@Override
	boolean suits(final Model bundled) {
		return super.suits(bundled) && bundled.info().start() != null;
	}

	@Override
	String page() {
		return "docs/anomaly.md";
	}

	@Override
	PlaneTask<AnomalyRegions, Anomalies> task(final Planes planes, final PlaneSelection chosen) {
		if (!(rate >= 0 && rate < 100)) throw new IllegalArgumentException("The rate of false alarms is " + rate +
			": it must be above 0 and below 100 percent, or 0 for 1 percent or the finest rate that the model can tell.");
		checkAtLeast("The smallest region", smallest, 1);
		return new Task(rate, smallest, parts, planes.selected(), isRangeOwn(), Neighbours.along(neighbours, planes, null), neighbours);
	}

	@Override
	void arrange(final DialogLayout layout) {
		super.arrange(layout);
		if (shown() == null || shown().getNSlices() * shown().getNFrames() == 1) layout.leaveOut("neighbours");
	}

	@Override
	void give(final Anomalies all) {
		if (parts) partMaps = all.parts();
		if (mask) regions = all.mask();
		map = all.map();
		anomalies = all.image();
		all.tabulate();
	}

	/**
	 * @param selected [H,W], where anomalies are looked for; null: everywhere
	 * @param ownRange whether gray values are in the image's own range instead of the training images'
	 * @param along what neighbours are that are compared with; null: none are
	 * @param neighbours as they were chosen
	 */
	private record Task(double rate, int smallest, boolean parts, boolean[] selected, boolean ownRange, Along along, String neighbours)
			implements PlaneTask<AnomalyRegions, Anomalies> {

		@Override
		public PlaneProcessor<AnomalyRegions> open(final Model model) {
			return open(model, null);
		}

		@Override
		public PlaneProcessor<AnomalyRegions> open(final Model model, final Model ofPlanes) {
			// One that learnt from single images can denoise stacks, and does not know how nominal ones change.
			final Model stacks = ofPlanes != null && AnomalyDetector.knowsNominal(ofPlanes) ? ofPlanes : null;
			Neighbours.requireModel(along, neighbours, stacks,
				"The model has none beside it that knows how nominal %ss change: train one on nominal stacks (CF-EBM Train, planes=5)");
			final List<AnomalyDetector> open = new ArrayList<>();
			try {
				final AnomalyDetector single = new AnomalyDetector(model);
				open.add(single);
				if (stacks != null) open.add(new AnomalyDetector(stacks));
				// Neighbours that nobody has asked for are to stop nothing, and to make nothing coarser.
				final boolean leftOut = stacks != null && Neighbours.AUTOMATIC.equalsIgnoreCase(neighbours) && (stacks.size() > model.size() || open.get(1)
					.finestRate() > share(List.of(single)));
				if (leftOut) open.remove(1).close();
				final double share = share(open);
				// A rate that a model can't tell must be found before hours of work.
				open.forEach(detector -> detector.threshold(share));
				return new Processor(this, single, open.size() == 1 ? null : open.get(1), leftOut, share, single.threshold(share), ownRange || open
					.size() == 1 ? null : stacks.range());
			}
			catch (final RuntimeException | Error e) {
				open.forEach(AnomalyDetector::close);
				throw e;
			}
		}

		/**
		 * Of nominal patches that may be flagged: few training images can't tell the usual one; nobody shall have to find out by an error which
		 * one they can.
		 */
		private double share(final List<AnomalyDetector> detectors) {
			return rate > 0 ? rate / 100 : detectors.stream().mapToDouble(AnomalyDetector::finestRate).reduce(Defaults.FALSE_ALARMS, Math::max);
		}

		@Override
		public boolean isOfBrightness() {
			return true;
		}

		@Override
		public AnomalyRegions joined(final PlaneParts parts, final List<AnomalyRegions> results) {
			return results.get(0);
		}

		@Override
		public Anomalies sink(final Planes planes, final PlaneSelection kept, final boolean fine) {
			return new Anomalies(planes, kept);
		}
	}

	/**
	 * @param single of planes by themselves
	 * @param stacks of planes as their neighbours are; null: none is compared with them
	 * @param leftOut whether there would be one, which can't tell what the other one can
	 * @param share of nominal patches that may be flagged
	 * @param threshold of the map, which this share reaches
	 * @param known the range of the training images of the latter's model; null: that of the other one is taken, or the image's own
	 */
	private record Processor(Task task, AnomalyDetector single, AnomalyDetector stacks, boolean leftOut, double share, double threshold,
			Normalization known)
			implements PlaneProcessor<AnomalyRegions> {

		@Override
		public AnomalyRegions process(final Plane plane, final Normalization range, final RunReport report, final Progress progress) {
			return process(plane, null, range, report, progress);
		}

		@Override
		public AnomalyRegions process(final Plane plane, final Neighbours around, final Normalization ofSingle, final RunReport report,
			final Progress progress)
		{
			final Raster image = plane.read(), finite = ImageRange.known(image, null);
			if (finite == null) {
				report.keep(plane, "None of its pixels is a finite number.");
				return null;
			}
			if (finite != image) report.remark("where pixels are no finite number the map is none");
			final List<Raster> slab = around == null || stacks == null ? null : stacks.slab(index -> read(around.plane(index)), around.count(), around
				.index());
			warn(plane, finite, ofSingle, report);
			if (leftOut) report.remark("the model of neighbouring planes can't tell so low a rate, or needs larger images, and was left out");
			if (stacks != null) report.remark(slab == null ? "where not all of its neighbours are there, it was looked at alone"
				: "it was looked at alone, and compared with the " + stacks.planes() / 2 + " " + around.along().kind() + "s before and behind it");
			final Anomaly alone = single.detect(image, task.selected, ofSingle, slab == null ? progress : progress.part(0, 2));
			final Anomaly anomaly = slab == null ? alone : alone.or(stacks.detect(slab, task.selected, known != null ? known : ofSingle, progress.part(1,
				2)), "with neighbours: ", image);
			final Window part = anomaly.part();
			final Map<String, Raster> parts = new LinkedHashMap<>();
			if (task.parts) anomaly.parts().forEach((name, values) -> parts.put(name, part.embed(values, image)));
			final AnomalyRegions found = AnomalyRegions.in(plane.planes(), part.embed(anomaly.map(), image), task.selected, anomaly.score(),
				threshold, task.smallest, parts);
			report.detail(plane, "Anomaly score " + found + " (" + ScoreQuantiles.percent(share) + " of nominal patches do).");
			report.number("score", found.score(), "");
			report.number("regions that reach " + NoiseModel.rounded(threshold) + " (" + ScoreQuantiles.percent(share) + " of nominal patches do):",
				found.regions().size(), "");
			report.number("share of the area:", 100 * found.share(), " %");
			if (found.share() > STRANGE) report.remark("most of it is unusual for this model: compare with images of the kind, " +
				"instrument and settings that it was trained on");
			return found;
		}

		private static Raster read(final Plane plane) {
			return plane == null ? null : plane.read();
		}

		private static void warn(final Plane plane, final Raster image, final Normalization known, final RunReport report) {
			final Normalization own = Ranges.ofPercentiles(List.of(image));
			final double brightest = (own.high() - known.low()) / (known.high() - known.low());
			if (brightest <= FAR && brightest >= 1 / FAR) return;
			report.detail(plane, String.format(Locale.ROOT, "Gray values go up to %.4g, those of the training images up to %.4g.", own.high(),
				known.high()));
			report.remark("gray values are far from those of the training images, so nearly all of it may look unusual: if it is only " +
				"another scale, try range=Image");
		}

		@Override
		public void close() {
			try {
				single.close();
			}
			finally {
				if (stacks != null) stacks.close();
			}
		}
	}
}
