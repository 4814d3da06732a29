package io.iodine.handler;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.iodine.ChannelAuthorizer;
import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Handles the reserved events of one connection: subscriptions, publishing and presence.
 * Belongs to the connection's turn.
 */
final class ChannelEvents {

	private static final Log logger = LogFactory.getLog(ChannelEvents.class);

	static final ErrorReply TOO_MANY = new ErrorReply(429, "Too many subscriptions", null);

	private static final ErrorReply UNAVAILABLE = new ErrorReply(503, "Service Unavailable", null);

	private final PubSub pubSub;

	private final ChannelAuthorizer authorizer;

	private final JsonCodec codec;

	private final int maxSubscriptions;

	private final Connection client;

	private final Map<String, ChannelSubscription> subscriptions = new HashMap<>();

	private final Map<String, MemberSubscription> presences = new HashMap<>();

	ChannelEvents(ReservedEvents events, JsonCodec codec, Connection client) {
		this.pubSub = events.pubSub();
		this.authorizer = events.authorizer();
		this.maxSubscriptions = events.maxSubscriptions();
		this.codec = codec;
		this.client = client;
	}

	void handle(Envelope envelope, Reply reply) {
		Command command = (Command) envelope.data().read(Command.class);
		if (command == null || command.channel() == null || command.channel().isEmpty()) {
			throw new InvalidMessageException("Bad Request", "The channel is missing");
		}
		String channel = command.channel();
		try {
			switch (envelope.event()) {
				case "iodine.subscribe" -> subscribe(channel, command, reply);
				case "iodine.unsubscribe" -> unsubscribe(channel, reply);
				case "iodine.publish" -> publish(channel, command, reply);
				case "iodine.presence" -> follow(channel, reply);
				case "iodine.presence.leave" -> leave(channel, reply);
				default -> throw new InvalidMessageException("Unknown event", null);
			}
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidMessageException("Bad Request", "The channel is not valid");
		}
	}

	/** The connection has ended. */
	void close() {
		this.subscriptions.values().forEach((subscription) -> end(subscription::close));
		this.presences.values().forEach((presence) -> end(presence::close));
	}

	private static void end(Runnable close) {
		SafeLog.guard(logger, "The end of a subscription", close);
	}

	private void subscribe(String channel, Command command, Reply reply) {
		requirePermission(this.authorizer.maySubscribe(this.client.principal(), channel));
		ChannelSubscription former = this.subscriptions.remove(channel);
		if (former != null) {
			former.close();
		}
		checkLimit();
		ChannelSubscription subscription = new ChannelSubscription(channel, this.client, this.pubSub, this.codec,
				reply);
		start(this.subscriptions, channel, subscription, () -> {
			if (command.since() != null) {
				subscription.resume(command.since(), true);
			}
			else {
				subscription.begin((command.last() != null) ? Math.max(0, command.last()) : 0);
			}
		}, subscription::close);
	}

	private void unsubscribe(String channel, Reply reply) {
		ChannelSubscription former = this.subscriptions.remove(channel);
		if (former != null) {
			former.close();
		}
		acknowledge(reply, null);
	}

	private void publish(String channel, Command command, Reply reply) {
		requirePermission(this.authorizer.mayPublish(this.client.principal(), channel));
		Message message = Message.text(this.codec.write(command.data()));
		if (command.event() != null) {
			message = message.event(command.event());
		}
		if (this.pubSub.keepsHistory(channel)) {
			this.pubSub.publishConfirmed(channel, message).whenComplete((position, failure) -> {
				if (failure != null) {
					reply.failure(UNAVAILABLE);
				}
				else {
					acknowledge(reply, Map.of("position", position));
				}
			});
		}
		else if (this.client.publish(channel, message)) {
			acknowledge(reply, Map.of());
		}
		else {
			reply.failure(UNAVAILABLE);
		}
	}

	private void follow(String channel, Reply reply) {
		requirePermission(this.authorizer.maySubscribe(this.client.principal(), channel));
		MemberSubscription former = this.presences.remove(channel);
		if (former != null) {
			former.close();
		}
		checkLimit();
		MemberSubscription followed = new MemberSubscription(channel, this.client, this.codec, reply);
		start(this.presences, channel, followed, () -> followed.begin(this.pubSub.presence(channel)), followed::close);
	}

	private void leave(String channel, Reply reply) {
		MemberSubscription former = this.presences.remove(channel);
		if (former != null) {
			former.close();
		}
		acknowledge(reply, null);
	}

	/** One that fails takes no room. */
	private static <S> void start(Map<String, S> all, String channel, S subscription, Runnable begin, Runnable close) {
		boolean begun = false;
		try {
			begin.run();
			all.put(channel, subscription);
			begun = true;
		}
		finally {
			if (!begun) {
				end(close);
			}
		}
	}

	private void checkLimit() {
		if (isFull()) {
			this.subscriptions.values().removeIf(ChannelSubscription::isClosed);
		}
		if (isFull()) {
			throw new InvalidMessageException(TOO_MANY);
		}
	}

	private boolean isFull() {
		return this.subscriptions.size() + this.presences.size() >= this.maxSubscriptions;
	}

	private static void requirePermission(boolean permitted) {
		if (!permitted) {
			throw new InvalidMessageException(ErrorReply.FORBIDDEN);
		}
	}

	/** These events are acknowledged only when an id asks for it. */
	static void acknowledge(Reply reply, @Nullable Object data) {
		if (reply.id() != null) {
			reply.success(data);
		}
	}

	/** The fields of a message of a channel. */
	static Map<String, @Nullable Object> fields(String channel, Message message, JsonCodec codec) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("channel", channel);
		message.id().ifPresent((position) -> fields.put("position", position));
		message.event().ifPresent((event) -> fields.put("event", event));
		fields.put("data", codec.embed(message.asBytes()));
		return Objects.requireNonNull(fields);
	}

	/**
	 * The data of a reserved event.
	 *
	 * @param channel the channel
	 * @param since the position of the message received last
	 * @param last how many earlier messages are wanted
	 * @param data what is published
	 * @param event the event name that it is published with
	 */
	record Command(@Nullable String channel, @Nullable String since, @Nullable Integer last, @Nullable Object data,
			@Nullable String event) {

	}

}
