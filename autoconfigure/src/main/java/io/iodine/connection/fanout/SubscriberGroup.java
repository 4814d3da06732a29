package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.Utf8Validator;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of a channel to which the same bytes go, or those that listen, or those to
 * each of which bytes of its own go. The messages of a burst are encoded once into one
 * buffer, and each subscriber writes a duplicate of it. Belongs to the event loop.
 */
final class SubscriberGroup {

	/** So much is joined before it is written. */
	private static final int BURST_BYTES = 64 * 1024;

	private final @Nullable Framing framing;

	private final @Nullable As kind;

	/**
	 * Says of which channels the ids are not those of an event stream; null where ids
	 * don't matter.
	 */
	private final @Nullable Predicate<String> foreignIds;

	private final List<ConnectionSubscription> members = new ArrayList<>();

	private SubscriberGroup(@Nullable Framing framing, @Nullable As kind, Predicate<String> foreignIds) {
		this.framing = framing;
		this.kind = kind;
		this.foreignIds = (framing != null && framing.hasEventIds()) ? foreignIds : null;
	}

	static SubscriberGroup forSubscriber(ConnectionSubscription subscriber, Predicate<String> foreignIds) {
		return new SubscriberGroup(framingOf(subscriber), subscriber.kind(), foreignIds);
	}

	boolean suits(ConnectionSubscription subscriber) {
		Framing other = framingOf(subscriber);
		return this.kind == subscriber.kind() && (this.framing == other || (isOwn(this.framing) && isOwn(other)));
	}

	/** What messages to those here are prepared by before they come, if they are. */
	@Nullable Framing preparing() {
		return (this.framing != null && this.framing.isPrepared() && !this.members.isEmpty()) ? this.framing : null;
	}

	void add(ConnectionSubscription subscriber) {
		subscriber.index = this.members.size();
		this.members.add(subscriber);
	}

	/**
	 * Removes a subscriber; the last takes its place.
	 * @return whether it was here
	 */
	boolean remove(ConnectionSubscription subscriber) {
		int index = subscriber.index;
		if (index < 0) {
			return false;
		}
		subscriber.index = -1;
		ConnectionSubscription last = this.members.remove(this.members.size() - 1);
		if (last != subscriber) {
			last.index = index;
			this.members.set(index, last);
		}
		return true;
	}

	/**
	 * Delivers a burst.
	 * @param channels where each message was published to
	 * @param messages the messages
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * turn
	 */
	void deliver(List<String> channels, List<Message> messages, boolean flush) {
		if (this.members.isEmpty()) {
			return;
		}
		if (this.framing == null) {
			tell(channels, messages);
		}
		else {
			write(this.framing, channels, messages, flush);
		}
	}

	private void tell(List<String> channels, List<Message> messages) {
		for (ConnectionSubscription member : this.members) {
			for (int i = 0; i < messages.size(); i++) {
				member.tell(channels.get(i), messages.get(i));
			}
		}
	}

	private void write(Framing framing, List<String> channels, List<Message> messages, boolean flush) {
		List<String> names = new ArrayList<>(messages.size());
		List<Message> burst = new ArrayList<>(messages.size());
		int bytes = 0;
		for (int i = 0; i < messages.size(); i++) {
			Message message = messages.get(i);
			if (!carries(framing, message)) {
				continue;
			}
			names.add(channels.get(i));
			burst.add(withOwnId(channels.get(i), convert(message)));
			bytes += message.size();
			if (bytes >= BURST_BYTES) {
				writeBurst(framing, names, burst, bytes, flush);
				names.clear();
				burst.clear();
				bytes = 0;
			}
		}
		if (!burst.isEmpty()) {
			writeBurst(framing, names, burst, bytes, flush);
		}
	}

	private void writeBurst(Framing framing, List<String> names, List<Message> burst, int bytes, boolean flush) {
		if (!framing.isShared()) {
			writeToEach(names, burst);
			return;
		}
		ByteBuf joined = framing.begin(this.members.get(0).recipient().allocator(), bytes + 16 * burst.size());
		try {
			for (Message message : burst) {
				framing.append(joined, message);
			}
			framing.end(joined);
			for (ConnectionSubscription member : this.members) {
				if (member.isHearing()) {
					member.recipient().write(joined, names, burst, bytes, flush);
				}
			}
		}
		finally {
			joined.release();
		}
	}

	private void writeToEach(List<String> names, List<Message> burst) {
		for (ConnectionSubscription member : this.members) {
			if (member.isHearing()) {
				member.recipient().write(names, burst);
			}
		}
	}

	private boolean carries(Framing framing, Message message) {
		if (this.kind == As.TEXT && !message.isText()) {
			return Utf8Validator.isValid(message.asBytes());
		}
		return framing.carries(message);
	}

	private Message convert(Message message) {
		if (this.kind == null || message.isText() == (this.kind == As.TEXT)) {
			return message;
		}
		return (this.kind == As.TEXT) ? Message.text(message.asBytes()) : Message.binary(message.asBytes());
	}

	/** Those whose framing is theirs alone have a lane in common. */
	private static boolean isOwn(@Nullable Framing framing) {
		return framing != null && !framing.isShared();
	}

	private Message withOwnId(String channel, Message message) {
		boolean foreign = this.foreignIds != null && message.id().isPresent() && this.foreignIds.test(channel);
		return foreign ? EventIds.withoutId(message) : message;
	}

	private static @Nullable Framing framingOf(ConnectionSubscription subscriber) {
		return (subscriber.listener() == null) ? subscriber.recipient().framing() : null;
	}

}
