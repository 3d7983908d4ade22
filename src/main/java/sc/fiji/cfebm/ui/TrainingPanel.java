package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Component;
import java.awt.Font;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.GridLayout;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JProgressBar;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;

import sc.fiji.cfebm.training.monitor.Preview;
import sc.fiji.cfebm.training.monitor.TrainingStep;
import sc.fiji.cfebm.ui.CurveView.Line;
import sc.fiji.cfebm.ui.TrainingCurves.Quantity;

/** What a training window shows; for the event thread alone. */
final class TrainingPanel extends JPanel {

	private static final Color BLUE = new Color(0x1f5fae), RED = new Color(0xd1491b), BLACK = new Color(0x202020);
	private static final String[] FACTS = { "Stage", "Iteration", "Phase", "β (stage fade-in)", "Learning rate",
		"Rollbacks" };
	/** What they mean, and what to expect of them. */
	private static final String[] MEANINGS = { "The network grows: its first stage learns patches of 8×8 pixels, each other one patches twice as large.",
		"How many batches of patches this stage has seen.", "Score matching learns to take noise off; contrastive, what is likely and what is not.",
		"How much the newest stage counts: it grows from 0 to 1.", "How far an iteration moves the network: it falls towards the end.",
		"How often the training ran away and was taken back: some do no harm." };
	private static final int LOG_ROWS = 4, LOG_CHARACTERS = 20_000, SPACE = 10;

	private final JLabel[] facts = new JLabel[FACTS.length];
	private final JProgressBar bar = new JProgressBar(0, 1000);
	/** What tells most comes first. */
	private final CurveView[] views = { //
		new CurveView("PSNR in dB", "How near a patch that is not trained on comes to the clean one: blue should rise above red, and flatten in the end.",
			new Line(Quantity.NOISY_PSNR, "noisy", RED, false), new Line(Quantity.DENOISED_PSNR, "denoised", BLUE, false)), //
		new CurveView("Loss", "How wrong denoised patches are: it should fall, and flatten in the end.", new Line(Quantity.LOSS, "score matching", BLUE,
			true)), //
		new CurveView("Energies", "Those of training images and of invented ones: neither should run away.", new Line(Quantity.DATA_ENERGY, "E(data)",
			BLUE, false), new Line(Quantity.SAMPLE_ENERGY, "E(samples)", RED, false)), //
		new CurveView("Gap", "The energies' difference: it should not grow without end.", new Line(Quantity.GAP, "E(data) − E(samples)", BLACK,
			false)) };
	private final PreviewView previews = new PreviewView();
	private final JTextArea log = new JTextArea(LOG_ROWS, 60);
	private final TrainingCurves curves = new TrainingCurves();
	private final JPanel plots = new JPanel(new GridLayout(1, 0, SPACE, 0));
	private TrainingStep last;

	TrainingPanel() {
		super(new GridBagLayout());
		bar.setStringPainted(true);
		bar.setString("Starting");
		log.setEditable(false);
		log.setFont(new JLabel().getFont().deriveFont(Font.PLAIN));
		final JScrollPane scroll = new JScrollPane(log);
		scroll.setMinimumSize(scroll.getPreferredSize());
		addRow(facts(), 0);
		addRow(bar, 0);
		addRow(plots, 1);
		addRow(previews, 0);
		addRow(scroll, 0);
	}

	private void addRow(final Component row, final double weight) {
		final GridBagConstraints c = new GridBagConstraints();
		c.gridx = 0;
		c.weightx = 1;
		c.weighty = weight;
		c.fill = GridBagConstraints.BOTH;
		c.insets.bottom = SPACE;
		add(row, c);
	}

	/** A row of names with their values beneath. */
	private JPanel facts() {
		final JPanel row = new JPanel(new GridLayout(1, 0, SPACE, 0));
		for (int i = 0; i < FACTS.length; i++) {
			final JPanel cell = new JPanel(new BorderLayout());
			final JLabel name = new JLabel(FACTS[i]);
			cell.setToolTipText(MEANINGS[i]);
			name.setFont(name.getFont().deriveFont(Font.PLAIN));
			facts[i] = new JLabel("–");
			facts[i].setFont(facts[i].getFont().deriveFont(Font.BOLD));
			cell.add(name, BorderLayout.NORTH);
			cell.add(facts[i], BorderLayout.SOUTH);
			row.add(cell);
		}
		return row;
	}

	void add(final TrainingStep step) {
		curves.add(step);
		last = step;
	}

	void add(final Preview preview) {
		curves.add(preview);
		previews.show(preview);
	}

	void log(final String line) {
		log.append((log.getDocument().getLength() == 0 ? "" : "\n") + line);
		final int excess = log.getDocument().getLength() - LOG_CHARACTERS;
		if (excess > 0) log.replaceRange("", 0, excess);
		log.setCaretPosition(log.getDocument().getLength());
	}

	/**
	 * Shows the numbers and the bar.
	 *
	 * @param fraction of the whole training
	 * @param doing what it does; shown once nothing is left but what comes after the iterations
	 */
	void showNumbers(final double fraction, final String doing) {
		if (last == null) return;
		final String[] values = { String.format(Locale.ROOT, "%d of %d (%d×%3$d px)", last.stage() + 1, last.stages(), last
			.resolution()), last.iteration() + " of " + last.iterations(), last.contrastive() ? "contrastive"
				: "score matching", String.format(Locale.ROOT, "%.2f", last.beta()), String.format(Locale.ROOT, "%.1e", last
					.learningRate()), Integer.toString(last.rollbacks()) };
		for (int i = 0; i < values.length; i++)
			facts[i].setText(values[i]);
		bar.setValue((int) Math.round(1000 * fraction));
		bar.setString(fraction >= 1 ? doing : Math.round(100 * fraction) + " %" + (Double.isFinite(last.secondsLeft()) ? ", about " + CommandProgress.duration(last
			.secondsLeft()) + " left" : ""));
	}

	/** Shows the curves, which takes longer; a diagram without any is left out. */
	void showCurves() {
		final List<CurveView> shown = Stream.of(views).filter(v -> v.show(curves)).toList();
		if (shown.size() == plots.getComponentCount()) return;
		plots.removeAll();
		shown.forEach(plots::add);
		plots.revalidate();
	}

	/** There is no time left. */
	void showEnd() {
		bar.setString("Ended" + (last == null ? "" : " after " + CommandProgress.duration(last.seconds())));
	}
}
