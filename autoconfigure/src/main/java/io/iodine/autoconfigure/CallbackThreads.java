package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads on which callbacks run: daemons, started on demand, gone when idle for a
 * minute. The queue needs no bound, because a connection has at most one task in it,
 * however much it has received.
 */
final class CallbackThreads implements Executor, DisposableBean {

	private static final Duration IDLE = Duration.ofMinutes(1);

	private static final Duration LAST_TASKS = Duration.ofSeconds(1);

	private final ThreadPoolExecutor pool;

	CallbackThreads(int threads) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory("iodine-callback-");
		factory.setDaemon(true);
		this.pool = new ThreadPoolExecutor(threads, threads, IDLE.toMillis(), TimeUnit.MILLISECONDS,
				new LinkedBlockingQueue<>(), factory);
		this.pool.allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable task) {
		this.pool.execute(task);
	}

	/**
	 * Runs what is queued, then interrupts what is still running. No callback is expected
	 * by now: beans are destroyed after the web server has stopped.
	 */
	@Override
	public void destroy() throws InterruptedException {
		this.pool.shutdown();
		if (!this.pool.awaitTermination(LAST_TASKS.toMillis(), TimeUnit.MILLISECONDS)) {
			this.pool.shutdownNow();
		}
	}

}
