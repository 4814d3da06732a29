package io.iodine.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Keeps an application without a web server running while it has timers or subscribed
 * methods: the threads of both are daemons.
 */
final class ScheduledWorkKeepAlive implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

	private final ApplicationContext context;

	private final BooleanSupplier unfinished;

	private final CountDownLatch closed = new CountDownLatch(1);

	/**
	 * Creates it.
	 * @param context the application
	 * @param unfinished whether there is anything to wait for, asked once a second
	 */
	ScheduledWorkKeepAlive(ApplicationContext context, BooleanSupplier unfinished) {
		this.context = context;
		this.unfinished = unfinished;
	}

	/** The runners have ended: what they began may go on. */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context && this.unfinished.getAsBoolean()) {
			Thread thread = new Thread(this::await, "iodine-unfinished-work");
			thread.setDaemon(false);
			thread.start();
		}
	}

	@Override
	public void destroy() {
		this.closed.countDown();
	}

	private void await() {
		try {
			boolean isClosed = false;
			while (!isClosed && this.unfinished.getAsBoolean()) {
				isClosed = this.closed.await(1, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
