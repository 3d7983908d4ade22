package sc.fiji.cfebm.energy.unet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import sc.fiji.cfebm.platform.NativeRuntime;
import sc.fiji.cfebm.tensor.OneThread;

/**
 * Threads that share work cut into pieces, each taking the next piece when it is through with one, so that a thread which
 * another program keeps from its processor does less and nobody waits for it. Operations use one thread each. What a piece
 * computes does not depend on which thread has it. Thread-safe.
 */
public final class Workers implements AutoCloseable {

	private static final long IDLE_SECONDS = 30;

	private final int threads;
	private final ExecutorService pool;

	/** One piece of work. */
	@FunctionalInterface
	interface Piece {

		/** @param worker which of the workers has it, from 0 on: no two at the same time have the same */
		void run(int worker, int index);
	}

	/** As many as operations use otherwise: {@code OMP_NUM_THREADS}, or the number of cores. */
	public Workers() {
		this(NativeRuntime.threads());
	}

	public Workers(final int threads) {
		if (threads < 1) throw new IllegalArgumentException("There is at least one thread, not " + threads + ".");
		this.threads = threads;
		final AtomicInteger number = new AtomicInteger();
		final ThreadPoolExecutor executor = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), task -> {
				final Thread thread = new Thread(() -> {
					OneThread.begin();
					task.run();
				}, "CF-EBM worker " + number.incrementAndGet());
				thread.setDaemon(true);
				return thread;
			});
		executor.allowCoreThreadTimeOut(true);
		pool = executor;
	}

	public int threads() {
		return threads;
	}

	/**
	 * Has all pieces done, and waits for that.
	 *
	 * @throws RuntimeException what a piece threw, the first of them; errors, too
	 */
	void run(final int pieces, final Piece piece) {
		final AtomicInteger next = new AtomicInteger();
		final List<Future<?>> futures = new ArrayList<>();
		for (int i = 0; i < Math.min(threads, pieces); i++) {
			final int worker = i;
			futures.add(pool.submit(() -> {
				try {
					for (int index = next.getAndIncrement(); index < pieces; index = next.getAndIncrement())
						piece.run(worker, index);
				}
				catch (final RuntimeException | Error e) {
					next.set(pieces);
					throw e;
				}
			}));
		}
		Throwable failure = null;
		boolean interrupted = false;
		for (final Future<?> f : futures)
			for (boolean done = false; !done;)
				try {
					f.get();
					done = true;
				}
				catch (final InterruptedException e) {
					// What runs still writes into the caller's arrays.
					interrupted = true;
				}
				catch (final ExecutionException e) {
					if (failure == null) failure = e.getCause();
					done = true;
				}
		if (interrupted) Thread.currentThread().interrupt();
		if (failure instanceof Error) throw (Error) failure;
		if (failure != null) throw (RuntimeException) failure;
	}

	@Override
	public void close() {
		pool.shutdown();
	}
}
