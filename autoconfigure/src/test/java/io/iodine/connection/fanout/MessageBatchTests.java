package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;

import io.iodine.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link MessageBatch}. */
class MessageBatchTests {

	private final MessageBatch batch = new MessageBatch();

	private final List<Throwable> failures = new ArrayList<>();

	@Test
	void aDeliveryThatFailsIsReportedAndStopsNoOther() {
		OutOfMemoryError failure = new OutOfMemoryError("expected by this test");
		List<String> made = new ArrayList<>();
		this.batch.add(new GroupDelivery(List.of(), null, () -> {
			throw failure;
		}));
		this.batch.add(new GroupDelivery(List.of(), null, () -> {
			made.add("second");
			return null;
		}));

		assertThat(this.batch.run(true, null, this.failures::add)).isTrue();

		assertThat(this.failures).containsExactly(failure);
		assertThat(made).containsExactly("second");
	}

	@Test
	void anEmptyBatchHasNeitherMessagesNorTheirChannels() {
		this.batch.add("news", Message.text("one"));
		assertThat(this.batch.isEmpty()).isFalse();

		this.batch.clear();

		assertThat(this.batch.isEmpty()).isTrue();
		assertThat(this.batch.messages()).isEmpty();
		assertThat(this.batch.names()).isEmpty();
	}

}
