package io.iodine.handler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Recovery;
import io.iodine.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A channel that a client has subscribed to by itself. The acknowledgement is written
 * first, then the messages, each in an envelope that tells its position.
 */
final class ChannelSubscription {

	/** Messages that wait for the acknowledgement at most. */
	static final int MAX_HELD = 1024;

	private final String channel;

	private final Connection client;

	private final PubSub pubSub;

	private final JsonCodec codec;

	private final Reply reply;

	/** What came before the acknowledgement; null once it is written. */
	private @Nullable List<Message> held = new ArrayList<>();

	/** Whether messages were dropped, which the acknowledgement reports as a gap. */
	private boolean overflowed;

	private @Nullable Subscription subscription;

	private boolean live;

	private boolean closed;

	ChannelSubscription(String channel, Connection client, PubSub pubSub, JsonCodec codec, Reply reply) {
		this.channel = channel;
		this.client = client;
		this.pubSub = pubSub;
		this.codec = codec;
		this.reply = reply;
	}

	/**
	 * Begins with the newest messages of a channel with history, or with what comes.
	 * @param last how many messages are wanted
	 */
	void begin(int last) {
		CompletionStage<List<Message>> history;
		try {
			history = this.pubSub.history(this.channel, Math.max(1, last));
		}
		catch (UnsupportedOperationException ex) {
			goLive();
			return;
		}
		history.whenComplete((messages, error) -> this.client.defer(() -> {
			if (error != null || messages.isEmpty() || messages.get(messages.size() - 1).id().isEmpty()) {
				goLive();
			}
			else {
				goOn(messages, last);
			}
		}));
	}

	private void goOn(List<Message> messages, int last) {
		if (isClosed()) {
			return;
		}
		String position = messages.get(messages.size() - 1).id().orElseThrow();
		if (last == 0) {
			acknowledge(true, position);
		}
		else {
			acknowledge(true, null);
			messages.forEach(this::take);
		}
		resume(position, false);
	}

	/**
	 * Goes on after a message.
	 * @param position its position
	 * @param acknowledges whether the outcome is the acknowledgement
	 */
	void resume(String position, boolean acknowledges) {
		Recovery recovery;
		try {
			recovery = this.pubSub.subscribe(this.channel, position, (channel, message) -> take(message));
		}
		catch (UnsupportedOperationException ex) {
			goLive();
			return;
		}
		keep(recovery);
		if (acknowledges) {
			recovery.outcome().thenAccept((outcome) -> acknowledge(outcome.recovered(), null));
		}
	}

	private void goLive() {
		if (isClosed()) {
			return;
		}
		synchronized (this) {
			this.live = true;
		}
		if (this.client.subscribe(this.channel, (channel, message) -> take(message))) {
			acknowledge(false, null);
		}
		else {
			close();
			this.reply.failure(ChannelEvents.TOO_MANY);
		}
	}

	void close() {
		Subscription ended;
		boolean wasLive;
		synchronized (this) {
			this.closed = true;
			ended = this.subscription;
			wasLive = this.live;
			this.held = null;
		}
		if (ended != null) {
			ended.close();
		}
		if (wasLive) {
			this.client.unsubscribe(this.channel);
		}
	}

	private void keep(Subscription begun) {
		boolean late;
		synchronized (this) {
			late = this.closed;
			this.subscription = begun;
		}
		if (late) {
			begun.close();
		}
	}

	/** Whether it has ended, as when the connection has rejected it. */
	synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized void acknowledge(boolean recovered, @Nullable String position) {
		List<Message> waiting = this.held;
		if (this.closed || waiting == null) {
			return;
		}
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("channel", this.channel);
		data.put("recovered", recovered && !this.overflowed);
		if (position != null) {
			data.put("position", position);
		}
		ChannelEvents.acknowledge(this.reply, data);
		this.held = null;
		waiting.forEach(this::write);
	}

	private synchronized void take(Message message) {
		if (this.closed) {
			return;
		}
		if (this.held == null) {
			write(message);
			return;
		}
		if (this.held.size() == MAX_HELD) {
			this.held.clear();
			this.overflowed = true;
		}
		this.held.add(message);
	}

	private void write(Message message) {
		Enveloped enveloped = message.form(Enveloped.class, this::envelop);
		if (!enveloped.channel.equals(this.channel)) {
			enveloped = envelop(message);
		}
		this.client.write(enveloped.content);
	}

	private Enveloped envelop(Message message) {
		return new Enveloped(this.channel,
				Message.text(this.codec.write(ChannelEvents.fields(this.channel, message, this.codec))));
	}

	/**
	 * What all subscribers of a channel get for a message.
	 *
	 * @param channel the channel
	 * @param content the envelope
	 */
	private record Enveloped(String channel, Message content) {

	}

}
