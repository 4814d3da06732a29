package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.iodine.concurrent.CallbackLoad;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The platform threads on which callbacks run: daemons, started when no other is free, up
 * to a bound, and ended when idle for a minute. The queue needs no bound, because a
 * connection has at most one task in it, however much it has received.
 */
final class CallbackThreads extends ThreadPoolExecutor implements CallbackLoad, DisposableBean {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final Duration LAST_TASKS = Duration.ofSeconds(1);

	private final BusyWarning warning;

	/**
	 * Creates the threads.
	 * @param threads how many at most
	 */
	CallbackThreads(int threads) {
		super(1, threads, IDLE.toMillis(), TimeUnit.MILLISECONDS, new WaitingTasks(), factory(),
				(task, pool) -> ((CallbackThreads) pool).enqueue(task));
		allowCoreThreadTimeOut(true);
		this.warning = new BusyWarning(threads, getQueue()::peek);
	}

	private static CustomizableThreadFactory factory() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory("iodine-callback-");
		factory.setDaemon(true);
		return factory;
	}

	/** All threads are busy, and there are as many as may be. */
	private void enqueue(Runnable task) {
		if (isShutdown()) {
			throw new RejectedExecutionException("The callback threads have ended");
		}
		((WaitingTasks) getQueue()).enqueue(task);
		if (getPoolSize() == 0) {
			// the last one has just become idle for too long
			prestartCoreThread();
		}
		this.warning.watch();
	}

	@Override
	public int active() {
		return getActiveCount();
	}

	@Override
	public int queued() {
		return getQueue().size();
	}

	@Override
	public long completed() {
		return getCompletedTaskCount();
	}

	@Override
	public Optional<Integer> limit() {
		return Optional.of(getMaximumPoolSize());
	}

	/**
	 * Runs what is queued, then interrupts what is still running. No callback is expected
	 * by now: beans are destroyed after the web server has stopped.
	 */
	@Override
	public void destroy() throws InterruptedException {
		shutdown();
		if (!awaitTermination(LAST_TASKS.toMillis(), TimeUnit.MILLISECONDS)) {
			shutdownNow();
		}
	}

	/** Takes a task only if a thread waits for one, so that the pool grows otherwise. */
	private static final class WaitingTasks extends LinkedTransferQueue<Runnable> {

		private static final long serialVersionUID = 1L;

		@Override
		public boolean offer(Runnable task) {
			return tryTransfer(task);
		}

		void enqueue(Runnable task) {
			super.offer(task);
		}

	}

}
