package io.iodine.file;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads that touch the disk, so that no event loop does; how many tasks wait for
 * them is bounded.
 */
final class DiskThreads implements AutoCloseable {

	private final ThreadPoolExecutor executor;

	DiskThreads(int threads, int maxPending) {
		this.executor = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS,
				new ArrayBlockingQueue<>(maxPending), new DefaultThreadFactory("iodine-file", true));
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs a task on one of the threads, where the result completes. Fails with
	 * {@link RejectedExecutionException} when too many tasks wait, or the threads end.
	 */
	<T> CompletableFuture<T> run(Callable<T> work) {
		Task<T> task = new Task<>(work, new CompletableFuture<>());
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.result().completeExceptionally(ex);
		}
		return task.result();
	}

	/** Ends the threads; what waits for them fails. */
	@Override
	public void close() {
		for (Runnable waiting : this.executor.shutdownNow()) {
			if (waiting instanceof Task<?> task) {
				task.result().completeExceptionally(new RejectedExecutionException("the server stops"));
			}
		}
	}

	private record Task<T>(Callable<T> work, CompletableFuture<T> result) implements Runnable {

		@Override
		public void run() {
			try {
				this.result.complete(this.work.call());
			}
			catch (Throwable ex) {
				this.result.completeExceptionally(ex);
			}
		}

	}

}
