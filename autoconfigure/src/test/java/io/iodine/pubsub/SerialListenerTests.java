package io.iodine.pubsub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.RecordedLog;
import io.iodine.concurrent.CallbackExecutor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link SerialListener}, for which at most 3 messages wait. */
class SerialListenerTests {

	private final Queue<Runnable> submitted = new ArrayDeque<>();

	private final List<String> heard = new ArrayList<>();

	private final Counting observer = new Counting();

	@AutoClose("shutdownNow")
	private final ExecutorService pool = Executors.newFixedThreadPool(2);

	@Test
	void theListenerIsCalledByTheExecutorOnly() {
		SerialListener listener = listener();

		receive(listener, "1", "2");

		assertThat(this.heard).isEmpty();
		assertThat(this.submitted).hasSize(1);
		this.submitted.remove().run();
		assertThat(this.heard).containsExactly("chat 1", "chat 2");
	}

	@Test
	void whileTheListenerRunsNothingMoreIsSubmitted() {
		List<Integer> submittedInside = new ArrayList<>();
		SerialListener[] self = new SerialListener[1];
		self[0] = new SerialListener((channel, message) -> {
			this.heard.add(message.asText());
			if (message.asText().equals("1")) {
				receive(self[0], "2");
				submittedInside.add(this.submitted.size());
				assertThat(this.heard).containsExactly("1");
			}
		}, new CallbackExecutor(this.submitted::add), 3, this.observer);

		receive(self[0], "1");
		this.submitted.remove().run();

		assertThat(submittedInside).containsExactly(0);
		assertThat(this.heard).containsExactly("1", "2");
		assertThat(this.observer.failed).hasValue(0);
	}

	@Test
	void theMessageBeyondTheBoundIsLostAndTheNextOneIsHeard() {
		SerialListener listener = listener();

		receive(listener, "1", "2", "3", "4");
		this.submitted.remove().run();
		receive(listener, "5");
		this.submitted.remove().run();

		assertThat(this.heard).containsExactly("chat 1", "chat 2", "chat 3", "chat 5");
		assertThat(this.observer.lost).hasValue(1);
	}

	@Test
	void theMessageThatIsHandledHoldsItsPlace() {
		SerialListener[] self = new SerialListener[1];
		self[0] = new SerialListener((channel, message) -> {
			this.heard.add(message.asText());
			if (message.asText().equals("1")) {
				receive(self[0], "2", "3", "4");
			}
		}, new CallbackExecutor(this.submitted::add), 3, this.observer);

		receive(self[0], "1");
		this.submitted.remove().run();

		assertThat(this.heard).containsExactly("1", "2", "3");
		assertThat(this.observer.lost).hasValue(1);
	}

	@Test
	void afterItsEndNothingIsHeardAndNothingIsLost() {
		SerialListener listener = listener();
		receive(listener, "1");

		listener.end();
		this.submitted.remove().run();
		receive(listener, "2", "3", "4", "5");

		assertThat(this.heard).isEmpty();
		assertThat(this.observer.lost).hasValue(1);
	}

	@Test
	void aListenerThatFailsHearsTheNext() {
		SerialListener listener = new SerialListener((channel, message) -> {
			this.heard.add(message.asText());
			throw new OutOfMemoryError("expected by this test");
		}, new CallbackExecutor(this.submitted::add), 3, this.observer);
		try (RecordedLog log = new RecordedLog(SerialListener.class)) {
			receive(listener, "1", "2");
			this.submitted.remove().run();

			assertThat(log.lines()).hasSize(2).first().asString().contains("channel 'chat'");
		}
		assertThat(this.heard).containsExactly("1", "2");
		assertThat(this.observer.failed).hasValue(2);
	}

	@Test
	void whatAnExecutorThatRunsInTheCallerGetsIsHeard() {
		SerialListener listener = new SerialListener((channel, message) -> this.heard.add(message.asText()),
				new CallbackExecutor(Runnable::run), 3, this.observer);

		receive(listener, "1", "2");

		assertThat(this.heard).containsExactly("1", "2");
	}

	@Test
	void whatAnExecutorRejectsIsSubmittedAgain() throws Exception {
		AtomicInteger rejections = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(1);
		SerialListener listener = new SerialListener((channel, message) -> done.countDown(),
				new CallbackExecutor((task) -> {
					if (rejections.incrementAndGet() <= 2) {
						throw new RejectedExecutionException("expected by this test");
					}
					this.pool.execute(task);
				}), 3, this.observer);

		receive(listener, "1");

		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(rejections).hasValue(3);
		assertThat(this.observer.lost).hasValue(0);
	}

	@Test
	void whatAnExecutorThatIsShutDownRejectsIsLostAndCounted() {
		this.pool.shutdown();
		SerialListener listener = new SerialListener((channel, message) -> this.heard.add(message.asText()),
				new CallbackExecutor(this.pool), 3, this.observer);

		for (int i = 0; i < 5; i++) {
			receive(listener, "x");
		}

		assertThat(this.heard).isEmpty();
		assertThat(this.observer.lost).hasValue(5);
	}

	@Test
	void whatIsRejectedForTooLongIsLostAndTheNextMessageIsTriedAgain() {
		Queue<Runnable> retries = new ArrayDeque<>();
		boolean[] busy = { true };
		SerialListener listener = rejecting(busy, retries);
		receive(listener, "1", "2");
		for (int i = 1; i < SerialListener.MAX_REJECTIONS; i++) {
			assertThat(retries).hasSize(1);
			retries.remove().run();
		}
		assertThat(this.observer.lost).hasValue(0);

		retries.remove().run();

		assertThat(this.observer.lost).hasValue(2);
		assertThat(retries).isEmpty();
		busy[0] = false;
		receive(listener, "3");
		this.submitted.remove().run();
		assertThat(this.heard).containsExactly("3");
		assertThat(this.observer.lost).hasValue(2);
	}

	@Test
	void rejectionsAreCountedAnewOnceTheListenerRan() {
		Queue<Runnable> retries = new ArrayDeque<>();
		boolean[] busy = { true };
		SerialListener listener = rejecting(busy, retries);
		for (int round = 1; round <= 2; round++) {
			busy[0] = true;
			receive(listener, "m" + round);
			for (int i = 1; i < SerialListener.MAX_REJECTIONS; i++) {
				retries.remove().run();
			}
			busy[0] = false;
			retries.remove().run();
			this.submitted.remove().run();
		}

		assertThat(this.heard).containsExactly("m1", "m2");
		assertThat(this.observer.lost).hasValue(0);
	}

	@Test
	void whatCanNotBeTriedAgainIsLost() {
		SerialListener listener = new SerialListener((channel, message) -> this.heard.add(message.asText()),
				new CallbackExecutor(rejecting()), 3, this.observer, (task) -> {
					throw new OutOfMemoryError("expected by this test");
				});
		try (RecordedLog log = new RecordedLog(SerialListener.class)) {
			receive(listener, "1");

			assertThat(log.lines())
				.contains("ERROR A listener can't be called, because the executor of callbacks rejects its task");
		}
		assertThat(this.heard).isEmpty();
		assertThat(this.observer.lost).hasValue(1);
	}

	@Test
	void whatIsTriedAgainAfterItsEndIsNeitherHeardNorLost() {
		Queue<Runnable> retries = new ArrayDeque<>();
		SerialListener listener = rejecting(new boolean[] { true }, retries);
		receive(listener, "1");

		listener.end();
		retries.remove().run();

		assertThat(retries).isEmpty();
		assertThat(this.heard).isEmpty();
		assertThat(this.observer.lost).hasValue(0);
	}

	private SerialListener rejecting(boolean[] busy, Queue<Runnable> retries) {
		return new SerialListener((channel, message) -> this.heard.add(message.asText()),
				new CallbackExecutor((task) -> {
					Executor executor = busy[0] ? rejecting() : this.submitted::add;
					executor.execute(task);
				}), 3, this.observer, retries::add);
	}

	private static Executor rejecting() {
		return (task) -> {
			throw new RejectedExecutionException("expected by this test");
		};
	}

	@Test
	void listenersThatEndedLoseNothingThoughTheExecutorRejects() {
		this.pool.shutdown();
		SerialListener listener = new SerialListener((channel, message) -> this.heard.add(message.asText()),
				new CallbackExecutor(this.pool), 3, this.observer);
		listener.end();

		receive(listener, "1", "2", "3", "4");

		assertThat(this.heard).isEmpty();
		assertThat(this.observer.lost).hasValue(0);
	}

	private SerialListener listener() {
		return new SerialListener((channel, message) -> this.heard.add(channel + " " + message.asText()),
				new CallbackExecutor(this.submitted::add), 3, this.observer);
	}

	private static void receive(SerialListener listener, String... texts) {
		for (String text : texts) {
			listener.receive("chat", Message.text(text));
		}
	}

	private static final class Counting implements PubSubObserver {

		private final AtomicInteger lost = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		@Override
		public void listenerMessageLost() {
			this.lost.incrementAndGet();
		}

		@Override
		public void listenerFailed() {
			this.failed.incrementAndGet();
		}

	}

}
