package sc.fiji.cfebm.cli;

import picocli.CommandLine.Command;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm deconvolve}. */
@Command(name = "deconvolve", mixinStandardHelpOptions = true, description = {
	"Takes the blur of a microscope or of a motion off an image, or off all images of a folder. --psf says how a point is seen: by numbers such as --aperture=1.4, Motion, or an image file.",
	"", FileCall.KEYS, "" })
final class DeconvolveCall extends FileCall.OfImages {

	DeconvolveCall() {
		super(FileCommands.Kind.DECONVOLVE);
	}
}
