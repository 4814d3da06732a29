package io.iodine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MessageTests {

	@Test
	void messagesAreEqualByKindContentAndFields() {
		Message message = Message.text("a");

		assertThat(message).isEqualTo(Message.text("a")).hasSameHashCodeAs(Message.text("a"));
		assertThat(message).isNotEqualTo(Message.text("b"));
		assertThat(message).isNotEqualTo(Message.binary(new byte[] { 'a' }));
		assertThat(message).isNotEqualTo(message.id("1"));
		assertThat(message.id("1").event("e")).isEqualTo(Message.text("a").event("e").id("1"));
	}

	@Test
	void theContentIsReadAsJson() {
		Message message = Message.text("{\"item\":\"tea\",\"quantity\":2}");

		assertThat(message.json(Order.class)).isEqualTo(new Order("tea", 2));
		assertThat(Message.text("7").json(int.class)).isEqualTo(7);
	}

	@Test
	void whatIsNoJsonOfTheTypeIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> Message.text("{").json(Order.class))
			.withMessageContaining(Order.class.getName());
		assertThatIllegalArgumentException().isThrownBy(() -> Message.text("null").json(Order.class))
			.withMessageContaining("null");
	}

	@Test
	void aReaderOfAnApplicationIsUsedUntilItIsReleased() {
		JsonBinding.Reader reader = (json, type) -> new Order("of the application", 1);
		JsonBinding.use(reader);
		Order read = Message.text("{\"item\":\"tea\",\"quantity\":1}").json(Order.class);
		JsonBinding.release(reader);

		assertThat(read.item()).isEqualTo("of the application");
		assertThat(Message.text("{\"item\":\"tea\",\"quantity\":1}").json(Order.class).item()).isEqualTo("tea");
	}

	record Order(String item, int quantity) {

	}

}
