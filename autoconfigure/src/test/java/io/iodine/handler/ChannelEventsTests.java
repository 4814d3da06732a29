package io.iodine.handler;

import java.util.Objects;
import java.util.Optional;

import io.iodine.ChannelAuthorizer;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import tools.jackson.databind.json.JsonMapper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/** Tests for {@link ChannelEvents}, of which one subscription may be open. */
class ChannelEventsTests {

	private final JsonCodec codec = new JacksonCodec(new JsonMapper());

	private final Connection client = mock(Connection.class);

	private final PubSub pubSub = mock(PubSub.class);

	private final ChannelAuthorizer authorizer = mock(ChannelAuthorizer.class);

	private final ChannelEvents events = new ChannelEvents(new ReservedEvents(this.pubSub, this.authorizer, 1),
			this.codec, this.client);

	@Test
	void aSubscriptionThatTheConnectionRejectsTakesNoRoom() {
		allow();
		given(this.client.subscribe(eq("full"), any(MessageListener.class))).willReturn(false);
		given(this.client.subscribe(eq("news"), any(MessageListener.class))).willReturn(true);

		subscribe("full");
		String rejected = written();
		subscribe("news");

		assertThat(rejected).contains("Too many subscriptions");
		assertThat(written()).isEqualTo("{\"id\":7,\"data\":{\"channel\":\"news\",\"recovered\":false}}");
		assertThatThrownBy(() -> subscribe("more")).isInstanceOf(InvalidMessageException.class);
	}

	private void allow() {
		given(this.client.principal()).willReturn(Optional.empty());
		given(this.authorizer.maySubscribe(any(), anyString())).willReturn(true);
		given(this.pubSub.history(anyString(), anyInt())).willThrow(new UnsupportedOperationException());
	}

	private void subscribe(String channel) {
		Envelope envelope = Objects.requireNonNull(this.codec
			.readEnvelope(("{\"event\":\"iodine.subscribe\",\"id\":7,\"data\":{\"channel\":\"" + channel + "\"}}")
				.getBytes(UTF_8)));
		this.events.handle(envelope, new Reply(this.client, this.codec, "iodine.subscribe", 7));
	}

	private String written() {
		ArgumentCaptor<Message> messages = ArgumentCaptor.forClass(Message.class);
		verify(this.client, atLeastOnce()).write(messages.capture());
		return messages.getValue().asText();
	}

}
