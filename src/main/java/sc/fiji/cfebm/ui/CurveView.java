package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JPanel;

import org.apache.commons.math3.stat.StatUtils;

import ij.gui.Plot;
import sc.fiji.cfebm.ui.TrainingCurves.Point;
import sc.fiji.cfebm.ui.TrainingCurves.Quantity;

/** One diagram of a training's course, with its legend. */
final class CurveView extends JPanel {

	/**
	 * A curve of means.
	 *
	 * @param range whether the lowest and highest values are drawn behind it
	 */
	record Line(Quantity quantity, String name, Color color, boolean range) {}

	private static final Color RANGE = new Color(0xc6d8ee), BORDER = new Color(0x808080);
	private static final Dimension SMALLEST = new Dimension(235, 150);
	/** Fewer points than this are marked one by one. */
	private static final int FEW = 40;

	private final String title;
	private final List<Line> lines;
	private final JLabel legend = new JLabel(" ");
	private final Canvas canvas = new Canvas();
	private TrainingCurves curves;

	/** @param meaning what is to be seen, and what to expect of it; shown beside the mouse */
	CurveView(final String title, final String meaning, final Line... lines) {
		super(new BorderLayout(0, 2));
		setToolTipText(meaning);
		this.title = title;
		this.lines = List.of(lines);
		legend.setFont(legend.getFont().deriveFont(Font.PLAIN));
		add(legend, BorderLayout.NORTH);
		add(canvas, BorderLayout.CENTER);
	}

	/**
	 * Draws the curves as they are now.
	 *
	 * @return false if there are none yet
	 */
	boolean show(final TrainingCurves now) {
		curves = now;
		if (lines.stream().allMatch(l -> now.points(l.quantity).isEmpty())) return false;
		legend.setText(legend());
		canvas.drawn = null;
		canvas.repaint();
		return true;
	}

	private String legend() {
		final Stream<String> names = lines.stream().filter(l -> !curves.points(l.quantity).isEmpty()).map(l -> key(l.color,
			l.name));
		final Stream<String> ranges = lines.stream().filter(Line::range).map(l -> key(RANGE, "min to max"));
		return "<html><nobr><b>" + title + "</b>" + means() + "</nobr><br><nobr>" + Stream.concat(names, ranges).collect(
			Collectors.joining(" &nbsp; ")) + "</nobr></html>";
	}

	/** Over how long the points are means; empty where each is one value. */
	private String means() {
		if (lines.stream().flatMap(l -> curves.points(l.quantity).stream()).noneMatch(p -> p.min() < p.max())) return "";
		final double seconds = curves.binSeconds();
		return ", means of " + (seconds < 60 ? number(seconds) + " s" : number(seconds / 60) + " min");
	}

	private static String number(final double value) {
		return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
	}

	private static String key(final Color color, final String name) {
		return String.format("<font color=#%06x>■</font> %s", color.getRGB() & 0xffffff, name);
	}

	/** ImageJ's plot, rendered at the size it is shown. */
	private final class Canvas extends JComponent {

		private transient BufferedImage drawn;
		private int drawnWidth, drawnHeight;

		Canvas() {
			setMinimumSize(SMALLEST);
			setPreferredSize(SMALLEST);
		}

		@Override
		protected void paintComponent(final Graphics g) {
			if (drawn == null || drawnWidth != getWidth() || drawnHeight != getHeight()) {
				drawnWidth = getWidth();
				drawnHeight = getHeight();
				drawn = plot(drawnWidth, drawnHeight).getProcessor().getBufferedImage();
			}
			g.drawImage(drawn, 0, 0, null);
		}
	}

	private Plot plot(final int width, final int height) {
		final double span = curves.last() - curves.first(), unit = span < 180 ? 1 : span < 3 * 3600 ? 60 : 3600;
		final int fontSize = legend.getFont().getSize();
		final Plot plot = new Plot(title, (unit == 1 ? "Seconds" : unit == 60 ? "Minutes" : "Hours") + " of training", null);
		plot.setFontSize(fontSize);
		plot.setAxisLabelFont(Font.PLAIN, fontSize);
		plot.setSize(width, height);
		final double left = curves.first() / unit, right = Math.max(curves.last(), curves.first() + 1) / unit;
		final double[] limits = limits();
		plot.setLimits(left, right, limits[0], limits[1]);
		for (final Line line : lines)
			if (line.range) addRange(plot, curves.points(line.quantity), unit);
		for (final Line line : lines)
			add(plot, line, unit);
		addBorders(plot, left, right, limits, unit);
		return plot;
	}

	private void add(final Plot plot, final Line line, final double unit) {
		final List<Point> points = curves.points(line.quantity);
		plot.setColor(line.color);
		plot.setLineWidth(2);
		final double[] x = values(points, p -> p.seconds() / unit), y = values(points, Point::mean);
		plot.add("line", x, y);
		plot.setLineWidth(1);
		if (x.length < FEW) plot.add("circle", x, y);
	}

	/** Vertical lines from each minimum to its maximum: an area where points are dense. */
	private static void addRange(final Plot plot, final List<Point> points, final double unit) {
		plot.setColor(RANGE);
		plot.setLineWidth(2);
		plot.add("line", points.stream().flatMapToDouble(p -> DoubleStream.of(p.seconds(), p.seconds(), Double.NaN)).map(
			s -> s / unit).toArray(), points.stream().flatMapToDouble(p -> DoubleStream.of(p.min(), p.max(), Double.NaN))
				.toArray());
	}

	/** Vertical lines where stages begin, with their resolution if there is room for it. */
	private void addBorders(final Plot plot, final double left, final double right, final double[] limits,
		final double unit)
	{
		final double width = right - left, height = limits[1] - limits[0];
		final double line = 1.8 * legend.getFont().getSize(), room = 2.2 * line * width / plot.getDrawingFrame().width;
		final double y = limits[1] - line * height / plot.getDrawingFrame().height;
		plot.setColor(BORDER);
		plot.setLineWidth(1);
		final var borders = curves.borders();
		for (int i = 0; i < borders.size(); i++) {
			final double x = borders.get(i).seconds() / unit, end = i + 1 < borders.size() ? borders.get(i + 1).seconds() / unit
				: right;
			if (i > 0) plot.drawDottedLine(x, limits[0], x, limits[1], 2);
			if (end - x > room) plot.addText(borders.get(i).resolution() + " px", x + 0.01 * width, y);
		}
	}

	/** Nearly all means fit; a training's first iterations would flatten the rest. Above is room for the resolutions. */
	private double[] limits() {
		final double[] means = lines.stream().flatMap(l -> curves.points(l.quantity).stream()).mapToDouble(Point::mean)
			.filter(Double::isFinite).toArray();
		final double low = StatUtils.percentile(means, 0.5), high = StatUtils.percentile(means, 98);
		final double range = Math.max(high - low, 1e-3 * Math.max(1, Math.abs(high)));
		return new double[] { low - 0.1 * range, high + 0.2 * range };
	}

	private static double[] values(final List<Point> points, final ToDoubleFunction<Point> value) {
		return points.stream().mapToDouble(value).toArray();
	}
}
