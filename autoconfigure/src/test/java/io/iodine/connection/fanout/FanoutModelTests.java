package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares deliveries that pause at random moments, while subscriptions begin, are
 * replaced and end, with a list of what each subscriber must receive.
 */
class FanoutModelTests {

	private static final String CHANNEL = "news";

	private static final int STEPS = 400;

	private final RecordedHistories source = new RecordedHistories();

	private final QueuedLoop loop = new QueuedLoop();

	private final Fanout fanout = new Fanout(this.source, new FanoutSettings(1 << 20, 16, 16, 1 << 16, 16),
			Runnable::run, new FanoutObserver() {
			});

	private final List<Framing> framings = List.of(new MarkedFraming('a'), new MarkedFraming('b'));

	private final List<Subscriber> subscribers = new ArrayList<>();

	private int published;

	static Stream<Arguments> seeds() {
		return IntStream.rangeClosed(1, 6)
			.boxed()
			.flatMap((seed) -> Stream.of(Arguments.of(seed, false), Arguments.of(seed, true)));
	}

	@ParameterizedTest(name = "seed {0}, history {1}")
	@MethodSource("seeds")
	void eachSubscriberReceivesItsMessagesOnceAndInOrder(int seed, boolean history) {
		Random random = new Random(seed);
		if (!history) {
			this.source.without.add(CHANNEL);
		}
		for (int i = 0; i < 250; i++) {
			subscribe(random);
		}
		for (int i = 0; i < STEPS; i++) {
			step(random);
		}
		this.loop.timeUp = false;
		turns();

		this.subscribers.forEach(Subscriber::verify);
		this.subscribers.forEach(Subscriber::end);
		turns();
		assertThat(this.loop.reserved).isZero();
		assertThat(this.fanout.subscriptions()).isZero();
		assertThat(this.subscribers.stream()
			.flatMap((each) -> each.recipient.buffers.stream())
			.mapToInt(ByteBuf::refCnt)
			.sum()).isZero();
	}

	private void step(Random random) {
		switch (random.nextInt(10)) {
			case 0 -> subscribe(random);
			case 1 -> any(random).end();
			case 2 -> any(random).replace(random.nextBoolean() ? As.TEXT : null, random.nextInt(4) == 0);
			case 3 -> publish(any(random));
			case 4, 5 -> publish(null);
			case 6 -> this.loop.timeUp = random.nextInt(4) > 0;
			default -> this.loop.turn();
		}
	}

	private void subscribe(Random random) {
		Subscriber subscriber = new Subscriber(this.framings.get(random.nextInt(2)));
		this.subscribers.add(subscriber);
		subscriber.replace(null, random.nextInt(4) == 0);
	}

	private Subscriber any(Random random) {
		return this.subscribers.get(random.nextInt(this.subscribers.size()));
	}

	private void publish(@Nullable Subscriber except) {
		this.published++;
		String text = this.published + ";";
		Message message = Message.text(text);
		if (except != null && !except.ended) {
			Runnable unused = this.fanout.exclude(new Fanout.Name(CHANNEL, false), CHANNEL, message, except.recipient);
		}
		this.source.deliver(CHANNEL, message);
		this.subscribers.stream().filter((each) -> !each.ended && each != except).forEach((each) -> each.expect(text));
	}

	private void turns() {
		for (int i = 0; i < 5; i++) {
			this.loop.turn();
		}
	}

	/** A connection, and what it must receive. */
	private final class Subscriber {

		private final RecordingRecipient recipient;

		private final ConnectionSubscriptions subscriptions;

		private final char mark;

		private final StringBuilder expected = new StringBuilder();

		private boolean listens;

		private boolean ended;

		Subscriber(Framing framing) {
			this.recipient = new RecordingRecipient(FanoutModelTests.this.loop, framing);
			this.mark = ((MarkedFraming) framing).mark();
			this.subscriptions = new ConnectionSubscriptions(this.recipient, FanoutModelTests.this.fanout,
					new LongAdder());
		}

		void replace(@Nullable As kind, boolean listening) {
			if (!this.ended) {
				this.listens = listening;
				this.subscriptions.add(CHANNEL, false,
						listening ? (channel, message) -> this.recipient.written.add('l' + message.asText()) : null,
						kind);
			}
		}

		void expect(String text) {
			this.expected.append(this.listens ? 'l' : this.mark).append(text);
		}

		void end() {
			this.ended = true;
			this.subscriptions.endAll();
		}

		/** One that has ended may have missed the last messages. */
		void verify() {
			String received = String.join("", this.recipient.written);
			assertThat(this.expected.toString()).startsWith(received);
			if (!this.ended) {
				assertThat(received).isEqualTo(this.expected.toString());
			}
		}

	}

	/**
	 * Marks each message, so that the frames of one framing can be told from another's.
	 *
	 * @param mark the mark
	 */
	private record MarkedFraming(char mark) implements Framing {

		@Override
		public boolean carries(Message message) {
			return true;
		}

		@Override
		public void append(ByteBuf burst, Message message) {
			burst.writeByte(this.mark).writeBytes(message.asBytes());
		}

	}

}
