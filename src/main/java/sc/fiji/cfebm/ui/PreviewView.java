package sc.fiji.cfebm.ui;

import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics;
import java.awt.image.BufferedImage;
import java.util.Locale;

import javax.swing.JComponent;
import javax.swing.UIManager;

import sc.fiji.cfebm.raster.Raster;
import sc.fiji.cfebm.training.monitor.Preview;

/** A held-out patch being denoised and samples of the stage in training, enlarged without smoothing. */
final class PreviewView extends JComponent {

	/** Sides on the screen; each stage's resolution divides them or is a multiple of them. */
	private static final int PATCH = 128, SAMPLE = 64;
	private static final int SPACE = 4, GROUP_SPACE = 24, SHOWN_ALWAYS = 6;

	private transient Preview preview;

	PreviewView() {
		setFont(UIManager.getFont("Label.font").deriveFont(Font.PLAIN));
		final Dimension size = new Dimension(3 * (PATCH + SPACE) + GROUP_SPACE + SHOWN_ALWAYS / 2 * (SAMPLE + SPACE), PATCH +
			SPACE + 2 * getFontMetrics(getFont()).getHeight());
		setPreferredSize(size);
		setMinimumSize(size);
	}

	void show(final Preview now) {
		preview = now;
		repaint();
	}

	@Override
	protected void paintComponent(final Graphics g) {
		final int baseline = g.getFontMetrics().getAscent();
		if (preview == null) {
			g.drawString("The first preview comes in a moment.", 0, baseline);
			return;
		}
		int x = 0;
		if (preview.denoised() != null) {
			g.drawString("A patch that is not trained on", x, baseline);
			if (preview.clean() != null) x = drawPatch(g, preview.clean(), "clean", x);
			x = drawPatch(g, preview.noisy(), "noisy" + decibels(preview.noisyPsnr()), x);
			x = drawPatch(g, preview.denoised(), "denoised" + decibels(preview.denoisedPsnr()), x) + GROUP_SPACE;
		}
		g.drawString(preview.samples().isEmpty() ? "" : "Samples of the stage in training", x, baseline);
		final int top = g.getFontMetrics().getHeight();
		for (int i = 0; i < preview.samples().size(); i++) {
			final int left = x + i / 2 * (SAMPLE + SPACE);
			if (left + SAMPLE > getWidth()) break;
			g.drawImage(image(preview.samples().get(i)), left, top + i % 2 * (SAMPLE + SPACE), SAMPLE, SAMPLE, null);
		}
	}

	/** @return where the next one goes */
	private static int drawPatch(final Graphics g, final Raster patch, final String caption, final int x) {
		final int top = g.getFontMetrics().getHeight();
		g.drawImage(image(patch), x, top, PATCH, PATCH, null);
		g.drawString(caption, x, top + PATCH + SPACE + g.getFontMetrics().getAscent());
		return x + PATCH + SPACE;
	}

	private static String decibels(final double psnr) {
		return Double.isNaN(psnr) ? "" : String.format(Locale.ROOT, ": %.1f dB", psnr);
	}

	/** Model units [-1,1] as 8 bits, clamped; three channels are colors, of any other number the first is gray. */
	static BufferedImage image(final Raster raster) {
		final BufferedImage image = new BufferedImage(raster.width(), raster.height(), BufferedImage.TYPE_INT_RGB);
		final boolean color = raster.channels() == 3;
		for (int y = 0; y < raster.height(); y++)
			for (int x = 0; x < raster.width(); x++)
				image.setRGB(x, y, level(raster, x, y, 0) << 16 | level(raster, x, y, color ? 1 : 0) << 8 | level(raster, x, y,
					color ? 2 : 0));
		return image;
	}

	private static int level(final Raster raster, final int x, final int y, final int channel) {
		return Math.max(0, Math.min(255, Math.round((raster.get(x, y, channel) + 1) * 127.5f)));
	}
}
