package io.iodine.handler;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Recovery;
import io.iodine.test.TestConnection;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/** Tests for {@link ChannelSubscription}. */
class ChannelSubscriptionTests {

	private final TestConnection client = TestConnection.open(new ConnectionHandler() {
	});

	private final CompletableFuture<Recovery.Outcome> outcome = new CompletableFuture<>();

	private final MessageListener listener = resume();

	@Test
	void messagesWaitForTheAcknowledgement() throws Exception {
		this.listener.onMessage("news", Message.text("1"));
		assertThat(this.client.written()).isEmpty();

		this.outcome.complete(new Recovery.Outcome(true, 1));

		assertThat(texts()).containsExactly("{\"id\":7,\"data\":{\"channel\":\"news\",\"recovered\":true}}",
				"{\"channel\":\"news\",\"data\":1}");
	}

	@Test
	void ofTooManyThatWaitTheClientIsToldThatSomeAreMissing() throws Exception {
		for (int i = 0; i <= ChannelSubscription.MAX_HELD; i++) {
			this.listener.onMessage("news", Message.text("" + i));
		}

		this.outcome.complete(new Recovery.Outcome(true, 0));

		assertThat(texts()).containsExactly("{\"id\":7,\"data\":{\"channel\":\"news\",\"recovered\":false}}",
				"{\"channel\":\"news\",\"data\":" + ChannelSubscription.MAX_HELD + "}");
	}

	private List<String> texts() {
		return this.client.written().stream().map(Message::asText).toList();
	}

	private MessageListener resume() {
		PubSub pubSub = mock(PubSub.class);
		Recovery recovery = mock(Recovery.class);
		ArgumentCaptor<MessageListener> subscribed = ArgumentCaptor.forClass(MessageListener.class);
		when(recovery.outcome()).thenReturn(this.outcome);
		when(pubSub.subscribe(eq("news"), eq("5"), subscribed.capture())).thenReturn(recovery);
		JsonCodec codec = new JacksonCodec(new JsonMapper());
		ChannelSubscription subscription = new ChannelSubscription("news", this.client, pubSub, codec,
				new Reply(this.client, codec, "iodine.subscribe", 7));
		subscription.resume("5", true);
		verify(recovery).outcome();
		return subscribed.getValue();
	}

}
