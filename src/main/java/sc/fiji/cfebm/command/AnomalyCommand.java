package sc.fiji.cfebm.command;

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
import sc.fiji.cfebm.imagej.PlaneSelection;
import sc.fiji.cfebm.imagej.AnomalyRegions;
import sc.fiji.cfebm.imagej.Planes;
import sc.fiji.cfebm.intensity.Normalization;
import sc.fiji.cfebm.intensity.Ranges;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.raster.Window;
import sc.fiji.cfebm.stats.ScoreQuantiles;
import sc.fiji.cfebm.task.Anomaly;
import sc.fiji.cfebm.task.AnomalyDetector;

/** Shows what is unusual in an image or a stack for a model of normal ones; inside the selection, if there is one. */
@Plugin(type = Command.class, menuPath = "Plugins>CF-EBM>CF-EBM Anomaly Map...", headless = true, initializer = "init")
public class AnomalyCommand extends PlaneCommand<AnomalyDetector, AnomalyRegions> {

	/** An image so many times as bright as the training images, or as dark, is hardly one like them. */
	private static final double FAR = 4;
	/** Where more of an image's area is unusual, the model hardly is for such images. */
	private static final double STRANGE = 0.5;
	/** Share of normal patches that may be flagged, where the user does not say. */
	private static final double USUAL = 0.01;

	@Parameter(label = "False alarms (% of normal patches, 0: the usual)", persist = false, style = NUMBER, min = "0", max = "100",
		description = "How much of normal images may be marked by mistake: about this share of their area. 1 finds more than 0.1, and marks more that is normal. 0: 1, or the finest rate that a model of few images can tell.")
	private double rate = 0;

	@Parameter(label = "Smallest region (pixels)", persist = false, min = "1",
		description = "Regions with fewer pixels are left out.")
	private int smallest = 25;

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

	private boolean[] selected;
	private Anomalies found;

	/** What is normal was measured in the range of the training images, and brightness is a part of it. */
	public AnomalyCommand() {
		range = TRAINING;
	}

	@Override
	List<String> asked() {
		return List.of("model", "rate", "smallest", "mask", "channels", "slices", "frames");
	}

	@Override
	String page() {
		return "docs/anomaly.md";
	}

	@Override
	void prepare(final Planes planes, final PlaneSelection chosen) {
		if (!(rate >= 0 && rate < 100)) throw new IllegalArgumentException("The rate of false alarms is " + rate +
			": it must be above 0 and below 100 percent, or 0 for 1 percent or the finest rate that the model can tell.");
		checkAtLeast("The smallest region", smallest, 1);
		selected = planes.selected();
	}

	@Override
	AnomalyDetector open(final Model loaded) {
		final AnomalyDetector detector = new AnomalyDetector(loaded);
		try {
			// A rate that the model can't tell must be found before hours of work.
			detector.threshold(rate(detector));
			return detector;
		}
		catch (final IllegalArgumentException e) {
			detector.close();
			throw e;
		}
	}

	/** Few training images can't tell the usual rate; nobody shall have to find out by an error which one they can. */
	private double rate(final AnomalyDetector detector) {
		return rate > 0 ? rate / 100 : Math.max(USUAL, detector.finestRate());
	}

	@Override
	Raster known(final Planes planes, final int slice) {
		return planes.readFinite(slice);
	}

	@Override
	boolean[] where(final int slice) {
		return selected;
	}

	@Override
	AnomalyRegions work(final AnomalyDetector detector, final Plane plane, final Progress progress) {
		final Raster image = plane.planes().read(plane.slice());
		final Window part = Window.around(plane.where(), image, plane.model().size());
		warn(plane, image, progress);
		final Anomaly anomaly = detector.detect(part.cut(image), plane.range(), progress);
		final Map<String, Raster> wholeParts = new LinkedHashMap<>();
		if (parts) anomaly.parts().forEach((name, values) -> wholeParts.put(name, part.uncut(values, image)));
		final AnomalyRegions findings = AnomalyRegions.in(plane.planes(), part.uncut(anomaly.map(), image), plane.where(), anomaly.score(), detector
			.threshold(rate(detector)), smallest, wholeParts);
		progress.log("Anomaly score of " + plane.name() + ": " + findings + " (" + ScoreQuantiles.percent(rate(detector)) + " of normal patches do).");
		if (findings.share() > STRANGE) progress.log("Most of " + plane.name() + " is unusual for this model: was it trained on images of the same " +
			"kind, from the same instrument, with the same settings?");
		return findings;
	}

	private static void warn(final Plane plane, final Raster image, final Progress progress) {
		final Normalization own = Ranges.ofPercentiles(List.of(image)), known = plane.range();
		final double brightest = (own.high() - known.low()) / (known.high() - known.low());
		if (brightest > FAR || brightest < 1 / FAR) progress.log(String.format(Locale.ROOT,
			"%s has gray values up to %.4g, the training images up to %.4g: nearly all of it may look unusual. If it is only " +
				"another scale, try range=Image.", plane.name(), own.high(), known.high()));
	}

	@Override
	void begin(final Planes planes) {
		found = new Anomalies(planes);
	}

	@Override
	void keep() {
		found.add(null);
	}

	@Override
	void add(final AnomalyRegions findings, final boolean[] where) {
		found.add(findings);
	}

	@Override
	void give() {
		if (found.isEmpty()) return;
		if (parts) partMaps = found.parts();
		if (mask) regions = found.mask();
		map = found.map();
		anomalies = found.picture();
		found.tabulate();
	}

	@Override
	ImagePlus shown(final Planes planes, final String name, final int slice, final AnomalyRegions findings) {
		return Anomalies.preview(planes, name, slice, findings);
	}
}
