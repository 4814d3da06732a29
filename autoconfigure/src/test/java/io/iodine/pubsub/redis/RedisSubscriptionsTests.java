package io.iodine.pubsub.redis;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisSubscriptionsTests {

	private final Set<Topic> wanted = new LinkedHashSet<>();

	private final SilentLink link = new SilentLink();

	private final RedisSubscriptions subscriptions = new RedisSubscriptions(this.link, this.wanted,
			(topics, failure) -> {
			});

	@Test
	void noMoreIsToldThanRedisConfirms() {
		for (int i = 0; i < 30_000; i++) {
			begin(i);
		}
		this.subscriptions.send();
		int toldAtFirst = this.link.subscribed.size();

		confirmAll();

		assertThat(toldAtFirst).isEqualTo(10_000);
		assertThat(this.link.known).hasSize(30_000);
		assertThat(this.subscriptions.unconfirmed()).isZero();
	}

	@Test
	void whatCameAndWentMeanwhileIsNotTold() {
		for (int round = 0; round < 100; round++) {
			for (int i = 0; i < 30_000; i += 100) {
				begin(i);
				end(i);
			}
		}

		this.subscriptions.send();

		assertThat(this.link.subscribed).isEmpty();
		assertThat(this.subscriptions.unconfirmed()).isZero();
	}

	@Test
	void theLastStateOfEachTopicIsReached() {
		for (int i = 0; i < 15_000; i++) {
			begin(i);
			if (i % 1_000 == 0) {
				this.subscriptions.send();
			}
		}
		for (int i = 0; i < 15_000; i += 2) {
			end(i);
		}
		begin(0);

		confirmAll();

		assertThat(this.link.known).isEqualTo(new HashSet<>(this.wanted)).hasSize(7_501);
	}

	@Test
	void whatWaitsForATopicRunsWhenItIsConfirmedOrNoLongerWanted() {
		boolean[] ran = new boolean[2];
		begin(1);
		begin(2);
		this.subscriptions.whenConfirmed(topic(1), () -> ran[0] = true);
		this.subscriptions.whenConfirmed(topic(2), () -> ran[1] = true);
		end(2);

		this.subscriptions.send();
		boolean[] before = ran.clone();
		confirmAll();

		assertThat(before).containsExactly(false, true);
		assertThat(ran[0]).isTrue();
	}

	@Test
	void whatWaitsForATopicThatEndedAndBeganAgainRunsWithoutAnotherConfirmation() {
		boolean[] ran = new boolean[1];
		begin(1);
		confirmAll();
		this.subscriptions.send();
		confirmAll();
		end(1);
		begin(1);
		this.subscriptions.whenConfirmed(topic(1), () -> ran[0] = true);

		this.subscriptions.send();

		assertThat(ran[0]).isTrue();
	}

	private void begin(int number) {
		this.wanted.add(topic(number));
		this.subscriptions.change(topic(number));
	}

	private void end(int number) {
		this.wanted.remove(topic(number));
		this.subscriptions.change(topic(number));
	}

	private static Topic topic(int number) {
		return new Topic("c" + number, false);
	}

	private void confirmAll() {
		do {
			for (Runnable next = this.link.confirmations.poll(); next != null; next = this.link.confirmations.poll()) {
				next.run();
			}
			this.subscriptions.send();
		}
		while (!this.link.confirmations.isEmpty());
	}

	/** A Redis that confirms when it is told to. */
	private final class SilentLink implements RedisLink {

		private final Set<Topic> subscribed = new HashSet<>();

		private final Set<Topic> known = new HashSet<>();

		private final Deque<Runnable> confirmations = new ArrayDeque<>();

		@Override
		public CompletionStage<?> subscribe(Collection<Topic> topics) {
			for (Topic topic : topics) {
				this.subscribed.add(topic);
				this.confirmations.add(() -> {
					this.known.add(topic);
					RedisSubscriptionsTests.this.subscriptions.confirmed(topic);
				});
			}
			return new CompletableFuture<>();
		}

		@Override
		public CompletionStage<?> unsubscribe(Topic topic) {
			this.confirmations.add(() -> {
				this.known.remove(topic);
				RedisSubscriptionsTests.this.subscriptions.ended();
			});
			return new CompletableFuture<>();
		}

		@Override
		public CompletionStage<?> publish(byte[] channel, byte[] payload) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<@Nullable Object> script(ScriptCall call) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean ping() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void flush() {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletableFuture<?> close() {
			return CompletableFuture.completedFuture(null);
		}

	}

}
