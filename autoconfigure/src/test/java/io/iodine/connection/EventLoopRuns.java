package io.iodine.connection;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.iodine.Connection;

import static org.assertj.core.api.Assertions.assertThat;

/** Waits for the runs of an event loop. */
final class EventLoopRuns {

	private EventLoopRuns() {
	}

	/**
	 * Returns when the run has ended that took what was posted before, with all that it
	 * delivered.
	 * @param client a connection of the event loop
	 */
	static void await(Connection client) {
		EventLoopTasks tasks = ((NettyConnection) client).tasks();
		CountDownLatch ended = new CountDownLatch(1);
		// what the run executes comes after it
		tasks.post(() -> tasks.loop().execute(ended::countDown));
		try {
			assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
