package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.RecordedLog;
import io.iodine.Subscription;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of which subscribers of an event loop get which bytes, and of their ends. */
class SubscriberGroupTests {

	private final Source source = new Source();

	private final QueuedLoop loop = new QueuedLoop();

	private final Observer observer = new Observer();

	private final Fanout fanout = new Fanout(this.source, new FanoutSettings(1 << 20, 4, 3, 1_000, 3), Runnable::run,
			this.observer);

	private final LongAdder presences = new LongAdder();

	private final KindFraming framing = new KindFraming(true);

	private final List<ConnectionSubscriptions> all = new ArrayList<>();

	private final List<RecordingRecipient> recipients = new ArrayList<>();

	@AfterEach
	void nothingIsLeft() {
		this.all.forEach(ConnectionSubscriptions::endAll);
		this.loop.turn();

		assertThat(this.fanout.subscriptions()).isZero();
		assertThat(this.fanout.size()).isZero();
		assertThat(this.source.listeners).isEmpty();
		assertThat(this.presences.sum()).isZero();
		assertThat(this.loop.reserved).isZero();
		assertThat(this.framing.begun).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void eachGetsMessagesInItsKind() {
		RecordingRecipient own = subscribe(As.TEXT, null);
		RecordingRecipient binary = subscribe(As.BINARY, null);
		RecordingRecipient any = subscribe(null, null);

		publish(Message.text("a"), Message.binary(new byte[] { 'b' }), Message.binary(new byte[] { (byte) 0xFF }));

		assertThat(own.written).containsExactly("(text a)(text b)");
		assertThat(binary.written.get(0)).startsWith("(binary a)(binary b)(binary ");
		assertThat(any.written.get(0)).startsWith("(text a)(binary b)(binary ");
		assertThat(own.sizes).containsExactly(2);
		assertThat(any.sizes).containsExactly(3);
		assertThat(this.framing.ended).as("one burst for each kind").isEqualTo(3);
	}

	@Test
	void whatAFramingDoesNotCarryIsLeftOut() {
		RecordingRecipient recipient = subscribe(null, null);

		publish(Message.text("not carried"));
		publish(Message.text("not carried"), Message.text("a"));

		assertThat(recipient.written).containsExactly("(text a)");
		assertThat(this.observer.dropped).isEmpty();
	}

	@Test
	void messagesThatNeedNoChangeAreNotCopiedIntoAnotherList() {
		RecordingRecipient text = subscribe(As.TEXT, null);
		RecordingRecipient any = subscribe(null, null);

		publish(Message.text("a"), Message.text("b"));

		assertThat(text.written).containsExactly("(text a)(text b)");
		assertThat(text.bursts.get(0)).isSameAs(any.bursts.get(0));
	}

	@Test
	void aMessageThatOneGroupCannotEncodeIsStillSeenByTheNext() {
		RecordingRecipient text = subscribe(As.TEXT, null);
		RecordingRecipient any = subscribe(null, null);

		publish(Message.text("bad"), Message.text("a"));

		assertThat(text.written).containsExactly("(text a)");
		assertThat(any.written).containsExactly("(text a)");
		assertThat(this.observer.dropped).hasSize(2);
	}

	@Test
	void connectionsWithFramingsOfTheirOwnAreWrittenToOneByOne() {
		RecordingRecipient one = connect(new KindFraming(false));
		RecordingRecipient two = connect(new KindFraming(false));
		RecordingRecipient shared = connect(this.framing);
		this.all.forEach((each) -> each.add("news", false, null, null));
		this.loop.turn();

		publish(Message.text("a"), Message.text("b"));

		assertThat(one.written).containsExactly("a", "b");
		assertThat(two.written).containsExactly("a", "b");
		assertThat(shared.written).containsExactly("(text a)(text b)");
	}

	@Test
	void othersKeepTheirPlacesWhenOneLeaves() {
		List<RecordingRecipient> three = List.of(subscribe(null, null), subscribe(null, null), subscribe(null, null));

		assertThat(this.all.get(0).remove("news", false)).isTrue();
		assertThat(this.all.get(0).remove("news", false)).isFalse();
		this.loop.turn();
		publish(Message.text("a"));
		assertThat(this.all.get(2).remove("news", false)).isTrue();
		this.loop.turn();
		publish(Message.text("b"));

		assertThat(three.get(0).written).isEmpty();
		assertThat(three.get(1).written).containsExactly("(text a)", "(text b)");
		assertThat(three.get(2).written).containsExactly("(text a)");
	}

	@Test
	void nothingComesBetweenUnsubscribingAndTheTurnThatRemoves() {
		RecordingRecipient recipient = subscribe(null, null);
		this.source.publish("news", Message.text("a"));

		this.all.get(0).remove("news", false);
		this.loop.turn();

		assertThat(recipient.written).isEmpty();
	}

	@Test
	void aSubscriberGetsOnlyWhatIsPublishedAfterIt() {
		subscribe(null, null);
		this.source.publish("news", Message.text("before"));

		RecordingRecipient late = subscribe(null, null);
		publish(Message.text("after"));

		assertThat(late.written).containsExactly("(text after)");
		assertThat(this.recipients.get(0).written).containsExactly("(text before)", "(text after)");
	}

	@Test
	void aBurstIsBoundedInBytes() {
		RecordingRecipient recipient = subscribe(null, null);
		Message half = Message.text("x".repeat(32 * 1024));

		publish(half, half, Message.text("y"), Message.text("z"));
		publish(Message.text("x".repeat(64 * 1024 - 1)), Message.text("y"), Message.text("z"));

		assertThat(recipient.sizes).containsExactly(64 * 1024, 2, 64 * 1024, 1);
	}

	@Test
	void aPublisherThatIsExcludedGetsNothingOnceInTheOrderOfTheOthers() {
		RecordingRecipient publisher = subscribe(null, null);
		RecordingRecipient other = subscribe(null, null);
		List<String> heard = new ArrayList<>();
		RecordingRecipient listening = subscribe(null, (channel, message) -> heard.add(message.asText()));
		Message own = Message.text("own");

		this.source.publish("news", Message.text("before"));
		this.all.get(0).exclude("news", own);
		this.source.publish("news", own);
		this.source.publish("news", own);
		this.loop.turn();

		assertThat(publisher.written).containsExactly("(text before)", "(text own)");
		assertThat(other.written).containsExactly("(text before)", "(text own)", "(text own)");
		assertThat(heard).containsExactly("before", "own", "own");
		this.all.get(2).exclude("news", own);
		publish(own);
		assertThat(heard).hasSize(3);
		assertThat(listening.written).isEmpty();
	}

	@Test
	void anExclusionThatIsUndoneExcludesNoOne() {
		RecordingRecipient publisher = subscribe(null, null);
		Message own = Message.text("own");

		this.all.get(0).exclude("news", own).run();
		this.all.get(0).exclude("chat", own);
		publish(own);

		assertThat(publisher.written).containsExactly("(text own)");
	}

	@Test
	void aPublisherIsExcludedFromItsPatternToo() {
		RecordingRecipient publisher = connect(this.framing);
		this.all.get(0).add("n*", true, null, null);
		this.loop.turn();
		Message own = Message.text("own");

		this.all.get(0).exclude("news", own);
		this.source.publish("n*", "news", own);
		this.source.publish("n*", "news", own);
		this.loop.turn();

		assertThat(publisher.written).containsExactly("(text own)");
	}

	@Test
	void aListenerOfAPatternHearsTheChannelOfEachMessage() {
		List<String> heard = new ArrayList<>();
		connect(this.framing);
		this.all.get(0).add("n*", true, (channel, message) -> heard.add(channel + " " + message.asText()), null);
		this.loop.turn();

		this.source.publish("n*", "news", Message.text("1"));
		this.loop.turn();
		this.source.publish("n*", "nature", Message.text("2"));
		this.loop.turn();

		assertThat(heard).containsExactly("news 1", "nature 2");
	}

	@Test
	void messagesArePreparedByTheirPublisherWhileAnyNeedsThat() {
		this.framing.prepares = true;
		publish(Message.text("none"));
		subscribe(null, null);
		subscribe(null, null);

		this.source.publish("news", Message.text("a"));
		assertThat(this.framing.prepared).containsExactly("a");
		this.loop.turn();
		this.all.forEach((each) -> each.remove("news", false));
		this.loop.turn();
		this.framing.prepares = false;
		subscribe(null, null);
		publish(Message.text("b"));

		assertThat(this.framing.prepared).containsExactly("a");
	}

	@Test
	void whatAnEventLoopHasNoMemoryForIsDroppedAndCounted() {
		RecordingRecipient recipient = subscribe(null, null);
		this.loop.full = true;

		publish(Message.text("a"));
		this.loop.full = false;
		publish(Message.text("b"));

		assertThat(recipient.written).containsExactly("(text b)");
		assertThat(this.observer.dropped).containsExactly("news");
	}

	@Test
	void anEventLoopWithoutSubscribersIsLeftAlone() {
		subscribe(null, null);
		QueuedLoop other = new QueuedLoop();
		RecordingRecipient left = new RecordingRecipient(other, this.framing);
		ConnectionSubscriptions leaving = new ConnectionSubscriptions(left, this.fanout, this.presences);
		leaving.add("news", false, null, null);
		other.turn();
		leaving.remove("news", false);
		other.turn();

		publish(Message.text("a"));

		assertThat(other.waiting()).isZero();
		assertThat(other.reserved).isZero();
		leaving.add("news", false, null, null);
		other.turn();
		publish(Message.text("b"));
		other.turn();
		assertThat(left.written).containsExactly("(text b)");
		leaving.endAll();
		other.turn();
	}

	@Test
	void deliveriesAreMeasured() {
		subscribe(null, null);

		publish(Message.text("a"));

		assertThat(this.observer.nanos).hasSize(1)
			.allSatisfy((nanos) -> assertThat(nanos).isBetween(0L, 60_000_000_000L));
		this.loop.turn();
		assertThat(this.observer.nanos).hasSize(1);
	}

	@Test
	void whatIsDroppedIsLogged() {
		subscribe(null, null);
		try (RecordedLog log = new RecordedLog(SubscriberGroup.class)) {
			publish(Message.text("bad"), Message.text("a"));

			assertThat(log.lines()).containsExactly("ERROR A message to 'news' can't be encoded and is dropped");
		}
		assertThat(this.recipients.get(0).sizes).containsExactly(1);
		assertThat(this.observer.dropped).containsExactly("news");
	}

	@Test
	void enginesHearOfEachChange() {
		ConnectionSubscriptions one = subscriptions();
		one.add("news", false, null, null);
		int first = this.source.notified;
		one.add("news", false, null, null);
		int replaced = this.source.notified;
		one.remove("news", false);

		assertThat(first).isOne();
		assertThat(replaced).isEqualTo(3);
		assertThat(this.source.notified).isEqualTo(4);
		assertThat(this.source.listeners).isEmpty();
	}

	@Test
	void aConnectionKnowsItsChannels() {
		ConnectionSubscriptions one = subscriptions();
		assertThat(one.contains("news")).isFalse();

		one.add("news", false, null, null);
		one.add("chat", true, null, null);

		assertThat(one.contains("news")).isTrue();
		assertThat(one.contains("chat")).isFalse();
	}

	@Test
	void presencesAreCountedReplacedAndEnded() {
		ConnectionSubscriptions one = subscriptions();
		Ending first = new Ending();
		Ending second = new Ending();
		Ending other = new Ending();

		assertThat(one.leave("chat")).isFalse();
		assertThat(one.join("chat", first)).isTrue();
		assertThat(one.join("chat", second)).isTrue();
		assertThat(one.join("news", other)).isTrue();
		assertThat(this.presences.sum()).isEqualTo(2);
		assertThat(List.of(first.ends, second.ends)).containsExactly(1, 0);
		assertThat(one.leave("chat")).isTrue();
		assertThat(one.leave("chat")).isFalse();
		assertThat(this.presences.sum()).isOne();
		one.endAll();

		assertThat(List.of(second.ends, other.ends)).containsExactly(1, 1);
		Ending late = new Ending();
		assertThat(one.join("chat", late)).isFalse();
		assertThat(late.ends).isOne();
	}

	@Test
	void followedPresencesAreBoundedWithSubscriptionsAndEnd() {
		ConnectionSubscriptions one = subscriptions();
		Ending first = new Ending();
		Ending second = new Ending();

		assertThat(one.unfollow("a")).isFalse();
		assertThat(one.follow("a", () -> first)).isTrue();
		assertThat(one.follow("a", () -> second)).isTrue();
		assertThat(first.ends).isOne();
		assertThat(one.add("news", false, null, null)).isTrue();
		assertThat(one.follow("b", Ending::new)).isTrue();
		try (RecordedLog log = new RecordedLog(Fanout.class)) {
			assertThat(one.follow("c", Ending::new)).isFalse();
			assertThat(one.add("chat", false, null, null)).isFalse();
			assertThat(log.lines().stream().filter((line) -> line.startsWith("WARN"))).hasSize(1);
		}
		assertThat(this.observer.rejected).containsExactly("c", "chat");
		assertThat(one.unfollow("a")).isTrue();
		assertThat(second.ends).isOne();
		assertThat(one.unfollow("a")).isFalse();
		Ending third = new Ending();
		assertThat(one.follow("c", () -> third)).isTrue();
		one.endAll();

		assertThat(third.ends).isOne();
		Ending late = new Ending();
		assertThat(one.follow("a", () -> late)).isFalse();
		assertThat(late.ends).isOne();
		assertThat(one.add("news", false, null, null)).isFalse();
	}

	@Test
	void namesSayWhetherTheyArePatterns() {
		assertThat(new Fanout.Name("a", true)).hasToString("pattern 'a'");
		assertThat(new Fanout.Name("a", false)).hasToString("channel 'a'");
	}

	private ConnectionSubscriptions subscriptions() {
		connect(this.framing);
		return this.all.get(this.all.size() - 1);
	}

	private RecordingRecipient connect(Framing framing) {
		RecordingRecipient recipient = new RecordingRecipient(this.loop, framing);
		this.recipients.add(recipient);
		this.all.add(new ConnectionSubscriptions(recipient, this.fanout, this.presences));
		return recipient;
	}

	private RecordingRecipient subscribe(@Nullable As kind, @Nullable MessageListener listener) {
		RecordingRecipient recipient = connect(this.framing);
		assertThat(this.all.get(this.all.size() - 1).add("news", false, listener, kind)).isTrue();
		this.loop.turn();
		return recipient;
	}

	private void publish(Message... messages) {
		for (Message message : messages) {
			this.source.publish("news", message);
		}
		this.loop.turn();
	}

	/** Counts how often it ended. */
	private static final class Ending implements Subscription {

		private int ends;

		@Override
		public String channel() {
			return "any";
		}

		@Override
		public void close() {
			this.ends++;
		}

	}

	/** Adds the kind and the bytes of messages. */
	private static final class KindFraming implements Framing {

		private final boolean shared;

		private boolean prepares;

		private final List<String> prepared = new ArrayList<>();

		private final List<ByteBuf> begun = new ArrayList<>();

		private int ended;

		KindFraming(boolean shared) {
			this.shared = shared;
		}

		@Override
		public boolean isShared() {
			return this.shared;
		}

		@Override
		public boolean carries(Message message) {
			return !message.asText().equals("not carried");
		}

		@Override
		public boolean isPrepared() {
			return this.prepares;
		}

		@Override
		public void prepare(Message message) {
			this.prepared.add(message.asText());
		}

		@Override
		public ByteBuf begin(ByteBufAllocator allocator, int content) {
			ByteBuf burst = allocator.directBuffer(content);
			this.begun.add(burst);
			return burst;
		}

		@Override
		public void end(ByteBuf burst) {
			this.ended++;
		}

		@Override
		public void append(ByteBuf burst, Message message) {
			if (message.asText().equals("bad")) {
				throw new ArithmeticException("expected by this test");
			}
			burst.writeBytes(Message.text(message.isText() ? "(text " : "(binary ").asBytes());
			burst.writeBytes(message.asBytes());
			burst.writeByte(')');
		}

	}

	/** Channels to which a test publishes. */
	private static final class Source implements FanoutSource {

		private final Map<String, MessageListener> listeners = new HashMap<>();

		private int notified;

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			this.listeners.put(channel, listener);
			return () -> this.listeners.remove(channel);
		}

		@Override
		public void notifyEngines() {
			this.notified++;
		}

		void publish(String channel, Message message) {
			publish(channel, channel, message);
		}

		void publish(String name, String channel, Message message) {
			MessageListener listener = this.listeners.get(name);
			try {
				if (listener != null) {
					listener.onMessage(channel, message);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Records what is measured, dropped and rejected. */
	private static final class Observer implements FanoutObserver {

		private final List<Long> nanos = new ArrayList<>();

		private final List<String> dropped = new ArrayList<>();

		private final List<String> rejected = new ArrayList<>();

		@Override
		public boolean measures() {
			return true;
		}

		@Override
		public void fannedOut(long duration) {
			this.nanos.add(duration);
		}

		@Override
		public void fanoutDropped(String channel) {
			this.dropped.add(channel);
		}

		@Override
		public void subscriptionRejected(String channel) {
			this.rejected.add(channel);
		}

	}

}
