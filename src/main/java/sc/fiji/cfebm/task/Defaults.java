package sc.fiji.cfebm.task;

/** What tasks take where the user says nothing: the same in dialogs, macros and {@code Cfebm}. */
public final class Defaults {

	/** Of everything random: the same seed gives the same result. */
	public static final long SEED = 1;
	/** Possible images of which a posterior mean is taken, and Langevin steps for each. */
	public static final int CHAINS = 8, STEPS = 20;
	/** How often a hole is filled in. */
	public static final int COMPLETIONS = 8;
	/** Width in pixels of the seam in a hole: none. */
	public static final int FEATHER = 0;
	/** Share of nominal patches that may be flagged. */
	public static final double FALSE_ALARMS = 0.01;
	/** Pixels of the smallest region of anomalies. */
	public static final int SMALLEST = 25;
	/** Of a style, from 0 to 1. */
	public static final double STRENGTH = 0.5;

	private Defaults() {}
}
