package io.iodine.pubsub;

import io.iodine.Message;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.iodine.Presence;
import io.iodine.Subscription;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PresenceTests {

	@AutoClose
	private final ChannelPubSub pubSub = new ChannelPubSub(new PubSubLimits(20, 1024), HistorySettings.NONE,
			new PresenceSettings(Duration.ofSeconds(30), Duration.ofMillis(300), 3, 20), Runnable::run,
			(value) -> String.valueOf(value).getBytes(StandardCharsets.UTF_8), PubSubObserver.NONE);

	private final Presence presence = this.pubSub.presence("chat");

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@Test
	void aMemberIsThereOnceHoweverOftenItJoined() throws Exception {
		Subscription once = this.presence.join("Ada");
		Subscription again = this.presence.join("Ada");
		this.presence.join("Grace");
		once.close();
		once.close();
		Set<String> both = members();
		again.close();

		assertThat(both).containsExactlyInAnyOrder("Ada", "Grace");
		assertThat(members()).containsExactly("Grace");
		assertThat(this.pubSub.presence("news").members().toCompletableFuture().get()).isEmpty();
	}

	@Test
	void aListenerHearsWhoIsThereThenWhoJoinsAndLeaves() throws Exception {
		this.presence.join("Ada");

		listen();
		String first = next();
		Subscription grace = this.presence.join("Grace");
		String second = next();
		grace.close();

		assertThat(first).isEqualTo("chat Ada true");
		assertThat(second).isEqualTo("chat Grace true");
		assertThat(next()).isEqualTo("chat Grace false");
	}

	@Test
	void whoIsBackAtOnceHasNotLeft() throws Exception {
		listen();
		Subscription ada = this.presence.join("Ada");
		String joined = next();

		ada.close();
		this.presence.join("Ada");
		Subscription witness = this.presence.join("Grace");
		String grace = next();
		witness.close();

		assertThat(joined).isEqualTo("chat Ada true");
		assertThat(grace).isEqualTo("chat Grace true");
		assertThat(next()).isEqualTo("chat Grace false");
	}

	@Test
	void aListenerThatEndedHearsNothing() throws Exception {
		Subscription ended = this.presence
			.listen((channel, member, present) -> this.heard.add("ended " + member + present));
		ended.close();
		listen();

		this.presence.join("Ada");

		assertThat(next()).isEqualTo("chat Ada true");
		assertThat(this.heard).isEmpty();
	}

	@Test
	void anExceptionOfAListenerIsContained() throws Exception {
		this.presence.listen((channel, member, present) -> {
			throw new IllegalStateException("meant to be");
		});
		listen();

		this.presence.join("Ada");

		assertThat(next()).isEqualTo("chat Ada true");
	}

	@Test
	void membersAreBoundedInNumberAndLength() {
		this.presence.join("1");
		this.presence.join("2");
		Subscription third = this.pubSub.presence("news").join("3");

		assertThatIllegalStateException().isThrownBy(() -> this.presence.join("4"))
			.withMessageContaining("iodine.pubsub.presence.max-members");
		assertThatIllegalArgumentException().isThrownBy(() -> this.presence.join("x".repeat(21)))
			.withMessageContaining("21");
		third.close();
		this.presence.join("4");
	}

	@Test
	void nobodyJoinsOrListensWhenTheContextIsClosed() {
		this.pubSub.close();

		assertThatIllegalStateException().isThrownBy(() -> this.presence.join("Ada"));
		assertThatIllegalStateException().isThrownBy(() -> this.presence.listen((channel, member, present) -> {
		}));
	}

	@Test
	void membersHaveTheirNewestDataAndListenersHearIt() throws Exception {
		this.presence.listen(new PresenceListener() {

			@Override
			public void onPresence(String channel, String member, boolean present) {
				PresenceTests.this.heard.add(member);
			}

			@Override
			public void onMember(String channel, PresenceMember member, boolean present) {
				PresenceTests.this.heard.add(member.name() + member.data().map(Message::asText).orElse("") + present);
			}

		});
		Subscription first = this.presence.join("Ada\n", 1);
		String joined = next();
		Subscription second = this.presence.join("Ada\n", 2);
		String changed = next();
		Subscription third = this.presence.join("Ada\n");
		List<PresenceMember> members = this.presence.membersWithData().toCompletableFuture().get();
		first.close();
		second.close();
		third.close();

		assertThat(joined).isEqualTo("Ada\n1true");
		assertThat(changed).isEqualTo("Ada\n2true");
		assertThat(members).singleElement().satisfies((member) -> {
			assertThat(member.name()).isEqualTo("Ada\n");
			assertThat(member.data().orElseThrow().asText()).isEqualTo("2");
		});
		assertThat(next()).isEqualTo("Ada\n2false");
		assertThatIllegalArgumentException().isThrownBy(() -> this.presence.join("Ada", "x".repeat(21)))
			.withMessageContaining("iodine.pubsub.presence.max-data-size");
	}

	@Test
	void aLossOfTheBrokerIsNotTheLossOfMembers() throws Exception {
		try (ChannelPubSub watched = new ChannelPubSub(PubSubLimits.DEFAULTS, HistorySettings.NONE,
				new PresenceSettings(Duration.ofSeconds(2), Duration.ofMillis(100), 3, 20), Runnable::run,
				(value) -> new byte[0], PubSubObserver.NONE)) {
			FakeStore store = new FakeStore();
			watched.keepPresenceIn(store);
			store.members = CompletableFuture.completedFuture(List.of(new PresenceMember("Ada", Optional.empty())));
			watched.presence("chat").listen((channel, member, present) -> this.heard.add(member + present));
			String joined = next();

			store.members = CompletableFuture.failedFuture(new BrokerAwayException("expected by this test"));
			store.awaitReads(3);
			long back = System.nanoTime();
			store.members = CompletableFuture.completedFuture(List.of());
			String left = next();

			assertThat(joined).isEqualTo("Adatrue");
			assertThat(left).isEqualTo("Adafalse");
			assertThat(Duration.ofNanos(System.nanoTime() - back)).isGreaterThan(Duration.ofMillis(1_500));
		}
	}

	@Test
	void manyMembersAreToldFewCallsAtATimeAndTheLastStateOnly() {
		try (ChannelPubSub many = new ChannelPubSub(PubSubLimits.DEFAULTS, HistorySettings.NONE,
				new PresenceSettings(Duration.ofSeconds(30), Duration.ofMillis(100), 10_000, 20), Runnable::run,
				(value) -> new byte[0], PubSubObserver.NONE)) {
			FakeStore store = new FakeStore();
			many.keepPresenceIn(store);
			for (int i = 0; i < 5_000; i++) {
				Subscription joined = many.presence("user " + i).join("u");
				if (i % 2 == 0) {
					joined.close();
				}
			}
			int most = 0;
			while (!store.calls.isEmpty()) {
				most = Math.max(most, store.calls.size());
				store.calls.remove().complete(null);
			}

			assertThat(most).isLessThanOrEqualTo(256);
			assertThat(store.present).hasSize(2_500);
		}
	}

	@Test
	void aMemberThatIsBackBeforeItsLeavingWasToldHasNotLeft() {
		try (ChannelPubSub many = new ChannelPubSub(PubSubLimits.DEFAULTS, HistorySettings.NONE,
				new PresenceSettings(Duration.ofSeconds(30), Duration.ofMillis(100), 10_000, 20), Runnable::run,
				(value) -> new byte[0], PubSubObserver.NONE)) {
			FakeStore store = new FakeStore();
			many.keepPresenceIn(store);
			for (int i = 0; i < 300; i++) {
				many.presence("user " + i).join("u");
			}
			many.presence("chat").join("Ada").close();
			many.presence("chat").join("Ada");
			many.presence("news").join("Ada").close();

			store.answerAll();

			assertThat(store.present).contains("chat").doesNotContain("news");
			assertThat(store.removed).containsExactly("news");
		}
	}

	@Test
	void membersAreNamedAgainWithinTheTimeToLive() throws Exception {
		try (ChannelPubSub brief = new ChannelPubSub(PubSubLimits.DEFAULTS, HistorySettings.NONE,
				new PresenceSettings(Duration.ofMillis(96), Duration.ofMillis(100), 10, 20), Runnable::run,
				(value) -> new byte[0], PubSubObserver.NONE)) {
			FakeStore store = new FakeStore();
			brief.keepPresenceIn(store);
			brief.presence("chat").join("Ada");
			brief.presence("news").join("Grace");

			store.answerAll();
			store.present.clear();
			for (int i = 0; i < 4; i++) {
				store.refreshes.drainPermits();
				store.answerAll();
				assertThat(store.refreshes.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
			}

			assertThat(store.present).containsExactlyInAnyOrder("chat", "news");
			assertThat(store.removed).isEmpty();
		}
	}

	private void listen() {
		this.presence.listen((channel, member, present) -> this.heard.add(channel + " " + member + " " + present));
	}

	private String next() throws InterruptedException {
		return String.valueOf(this.heard.poll(20, TimeUnit.SECONDS));
	}

	private Set<String> members() throws Exception {
		return this.presence.members().toCompletableFuture().get(20, TimeUnit.SECONDS);
	}

	/** A store whose answers the test gives. */
	private static final class FakeStore implements PresenceStore {

		private final Queue<CompletableFuture<Void>> calls = new ConcurrentLinkedQueue<>();

		private final Set<String> present = ConcurrentHashMap.newKeySet();

		private final Queue<String> removed = new ConcurrentLinkedQueue<>();

		private final Semaphore reads = new Semaphore(0);

		private final Semaphore refreshes = new Semaphore(0);

		private volatile CompletableFuture<List<PresenceMember>> members = CompletableFuture.completedFuture(List.of());

		@Override
		public CompletionStage<?> refresh(String channel, Collection<PresenceMember> members) {
			this.present.add(channel);
			CompletionStage<?> call = call();
			this.refreshes.release();
			return call;
		}

		@Override
		public CompletionStage<?> remove(String channel, Collection<PresenceMember> members) {
			this.present.remove(channel);
			this.removed.add(channel);
			return call();
		}

		void answerAll() {
			for (CompletableFuture<Void> next; (next = this.calls.poll()) != null;) {
				next.complete(null);
			}
		}

		private CompletionStage<?> call() {
			CompletableFuture<Void> call = new CompletableFuture<>();
			this.calls.add(call);
			return call;
		}

		@Override
		public CompletionStage<List<PresenceMember>> members(String channel) {
			CompletionStage<List<PresenceMember>> answer = this.members;
			this.reads.release();
			return answer;
		}

		void awaitReads(int count) throws InterruptedException {
			this.reads.drainPermits();
			assertThat(this.reads.tryAcquire(count, 20, TimeUnit.SECONDS)).isTrue();
		}

	}

}
