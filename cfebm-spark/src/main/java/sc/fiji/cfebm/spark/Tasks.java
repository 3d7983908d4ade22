package sc.fiji.cfebm.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;

import sc.fiji.cfebm.job.Runner.Failure;

/**
 * What a Spark task does: some of a plan's tasks, as many at the same moment as it has processors. One of them that fails makes the
 * Spark task fail, which Spark then tries again, perhaps elsewhere; what was done is not done again. The last time failures are given
 * back instead, so that one bad chunk does not end the whole job.
 *
 * @param plan as JSON
 * @param files opens volumes
 * @param workers processors of a Spark task
 * @param attempts how often Spark tries a task
 */
record Tasks(String plan, Files files, int workers, int attempts) implements FlatMapFunction<Iterator<Long>, Failure> {

	@Override
	public Iterator<Failure> call(final Iterator<Long> numbers) throws IOException {
		final List<Long> tasks = new ArrayList<>();
		numbers.forEachRemaining(tasks::add);
		final boolean last = TaskContext.get().attemptNumber() + 1 >= attempts;
		final List<Failure> failed = new ArrayList<>();
		try {
			failed.addAll(Engines.of(plan, files).attempt(tasks, workers));
		}
		catch (final IOException | IllegalArgumentException e) {
			tasks.forEach(task -> failed.add(new Failure(task, e.getMessage())));
		}
		if (!failed.isEmpty() && !last) throw new IOException(failed.get(0).why());
		return failed.iterator();
	}
}
