package sc.fiji.cfebm.job;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import sc.fiji.cfebm.progress.Progress;

/**
 * Blocks on their way from disk to disk: while workers compute, other threads read what comes next and write what is through. So workers
 * do not wait for the disk, and no more is in memory than one part ahead of each and half as many blocks behind.
 */
final class Flow implements AutoCloseable {

	/** Is told what became of a block, by one of many threads. */
	interface Listener {

		void written(Block block);

		/** @param why an exception, or that memory was short */
		void failed(Block block, Throwable why);
	}

	/** What may be read ahead of all workers that a computer has use for, as a share of Java's heap. */
	private static final double AHEAD = 1.0 / 16;

	private final ExecutorService workers, files;
	/** How many parts are read or computed at the same moment, and how many blocks wait to be written. */
	private final int ahead, behind;
	/** Pixels of the largest part that is read ahead. Others wait until there is a worker for them: memory matters more. */
	private final long large;
	/** What of these is free. */
	private final Semaphore parts, blocks;
	private final Progress progress;
	private final Listener listener;
	/** Why all ends before its time; null: it does not. */
	private volatile Throwable broken;

	/** @param count of workers; @param progress asked by one thread at a time whether to stop */
	Flow(final int count, final Progress progress, final Listener listener) {
		this.listener = listener;
		this.progress = new Progress() {

			@Override
			public boolean isCanceled() {
				if (broken != null) return true;
				synchronized (progress) {
					return progress.isCanceled();
				}
			}
		};
		ahead = 2 * count;
		// By processors, as others of these may be at work in the same program.
		final Runtime java = Runtime.getRuntime();
		large = (long) (AHEAD * java.maxMemory() / Float.BYTES / Math.max(count, java.availableProcessors()));
		behind = (count + 1) / 2;
		parts = new Semaphore(ahead);
		blocks = new Semaphore(behind);
		workers = pool(count, "CF-EBM task");
		try {
			files = pool(1 + behind, "CF-EBM files");
		}
		catch (final RuntimeException | Error e) {
			workers.shutdown();
			throw e;
		}
	}

	private static ExecutorService pool(final int threads, final String name) {
		final ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
			final Thread thread = new Thread(work, name);
			thread.setDaemon(true);
			return thread;
		});
		// Where there can't be so many it is the caller who is told.
		try {
			pool.prestartAllCoreThreads();
		}
		catch (final RuntimeException | Error e) {
			pool.shutdown();
			throw e;
		}
		return pool;
	}

	/**
	 * Takes a block, when there is room for it.
	 *
	 * @return false: no more are taken, {@link #end} says why
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	boolean take(final Block block) throws InterruptedException {
		for (final Block.Part part : block.parts()) {
			final int room = part.pixels() > large ? 2 : 1;
			parts.acquire(room);
			if (progress.isCanceled()) {
				parts.release(room);
				stop(new CancellationException("Canceled."));
				return false;
			}
			hand(files, () -> read(block, part, room), parts, room);
		}
		return true;
	}

	/** Gives work to others; if that can't be done, what it holds is free again and all ends. */
	private void hand(final ExecutorService to, final Runnable work, final Semaphore held, final int permits) {
		try {
			to.execute(work);
		}
		catch (final RuntimeException | Error e) {
			stop(e);
			held.release(permits);
		}
	}

	private void read(final Block block, final Block.Part part, final int room) {
		float[] read = null;
		try {
			if (goesOn(block)) read = block.read(part);
		}
		catch (final Throwable e) {
			fail(block, e);
		}
		final float[] pixels = read;
		hand(workers, () -> compute(block, part, pixels, room), parts, room);
	}

	/** @param read null: there is nothing to compute any more */
	private void compute(final Block block, final Block.Part part, final float[] read, final int room) {
		try {
			if (read != null && goesOn(block)) block.compute(part, read, progress);
		}
		catch (final Throwable e) {
			fail(block, e);
		}
		try {
			if (block.isLast() && goesOn(block)) {
				blocks.acquireUninterruptibly();
				hand(files, () -> write(block), blocks, 1);
			}
		}
		finally {
			parts.release(room);
		}
	}

	private void write(final Block block) {
		try {
			block.write();
			listener.written(block);
		}
		catch (final Throwable e) {
			fail(block, e);
		}
		finally {
			blocks.release();
		}
	}

	private boolean goesOn(final Block block) {
		return broken == null && !block.hasFailed();
	}

	private void fail(final Block block, final Throwable why) {
		if (why instanceof CancellationException || why instanceof Error && !(why instanceof OutOfMemoryError)) stop(why);
		else if (block.fail()) {
			try {
				listener.failed(block, why);
			}
			catch (final RuntimeException | Error e) {
				// Such as no memory to say that there is none.
				stop(e);
			}
		}
	}

	private synchronized void stop(final Throwable why) {
		if (broken == null) broken = why;
	}

	/**
	 * Waits until all blocks are written, or have failed.
	 *
	 * @throws CancellationException if the progress asked to stop
	 * @throws RuntimeException or an Error if there was one that has nothing to do with a block
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	void end() throws InterruptedException {
		parts.acquire(ahead);
		parts.release(ahead);
		throwIfBroken();
		blocks.acquire(behind);
		blocks.release(behind);
		// What was written last may have failed, too.
		throwIfBroken();
	}

	private void throwIfBroken() {
		if (broken instanceof RuntimeException) throw (RuntimeException) broken;
		if (broken instanceof Error) throw (Error) broken;
	}

	/** Lets nothing begin any more, and waits for what runs, also when interrupted: what it uses is closed next. */
	@Override
	public void close() {
		stop(new CancellationException("Canceled."));
		parts.acquireUninterruptibly(ahead);
		blocks.acquireUninterruptibly(behind);
		workers.shutdown();
		files.shutdown();
	}
}
