package io.iodine.pubsub;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import io.iodine.Subscription;
import io.iodine.concurrent.CallbackExecutor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Presences} over a store that the test answers, whose members are read
 * every five seconds, or at once after a change.
 */
@Timeout(60)
class PresencesTests {

	private final Store store = new Store();

	private final List<String> heard = new ArrayList<>();

	private final PresenceListener listener = (channel, member, present) -> this.heard.add(member + " " + present);

	@AutoClose
	private final Presences presences = presences(Duration.ofHours(1), Runnable::run);

	@Test
	void itsEndTellsTheStoreWhoLeaves() {
		this.presences.join("chat", member("Ada", ""));
		this.presences.join("news", member("Grace", ""));

		this.presences.close();

		assertThat(this.store.calls).containsExactlyInAnyOrder("there chat Ada", "there news Grace", "gone chat Ada",
				"gone news Grace");
	}

	@Test
	void otherDataTakeThePlaceOfTheFormer() {
		this.presences.join("chat", member("Ada", "1"));

		this.presences.join("chat", member("Ada", "2"));
		this.presences.join("chat", member("Ada", "2"));

		assertThat(this.store.calls).containsExactly("there chat Ada1", "gone chat Ada1", "there chat Ada2");
	}

	@Test
	void eachChangeIsLookedForAtOnce() throws Exception {
		this.presences.listen("chat", this.listener);
		this.presences.listen("chat", this.listener).close();
		awaitThread();
		this.store.reads.drainPermits();
		List<Runnable> joined = new ArrayList<>();

		for (int i = 0; i < 10; i++) {
			joined.add(this.presences.join("chat", member("m" + i, "")));
		}
		assertThat(this.store.reads.tryAcquire(10, 20, TimeUnit.SECONDS)).as("joins").isTrue();
		awaitThread();
		this.store.reads.drainPermits();
		joined.forEach(Runnable::run);

		assertThat(this.store.reads.tryAcquire(10, 20, TimeUnit.SECONDS)).as("leaves").isTrue();
	}

	@Test
	void withoutListenersNothingIsRead() throws Exception {
		Subscription only = this.presences.listen("chat", this.listener);
		awaitThread();
		this.store.reads.drainPermits();

		only.close();
		awaitThread();
		this.presences.join("chat", member("Ada", ""));
		awaitThread();

		assertThat(this.store.reads.availablePermits()).isZero();
	}

	@Test
	void aListenerThatEndedHearsNothingThatWaitedForIt() throws Exception {
		Queue<Runnable> submitted = new ConcurrentLinkedQueue<>();
		try (Presences queued = presences(Duration.ofHours(1), submitted::add)) {
			this.store.members = List.of(member("Ada", ""));
			Subscription ended = queued.listen("chat", this.listener);
			while (submitted.isEmpty()) {
				Thread.onSpinWait();
			}

			ended.close();
			submitted.remove().run();

			assertThat(this.heard).isEmpty();
		}
	}

	@Test
	void aLaterListenerHearsOnlyWhoIsThereThen() throws Exception {
		Queue<Runnable> submitted = new ConcurrentLinkedQueue<>();
		try (Presences queued = presences(Duration.ofHours(1), submitted::add)) {
			this.store.members = List.of(member("Ada", ""));
			queued.listen("chat", (channel, member, present) -> {
			}).close();
			awaitThread(queued);
			this.store.members = List.of(member("Grace", ""));

			queued.listen("chat", this.listener);
			while (this.heard.isEmpty()) {
				Runnable next = submitted.poll();
				if (next != null) {
					next.run();
				}
			}

			assertThat(this.heard).containsExactly("Grace true");
		}
	}

	@Test
	void aSixteenthOfTheMembersIsNamedAtATimeAndTheNextOnceTheStoreHasTakenIt() throws Exception {
		try (Presences brief = presences(Duration.ofMillis(480), Runnable::run)) {
			synchronized (brief) {
				for (int i = 0; i < 160; i++) {
					brief.join("chat", member("m" + i, ""));
				}
				this.store.calls.clear();
				this.store.answersAtOnce = false;
			}
			this.store.awaitCalls();
			awaitThread(brief);
			awaitThread(brief);

			assertThat(this.store.calls).hasSize(11).doesNotHaveDuplicates();
			synchronized (brief) {
				this.store.answersAtOnce = true;
			}
			this.store.answerAll();
			while (Set.copyOf(this.store.calls).size() < 160) {
				Thread.onSpinWait();
			}
		}
	}

	@Test
	void aMemberAloneIsNamedAgainAndAgain() throws Exception {
		try (Presences brief = presences(Duration.ofMillis(48), Runnable::run)) {
			brief.join("chat", member("Ada", ""));

			while (this.store.calls.size() < 4) {
				Thread.onSpinWait();
			}

			assertThat(this.store.calls).containsOnly("there chat Ada");
		}
	}

	@Test
	void eachIsNamedThreeTimesInTheTimeToLive() {
		assertThat(Presences.refreshInterval(Duration.ofSeconds(48))).isEqualTo(1_000);
		assertThat(Presences.refreshInterval(Duration.ofMillis(10))).isOne();
	}

	@Test
	void itsThreadIsADaemonAndEndsWithIt() throws Exception {
		Thread[] own = new Thread[1];
		this.presences.onThread(() -> own[0] = Thread.currentThread());
		awaitThread();
		assertThat(own[0].isDaemon()).isTrue();

		this.presences.close();

		own[0].join(Duration.ofSeconds(20).toMillis());
		assertThat(own[0].isAlive()).isFalse();
	}

	private Presences presences(Duration timeToLive, Executor executor) {
		Presences made = new Presences(new PresenceSettings(timeToLive, Duration.ofHours(1), 1_000, 20),
				PubSubLimits.DEFAULTS, new CallbackExecutor(executor), PubSubObserver.NONE);
		made.keepIn(this.store);
		return made;
	}

	private static PresenceMember member(String name, String data) {
		return new PresenceMember(name, data.isEmpty() ? Optional.empty() : Optional.of(Message.text(data)));
	}

	private void awaitThread() throws Exception {
		awaitThread(this.presences);
	}

	/** Waits for what is to be done at once, and for what that leaves to be done. */
	private static void awaitThread(Presences presences) throws Exception {
		for (int i = 0; i < 3; i++) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			presences.onThread(() -> done.complete(null));
			done.get(20, TimeUnit.SECONDS);
		}
	}

	/** Records what it is told. */
	private static final class Store implements PresenceStore {

		private final Queue<String> calls = new ConcurrentLinkedQueue<>();

		private final Queue<CompletableFuture<Void>> unanswered = new ArrayDeque<>();

		private final Semaphore reads = new Semaphore(0);

		private volatile List<PresenceMember> members = List.of();

		private volatile boolean answersAtOnce = true;

		@Override
		public CompletionStage<?> refresh(String channel, Collection<PresenceMember> members) {
			return call("there ", channel, members);
		}

		@Override
		public CompletionStage<?> remove(String channel, Collection<PresenceMember> members) {
			return call("gone ", channel, members);
		}

		private CompletionStage<?> call(String what, String channel, Collection<PresenceMember> members) {
			members.forEach((member) -> this.calls
				.add(what + channel + " " + member.name() + member.data().map(Message::asText).orElse("")));
			CompletableFuture<Void> answer = new CompletableFuture<>();
			if (this.answersAtOnce) {
				answer.complete(null);
			}
			else {
				synchronized (this.unanswered) {
					this.unanswered.add(answer);
				}
			}
			return answer;
		}

		void awaitCalls() {
			while (this.calls.isEmpty()) {
				Thread.onSpinWait();
			}
		}

		void answerAll() {
			synchronized (this.unanswered) {
				List.copyOf(this.unanswered).forEach((answer) -> answer.complete(null));
			}
		}

		@Override
		public CompletionStage<List<PresenceMember>> members(String channel) {
			this.reads.release();
			return CompletableFuture.completedFuture(this.members);
		}

	}

}
