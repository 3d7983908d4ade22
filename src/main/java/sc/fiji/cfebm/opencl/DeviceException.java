package sc.fiji.cfebm.opencl;

/** A device does not do what it is asked for: it has gone, say, or its driver refuses. The message is one sentence. */
public class DeviceException extends RuntimeException {

	private static final long serialVersionUID = 1;

	public DeviceException(final String sentence) {
		super(sentence);
	}
}
