package sc.fiji.cfebm.command.dev;

import java.io.IOException;

/** Opens plain ImageJ with this plugin in its menu: {@code mvn -q compile exec:exec@imagej}. It needs a display. */
public final class ImageJHost {

	private ImageJHost() {}

	public static void main(final String[] args) throws IOException {
		Host.installPlugin();
		ij.ImageJ.main(args);
	}
}
