package sc.fiji.cfebm.volume;

/**
 * One dimension of a volume.
 *
 * @param name such as x, y, z, c or t
 * @param type space, channel, time; empty: unknown
 * @param unit such as micrometer; empty: unknown
 * @param scale the distance of its pixels in that unit; 1: unknown
 * @param translation the place of its first pixel in that unit
 */
public record Axis(String name, String type, String unit, double scale, double translation) {

	public boolean isSpace() {
		return type.equals("space") || type.isEmpty() && (name.equals("x") || name.equals("y") || name.equals("z"));
	}

	public boolean isChannel() {
		return type.equals("channel") || name.equals("c");
	}

	public boolean isTime() {
		return type.equals("time") || type.isEmpty() && name.equals("t");
	}

	/** Without a scale, of the type that its name says. */
	static Axis named(final String name) {
		return new Axis(name, switch (name) {
			case "x", "y", "z" -> "space";
			case "c" -> "channel";
			case "t" -> "time";
			default -> "";
		}, "", 1, 0);
	}
}
