package sc.fiji.cfebm.cli;

import picocli.CommandLine.Command;

import sc.fiji.cfebm.command.FileCommands;

/** {@code cfebm anomaly}. */
@Command(name = "anomaly", mixinStandardHelpOptions = true, description = {
	"Maps what is unusual in an image, or in all images of a folder.",
	"", FileCall.KEYS, "" })
final class AnomalyCall extends FileCall.OfImages {

	AnomalyCall() {
		super(FileCommands.Kind.ANOMALY);
	}
}
