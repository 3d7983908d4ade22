package sc.fiji.cfebm.job;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

import sc.fiji.cfebm.api.CellAnomaly;
import sc.fiji.cfebm.api.CellDenoiser;
import sc.fiji.cfebm.api.CellPlan;
import sc.fiji.cfebm.api.CellStackDenoiser;
import sc.fiji.cfebm.api.Cells;
import sc.fiji.cfebm.model.Model;
import sc.fiji.cfebm.progress.Progress;
import sc.fiji.cfebm.volume.Volume;
import sc.fiji.cfebm.volume.VolumeException;
import sc.fiji.cfebm.volume.VolumeTarget;

/**
 * Does a {@link Plan}'s tasks, all or a part of them. Each task reads its block and what lies around it, computes it, and writes it in one
 * go; the next one is read and the last one written beside. A task whose block is there is done; so is one of a sparse volume's whose
 * block is missing. What comes out does not depend on how many threads or programs work, in which order, and how often they were killed.
 * Thread-safe.
 */
public final class Runner implements AutoCloseable {

	/**
	 * A task that failed each time.
	 *
	 * @param task its number
	 * @param why in one sentence
	 */
	public record Failure(long task, String why) implements Serializable {}

	/**
	 * What was done.
	 *
	 * @param done how many tasks were done now
	 * @param before how many had been done before, or have nothing to do
	 * @param failed those that failed
	 */
	public record Outcome(long done, long before, List<Failure> failed) {

		/** In a sentence. @param left how many tasks of the plan are not done by now */
		public String words(final Plan plan, final long left) {
			return done + " of " + plan.tasks() + " tasks done" + (before == 0 ? "" : ", " + before + " before") + (left == 0
				? "; the result is whole: " + plan.output() : "; " + left + " are left");
		}
	}

	/**
	 * Which of the tasks are meant: every so many-th, so that neighbours are different programs'.
	 *
	 * @param index from 1 on
	 * @param count of parts
	 */
	public record Part(int index, int count) {

		public static final Part ALL = new Part(1, 1);

		/** @throws IllegalArgumentException with one sentence */
		public Part {
			if (count < 1 || index < 1 || index > count) throw new IllegalArgumentException("A part is i/n with i from 1 to n, not " + index +
				"/" + count + ".");
		}

		/** From “i/n”. */
		public static Part of(final String text) {
			if (!text.matches("\\d{1,9}/\\d{1,9}")) throw new IllegalArgumentException("A part is i/n, such as 2/10, not " + text + ".");
			final String[] both = text.split("/");
			return new Part(Integer.parseInt(both[0]), Integer.parseInt(both[1]));
		}

		long first() {
			return index - 1;
		}
	}

	/** What Linux and macOS, Windows, and disks with quotas say. */
	private static final List<String> FULL = List.of("No space left", "not enough space", "quota exceeded");

	/** A disk with less is full, in bytes. */
	private static final long ROOM = 1 << 20;

	private final Plan plan;
	private final Volume source;
	private final VolumeTarget target;
	private final int threads;
	/** One for each channel, or one for all; they share their networks. */
	private final List<Cells<?>> cells;

	/**
	 * Opens all that a plan names.
	 *
	 * @param threads how many tasks are done at the same moment
	 * @throws IOException with one sentence, if a file is missing or is another one than when the plan was made
	 * @throws IllegalArgumentException with one sentence, if the model is none for the task
	 */
	public Runner(final Plan plan, final Storage storage, final int threads) throws IOException {
		this.plan = plan;
		this.threads = threads;
		final Model model = Model.read(same(plan.model(), plan.modelHash()));
		final Plan.Stack stack = plan.stack();
		final Model ofPlanes = stack == null ? null : Model.readAny(same(stack.model(), stack.modelHash()));
		source = storage.open(Path.of(plan.input()));
		if (!Arrays.equals(source.layout().dimensions(), plan.dimensions())) throw new VolumeException("The volume " + plan.input() +
			" has another size than when the plan was made: plan anew.");
		target = storage.create(plan, source);
		cells = plan.isOfAnomalies() ? List.of(new CellAnomaly(model, plan.noise().get(0).cells().range(), threads, plan.piece()))
			: ofPlanes == null ? denoisers(plan, new CellDenoiser(model, plan.noise().get(0).cells(), threads, plan.piece()), CellDenoiser::with)
				: denoisers(plan, new CellStackDenoiser(model, ofPlanes, plan.noise().get(0).cells(), stack.axis(), threads, plan.piece()),
					CellStackDenoiser::with);
	}

	/** @return the file, if it is the one that the plan was made with */
	private static Path same(final String model, final String hash) throws IOException {
		final Path file = Path.of(model);
		// One that is missing is told by who reads it.
		if (Files.exists(file) && !Plan.hash(file).equals(hash)) throw new VolumeException("The model " + file +
			" is not the one that the plan was made with: plan anew.");
		return file;
	}

	/** One for each channel, which share the networks of the first. */
	private static <C extends Cells<?>> List<Cells<?>> denoisers(final Plan plan, final C first, final BiFunction<C, CellPlan, C> with) {
		final List<Cells<?>> all = new ArrayList<>(List.of(first));
		plan.noise().stream().skip(1).forEach(noise -> all.add(with.apply(first, noise.cells())));
		return all;
	}

	/** Whether a task has nothing to do any more. */
	public boolean isDone(final long task) {
		return isDone(plan, source, target, task);
	}

	private static boolean isDone(final Plan plan, final Volume source, final VolumeTarget target, final long task) {
		final long[] min = plan.min(task);
		final int[] size = plan.size(min);
		return target.has(min, plan.made(size)) || !source.isAny(min, size);
	}

	/** How many tasks of all are done. */
	public long done() {
		return done(plan, source, target);
	}

	/** How many tasks of a plan are done; computes nothing. */
	public static long done(final Plan plan, final Storage storage) throws IOException {
		final Volume source = storage.open(Path.of(plan.input()));
		return Files.exists(Path.of(plan.output())) ? done(plan, source, storage.create(plan, source)) : 0;
	}

	private static long done(final Plan plan, final Volume source, final VolumeTarget target) {
		return LongStream.range(0, plan.tasks()).filter(task -> isDone(plan, source, target, task)).count();
	}

	/**
	 * Does what is not done yet. Tasks that fail are tried again when all others are through.
	 *
	 * @param retries how often
	 * @param progress told the share that is done, and what fails; asked before each task whether to stop. Called by one thread at a time
	 * @throws IOException with one sentence, if the disk is full; what was written stays
	 * @throws CancellationException after the tasks that run, when the progress asked to stop
	 */
	public Outcome run(final Part part, final int retries, final Progress progress) throws IOException {
		final List<Long> all = new ArrayList<>();
		long before = 0;
		for (long task = part.first(), n = plan.tasks(); task < n; task += part.count()) {
			progress.throwIfCanceled();
			if (isDone(task)) before++;
			else all.add(task);
		}
		final AtomicLong through = new AtomicLong();
		List<Failure> failed = attempt(all, threads, all.size(), through, progress);
		for (int i = 0; i < retries && !failed.isEmpty(); i++) {
			progress.log("trying again " + count(failed.size()) + " that failed, the first: " + failed.get(0).why);
			failed = attempt(failed.stream().map(Failure::task).toList(), threads, all.size(), through, progress);
		}
		return new Outcome(all.size() - failed.size(), before, failed);
	}

	private static String count(final int tasks) {
		return tasks == 1 ? "1 task" : tasks + " tasks";
	}

	/**
	 * Tries some tasks once, those that are done already left out: for whoever shares them out himself.
	 *
	 * @param workers how many are done at the same moment
	 * @return those that failed, in order
	 * @throws IOException with one sentence, if the disk is full; no task runs any more then
	 * @throws CancellationException if the thread is interrupted; no task runs any more then
	 */
	public List<Failure> attempt(final List<Long> tasks, final int workers) throws IOException {
		return attempt(tasks.stream().filter(task -> !isDone(task)).toList(), workers, tasks.size(), new AtomicLong(), Progress.NONE);
	}

	/** @return those that failed, in order */
	private List<Failure> attempt(final List<Long> tasks, final int workers, final int all, final AtomicLong through,
		final Progress progress) throws IOException
	{
		if (tasks.isEmpty()) return List.of();
		final Queue<Failure> failed = new ConcurrentLinkedQueue<>();
		final Flow.Listener listener = new Flow.Listener() {

			@Override
			public void written(final Block block) {
				synchronized (progress) {
					progress.update((double) through.incrementAndGet() / all, through.get() + " of " + all);
				}
			}

			@Override
			public void failed(final Block block, final Throwable why) {
				if (block.isComputed() && isOfFullDisk(why)) throw new UncheckedIOException(new VolumeException(
					"There is no room any more on the disk for " + plan.output() +
						": what is done stays done; make room, then the same call goes on."));
				failed.add(new Failure(block.task(), why(why)));
			}
		};
		try (Flow flow = new Flow(workers, progress, listener)) {
			for (final long task : tasks)
				if (!flow.take(new Block(plan, source, target, cells, task))) break;
			flow.end();
		}
		catch (final UncheckedIOException e) {
			throw e.getCause();
		}
		catch (final InterruptedException e) {
			Thread.currentThread().interrupt();
			throw new CancellationException("Canceled.");
		}
		return failed.stream().sorted(Comparator.comparingLong(Failure::task)).toList();
	}

	/** Whether others would fail to be written, too. What the system says depends on its language, so it is asked for room as well. */
	private boolean isOfFullDisk(final Throwable why) {
		if (!(why instanceof IOException)) return false;
		final String said = String.valueOf(why.getMessage());
		if (FULL.stream().anyMatch(said::contains)) return true;
		try {
			return Files.getFileStore(Path.of(plan.output())).getUsableSpace() < ROOM;
		}
		catch (final IOException e) {
			return false;
		}
	}

	private String why(final Throwable e) {
		if (e instanceof OutOfMemoryError) return "There is not enough memory: take fewer threads, or plan smaller pieces.";
		if (e instanceof VolumeException || e instanceof IllegalArgumentException && e.getMessage() != null) return e.getMessage();
		return "A block of " + plan.output() + " can't be made: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) +
			".";
	}

	@Override
	public void close() {
		cells.forEach(Cells::close);
	}
}
