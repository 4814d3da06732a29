package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.Message;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link ExcludedPublishers}, of which at most 1024 wait. */
class ExcludedPublishersTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE);

	private final ExcludedPublishers excluded = new ExcludedPublishers(this.now::get);

	@Test
	void aPublisherIsFoundOnceByChannelAndContent() {
		RecordingRecipient publisher = publisher();
		this.excluded.add("news", Message.text("ab"), publisher);

		assertThat(this.excluded.take("chat", Message.text("ab"))).isNull();
		assertThat(this.excluded.take("news", Message.text("ba"))).isNull();
		assertThat(this.excluded.take("news", Message.text("abc"))).isNull();
		assertThat(this.excluded.isEmpty()).isFalse();
		assertThat(this.excluded.take("news", Message.binary(new byte[] { 'a', 'b' }))).isSameAs(publisher);

		assertThat(this.excluded.isEmpty()).isTrue();
		assertThat(this.excluded.take("news", Message.text("ab"))).isNull();
	}

	@Test
	void theOldestOfSeveralIsFoundFirst() {
		RecordingRecipient first = publisher();
		RecordingRecipient second = publisher();
		this.excluded.add("news", Message.text("a"), first);
		this.excluded.add("news", Message.text("a"), second);

		assertThat(this.excluded.take("news", Message.text("a"))).isSameAs(first);
		assertThat(this.excluded.isEmpty()).isFalse();
		assertThat(this.excluded.take("news", Message.text("a"))).isSameAs(second);
	}

	@Test
	void whatIsUndoneIsForgotten() {
		Runnable undo = this.excluded.add("news", Message.text("a"), publisher());
		this.excluded.add("news", Message.text("b"), publisher());

		undo.run();
		undo.run();

		assertThat(this.excluded.isEmpty()).isFalse();
		assertThat(this.excluded.take("news", Message.text("a"))).isNull();
	}

	@Test
	void aPublisherThatClosedIsForgotten() {
		RecordingRecipient closed = publisher();
		this.excluded.add("news", Message.text("a"), closed);
		closed.failures.add(new IllegalStateException("expected by this test"));

		assertThat(this.excluded.take("news", Message.text("a"))).isNull();
		assertThat(this.excluded.isEmpty()).isTrue();
		this.excluded.add("news", Message.text("b"), closed);
		this.excluded.add("news", Message.text("c"), publisher());
		assertThat(this.excluded.take("news", Message.text("b"))).isNull();
	}

	@Test
	void aMessageThatReturnsLateComesToItsPublisherToo() {
		RecordingRecipient publisher = publisher();
		this.excluded.add("news", Message.text("a"), publisher);
		this.excluded.add("news", Message.text("b"), publisher);

		this.now.addAndGet(ExcludedPublishers.LIFETIME);
		assertThat(this.excluded.take("news", Message.text("a"))).isSameAs(publisher);
		this.now.incrementAndGet();

		assertThat(this.excluded.take("news", Message.text("b"))).isNull();
		assertThat(this.excluded.isEmpty()).isTrue();
	}

	@Test
	void theOldestOfTooManyGetsItsCopy() {
		List<RecordingRecipient> publishers = new ArrayList<>();
		for (int i = 0; i < 1_024; i++) {
			publishers.add(publisher());
			this.excluded.add("news", Message.text("m" + i), publishers.get(i));
		}
		assertThat(this.excluded.take("news", Message.text("m0"))).isSameAs(publishers.get(0));
		this.excluded.add("news", Message.text("m0 again"), publishers.get(0));

		this.excluded.add("news", Message.text("one more"), publishers.get(0));

		assertThat(this.excluded.take("news", Message.text("m1"))).isNull();
		assertThat(this.excluded.take("news", Message.text("m2"))).isSameAs(publishers.get(2));
	}

	private static RecordingRecipient publisher() {
		return new RecordingRecipient(new QueuedLoop(), new Framing() {

			@Override
			public void append(ByteBuf burst, Message message) {
				// nothing is written
			}

		});
	}

}
