package io.iodine.connection.fanout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.Message;
import io.iodine.Since;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.SseFraming;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the ids by which an event stream resumes on channels with histories. */
class EventIdsTests {

	private static final String RESET = "reset {\"recovered\":false}";

	private final RecordedHistories source = new RecordedHistories();

	private final QueuedLoop loop = new QueuedLoop();

	private final Fanout fanout = new Fanout(this.source, new FanoutSettings(1 << 20, 4, 3, 1_000, 32), Runnable::run,
			new FanoutObserver() {
			});

	private final RecordingRecipient recipient = new RecordingRecipient(this.loop, IdFraming.INSTANCE);

	private final ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(this.recipient, this.fanout,
			new LongAdder());

	/** End the subscriptions of further streams. */
	private final List<Runnable> ends = new ArrayList<>();

	@AfterEach
	void nothingIsLeft() {
		this.subscriptions.endAll();
		this.ends.forEach(Runnable::run);
		turns();

		assertThat(this.loop.reserved).isZero();
		assertThat(this.fanout.subscriptions()).isZero();
		assertThat(this.recipient.failures).isEmpty();
	}

	@Test
	void aNewStreamIsToldWhereItStandsAndGetsWhatFollows() {
		this.source.publish("news", 5);

		subscribe("news");
		publish("news", 2);

		assertThat(written()).containsExactly("#news:5", "6#news:6 7#news:7 ");
		assertThat(this.source.reads).containsExactly("since null");
	}

	@Test
	void theSecondStreamOfAChannelIsToldWithoutReading() {
		RecordingRecipient other = new RecordingRecipient(this.loop, IdFraming.INSTANCE);
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		subscribe("news");
		publish("news", 1);

		others.add("news", false, null, null);
		turns();
		others.endAll();

		assertThat(other.written).containsExactly("#news:1");
		assertThat(this.source.reads).hasSize(1);
	}

	@Test
	void aStreamResumesAfterItsLastId() {
		this.source.publish("news", 5);
		this.recipient.lastEventId = "news:3";

		subscribe("news");
		publish("news", 1);

		assertThat(written()).containsExactly("4#news:4", "5#news:5", "6#news:6");
	}

	@Test
	void aStreamThatMissedTooMuchIsResetAndGoesOn() {
		this.source.publish("news", 5);
		this.source.of("news").oldest = 5;
		this.recipient.lastEventId = "news:3";

		subscribe("news");
		publish("news", 1);

		assertThat(written()).containsExactly(RESET + "#news:5", "6#news:6");
	}

	@Test
	void aStreamWhoseHistoryCantBeReadIsReset() {
		this.source.publish("news", 5);
		this.source.failing = true;
		this.recipient.lastEventId = "news:3";

		subscribe("news");
		publish("news", 1);

		assertThat(written()).containsExactly(RESET + "#-", "6#news:6 ");
	}

	@Test
	void aNewStreamWhoseHistoryCantBeReadHasNoPosition() {
		this.source.failing = true;

		subscribe("news");

		assertThat(written()).containsExactly("#-");
	}

	@Test
	void aNewStreamThatHearsAMessageBeforeItIsToldKeepsItsPosition() {
		this.source.publish("news", 5);
		this.source.hold();

		subscribe("news");
		publish("news", 1);
		this.source.answer();
		turns();

		assertThat(written()).containsExactly("6#news:6 ", "#news:6");
	}

	@Test
	void aMessageThatWaitsToBeDeliveredComesBeforeThePositionThatWasRead() {
		this.source.hold();
		subscribe("news");

		this.source.publish("news", 1);
		this.source.answer();
		turns();

		assertThat(written()).containsExactly("1#news:1 ", "#news:1");
	}

	@Test
	void anEventLoopThatAllLeftHasNoPosition() {
		QueuedLoop otherLoop = new QueuedLoop();
		RecordingRecipient other = new RecordingRecipient(otherLoop, this.recipient.framing());
		ConnectionSubscriptions others = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
		others.add("news", false, null, null);
		subscribe("news");
		publish("news", 1);
		this.subscriptions.remove("news", false);
		turns();
		publish("news", 4);

		subscribe("news");
		others.endAll();
		otherLoop.turn();

		assertThat(written()).containsExactly("#news:0", "1#news:1 ", "#news:5");
		assertThat(this.source.reads).as("one of each that began").hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "news:3,nonsense", "a:1,b:1,c:1,d:1,e:1,f:1,g:1,h:1,news:1", "," })
	void anIdThatWasNeverIssuedResets(String id) {
		this.source.publish("news", 5);
		this.recipient.lastEventId = id;

		subscribe("news");

		assertThat(written()).containsExactly(RESET + "#news:5");
	}

	@Test
	void anIdThatIsTooLongResets() {
		this.source.publish("news", 5);
		this.recipient.lastEventId = "x".repeat(508) + ":1234";

		subscribe("news");

		assertThat(written()).containsExactly(RESET + "#news:5");
	}

	@Test
	void anIdMayBeAsLongAsTheLimitAndNameEightChannels() {
		this.source.publish("news", 5);
		String others = "a:1,b:1,c:1,d:1,e:1,f:1,";
		this.recipient.lastEventId = others + "news:4," + "x".repeat(512 - others.length() - 9) + ":1";
		assertThat(this.recipient.lastEventId).hasSize(512);

		subscribe("news");

		assertThat(written()).hasSize(1).first().asString().startsWith("5#news:5,a:1,b:1").endsWith("x:1");
	}

	@Test
	void anEmptyIdIsNone() {
		this.source.publish("news", 5);

		subscribe("news");

		assertThat(written()).containsExactly("#news:5");
	}

	@Test
	void twoChannelsJoinTheirIds() {
		this.source.publish("news", 5);
		this.source.publish("chat", 1);

		subscribe("news");
		subscribe("chat");
		publish("news", 1);
		publish("chat", 1);

		assertThat(written()).containsExactly("#news:5", "#news:5,chat:1", "6#news:6,chat:1", "2#news:6,chat:2");
	}

	@Test
	void aStreamResumesOnTwoChannels() {
		this.source.publish("news", 5);
		this.source.publish("chat", 3);
		this.recipient.lastEventId = "news:4,chat:1";

		subscribe("chat");
		subscribe("news");
		publish("chat", 1);

		assertThat(written()).containsExactly("2#chat:2,news:4", "3#chat:3,news:4", "5#chat:3,news:5",
				"4#chat:4,news:5");
	}

	@Test
	void aChannelThatIsLeftIsNoPartOfTheIdAnyMore() {
		subscribe("news");
		subscribe("chat");
		publish("news", 1);

		this.subscriptions.remove("chat", false);
		publish("news", 1);
		publish("chat", 1);

		assertThat(written()).endsWith("1#news:1,chat:0", "2#news:2 ");
	}

	@Test
	void moreThanEightChannelsHaveNoIdsAndEightHaveThemAgain() {
		List<String> channels = List.of("a", "b", "c", "d", "e", "f", "g", "h");
		channels.forEach(this::subscribe);
		publish("a", 1);
		assertThat(written()).endsWith("1#a:1,b:0,c:0,d:0,e:0,f:0,g:0,h:0");

		subscribe("i");
		publish("a", 1);
		this.source.deliver("a", Message.text("named").event("e").id("a:3"));
		this.source.of("a").newest = 3;
		turns();
		List<String> without = written();
		this.subscriptions.remove("i", false);
		publish("a", 1);

		assertThat(without).endsWith("#-", "2", "e named");
		assertThat(written()).endsWith("#a:3,b:0,c:0,d:0,e:0,f:0,g:0,h:0", "4#a:4,b:0,c:0,d:0,e:0,f:0,g:0,h:0");
	}

	@Test
	void messagesThatWereLostAreReadAndResetWhenTheyAreGone() {
		subscribe("news");
		publish("news", 1);

		this.source.lose("news", 1);
		publish("news", 1);
		this.source.lose("news", 1);
		this.source.of("news").oldest = 5;
		publish("news", 1);
		publish("news", 1);

		assertThat(written()).containsExactly("#news:0", "1#news:1 ", "2#news:2", "3#news:3", RESET + "#news:5",
				"6#news:6 ");
	}

	@Test
	void subscribingAgainGoesOn() {
		subscribe("news");
		publish("news", 1);

		subscribe("news");
		publish("news", 1);

		assertThat(written()).containsExactly("#news:0", "1#news:1 ", "2#news:2 ");
	}

	@Test
	void aStreamMayBeginWithTheNewest() {
		this.source.publish("news", 5);

		this.subscriptions.add("news", false, null, null, Since.last(1));
		turns();
		publish("news", 1);

		assertThat(written()).containsExactly("5#news:5", "6#news:6");
	}

	@Test
	void aStreamThatBeginsNowIsToldWhereItStands() {
		this.source.publish("news", 5);

		this.subscriptions.add("news", false, null, null, Since.now());
		turns();

		assertThat(written()).containsExactly("#news:5");
	}

	@Test
	void aChannelWithoutHistoryHasNoIds() {
		this.source.without.add("plain");

		this.subscriptions.add("plain", false, null, null);
		turns();
		this.source.deliver("plain", Message.text("x").id("own"));
		turns();

		assertThat(written()).containsExactly("x#own ");
	}

	@Test
	void aPatternOverChannelsWithHistoriesPassesNoneOfTheirIds() {
		this.source.without.add("plain");
		this.subscriptions.add("*", true, null, null);
		turns();

		for (String channel : List.of("news", "plain")) {
			this.source.deliver("*", channel, Message.text("x").event("e").id(channel + ":1"));
		}
		turns();

		assertThat(written()).containsExactly("e x e x#plain:1 ");
	}

	@Test
	void pagesFollowWhenTheSocketHasTakenThem() {
		this.source.publish("news", 7);
		this.recipient.lastEventId = "news:0";
		this.recipient.pending = 1;
		subscribe("news");
		assertThat(written()).hasSize(3);

		this.subscriptions.drained();
		turns();
		assertThat(written()).hasSize(6);
		this.subscriptions.drained();
		turns();

		assertThat(written()).hasSize(7).last().isEqualTo("7#news:7");
	}

	@Test
	void aStreamThatClosesIsToldNothing() {
		this.source.hold();
		subscribe("news");
		this.recipient.failures.add(new IllegalStateException("expected by this test"));

		this.source.answer();
		turns();

		assertThat(written()).isEmpty();
		this.recipient.failures.clear();
	}

	@Test
	void aMessageLosesItsIdOnly() {
		Message message = Message.text("x").event("e").id("1").retry(Duration.ofSeconds(1));

		Message without = EventIds.withoutId(message);
		Message plain = EventIds.withoutId(Message.text("y").id("2"));

		assertThat(without.id()).isEmpty();
		assertThat(without.event()).contains("e");
		assertThat(without.retry()).contains(Duration.ofSeconds(1));
		assertThat(without.asText()).isEqualTo("x");
		assertThat(plain.event()).isEmpty();
		assertThat(plain.retry()).isEmpty();
	}

	@Test
	void aLongDeliveryPausesAndAStreamIsNotToldAPositionItHasNotReached() {
		List<RecordingRecipient> others = others(40);
		subscribe("news");
		this.loop.timeUp = true;
		this.source.publish("news", 2);
		this.loop.turn();
		assertThat(others.get(31).written).endsWith("1#news:1 2#news:2 ");
		assertThat(others.get(32).written).hasSize(1);

		this.subscriptions.add("chat", false, null, null);
		this.loop.turn();
		assertThat(written()).startsWith("#news:0", "1#news:1 2#news:2 ");
		this.loop.timeUp = false;
		turns();
		publish("news", 1);

		assertThat(written()).containsExactly("#news:0", "1#news:1 2#news:2 ", "#news:2,chat:0", "3#news:3,chat:0");
		assertThat(others).allSatisfy(
				(each) -> assertThat(each.written).containsExactly("#news:0", "1#news:1 2#news:2 ", "3#news:3 "));
	}

	@Test
	void aStreamThatIsToldWhereItStandsWithinADeliveryHasWhatIsBeforeIt() {
		this.source.hold();
		List<RecordingRecipient> others = others(40);
		subscribe("news");
		this.loop.timeUp = true;
		this.source.publish("news", 1);
		this.loop.turn();
		assertThat(others.get(31).written).hasSize(1);
		assertThat(written()).isEmpty();

		this.source.answer();
		this.loop.turn();
		assertThat(written()).containsExactly("1#news:1 ", "#news:1");
		this.loop.timeUp = false;
		turns();
		publish("news", 1);

		assertThat(written()).containsExactly("1#news:1 ", "#news:1", "2#news:2 ");
		assertThat(others)
			.allSatisfy((each) -> assertThat(each.written).containsExactly("1#news:1 ", "#news:1", "2#news:2 "));
	}

	@Test
	void aGapWithinALongDeliveryIsReadAfterWhatCameBeforeIt() {
		List<RecordingRecipient> others = others(40);
		subscribe("news");
		this.loop.timeUp = true;
		publishAndPause(1);

		this.source.lose("news", 1);
		publishAndPause(1);
		publishAndPause(1);
		this.loop.timeUp = false;
		turns();
		publish("news", 1);

		others.add(this.recipient);
		assertThat(others).allSatisfy((each) -> assertThat(String.join(" ", each.written).split(" +"))
			.containsExactly("#news:0", "1#news:1", "2#news:2", "3#news:3", "4#news:4", "5#news:5"));
	}

	@Test
	void aStreamIsResetWhenADeliveryFails() {
		subscribe("news");
		publish("news", 1);

		this.source.publish("news", 1);
		this.source.deliver("news", poison("news", 3));
		this.source.publish("news", 1);
		turns();
		publish("news", 1);

		assertThat(written()).containsExactly("#news:0", "1#news:1 ", "2#news:2 4#news:4 ", RESET + "#news:4",
				"5#news:5 ");
	}

	@Test
	void aStreamWithIdsOfItsOwnIsResetToo() {
		subscribe("news");
		subscribe("chat");
		List<RecordingRecipient> others = others(1);

		this.source.deliver("news", poison("news", 1));
		turns();

		assertThat(others.get(0).written).containsExactly("#news:0", RESET + "#news:1");
		assertThat(written()).last().isEqualTo(RESET + "#news:1,chat:0");
	}

	/** The next message of a channel, which can't be encoded for many. */
	private Message poison(String channel, int number) {
		this.source.of(channel).newest = number;
		return Message.text(IdFraming.POISON).id(channel + ":" + number);
	}

	/** Further streams of the channel. */
	private List<RecordingRecipient> others(int count) {
		List<RecordingRecipient> others = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			RecordingRecipient other = new RecordingRecipient(this.loop, IdFraming.INSTANCE);
			ConnectionSubscriptions theirs = new ConnectionSubscriptions(other, this.fanout, new LongAdder());
			theirs.add("news", false, null, null);
			others.add(other);
			this.ends.add(theirs::endAll);
		}
		turns();
		return others;
	}

	private void publishAndPause(int count) {
		this.source.publish("news", count);
		this.loop.turn();
	}

	private void subscribe(String channel) {
		assertThat(this.subscriptions.add(channel, false, null, null)).isTrue();
		turns();
	}

	private void publish(String channel, int count) {
		this.source.publish(channel, count);
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

	/** Adds messages with their events and ids. */
	private static final class IdFraming implements Framing {

		private static final IdFraming INSTANCE = new IdFraming();

		private static final String POISON = "can't be encoded";

		@Override
		public boolean hasEventIds() {
			return true;
		}

		@Override
		public boolean carries(Message message) {
			return SseFraming.BARE.carries(message);
		}

		@Override
		public void append(ByteBuf burst, Message message) {
			if (message.asText().equals(POISON)) {
				throw new LinkageError("expected by this test");
			}
			String text = message.event().map((event) -> event + " ").orElse("") + message.asText()
					+ message.id().map((id) -> "#" + id).orElse("") + " ";
			burst.writeBytes(Message.text(text).asBytes());
		}

	}

}
