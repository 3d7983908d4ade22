package sc.fiji.cfebm.spark;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import sc.fiji.cfebm.job.Plan;
import sc.fiji.cfebm.job.Runner;

/** What an executor has opened: one engine for each plan, for all of its task slots. */
final class Engines {

	/** Spark says how many work at the same moment; networks are made as they are needed. */
	private static final int UNLIMITED = Short.MAX_VALUE;

	private static final Map<String, Runner> OPEN = new HashMap<>();

	private Engines() {}

	/** The engine for a plan, which is opened the first time. */
	static synchronized Runner of(final String plan, final Files files) throws IOException {
		Runner runner = OPEN.get(plan);
		if (runner == null) OPEN.put(plan, runner = new Runner(Plan.of(plan, "of this job"), files.storage(), UNLIMITED));
		return runner;
	}

	/** Closes the engine for a plan where the driver is the executor, too; others end with their program. */
	static synchronized void close(final String plan) {
		final Runner runner = OPEN.remove(plan);
		if (runner != null) runner.close();
	}
}
