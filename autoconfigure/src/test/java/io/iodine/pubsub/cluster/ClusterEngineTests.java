package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.iodine.Message;
import io.iodine.Recovery;
import io.iodine.Subscription;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.cluster.RelayedCluster.Member;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of pub/sub across workers, with a relay and without sockets. */
class ClusterEngineTests {

	private static final HistorySettings OTHER_HISTORIES = new HistorySettings(List.of("other*"), 100,
			Duration.ofMinutes(5), 100);

	private final RelayedCluster cluster = new RelayedCluster();

	private final Member first = this.cluster.join(1);

	private final Member second = this.cluster.join(2);

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@AfterEach
	void close() {
		this.cluster.close();
	}

	@Test
	void itsNameSaysWhereMessagesGo() {
		assertThat(this.first.pubSub().defaultEngine()).hasToString("the workers of this machine");
	}

	@Test
	void aMessageReachesTheSubscribersOfAllWorkersOnce() throws InterruptedException {
		hear(this.first, "one");
		hear(this.second, "two");

		assertThat(this.second.pubSub().publish("room", "hello")).isTrue();

		assertThat(next(2)).containsExactlyInAnyOrder("one hello", "two hello");
		settle();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void whatOnePublisherPublishesArrivesInItsOrderInEachWorker() throws InterruptedException {
		hear(this.first, "one");
		hear(this.second, "two");
		List<String> numbers = IntStream.range(0, 500).mapToObj(String::valueOf).toList();

		numbers.forEach((number) -> this.first.pubSub().publish("room", number));

		List<String> all = next(1000);
		assertThat(all.stream().filter((text) -> text.startsWith("one")).map((text) -> text.substring(4)))
			.isEqualTo(numbers);
		assertThat(all.stream().filter((text) -> text.startsWith("two")).map((text) -> text.substring(4)))
			.isEqualTo(numbers);
	}

	@Test
	void kindAndFieldsOfAMessageArrive() throws InterruptedException {
		BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
		this.second.pubSub().subscribe("room", (channel, message) -> messages.add(message));
		settle();
		Message text = Message.text("\u00fc").id("7").event("news").retry(Duration.ofSeconds(3)).uncompressed();
		Message binary = Message.binary(new byte[] { (byte) 0xff, 0 });

		this.first.pubSub().publish("room", text);
		this.first.pubSub().publish("room", binary);

		Message arrived = take(messages);
		assertThat(arrived.isText()).isTrue();
		assertThat(arrived.asText()).isEqualTo("\u00fc");
		assertThat(arrived.id()).contains("7");
		assertThat(arrived.event()).contains("news");
		assertThat(arrived.retry()).contains(Duration.ofSeconds(3));
		assertThat(arrived.mayBeCompressed()).isFalse();
		arrived = take(messages);
		assertThat(arrived.isText()).isFalse();
		assertThat(arrived.asBytes()).containsExactly(0xff, 0);
		assertThat(arrived.mayBeCompressed()).isTrue();
	}

	@Test
	void onlyWorkersWithSubscribersGetAMessage() throws InterruptedException {
		Member third = this.cluster.join(3);
		this.second.pubSub().subscribePattern("r*m", (channel, message) -> this.heard.add(message.asText()));
		Subscription ended = hear(third, "three");
		ended.close();
		settle();

		this.first.pubSub().publish("room", "hello");
		this.first.pubSub().publish("elsewhere", "nobody");

		assertThat(next(1)).containsExactly("hello");
		settle();
		third.settle();
		assertThat(this.second.received()).isEqualTo(1);
		assertThat(third.received()).isZero();
	}

	@Test
	void siblingsAreAllButThePublisher() throws InterruptedException {
		hear(this.first, "one");
		hear(this.second, "two");

		this.first.pubSub().publish("room", "hello", this.first.engine().siblings());

		assertThat(next(1)).containsExactly("two hello");
		settle();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void theLeaderIsTheReadyWorkerWithTheLowestNumber() throws InterruptedException {
		hear(this.first, "one");
		hear(this.second, "two");

		this.second.pubSub().publish("room", "hello", this.second.engine().leader());
		assertThat(next(1)).containsExactly("one hello");
		this.first.stopBeingReady();
		this.second.pubSub().publish("room", "hello", this.second.engine().leader());
		assertThat(next(1)).containsExactly("two hello");

		settle();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void theProcessScopeStaysInTheProcess() throws InterruptedException {
		hear(this.first, "one");
		hear(this.second, "two");

		this.first.pubSub().publish("room", "hello", this.first.engine().process());

		assertThat(next(1)).containsExactly("one hello");
		settle();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void theHistoryOutlivesTheWorkerThatPublished() throws InterruptedException {
		BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
		Subscription subscription = this.first.pubSub().subscribe("kept", (channel, message) -> messages.add(message));
		settle();
		this.first.pubSub().publish("kept", "seen");
		String seen = take(messages).id().orElseThrow();
		subscription.close();
		this.first.pubSub().publish("kept", "missed");
		settle();
		this.cluster.leave(this.first);

		Recovery recovery = this.second.pubSub()
			.subscribe("kept", seen, (channel, message) -> this.heard.add(message.asText()));
		this.second.pubSub().publish("kept", "new");

		assertThat(next(2)).containsExactly("missed", "new");
		assertThat(recovery.outcome().toCompletableFuture().join()).isEqualTo(new Recovery.Outcome(true, 1));
	}

	@Test
	void aGenerationThatFailsToStartLeavesTheHistoriesOfTheOther() {
		this.first.pubSub().publish("kept", "by the old one");
		settle();

		Member next = this.cluster.start(3, OTHER_HISTORIES);
		next.settle();
		this.cluster.leave(next);

		assertThat(this.first.engine().last("kept", 10).toCompletableFuture().join()).hasSize(1);
	}

	@Test
	void aGenerationThatServesHasItsOwnHistories() {
		this.first.pubSub().publish("kept", "by the old one");
		settle();

		Member next = this.cluster.start(3, OTHER_HISTORIES);
		next.settle();
		this.cluster.ready(next);

		assertThat(this.first.engine().last("kept", 10).toCompletableFuture().join()).isEmpty();
	}

	@Test
	void aLongHistoryComesInParts() throws InterruptedException {
		BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
		this.first.pubSub().subscribe("kept", (channel, message) -> messages.add(message));
		settle();
		IntStream.range(0, 20).forEach((i) -> this.first.pubSub().publish("kept", new byte[100_000]));
		String seen = take(messages).id().orElseThrow();

		Recovery recovery = this.second.pubSub()
			.subscribe("kept", seen, (channel, message) -> this.heard.add(String.valueOf(message.size())));

		assertThat(next(19)).containsOnly("100000");
		assertThat(recovery.outcome().toCompletableFuture().join().missed()).isEqualTo(19);
	}

	@Test
	void aConfirmedMessageIsPublishedOnceHoweverOftenItIsTried() throws InterruptedException {
		this.second.pubSub().subscribe("kept", (channel, message) -> this.heard.add(message.asText()));
		settle();

		String position = confirmed(this.first, "order-1");
		assertThat(confirmed(this.second, "order-1")).isEqualTo(position);
		assertThat(confirmed(this.second, "order-2")).isNotEqualTo(position);

		assertThat(next(2)).containsExactly("order-1", "order-2");
		assertThat(this.second.pubSub().history("kept", 5).toCompletableFuture().join()).extracting(Message::asText)
			.containsExactly("order-1", "order-2");
	}

	private static String confirmed(Member member, String text) {
		return member.pubSub().publishConfirmed("kept", Message.text(text), text).toCompletableFuture().join();
	}

	@Test
	void membersOfAWorkerThatIsGoneAreForgotten() {
		this.first.pubSub().presence("room").join("anna");
		this.second.pubSub().presence("room").join("ben");
		settle();
		assertThat(members()).containsExactlyInAnyOrder("anna", "ben");

		this.cluster.leave(this.first);

		assertThat(members()).containsExactly("ben");
	}

	@Test
	void nothingIsRememberedOfWorkersThatAreGone() {
		hear(this.first, "one");
		this.first.pubSub().subscribePattern("r*", (channel, message) -> this.heard.add("pattern"));
		this.second.pubSub().presence("room").join("ben");
		settle();
		assertThat(this.cluster.remembersNothing()).isFalse();

		this.cluster.leave(this.first);
		this.cluster.leave(this.second);

		assertThat(this.cluster.remembersNothing()).isTrue();
	}

	@Test
	void aMessageThatTheMasterDoesNotTakeIsRefusedAndCounted() {
		hear(this.first, "one");
		this.first.takeNothing();

		assertThat(this.first.pubSub().publish("room", "hello")).isFalse();

		assertThat(this.first.lost()).isEqualTo(1);
		assertThat(this.heard).isEmpty();
	}

	private Subscription hear(Member member, String name) {
		Subscription subscription = member.pubSub()
			.subscribe("room", (channel, message) -> this.heard.add(name + " " + message.asText()));
		member.settle();
		return subscription;
	}

	private Set<String> members() {
		return this.second.pubSub().presence("room").members().toCompletableFuture().join();
	}

	private void settle() {
		this.first.settle();
		this.second.settle();
	}

	private List<String> next(int count) throws InterruptedException {
		List<String> next = new ArrayList<>();
		while (next.size() < count) {
			next.add(take(this.heard));
		}
		return next;
	}

	private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
		T next = queue.poll(30, TimeUnit.SECONDS);
		assertThat(next).as("what arrives in time").isNotNull();
		return next;
	}

	/** Another order or number of operations needs another version of the frames. */
	@Test
	void theOperationsOfTheProtocolStayWhatTheyAre() {
		assertThat(Arrays.toString(RelayOperation.values())).isEqualTo("[SUBSCRIBE, UNSUBSCRIBE, PUBLISH, "
				+ "HISTORY_SETTINGS, PUBLISH_CONFIRMED, CONFIRMED, READ_HISTORY, READ_LAST, HISTORY, JOIN, LEAVE, "
				+ "READ_MEMBERS, MEMBERS]");
		assertThat(Arrays.toString(PublishScope.values())).isEqualTo("[CLUSTER, SIBLINGS, LEADER]");
	}

}
