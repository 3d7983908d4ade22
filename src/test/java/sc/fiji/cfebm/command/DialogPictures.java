package sc.fiji.cfebm.command;

import java.awt.Checkbox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.event.ItemEvent;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import javax.imageio.ImageIO;

import org.scijava.Context;
import org.scijava.command.CommandService;
import org.scijava.module.Module;
import org.scijava.module.ModuleService;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import sc.fiji.cfebm.command.dev.Host;
import sc.fiji.cfebm.ui.InputDialog;

/**
 * Makes the pictures of the dialogs in {@code docs/dialogs}, each as it opens and with more options: {@code mvn -q
 * test-compile exec:exec@dialog-pictures}. It needs a display without other windows.
 */
final class DialogPictures {

	private static final int GAP = 12, MILLISECONDS = 700;

	private DialogPictures() {}

	/** @param args the folder to write to */
	public static void main(final String[] args) throws Exception {
		Host.installPlugin();
		new ImageJ(ImageJ.NO_SHOW);
		final Path folder = Files.createDirectories(Path.of(args[0]));
		final ImagePlus stack = IJ.openImage("test-images/stack/hyperstack.tif");
		WindowManager.setTempCurrentImage(stack);
		try (Context context = new Context(CommandService.class, ModuleService.class)) {
			for (final String command : PluginsConfig.commands()) {
				final Module module = context.service(ModuleService.class).createModule(context.service(CommandService.class)
					.getCommand(command));
				if (module.getInfo().getInput("image") != null) module.setInput("image", stack);
				module.initialize();
				if (InputDialog.inputs(module).isEmpty()) continue;
				final String name = module.getInfo().getTitle().replace("CF-EBM ", "").replace("...", "").toLowerCase(Locale.ROOT)
					.replace(' ', '-');
				final File file = folder.resolve(name + ".png").toFile();
				ImageIO.write(picture(InputDialog.of(module)), "png", file);
				System.out.println(file + ": " + file.length() / 1000 + " kB");
			}
		}
		System.exit(0);
	}

	private static BufferedImage picture(final GenericDialog dialog) throws Exception {
		final Thread shown = new Thread(dialog::showDialog);
		shown.start();
		final BufferedImage closed = capture(dialog);
		final Checkbox fold = fold(dialog);
		if (fold == null) {
			dialog.dispose();
			return closed;
		}
		fold.setState(true);
		fold.dispatchEvent(new ItemEvent(fold, ItemEvent.ITEM_STATE_CHANGED, fold.getLabel(), ItemEvent.SELECTED));
		final BufferedImage open = capture(dialog);
		dialog.dispose();
		final BufferedImage both = new BufferedImage(closed.getWidth() + GAP + open.getWidth(), Math.max(closed.getHeight(), open
			.getHeight()), BufferedImage.TYPE_INT_RGB);
		final Graphics2D g = both.createGraphics();
		g.setColor(Color.WHITE);
		g.fillRect(0, 0, both.getWidth(), both.getHeight());
		g.drawImage(closed, 0, 0, null);
		g.drawImage(open, closed.getWidth() + GAP, 0, null);
		g.dispose();
		return both;
	}

	private static Checkbox fold(final GenericDialog dialog) {
		if (dialog.getCheckboxes() != null) for (final Object box : dialog.getCheckboxes())
			if (((Checkbox) box).getLabel().equals("More options")) return (Checkbox) box;
		return null;
	}

	private static BufferedImage capture(final GenericDialog dialog) throws Exception {
		// ImageJ puts it in the middle of the screen while it opens.
		do {
			dialog.setLocation(0, 0);
			Thread.sleep(MILLISECONDS);
		}
		while (!dialog.isShowing() || dialog.getX() != 0);
		return new Robot().createScreenCapture(new Rectangle(dialog.getLocationOnScreen(), dialog.getSize()));
	}
}
