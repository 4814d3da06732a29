package io.iodine.connection.fanout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.RecordedLog;
import io.iodine.Since;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;

/**
 * Tests of subscriptions that begin in the history of a channel, of connections whose
 * messages carry no ids. At most 4 messages are held, and pages have 3 messages or 10
 * bytes.
 */
class CatchUpTests {

	private final RecordedHistories source = new RecordedHistories();

	private final QueuedLoop loop = new QueuedLoop();

	private final PlainFraming framing = new PlainFraming();

	private Executor executor = Runnable::run;

	private final List<String> dropped = new ArrayList<>();

	private Fanout fanout = fanout(10);

	private final List<String> outcomes = new ArrayList<>();

	private final RecordingRecipient recipient = new RecordingRecipient(this.loop, this.framing);

	private ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(this.recipient, this.fanout,
			new LongAdder());

	@AfterEach
	void nothingIsLeft() {
		this.subscriptions.endAll();
		turns();

		assertThat(this.loop.reserved).isZero();
		assertThat(this.fanout.subscriptions()).isZero();
		assertThat(this.recipient.buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void aSubscriptionFromNowOnGetsWhatIsPublishedAfterwards() {
		this.source.publish("news", 5);

		subscribe(Since.now());
		publish(1);

		assertThat(this.outcomes).containsExactly("true 0");
		assertThat(written()).containsExactly("6");
		assertThat(this.source.reads).containsExactly("last 0");
	}

	@Test
	void aSubscriptionBeginsWithTheNewestMessages() {
		this.source.publish("news", 5);

		subscribe(Since.last(2));
		publish(1);

		assertThat(this.outcomes).containsExactly("true 2");
		assertThat(written()).containsExactly("4", "5", "6");
	}

	@Test
	void aSubscriptionBeginsAfterAKnownMessage() {
		this.source.publish("news", 4);

		subscribe(Since.id("news:2"));
		publish(1);
		publish(2);

		assertThat(this.outcomes).containsExactly("true 2");
		assertThat(written()).containsExactly("3", "4", "5", "67");
		assertThat(this.recipient.buffers).as("they are written together with others").hasSize(1);
	}

	@Test
	void aSubscriptionThatMissedNothingIsRecovered() {
		this.source.publish("news", 2);

		subscribe(Since.id("news:2"));
		publish(1);

		assertThat(this.outcomes).containsExactly("true 0");
		assertThat(written()).containsExactly("3");
	}

	@Test
	void aHistoryThatIsTooShortIsNotRecovered() {
		this.source.publish("news", 5);
		this.source.of("news").oldest = 4;

		subscribe(Since.id("news:2"));
		publish(2);

		assertThat(this.outcomes).containsExactly("false 0");
		assertThat(written()).containsExactly("6", "7");
	}

	@Test
	void anIdOfAnotherChannelOrOfNoneIsNotRecovered() {
		this.source.publish("news", 5);

		subscribe(Since.id("chat:2"));
		publish(1);

		assertThat(this.outcomes).containsExactly("false 0");
		assertThat(written()).containsExactly("6");
		assertThat(this.source.reads).containsExactly("since null");
	}

	@Test
	void aHistoryThatCantBeReadIsNotRecovered() {
		this.source.publish("news", 5);
		this.source.failing = true;

		subscribe(Since.id("news:2"));
		publish(1);

		assertThat(this.outcomes).containsExactly("false 0");
		assertThat(written()).containsExactly("6");
	}

	@Test
	void aHistoryThatThrowsIsNotRecovered() {
		this.source.publish("news", 5);
		this.executor = (task) -> {
			this.source.broken = true;
			task.run();
			this.source.broken = false;
		};

		try (RecordedLog log = new RecordedLog(CatchUpSubscriptions.class)) {
			subscribe(Since.id("news:2"));

			assertThat(log.lines()).isEmpty();
		}

		assertThat(this.outcomes).containsExactly("false 0");
	}

	@Test
	void aChannelWithoutHistoryIsNotRecovered() {
		this.source.without.add("news");

		subscribe(Since.last(2));
		publish(1);

		assertThat(this.outcomes).containsExactly("false 0");
		assertThat(written()).containsExactly("1");
	}

	@Test
	void anExecutorThatRejectsIsNotRecovered() {
		this.source.publish("news", 5);
		this.executor = (task) -> {
			throw new RejectedExecutionException("expected by this test");
		};
		subscribe(Since.last(2));
		publish(1);

		assertThat(this.outcomes).containsExactly("false 0");
		assertThat(written()).containsExactly("6");
	}

	@Test
	void anExecutorThatFailsIsNotRecoveredAndLogged() {
		this.executor = (task) -> {
			throw new OutOfMemoryError("expected by this test");
		};
		try (RecordedLog log = new RecordedLog(CatchUpSubscriptions.class)) {
			subscribe(Since.last(2));

			assertThat(log.lines()).containsExactly("ERROR The history of 'news' can't be read");
		}
		assertThat(this.outcomes).containsExactly("false 0");
	}

	@Test
	void whatIsPublishedWhileTheHistoryIsReadComesAfterItAndOnce() {
		this.source.publish("news", 2);
		this.source.hold();
		subscribe(Since.id("news:1"));

		publish(1);
		assertThat(written()).isEmpty();
		// the history is read with message 3, which was published as well
		this.source.answer();
		publish(1);

		assertThat(this.outcomes).containsExactly("true 2");
		assertThat(written()).containsExactly("2", "3", "4");
	}

	@Test
	void whatIsPublishedAfterTheHistoryWasReadFollowsIt() {
		this.source.publish("news", 2);
		subscribe(Since.id("news:1"), false);
		this.source.publish("news", 2);

		turns();

		assertThat(written()).containsExactly("2", "3", "4");
	}

	@Test
	void ofTooManyThatWaitTheOldestAreReadFromTheHistory() {
		this.source.publish("news", 1);
		this.recipient.calls = new ArrayDeque<>();
		subscribe(Since.id("news:1"));
		publish(6);

		this.recipient.runCalls();
		turns();
		publish(1);

		assertThat(written()).containsExactly("2", "3", "4", "5", "6", "7", "8");
		assertThat(this.source.reads).startsWith("since news:1", "since news:1");
	}

	@Test
	void asManyAsMayWaitAreNotReadAgain() {
		this.source.publish("news", 1);
		this.recipient.calls = new ArrayDeque<>();
		subscribe(Since.id("news:1"));
		publish(4);

		this.recipient.runCalls();
		turns();

		assertThat(written()).containsExactly("2", "3", "4", "5");
		assertThat(this.source.reads).containsExactly("since news:1");
	}

	@Test
	void aGapThatTheHistoryDoesNotCloseIsPassed() {
		this.source.publish("news", 3);
		subscribe(Since.id("news:3"), false);
		this.source.deliver("news", 6);
		this.source.deliver("news", 7);

		turns();
		this.source.of("news").newest = 7;
		publish(1);

		assertThat(written()).endsWith("8");
		assertThat(String.join("", written())).isEqualTo("678");
	}

	@Test
	void aLongHistoryComesPageByPageAsTheSocketTakesIt() {
		this.source.publish("news", 8);
		this.recipient.pending = 1;

		subscribe(Since.id("news:0"));
		List<String> first = written();
		this.source.publish("news", 1);
		turns();
		drained();
		List<String> second = written();
		drained();
		drained();
		publish(1);

		assertThat(first).containsExactly("1", "2", "3");
		assertThat(second).containsExactly("1", "2", "3", "4", "5", "6");
		assertThat(written()).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
		assertThat(this.outcomes).containsExactly("true 8");
	}

	@Test
	void aSocketThatTakesEverythingGetsAllPagesAtOnce() {
		this.source.publish("news", 8);

		subscribe(Since.id("news:0"));

		assertThat(written()).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
	}

	@Test
	void aPageIsBoundedInBytesButHasOneMessageAtLeast() {
		this.source.of("news").newest = 1_000_002;
		this.source.of("news").oldest = 999_999;
		this.recipient.pending = 1;

		subscribe(Since.id("news:999998"));

		assertThat(written()).containsExactly("999999");
		drained();
		assertThat(written()).containsExactly("999999", "1000000");
	}

	@Test
	void aListenerGetsTheHistoryAsItHandlesIt() {
		this.fanout = fanout(1_000);
		this.subscriptions = new ConnectionSubscriptions(this.recipient, this.fanout, new LongAdder());
		this.source.publish("news", 40);
		this.recipient.calls = new ArrayDeque<>();
		List<String> heard = new ArrayList<>();

		subscribe(Since.id("news:0"), (channel, message) -> heard.add(channel + message.asText()));
		assertThat(this.outcomes).isEmpty();
		this.recipient.runCalls();
		assertThat(this.outcomes).containsExactly("true 40");
		turns();
		this.recipient.runCalls();
		int first = heard.size();
		while (heard.size() < 40) {
			int before = heard.size();
			turns();
			this.recipient.runCalls();
			assertThat(heard).hasSizeBetween(before + 1, before + 16);
		}
		turns();
		this.source.publish("news", 1);
		turns();
		this.recipient.runCalls();

		assertThat(first).isEqualTo(16);
		assertThat(heard).hasSize(41).startsWith("news1", "news2").endsWith("news40", "news41");
		assertThat(written()).isEmpty();
	}

	@Test
	void aListenerIsNotPacedByTheSocket() {
		this.fanout = fanout(1_000);
		this.subscriptions = new ConnectionSubscriptions(this.recipient, this.fanout, new LongAdder());
		this.source.publish("news", 40);
		this.recipient.calls = new ArrayDeque<>();
		List<String> heard = new ArrayList<>();
		subscribe(Since.id("news:0"), (channel, message) -> heard.add(message.asText()));
		this.recipient.runCalls();
		turns();

		drained();
		turns();
		this.recipient.runCalls();

		assertThat(heard).hasSize(16);
	}

	@Test
	void theFirstMessageWaitsUntilTheOutcomeWasHeard() {
		this.source.publish("news", 3);
		this.recipient.calls = new ArrayDeque<>();
		subscribe(Since.id("news:1"));
		publish(1);

		assertThat(written()).isEmpty();
		this.recipient.runCalls();
		turns();

		assertThat(this.outcomes).containsExactly("true 2");
		assertThat(written()).containsExactly("2", "3", "4");
	}

	@Test
	void aCallbackThatFailsIsFollowedByTheMessages() {
		this.source.publish("news", 3);
		this.recipient.calls = new ArrayDeque<>();
		this.subscriptions.add("news", false, null, null, Since.id("news:1").onOutcome((outcome) -> {
			throw new IllegalStateException("expected by this test");
		}));
		turns();

		assertThatThrownBy(this.recipient::runCalls).hasRootCauseMessage("expected by this test");
		turns();

		assertThat(written()).containsExactly("2", "3");
	}

	@Test
	void withoutACallbackTheHistoryComesAtOnce() {
		this.source.publish("news", 3);

		this.subscriptions.add("news", false, null, null, Since.id("news:1"));
		turns();

		assertThat(written()).containsExactly("2", "3");
	}

	@Test
	void messagesThatWereLostOnTheWayAreReadFromTheHistory() {
		subscribe(Since.now());
		publish(2);

		this.source.lose("news", 2);
		publish(1);
		publish(1);

		assertThat(written()).containsExactly("1", "2", "3", "4", "5", "6");
		assertThat(this.outcomes).containsExactly("true 0");
		assertThat(this.source.reads).containsExactly("last 0", "since news:2");
	}

	@Test
	void messagesThatAreLostForGoodAreToldOf() {
		subscribe(Since.now());
		publish(2);

		this.source.lose("news", 2);
		this.source.of("news").oldest = 5;
		publish(1);
		publish(1);

		assertThat(written()).containsExactly("1", "2", "6");
		assertThat(this.outcomes).containsExactly("true 0", "false 0");
	}

	@Test
	void theMessagesBeforeAGapOfOneBurstComeFirst() {
		subscribe(Since.now());
		publish(1);
		this.source.publish("news", 1);
		this.source.lose("news", 1);
		this.source.publish("news", 1);

		turns();

		assertThat(written()).containsExactly("1", "2", "3", "4");
	}

	@Test
	void whatThePublisherDroppedIsReadFromTheHistory() {
		subscribe(Since.now());
		publish(1);
		this.source.lose("news", 2);

		this.fanout.catchUp();
		this.fanout.catchUp();
		turns();

		assertThat(written()).containsExactly("1", "2", "3");
		assertThat(this.source.reads).containsExactly("last 0", "since news:1");
		this.source.lose("news", 1);
		this.fanout.catchUp();
		turns();
		assertThat(written()).containsExactly("1", "2", "3", "4");
	}

	@Test
	void whatWasDroppedBeforeTheFirstMessageIsReadFromTheHistory() {
		this.source.publish("news", 1);
		subscribe(Since.now());
		this.source.lose("news", 1);

		this.fanout.catchUp();
		turns();

		assertThat(written()).containsExactly("2");
		assertThat(this.outcomes).containsExactly("true 0");
	}

	@Test
	void whatWasDroppedAfterTheHistoryWasReadIsReadAgain() {
		this.source.publish("news", 1);
		this.recipient.calls = new ArrayDeque<>();
		subscribe(Since.id("news:0"));
		this.source.lose("news", 1);

		this.fanout.catchUp();
		turns();
		this.recipient.runCalls();
		turns();

		assertThat(written()).containsExactly("1", "2");
	}

	@Test
	void whatWasDroppedWhileTheHistoryIsReadIsReadAgain() {
		this.source.publish("news", 2);
		this.source.hold();
		subscribe(Since.id("news:1"));
		publish(1);

		this.fanout.catchUp();
		turns();
		this.source.answer();
		turns();
		this.source.lose("news", 1);
		this.source.answer();
		turns();

		assertThat(written()).containsExactly("2", "3", "4");
		this.source.held = null;
		publish(2);
		assertThat(written()).endsWith("5", "6");
	}

	@Test
	void messagesWithoutAPlaceInTheHistoryArePassedOn() {
		subscribe(Since.now());
		publish(1);

		this.source.deliver("news", Message.text("plain"));
		this.source.deliver("news", Message.text("named").id("own id"));
		turns();
		publish(1);

		assertThat(written()).containsExactly("1", "plainnamed", "2");
		assertThat(this.source.reads).hasSize(1);
	}

	@Test
	void messagesWithoutAPlaceInTheHistoryArePassedOnWhileItIsReadToo() {
		this.source.publish("news", 2);
		this.source.hold();
		subscribe(Since.id("news:1"));
		this.source.deliver("news", Message.text("plain"));
		turns();

		this.source.answer();
		turns();

		assertThat(written()).containsExactly("2", "plain");
	}

	@Test
	void aMessageThatComesTwiceIsNoGap() {
		subscribe(Since.now());
		publish(2);

		this.source.deliver("news", 1);
		publish(1);

		assertThat(this.source.reads).hasSize(1);
		assertThat(written().get(written().size() - 1)).endsWith("3");
	}

	@Test
	void afterUnsubscribingNothingComes() {
		this.source.publish("news", 2);
		this.source.hold();
		subscribe(Since.id("news:0"));

		assertThat(this.subscriptions.remove("news", false)).isTrue();
		this.source.answer();
		publish(1);

		assertThat(written()).isEmpty();
		assertThat(this.outcomes).isEmpty();
		assertThat(this.fanout.size()).isZero();
	}

	@Test
	void afterUnsubscribingNothingComesThoughOthersGoOn() {
		this.source.publish("news", 4);
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		others.add("news", false, null, null, Since.now());
		subscribe(Since.id("news:3"));
		publish(1);

		this.subscriptions.remove("news", false);
		turns();
		publish(1);
		this.recipient.pending = 1;
		subscribe(Since.id("news:0"));
		this.subscriptions.remove("news", false);
		turns();
		publish(1);
		drained();
		others.endAll();

		assertThat(written()).containsExactly("4", "5", "1", "2", "3");
		assertThat(other.written).containsExactly("5", "6", "7");
	}

	@Test
	void aSubscriptionThatReplacesAnotherBeginsAnew() {
		this.source.publish("news", 3);
		subscribe(Since.id("news:1"));
		subscribe(Since.id("news:2"));
		publish(1);

		assertThat(written()).containsExactly("2", "3", "3", "4");
		assertThat(this.outcomes).containsExactly("true 2", "true 1");
		assertThat(this.fanout.subscriptions()).isOne();
	}

	@Test
	void thePublisherThatIsExcludedDoesNotGetItsMessageWhileItCatchesUp() {
		this.source.publish("news", 1);
		this.recipient.pending = 1;
		subscribe(Since.id("news:1"));
		Message own = Message.text("2").id("news:2");

		this.subscriptions.exclude("news", own);
		this.source.of("news").newest = 2;
		this.source.deliver("news", own);
		turns();
		publish(1);

		assertThat(written()).containsExactly("3");
	}

	@Test
	void aRecipientThatFailsWhileItCatchesUpIsClosedAndStopsNoOther() {
		this.source.publish("news", 3);
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		this.recipient.broken = new OutOfMemoryError("expected by this test");

		this.subscriptions.add("news", false, null, null, Since.id("news:1"));
		others.add("news", false, null, null, Since.id("news:1"));
		turns();
		others.endAll();

		assertThat(this.recipient.failures).hasSize(1);
		assertThat(other.written).containsExactly("2", "3");
	}

	@Test
	void aBurstThatCantBeDeliveredIsDroppedAndLoggedAndTheNextOneIsNot() {
		subscribe(Since.now());
		publish(1);
		this.source.broken = true;
		try (RecordedLog log = new RecordedLog(DroppedMessages.class)) {
			publish(1);

			assertThat(log.lines()).containsExactly("ERROR Messages to 'news' are dropped for one event loop");
		}
		this.source.broken = false;
		publish(1);

		assertThat(written()).containsExactly("1", "2", "3");
		assertThat(this.dropped).containsExactly("news");
	}

	@Test
	void aBurstOfWhichOneMessageFailsIsReadFromTheHistoryWhole() {
		subscribe(Since.now());
		publish(1);
		this.source.unreadable = "news:3";

		this.source.publish("news", 3);
		this.loop.turn();
		assertThat(written()).containsExactly("1");
		this.source.unreadable = null;
		turns();
		publish(1);

		assertThat(written()).containsExactly("1", "2", "3", "4", "5");
		assertThat(this.source.reads).containsExactly("last 0", "since news:1");
		assertThat(this.outcomes).containsExactly("true 0");
		assertThat(this.dropped).containsExactly("news");
	}

	@Test
	void aGroupThatCantBeginADeliveryLeavesNoneBegun() {
		RecordingRecipient other = new RecordingRecipient(this.loop, new PlainFraming());
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe(Since.now());
		others.add("news", false, null, As.TEXT, Since.now());
		turns();
		publish(1);
		this.source.of("news").newest++;
		// the second group asks for the kind again
		Message message = Mockito.spy(Message.text("2").id("news:2"));
		given(message.isText()).willThrow(new LinkageError("expected by this test"));

		this.source.deliver("news", message);
		turns();
		publish(1);
		others.endAll();

		assertThat(written()).containsExactly("1", "2", "3");
		assertThat(other.written).containsExactly("1", "2", "3");
		assertThat(this.dropped).containsExactly("news");
	}

	@Test
	void aSubscriptionHearsThatADeliveryFailedAndGoesOn() {
		subscribe(Since.now());
		publish(1);
		this.framing.failing = "3";

		this.source.publish("news", 3);
		turns();
		publish(1);

		assertThat(written()).containsExactly("1", "24", "5");
		assertThat(this.outcomes).containsExactly("true 0", "false 0");
		assertThat(this.dropped).containsExactly("news");
	}

	@Test
	void whatIsPublishedBeforeALossWasHeardComesAfterIt() {
		subscribe(Since.now());
		publish(1);
		this.recipient.calls = new ArrayDeque<>();
		this.framing.failing = "2";

		publish(1);
		publish(6);
		assertThat(written()).containsExactly("1");
		this.recipient.runCalls();
		turns();
		publish(1);

		assertThat(written()).containsExactly("1", "3", "4", "5", "6", "7", "8", "9");
		assertThat(this.outcomes).containsExactly("true 0", "false 0");
	}

	@Test
	void aLossIsToldToWhomNoHistoryIsKeptFor() {
		this.source.without.add("news");
		subscribe(Since.now());
		this.framing.failing = "1";

		publish(2);

		assertThat(written()).containsExactly("2");
		assertThat(this.outcomes).containsExactly("false 0", "false 0");
	}

	@Test
	void aSubscriptionThatCantHearOfALossIsClosedAndStopsNoOther() {
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		List<String> theirs = new ArrayList<>();
		subscribe(Since.now());
		others.add("news", false, null, null, Since.now().onOutcome((outcome) -> theirs.add("" + outcome.recovered())));
		turns();
		publish(1);
		LinkageError broken = new LinkageError("expected by this test");
		this.recipient.broken = broken;
		this.framing.failing = "2";

		publish(1);
		others.endAll();

		assertThat(this.recipient.failures).containsExactly(broken);
		assertThat(theirs).containsExactly("true", "false");
	}

	@Test
	void aSubscriptionThatCantBeInterruptedIsClosedAndStopsNoOther() {
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe(Since.now());
		others.add("news", false, null, null, Since.now());
		turns();
		publish(1);
		this.source.lose("news", 1);
		LinkageError broken = new LinkageError("expected by this test");
		this.recipient.brokenFraming = broken;
		this.recipient.whenFailed = () -> this.recipient.brokenFraming = null;

		publish(1);
		others.endAll();

		assertThat(this.recipient.failures).containsExactly(broken);
		assertThat(other.written).containsExactly("1", "2", "3");
	}

	@Test
	void catchingUpThatAnEventLoopRejectsIsTriedAgain() {
		subscribe(Since.now());
		publish(1);
		this.source.lose("news", 1);
		LinkageError broken = new LinkageError("expected by this test");
		this.loop.broken = broken;
		assertThatThrownBy(this.fanout::catchUp).isSameAs(broken);
		this.loop.broken = null;

		this.fanout.catchUp();
		turns();

		assertThat(written()).containsExactly("1", "2");
	}

	@Test
	void aMessageThatCantWaitForItsDeliveryIsReadFromTheHistory() {
		subscribe(Since.now());
		publish(1);
		this.loop.brokenDelivery = new LinkageError("expected by this test");

		publish(1);
		this.loop.brokenDelivery = null;
		turns();

		assertThat(written()).containsExactly("1", "2");
		assertThat(this.dropped).containsExactly("news");
	}

	@Test
	void aRecipientThatFailsWhenItHasCaughtUpIsClosedAndStopsNoOther() {
		this.source.publish("news", 2);
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe(Since.id("news:1"));
		others.add("news", false, null, null, Since.id("news:1"));
		turns();
		OutOfMemoryError broken = new OutOfMemoryError("expected by this test");
		this.recipient.broken = broken;

		publish(1);
		others.endAll();

		assertThat(this.recipient.failures).containsExactly(broken);
		assertThat(other.written).containsExactly("2", "3");
	}

	@Test
	void aRecipientWhoseEndFailsWhileItCatchesUpIsLoggedAndStopsNoOther() {
		this.source.publish("news", 2);
		this.source.hold();
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe(Since.id("news:1"));
		others.add("news", false, null, null, Since.id("news:1"));
		turns();
		this.recipient.broken = new OutOfMemoryError("expected by this test");
		this.recipient.whenFailed = () -> {
			throw new OutOfMemoryError("expected by this test, too");
		};

		try (RecordedLog log = new RecordedLog(CatchUpSubscriptions.class)) {
			this.source.answer();
			turns();

			assertThat(log.lines()).containsExactly("ERROR A subscription can't go on with 'news'");
		}
		others.endAll();
		assertThat(other.written).containsExactly("2");
	}

	@Test
	void anIdOfAnotherChannelIsNoPlaceToGoOnFrom() {
		this.source.hold();
		subscribe(Since.now());

		this.source.deliver("news", Message.text("foreign").id("own id"));
		turns();
		this.source.answer();
		turns();
		this.source.held = null;
		publish(2);

		assertThat(written()).containsExactly("foreign", "1", "2");
		assertThat(this.source.reads).containsExactly("last 0");
	}

	@Test
	void aSubscriptionThatCantBeginClosesItsConnection() {
		this.source.broken = true;

		subscribe(Since.id("news:1"));

		assertThat(this.recipient.failures).hasSize(1);
	}

	@Test
	void whatAnEventLoopHasNoMemoryForIsReadFromTheHistory() {
		subscribe(Since.now());
		publish(1);
		this.loop.full = true;
		this.source.publish("news", 2);
		this.loop.full = false;
		turns();

		assertThat(written()).containsExactly("1", "2", "3");
		assertThat(this.dropped).containsExactly("news", "news");
	}

	@Test
	void twoThatBeganAtOtherPlacesGetTheSameAfterwards() {
		this.source.publish("news", 3);
		RecordingRecipient other = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe(Since.id("news:1"));
		others.add("news", false, null, null, Since.id("news:2"));
		turns();
		this.source.lose("news", 1);
		publish(1);
		publish(2);
		others.endAll();

		assertThat(written()).containsExactly("2", "3", "4", "5", "67");
		assertThat(other.written).containsExactly("3", "4", "5", "67");
		assertThat(other.buffers.get(0)).isSameAs(this.recipient.buffers.get(this.recipient.buffers.size() - 1));
	}

	@Test
	void aChannelThatAllLeftIsFollowedAnew() {
		subscribe(Since.now());
		publish(1);
		this.subscriptions.remove("news", false);
		turns();
		this.source.lose("news", 5);

		subscribe(Since.now());
		publish(1);

		assertThat(written()).containsExactly("1", "7");
		assertThat(this.outcomes).containsExactly("true 0", "true 0");
	}

	private Fanout fanout(int pageBytes) {
		return new Fanout(this.source, new FanoutSettings(1 << 20, 4, 3, pageBytes, 8),
				(task) -> this.executor.execute(task), new FanoutObserver() {

					@Override
					public void fanoutDropped(String channel) {
						CatchUpTests.this.dropped.add(channel);
					}

				});
	}

	private void subscribe(Since since) {
		subscribe(since, true);
	}

	private void subscribe(Since since, boolean turn) {
		assertThat(this.subscriptions.add("news", false, null, null, told(since))).isTrue();
		if (turn) {
			turns();
		}
		else {
			this.loop.turn();
		}
	}

	private void subscribe(Since since, MessageListener listener) {
		assertThat(this.subscriptions.add("news", false, listener, null, told(since))).isTrue();
		turns();
	}

	private Since told(Since since) {
		return since.onOutcome((outcome) -> this.outcomes.add(outcome.recovered() + " " + outcome.missed()));
	}

	private void publish(int count) {
		this.source.publish("news", count);
		turns();
	}

	private void drained() {
		this.subscriptions.drained();
		turns();
	}

	private void turns() {
		for (int i = 0; i < 20; i++) {
			this.loop.turn();
		}
	}

	private List<String> written() {
		return List.copyOf(this.recipient.written);
	}

	/** Adds the bytes of messages. */
	private static final class PlainFraming implements Framing {

		/** A text that can't be encoded; empty for none. */
		private String failing = "";

		@Override
		public void append(ByteBuf burst, Message message) {
			if (message.asText().equals(this.failing)) {
				throw new LinkageError("expected by this test");
			}
			burst.writeBytes(message.asBytes());
		}

	}

}
