package io.iodine.pubsub.redis;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link EngineThread}. */
@Timeout(60)
class EngineThreadTests {

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private final BlockingQueue<String> flushed = new LinkedBlockingQueue<>();

	private final EngineThread thread = new EngineThread(() -> {
		this.flushed.add("flush");
		throw new OutOfMemoryError("flush");
	}, (failure) -> this.failures.add(String.valueOf(failure.getMessage())));

	@AfterEach
	void stop() {
		this.thread.stop();
	}

	@Test
	void anErrorOfATaskKeepsNoOtherWaiting() throws Exception {
		CountDownLatch begin = new CountDownLatch(1);
		BlockingQueue<String> done = new LinkedBlockingQueue<>();
		this.thread.post(() -> {
			awaitUninterrupted(begin);
			throw new NoClassDefFoundError("task");
		});
		this.thread.post(() -> done.add("next"));

		begin.countDown();

		assertThat(done.poll(30, TimeUnit.SECONDS)).isEqualTo("next");
		assertThat(this.flushed.poll(30, TimeUnit.SECONDS)).isEqualTo("flush");
		this.thread.post(() -> done.add("later"));
		assertThat(done.poll(30, TimeUnit.SECONDS)).isEqualTo("later");
		assertThat(this.flushed.poll(30, TimeUnit.SECONDS)).isEqualTo("flush");
		assertThat(this.failures).startsWith("task", "flush");
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
