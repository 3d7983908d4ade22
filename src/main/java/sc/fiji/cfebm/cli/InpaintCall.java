package sc.fiji.cfebm.cli;

import picocli.CommandLine.Command;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm inpaint}. */
@Command(name = "inpaint", mixinStandardHelpOptions = true, description = {
	"Fills in what is missing in an image, or in all images of a folder. --mask says where, such as NaN or Saturated; a selection that is saved in a TIFF file counts, too.",
	"", FileCall.KEYS, "" })
final class InpaintCall extends FileCall.OfImages {

	InpaintCall() {
		super(FileCommands.Kind.INPAINT);
	}
}
