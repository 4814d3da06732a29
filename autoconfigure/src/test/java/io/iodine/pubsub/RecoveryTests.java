package io.iodine.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.iodine.Message;
import io.iodine.Recovery;
import io.iodine.Recovery.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecoveryTests {

	/** Room for all that a test publishes while a thread of it may have to wait. */
	private final ChannelPubSub pubSub = new ChannelPubSub(new PubSubLimits(1024, 4096),
			new HistorySettings(List.of("chat"), 2_000, Duration.ofMinutes(1), 10), Runnable::run,
			(value) -> new byte[0], PubSubObserver.NONE);

	private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

	@Test
	void bringsWhatWasMissedThenWhatIsNew() {
		String id = publishAndGetId("1");
		this.pubSub.publish("chat", "2");
		this.pubSub.publish("chat", "3");

		Recovery recovery = this.pubSub.subscribe("chat", id, (channel, message) -> this.heard.add(message.asText()));
		this.pubSub.publish("chat", "4");

		assertThat(recovery.outcome()).isCompletedWithValue(new Outcome(true, 2));
		assertThat(this.heard).containsExactly("2", "3", "4");
	}

	@Test
	void anIdThatIsNotKnownIsToldAndOnlyWhatIsNewIsHeard() {
		this.pubSub.publish("chat", "1");

		Recovery recovery = this.pubSub.subscribe("chat", "other:1",
				(channel, message) -> this.heard.add(message.asText()));
		this.pubSub.publish("chat", "2");

		assertThat(recovery.outcome()).isCompletedWithValue(new Outcome(false, 0));
		assertThat(this.heard).containsExactly("2");
	}

	@Test
	void aChannelWithoutHistoryRecoversNothing() {
		Recovery recovery = this.pubSub.subscribe("news", "e:1",
				(channel, message) -> this.heard.add(message.asText() + message.id().isPresent()));
		this.pubSub.publish("news", "1");

		assertThat(recovery.outcome()).isCompletedWithValue(new Outcome(false, 0));
		assertThat(this.heard).containsExactly("1false");
	}

	@Test
	void whatIsPublishedWhileTheHistoryIsReadIsNeitherLostNorDoubled() {
		CompletableFuture<HistoryPage> reading = new CompletableFuture<>();
		this.pubSub.keepHistoryIn((channel, since, max) -> reading);
		Recovery recovery = this.pubSub.subscribe("chat", "e:1",
				(channel, message) -> this.heard.add(message.asText()));
		publishAt("e:3", "3");
		publishAt("e:4", "4");
		boolean early = recovery.outcome().toCompletableFuture().isDone();

		reading.complete(new HistoryPage(true, List.of(at("e:2", "2"), at("e:3", "3"), at("e:4", "4"), at("e:5", "5")),
				new Position("e", 5)));
		publishAt("e:5", "5");
		publishAt("e:6", "6");

		assertThat(early).isFalse();
		assertThat(this.heard).containsExactly("2", "3", "4", "5", "6");
	}

	@Test
	void whatOverflowsWhileTheHistoryIsReadIsToldUnlessTheHistoryHasIt() {
		for (int newestRead : List.of(2, 9)) {
			ChannelPubSub small = new ChannelPubSub(new PubSubLimits(1024, 3),
					new HistorySettings(List.of("chat"), 2_000, Duration.ofMinutes(1), 10), Runnable::run,
					(value) -> new byte[0], PubSubObserver.NONE);
			CompletableFuture<HistoryPage> reading = new CompletableFuture<>();
			small.keepHistoryIn((channel, since, max) -> reading);
			List<String> all = new ArrayList<>();
			Recovery recovery = small.subscribe("chat", "e:1", (channel, message) -> all.add(message.asText()));
			for (int i = 3; i <= 10; i++) {
				small.publish("chat", at("e:" + i, Integer.toString(i)), small.localEngine());
			}

			reading.complete(new HistoryPage(true,
					IntStream.rangeClosed(2, newestRead).mapToObj((i) -> at("e:" + i, Integer.toString(i))).toList(),
					new Position("e", newestRead)));

			boolean has = newestRead == 9;
			assertThat(recovery.outcome()).isCompletedWithValue(new Outcome(has, has ? 8 : 0));
			assertThat(all).isEqualTo(IntStream.rangeClosed(has ? 2 : 8, 10).mapToObj(Integer::toString).toList());
			small.close();
		}
	}

	@Test
	void aConfirmedMessageTellsItsPosition() {
		List<String> ids = new ArrayList<>();
		this.pubSub.subscribe("chat", (channel, message) -> ids.add(message.id().orElseThrow()));

		String position = this.pubSub.publishConfirmed("chat", Message.text("1")).toCompletableFuture().join();
		String again = this.pubSub.publishConfirmed("chat", Message.text("2"), "k").toCompletableFuture().join();
		this.pubSub.publishConfirmed("chat", Message.text("2"), "k");

		assertThat(ids).containsExactly(position, again);
		assertThat(this.pubSub.history("chat", 1).toCompletableFuture().join()).extracting(Message::asText)
			.containsExactly("2");
		assertThat(this.pubSub.publishConfirmed("news", Message.text("1")).toCompletableFuture())
			.isCompletedExceptionally();
		assertThat(this.pubSub.history("news", 1).toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void aHistoryThatCanNotBeReachedIsToldAndWhatIsNewIsHeard() {
		this.pubSub.keepHistoryIn((channel, since, max) -> CompletableFuture
			.failedFuture(new IllegalStateException("expected by this test")));

		Recovery recovery = this.pubSub.subscribe("chat", "e:1",
				(channel, message) -> this.heard.add(message.asText()));
		publishAt("e:3", "3");

		assertThat(recovery.outcome()).isCompletedWithValue(new Outcome(false, 0));
		assertThat(this.heard).containsExactly("3");
	}

	@Test
	void clientsThatComeBackAgainAndAgainMissNothing() throws Exception {
		String first = publishAndGetId("0");
		Thread publisher = new Thread(
				() -> IntStream.rangeClosed(1, 2_000).forEach((i) -> this.pubSub.publish("chat", Integer.toString(i))));
		publisher.start();
		String[] last = { first };

		while (!this.heard.contains("2000")) {
			Client client = new Client(this.heard, last);
			Recovery recovery = this.pubSub.subscribe("chat", last[0], (channel, message) -> client.hear(message));
			boolean recovered = recovery.outcome().toCompletableFuture().join().recovered();
			recovery.close();
			client.leave();
			assertThat(recovered).isTrue();
		}
		publisher.join();

		assertThat(this.heard).isEqualTo(IntStream.rangeClosed(1, 2_000).mapToObj(Integer::toString).toList());
	}

	private String publishAndGetId(String text) {
		List<String> ids = new ArrayList<>();
		Runnable end = this.pubSub.subscribeDirect("chat", false,
				(channel, message) -> ids.add(message.id().orElseThrow()));
		this.pubSub.publish("chat", text);
		end.run();
		return ids.get(0);
	}

	private void publishAt(String id, String text) {
		this.pubSub.publish("chat", at(id, text), this.pubSub.localEngine());
	}

	private static Message at(String id, String text) {
		return Message.text(text).id(id);
	}

	/** Hears until it leaves, as a socket does until it is cut. */
	private static final class Client {

		private final List<String> heard;

		private final String[] last;

		private boolean gone;

		Client(List<String> heard, String[] last) {
			this.heard = heard;
			this.last = last;
		}

		synchronized void hear(Message message) {
			if (!this.gone) {
				this.heard.add(message.asText());
				this.last[0] = message.id().orElseThrow();
			}
		}

		synchronized void leave() {
			this.gone = true;
		}

	}

}
