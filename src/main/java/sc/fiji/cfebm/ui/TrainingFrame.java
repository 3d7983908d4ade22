package sc.fiji.cfebm.ui;

import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Frame;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;

import javax.swing.BorderFactory;
import javax.swing.Box;
import javax.swing.BoxLayout;
import javax.swing.JButton;
import javax.swing.JComponent;
import javax.swing.JDialog;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.KeyStroke;
import javax.swing.Timer;

import ij.IJ;
import ij.WindowManager;

/** The frame of a {@link TrainingWindow}: buttons, and the timer that keeps it up to date; for the event thread alone. */
final class TrainingFrame extends JFrame {

	private static final int REFRESH_MILLIS = 250, TICKS_PER_PLOT = 4, BORDER = 12;
	private static final Dimension SMALLEST = new Dimension(1000, 600), USUAL = new Dimension(1040, 680);

	private final transient TrainingWindow window;
	private final TrainingPanel panel = new TrainingPanel();
	private final JLabel note = new JLabel("Closing this window minimizes it; the training goes on.");
	private final JButton stop = new JButton("Stop and keep"), cancel = new JButton("Cancel");
	private final Timer timer = new Timer(REFRESH_MILLIS, e -> refresh());
	/** The open question; null if there is none. */
	private JDialog question;
	private boolean stale, ended;
	private int ticks;

	TrainingFrame(final String title, final TrainingWindow window) {
		super(title);
		this.window = window;
		final JPanel content = new JPanel(new BorderLayout());
		content.setBorder(BorderFactory.createEmptyBorder(BORDER, BORDER, BORDER, BORDER));
		content.add(panel, BorderLayout.CENTER);
		content.add(buttons(), BorderLayout.SOUTH);
		setContentPane(content);
		setMinimumSize(SMALLEST);
		setSize(USUAL);
		setLocationByPlatform(true);
		setDefaultCloseOperation(DO_NOTHING_ON_CLOSE);
		addWindowListener(new WindowAdapter() {

			@Override
			public void windowClosing(final WindowEvent e) {
				if (ended) dispose();
				else setExtendedState(Frame.ICONIFIED);
			}
		});
		// ImageJ's Window menu finds it again.
		WindowManager.addWindow(this);
		timer.start();
	}

	TrainingPanel panel() {
		return panel;
	}

	private JPanel buttons() {
		note.setFont(note.getFont().deriveFont(Font.PLAIN));
		stop.setToolTipText("Ends the training now and writes the model as it is.");
		stop.addActionListener(e -> stop());
		cancel.setToolTipText("Ends the training without a model; it can be continued later.");
		cancel.addActionListener(e -> askToCancel());
		getRootPane().registerKeyboardAction(e -> askToCancel(), KeyStroke.getKeyStroke(KeyEvent.VK_ESCAPE, 0),
			JComponent.WHEN_IN_FOCUSED_WINDOW);
		final JPanel row = new JPanel();
		row.setLayout(new BoxLayout(row, BoxLayout.X_AXIS));
		row.add(note);
		row.add(Box.createHorizontalGlue());
		row.add(stop);
		row.add(Box.createHorizontalStrut(BORDER / 2));
		row.add(cancel);
		return row;
	}

	private void stop() {
		window.stop();
		leave("Stopping: the model is written as it is.");
	}

	/** Cancels the training if the user says so; the question goes when the training ends. */
	void askToCancel() {
		if (ended || question != null || window.isCanceled()) return;
		// A minimized window would hide it.
		if (getExtendedState() == Frame.ICONIFIED) setExtendedState(Frame.NORMAL);
		final String[] options = { "Cancel the training", "Go on" };
		final JOptionPane pane = new JOptionPane("Cancel this training? No model is written.\n" +
			"Its checkpoint stays beside the model file: the same training can be continued later.\n" +
			"To have the model as it is now, use “Stop and keep” instead.", JOptionPane.QUESTION_MESSAGE, JOptionPane.DEFAULT_OPTION,
			null, options, options[1]);
		question = pane.createDialog(this, "Cancel the training");
		question.setVisible(true);
		question.dispose();
		question = null;
		// Another Esc is another question.
		IJ.resetEscape();
		if (ended || !options[0].equals(pane.getValue())) return;
		window.cancel();
		leave("Canceling: no model is written; the checkpoint stays.");
	}

	private void leave(final String sentence) {
		note.setText(sentence);
		stop.setEnabled(false);
		cancel.setEnabled(false);
	}

	/** Shows what is new. */
	void refresh() {
		stale |= window.tell(this);
		if (!stale || ended || getExtendedState() == Frame.ICONIFIED) return;
		panel.showNumbers(window.fraction(), window.doing());
		// ImageJ's log has opened meanwhile, on top of it.
		if (ticks == 0) toFront();
		if (ticks++ % TICKS_PER_PLOT > 0) return;
		panel.showCurves();
		stale = false;
	}

	/** The training has ended. */
	void end(final boolean stays) {
		timer.stop();
		ended = true;
		if (question != null) question.setVisible(false);
		if (!stays) {
			dispose();
			return;
		}
		panel.showNumbers(window.fraction(), window.doing());
		panel.showCurves();
		panel.showEnd();
		leave("The training has ended.");
	}

	/** Whether the question is open. */
	boolean isAsking() {
		return question != null;
	}

	boolean hasEnded() {
		return ended;
	}

	@Override
	public void dispose() {
		timer.stop();
		WindowManager.removeWindow(this);
		super.dispose();
	}
}
