package io.iodine.connection.fanout;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.RecordedLog;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of deliveries to the subscribers of one event loop. */
class FanoutTests {

	private static final int MAX_SUBSCRIPTIONS = 1 << 15;

	private final Source source = new Source();

	private final Observer observer = new Observer();

	private final Fanout fanout = new Fanout(this.source,
			new FanoutSettings(1 << 20, 16, 16, 1 << 16, MAX_SUBSCRIPTIONS), Runnable::run, this.observer);

	private final QueuedLoop loop = new QueuedLoop();

	private final LongAdder presences = new LongAdder();

	private final CountingFraming framing = new CountingFraming();

	@Test
	void aMessageIsEncodedOnceForAllSubscribersOfAnEventLoop() {
		List<RecordingRecipient> recipients = subscribe(100);

		publish("one", "two");

		assertThat(this.framing.appended).containsExactly("one", "two");
		assertThat(recipients).allSatisfy((recipient) -> assertThat(recipient.written).containsExactly("onetwo"));
		assertThat(recipients)
			.allSatisfy((recipient) -> assertThat(recipient.buffers.get(0)).isSameAs(recipients.get(0).buffers.get(0)));
		assertThat(recipients.get(0).buffers.get(0).refCnt()).isZero();
	}

	@Test
	void aMessageThatCannotBeEncodedIsDroppedAloneAndCounted() {
		List<RecordingRecipient> recipients = subscribe(2);

		publish("one", "bad", "two");
		publish("three");

		assertThat(recipients).allSatisfy((recipient) -> {
			assertThat(recipient.written).containsExactly("onetwo", "three");
			assertThat(recipient.failures).isEmpty();
		});
		assertThat(this.observer.refused).containsExactly("news");
		assertThat(this.loop.reserved).isZero();
	}

	@Test
	void theLastMessageOfABurstMayBeTheOneThatCannotBeEncoded() {
		RecordingRecipient recipient = subscribe(1).get(0);

		publish("bad");
		publish("one", "bad");

		assertThat(recipient.written).containsExactly("one");
		assertThat(this.observer.refused).hasSize(2);
	}

	@Test
	void aRecipientThatFailsIsClosedAndStopsNoOther() {
		List<RecordingRecipient> recipients = subscribe(3);
		recipients.get(1).broken = new OutOfMemoryError("no direct memory");

		publish("one");
		publish("two");

		assertThat(recipients.get(0).written).containsExactly("one", "two");
		assertThat(recipients.get(1).failures).hasSize(1);
		assertThat(recipients.get(2).written).containsExactly("one", "two");
		assertThat(recipients.get(0).buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void aRecipientWhoseEndFailsStopsNoOther() {
		List<RecordingRecipient> recipients = subscribe(3);
		recipients.get(1).broken = new OutOfMemoryError("no direct memory");
		recipients.get(1).whenFailed = () -> {
			throw new OutOfMemoryError("no memory to end");
		};

		publish("one");

		assertThat(recipients.get(2).written).containsExactly("one");
		assertThat(recipients.get(0).buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
		assertThat(this.loop.reserved).isZero();
	}

	@Test
	void aFailureBetweenTwoGroupsLosesTheMessageForTheSecondAndNoLaterOne() {
		List<RecordingRecipient> recipients = subscribe(2);
		CountingFraming choosy = new CountingFraming();
		choosy.carriesNothing = true;
		recipients.addAll(subscribe(2, choosy));
		this.observer.broken = new OutOfMemoryError("no memory to count");

		publish("one");
		choosy.carriesNothing = false;
		publish("two");

		assertThat(recipients.subList(0, 2))
			.allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two"));
		assertThat(recipients.subList(2, 4)).allSatisfy((each) -> assertThat(each.written).containsExactly("two"));
		assertThat(this.loop.reserved).isZero();
	}

	@Test
	void aLongDeliveryPausesAndLaterMessagesFollowIt() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;

		publish("one");
		assertThat(reached(recipients)).isEqualTo(32);
		publish("two");
		assertThat(reached(recipients)).isEqualTo(64);
		assertThat(this.loop.reserved).as("memory of both messages").isEqualTo(6);
		this.loop.timeUp = false;
		this.loop.turn();

		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two"));
		assertThat(recipients.get(0).buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
		assertThat(this.loop.reserved).isZero();
		assertThat(this.loop.deliveries()).isZero();
	}

	@Test
	void subscribersThatLeaveWithinADeliveryMoveNoOther() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");

		recipients.get(0).whenFailed.run();
		recipients.get(40).whenFailed.run();
		recipients.get(99).whenFailed.run();
		this.loop.turn();
		assertThat(reached(recipients)).as("the delivery goes on pausing").isEqualTo(63);
		this.loop.timeUp = false;
		publish("two");

		assertThat(recipients.get(0).written).containsExactly("one");
		assertThat(recipients.get(40).written).isEmpty();
		assertThat(recipients.get(99).written).isEmpty();
		recipients.removeAll(List.of(recipients.get(0), recipients.get(40), recipients.get(99)));
		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two"));
		assertThat(this.loop.reserved).isZero();
	}

	@Test
	void subscribersThatLeaveAndComeAreServedInTheirNewPlaces() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");
		for (int i = 0; i < 100; i += 2) {
			recipients.get(i).whenFailed.run();
		}
		List<RecordingRecipient> late = subscribe(10);
		this.loop.timeUp = false;
		this.loop.turn();

		recipients.get(1).whenFailed.run();
		late.get(9).whenFailed.run();
		publish("two");

		for (int i = 3; i < 100; i += 2) {
			assertThat(recipients.get(i).written).containsExactly("one", "two");
		}
		assertThat(recipients.get(1).written).containsExactly("one");
		assertThat(late.remove(9).written).isEmpty();
		assertThat(late).allSatisfy((each) -> assertThat(each.written).containsExactly("two"));
	}

	@Test
	void subscribersThatComeWithinADeliveryGetLaterMessagesOnly() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");
		publish("two");

		RecordingRecipient late = subscribe(1).get(0);
		assertThat(reached(recipients)).as("the delivery goes on pausing").isEqualTo(96);
		publish("three");
		this.loop.timeUp = false;
		this.loop.turn();

		assertThat(late.written).containsExactly("three");
		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two", "three"));
		assertThat(this.loop.reserved).isZero();
		assertThat(recipients.get(0).buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void aSubscriptionThatIsReplacedWithinADeliveryLosesNothing() {
		List<RecordingRecipient> recipients = subscribe(99);
		RecordingRecipient changing = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(changing, this.fanout, this.presences);
		subscriptions.add("news", false, null, null);
		this.loop.turn();
		this.loop.timeUp = true;
		publish("one");
		publish("two");

		subscriptions.add("news", false, null, As.TEXT);
		publish("three");
		assertThat(changing.written).containsExactly("one", "two");
		assertThat(reached(recipients)).isEqualTo(96);
		this.loop.timeUp = false;
		this.loop.turn();

		assertThat(changing.written).containsExactly("one", "two", "three");
		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two", "three"));
		assertThat(changing.buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void aSubscriptionThatIsReplacedGetsNothingOfAnotherGroup() {
		CountingFraming other = new CountingFraming();
		List<RecordingRecipient> recipients = subscribe(40);
		RecordingRecipient changing = new RecordingRecipient(this.loop, other);
		ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(changing, this.fanout, this.presences);
		List<RecordingRecipient> before = subscribe(39, other);
		subscriptions.add("news", false, null, null);
		this.loop.turn();
		this.loop.timeUp = true;
		publish("one");

		subscriptions.add("news", false, null, As.TEXT);
		this.loop.turn();
		this.loop.timeUp = false;
		this.loop.turn();

		assertThat(changing.written).containsExactly("one");
		assertThat(changing.buffers).first().isNotSameAs(recipients.get(0).buffers.get(0));
		assertThat(changing.buffers).first().isSameAs(before.get(0).buffers.get(0));
	}

	@Test
	void aSubscriptionThatBeganWithinADeliveryAndIsReplacedGetsNothingOfIt() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");
		RecordingRecipient late = new RecordingRecipient(this.loop, this.framing);
		ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(late, this.fanout, this.presences);
		subscriptions.add("news", false, null, null);
		subscriptions.add("news", false, null, As.TEXT);
		this.loop.turn();
		assertThat(reached(recipients)).isEqualTo(64);
		this.loop.timeUp = false;
		publish("two");

		assertThat(late.written).containsExactly("two");
	}

	@Test
	void aSubscriberRemovedDuringADeliveryIsNotRetained() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");
		recipients.get(99).whenFailed.run();
		WeakReference<RecordingRecipient> left = new WeakReference<>(recipients.remove(99));
		this.loop.timeUp = false;
		this.loop.turn();

		await().untilAsserted(() -> {
			System.gc();
			assertThat(left.get()).isNull();
		});
		assertThat(recipients).hasSize(99);
	}

	@Test
	void aMessageThatLeavesSomeoneOutIsDeliveredInOrder() {
		List<RecordingRecipient> recipients = subscribe(100);
		this.loop.timeUp = true;
		publish("one");

		Message second = Message.text("two");
		Runnable unused = this.fanout.exclude(new Fanout.Name("news", false), "news", second, recipients.get(99));
		this.source.publish("news", second);
		publish("three");
		assertThat(reached(recipients)).as("the delivery goes on pausing").isEqualTo(64);
		this.loop.timeUp = false;
		this.loop.turn();

		assertThat(recipients.remove(99).written).containsExactly("one", "three");
		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one", "two", "three"));
		assertThat(this.loop.reserved).isZero();
	}

	@Test
	void aDeliveryPausesBetweenSmallGroupsToo() {
		List<RecordingRecipient> recipients = subscribe(3);
		recipients.addAll(subscribe(3, new CountingFraming()));
		recipients.addAll(subscribe(3, new CountingFraming()));
		this.loop.timeUp = true;

		publish("one");
		assertThat(reached(recipients)).isEqualTo(3);
		this.loop.turn();
		assertThat(reached(recipients)).isEqualTo(6);
		this.loop.turn();

		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).containsExactly("one"));
		assertThat(this.loop.deliveries()).isZero();
	}

	@Test
	void anObserverThatAlwaysFailsStopsNoLaterMessage() {
		List<RecordingRecipient> recipients = subscribe(2);
		this.observer.alwaysBroken = true;

		publish("one", "bad");
		publish("two");

		assertThat(recipients).allSatisfy((each) -> assertThat(each.written).contains("two"));
		assertThat(this.loop.reserved).isZero();
		assertThat(this.loop.deliveries()).isZero();
	}

	@Test
	void aListenerThatCannotBeCalledClosesItsConnectionOnly() {
		RecordingRecipient broken = new RecordingRecipient(this.loop, this.framing);
		broken.broken = new StackOverflowError();
		List<String> heard = new ArrayList<>();
		MessageListener listener = (channel, message) -> heard.add(message.asText());
		new ConnectionSubscriptions(broken, this.fanout, this.presences).add("news", false, listener, null);
		new ConnectionSubscriptions(new RecordingRecipient(this.loop, this.framing), this.fanout, this.presences)
			.add("news", false, listener, null);
		this.loop.turn();

		publish("one");

		assertThat(heard).containsExactly("one");
		assertThat(broken.failures).hasSize(1);
	}

	@Test
	void subscribersThatComeAfterAFailureAreServed() {
		subscribe(1);
		publish("bad");

		RecordingRecipient late = subscribe(1).get(0);
		publish("one");

		assertThat(late.written).containsExactly("one");
	}

	@Test
	void aMessageThatCannotBePreparedIsDroppedAndItsMemoryReturned() {
		this.framing.prepared = true;
		RecordingRecipient recipient = subscribe(1).get(0);

		try (RecordedLog log = new RecordedLog(FanoutChannel.class)) {
			publish("bad");

			assertThat(log.lines()).containsExactly("ERROR A message to 'news' is dropped for one event loop");
		}
		publish("one");

		assertThat(recipient.written).containsExactly("one");
		assertThat(this.observer.refused).containsExactly("news");
		assertThat(this.loop.reserved).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Timeout(30)
	void namesThatCollideAreFoundAsFastAsOthers(boolean pattern) {
		ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(
				new RecordingRecipient(this.loop, this.framing), this.fanout, this.presences);
		List<String> names = colliding(15);

		for (String name : names) {
			subscriptions.add(name, pattern, null, null);
		}
		subscriptions.endAll();
		this.loop.turn();

		assertThat(this.fanout.subscriptions()).isZero();
		assertThat(this.fanout.size()).isZero();
	}

	@Test
	void aConnectionHasABoundedNumberOfSubscriptions() {
		Fanout bounded = new Fanout(this.source, new FanoutSettings(1 << 20, 16, 16, 1 << 16, 2), Runnable::run,
				this.observer);
		ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(
				new RecordingRecipient(this.loop, this.framing), bounded, this.presences);
		assertThat(subscriptions.add("one", false, null, null)).isTrue();
		assertThat(subscriptions.add("two*", true, null, null)).isTrue();

		try (RecordedLog log = new RecordedLog(Fanout.class)) {
			assertThat(subscriptions.add("three", false, null, null)).isFalse();
			assertThat(subscriptions.add("three", false, null, null)).isFalse();
			assertThat(log.lines()).singleElement().asString().contains("max-subscriptions", "'three' is rejected");
		}
		assertThat(subscriptions.add("one", false, null, null)).as("one that is replaced").isTrue();

		assertThat(this.observer.rejected).containsExactly("three", "three");
		assertThat(bounded.subscriptions()).isEqualTo(2);
		assertThat(bounded.size()).isEqualTo(2);
		subscriptions.remove("one", false);
		assertThat(subscriptions.add("three", false, null, null)).isTrue();
	}

	private static long reached(List<RecordingRecipient> recipients) {
		return recipients.stream().filter((each) -> !each.written.isEmpty()).count();
	}

	private List<RecordingRecipient> subscribe(int count) {
		return subscribe(count, this.framing);
	}

	private List<RecordingRecipient> subscribe(int count, Framing framing) {
		List<RecordingRecipient> recipients = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			RecordingRecipient recipient = new RecordingRecipient(this.loop, framing);
			ConnectionSubscriptions subscriptions = new ConnectionSubscriptions(recipient, this.fanout, this.presences);
			subscriptions.add("news", false, null, null);
			recipient.whenFailed = subscriptions::endAll;
			recipients.add(recipient);
		}
		this.loop.turn();
		return recipients;
	}

	private void publish(String... texts) {
		for (String text : texts) {
			this.source.publish("news", Message.text(text));
		}
		this.loop.turn();
	}

	/** Names of one hash code. */
	private static List<String> colliding(int pairs) {
		List<String> names = List.of("");
		for (int i = 0; i < pairs; i++) {
			names = names.stream().flatMap((name) -> List.of(name + "Aa", name + "BB").stream()).toList();
		}
		return names;
	}

	/** Adds the bytes of messages, and fails for one that is bad. */
	private static final class CountingFraming implements Framing {

		private final List<String> appended = new ArrayList<>();

		private boolean prepared;

		private boolean carriesNothing;

		@Override
		public boolean carries(Message message) {
			if (this.carriesNothing) {
				throw new ArithmeticException("not to be carried");
			}
			return true;
		}

		@Override
		public boolean isPrepared() {
			return this.prepared;
		}

		@Override
		public void prepare(Message message) {
			if (message.asText().equals("bad")) {
				throw new OutOfMemoryError("no memory to compress");
			}
		}

		@Override
		public void append(ByteBuf burst, Message message) {
			burst.writeByte('?');
			if (message.asText().equals("bad")) {
				throw new ArithmeticException("bad");
			}
			burst.writerIndex(burst.writerIndex() - 1);
			this.appended.add(message.asText());
			burst.writeBytes(message.asBytes());
		}

	}

	/** Channels to which a test publishes. */
	private static final class Source implements FanoutSource {

		private final List<MessageListener> listeners = new ArrayList<>();

		@Override
		public Runnable subscribe(String channel, boolean pattern, MessageListener listener) {
			this.listeners.add(listener);
			return () -> {
			};
		}

		@Override
		public void notifyEngines() {
		}

		void publish(String channel, Message message) {
			this.listeners.forEach((listener) -> {
				try {
					listener.onMessage(channel, message);
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			});
		}

	}

	/** Records which messages were dropped. */
	private static final class Observer implements FanoutObserver {

		private final List<String> refused = new ArrayList<>();

		private final List<String> rejected = new ArrayList<>();

		/** Thrown by the next call, instead of recording. */
		private @Nullable Error broken;

		private boolean alwaysBroken;

		@Override
		public void fanoutDropped(String channel) {
			if (this.alwaysBroken) {
				throw new IllegalStateException("expected by this test");
			}
			Error thrown = this.broken;
			if (thrown != null) {
				this.broken = null;
				throw thrown;
			}
			this.refused.add(channel);
		}

		@Override
		public void subscriptionRejected(String channel) {
			this.rejected.add(channel);
		}

	}

}
