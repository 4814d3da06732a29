package io.iodine.handler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.Presence;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import io.iodine.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The members of a channel, as a client follows them: all of them in the acknowledgement,
 * then each change.
 */
final class MemberSubscription implements PresenceListener {

	/** Changes that wait for the acknowledgement at most. */
	private static final int MAX_HELD = 1024;

	private static final ErrorReply UNAVAILABLE = new ErrorReply(503, "Service Unavailable", null);

	private final String channel;

	private final Connection client;

	private final JsonCodec codec;

	private final Reply reply;

	/** What changed before the acknowledgement; null once it is written. */
	private @Nullable List<Message> held = new ArrayList<>();

	private @Nullable Subscription subscription;

	private boolean closed;

	MemberSubscription(String channel, Connection client, JsonCodec codec, Reply reply) {
		this.channel = channel;
		this.client = client;
		this.codec = codec;
		this.reply = reply;
	}

	void begin(Presence presence) {
		Subscription begun = presence.listen(this);
		boolean late;
		synchronized (this) {
			this.subscription = begun;
			late = this.closed;
		}
		if (late) {
			begun.close();
			return;
		}
		presence.membersWithData().whenComplete((members, error) -> {
			if (error != null) {
				close();
				this.reply.failure(UNAVAILABLE);
			}
			else {
				acknowledge(members);
			}
		});
	}

	@Override
	public void onPresence(String channel, String member, boolean present) {
		// onMember tells more
	}

	@Override
	public void onMember(String channel, PresenceMember member, boolean present) {
		if (!take(member, present)) {
			close();
			this.reply.failure(UNAVAILABLE);
		}
	}

	/** Answers false when too many changes wait for the acknowledgement. */
	private synchronized boolean take(PresenceMember member, boolean present) {
		if (this.closed) {
			return true;
		}
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("event", "iodine.presence");
		fields.put("channel", this.channel);
		fields.put("data", present ? Map.of("joined", fields(member)) : Map.of("left", Map.of("name", member.name())));
		Message change = Message.text(this.codec.write(fields));
		if (this.held == null) {
			this.client.write(change);
			return true;
		}
		return this.held.size() < MAX_HELD && this.held.add(change);
	}

	void close() {
		Subscription ended;
		synchronized (this) {
			this.closed = true;
			this.held = null;
			ended = this.subscription;
		}
		if (ended != null) {
			ended.close();
		}
	}

	private synchronized void acknowledge(List<PresenceMember> members) {
		List<Message> waiting = this.held;
		if (this.closed || waiting == null) {
			return;
		}
		ChannelEvents.acknowledge(this.reply, Map.of("members", members.stream().map(this::fields).toList()));
		this.held = null;
		waiting.forEach(this.client::write);
	}

	private Map<String, Object> fields(PresenceMember member) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("name", member.name());
		member.data().ifPresent((data) -> fields.put("data", this.codec.embed(data.asBytes())));
		return fields;
	}

}
