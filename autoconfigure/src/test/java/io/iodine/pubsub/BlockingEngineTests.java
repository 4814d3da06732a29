package io.iodine.pubsub;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.iodine.Message;
import io.iodine.PubSubEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BlockingEngineTests {

	private final ChannelPubSub pubSub = new ChannelPubSub(PubSubLimits.DEFAULTS, Runnable::run, (value) -> new byte[0],
			PubSubObserver.NONE);

	@Test
	void whatWaitsForAnEngineThatBlocksIsBoundedAndEndsInTheRightState() throws Exception {
		BlockingEngine engine = new BlockingEngine();
		this.pubSub.attach(engine);
		Thread blocked = new Thread(() -> this.pubSub.subscribe("first", (channel, message) -> {
		}));
		blocked.start();
		assertThat(engine.entered.await(20, TimeUnit.SECONDS)).isTrue();

		for (int i = 0; i < 50_000; i++) {
			this.pubSub.subscribe("c" + i, (channel, message) -> {
			}).close();
		}
		this.pubSub.subscribe("last", (channel, message) -> {
		});
		engine.release.countDown();
		blocked.join(TimeUnit.SECONDS.toMillis(20));

		assertThat(engine.subscribed).containsExactlyInAnyOrder("first", "last");
		assertThat(engine.told.get()).isLessThanOrEqualTo(PendingEngineCalls.BOUND + 2);
	}

	/** Blocks in the first subscription that it is told of. */
	private static final class BlockingEngine implements PubSubEngine {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		private final Set<String> subscribed = new HashSet<>();

		private final AtomicInteger told = new AtomicInteger();

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			this.entered.countDown();
			try {
				assertThat(this.release.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.told.incrementAndGet();
			return this.subscribed.add(channel);
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			this.told.incrementAndGet();
			return this.subscribed.remove(channel);
		}

		@Override
		public boolean publish(String channel, Message message) {
			return true;
		}

	}

}
