package io.iodine.connection.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.iodine.As;
import io.iodine.Message;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.frame.Framing;
import io.iodine.connection.frame.Utf8Validator;
import io.netty.buffer.ByteBuf;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of a channel that get the same bytes, or that listen, or that each get
 * bytes of their own. The messages of a burst are encoded once into one buffer, and each
 * subscriber writes a duplicate of it. Belongs to the event loop.
 */
final class SubscriberGroup {

	private static final Log logger = LogFactory.getLog(SubscriberGroup.class);

	private static final long MAX_SIZE_HINT = 64L * 1024 * 1024;

	/** Maximum size of a burst in bytes. */
	private static final int BURST_BYTES = 64 * 1024;

	private final @Nullable Framing framing;

	private final @Nullable As kind;

	/**
	 * Whether a channel has a history of its own, whose ids must not reach an event
	 * stream; null where ids are not written.
	 */
	private final @Nullable Predicate<String> foreignIds;

	/** Gets the channel of a message that can't be encoded. */
	private final Consumer<String> dropped;

	/** A subscribed member stores its index in this list. */
	private final List<ConnectionSubscription> members = new ArrayList<>();

	/** Number of members that were removed during a delivery and keep their index. */
	private int removed;

	private SubscriberGroup(@Nullable Framing framing, @Nullable As kind, @Nullable Predicate<String> foreignIds,
			Consumer<String> dropped) {
		this.dropped = dropped;
		this.framing = framing;
		this.kind = kind;
		this.foreignIds = (framing != null && framing.hasEventIds()) ? foreignIds : null;
	}

	static SubscriberGroup forSubscriber(ConnectionSubscription subscriber, @Nullable Predicate<String> foreignIds,
			Consumer<String> dropped) {
		return new SubscriberGroup(framingOf(subscriber), subscriber.kind(), foreignIds, dropped);
	}

	boolean suits(ConnectionSubscription subscriber) {
		Framing other = framingOf(subscriber);
		return this.kind == subscriber.kind() && (this.framing == other || (isOwn(this.framing) && isOwn(other)));
	}

	/** Framing that prepares messages before delivery; null for none. */
	@Nullable Framing preparing() {
		return (this.framing != null && this.framing.isPrepared() && !isEmpty()) ? this.framing : null;
	}

	void add(ConnectionSubscription subscriber) {
		subscriber.index = this.members.size();
		this.members.add(subscriber);
	}

	/**
	 * Removes a subscriber.
	 * @param subscriber the subscriber
	 * @param delivering whether a delivery is in progress: the other members keep their
	 * indexes until the group is {@linkplain #compact compacted}; otherwise the last
	 * member takes the index of the removed one
	 * @return whether it was a member
	 */
	boolean remove(ConnectionSubscription subscriber, boolean delivering) {
		int index = subscriber.index;
		if (index < 0) {
			return false;
		}
		subscriber.index = -1;
		if (delivering) {
			this.removed++;
			return true;
		}
		ConnectionSubscription last = this.members.remove(this.members.size() - 1);
		if (last != subscriber) {
			last.index = index;
			this.members.set(index, last);
		}
		return true;
	}

	/** Closes the gaps of removed members. No delivery may be in progress. */
	void compact() {
		if (this.removed == 0) {
			return;
		}
		int size = 0;
		for (int i = 0; i < this.members.size(); i++) {
			ConnectionSubscription member = this.members.get(i);
			if (member.index == i) {
				member.index = size;
				this.members.set(size++, member);
			}
		}
		this.members.subList(size, this.members.size()).clear();
		this.removed = 0;
	}

	private boolean isEmpty() {
		return this.members.size() == this.removed;
	}

	/**
	 * Begins the delivery of messages.
	 * @param channels the channel of each message, unchanged until they are delivered
	 * @param messages the messages, likewise
	 * @param except does not receive them; null when all do
	 * @param bursts gets the bursts, to be run in this order
	 */
	void begin(List<String> channels, List<Message> messages, @Nullable Recipient except,
			Consumer<GroupDelivery> bursts) {
		if (isEmpty()) {
			return;
		}
		if (this.framing == null) {
			bursts.accept(new GroupDelivery(this.members, except, () -> (member, flush) -> {
				for (int i = 0; i < messages.size(); i++) {
					member.notifyListener(channels.get(i), messages.get(i));
				}
			}));
			return;
		}
		Burst whole = whole(this.framing, channels, messages);
		if (whole != null) {
			bursts.accept(delivery(this.framing, whole, except));
			return;
		}
		Burst burst = new Burst(messages.size());
		for (int i = 0; i < messages.size(); i++) {
			add(this.framing, channels.get(i), messages.get(i), burst);
			if (burst.bytes >= BURST_BYTES) {
				bursts.accept(delivery(this.framing, burst, except));
				burst = new Burst(messages.size() - i);
			}
		}
		if (!burst.messages.isEmpty()) {
			bursts.accept(delivery(this.framing, burst, except));
		}
	}

	private GroupDelivery delivery(Framing framing, Burst burst, @Nullable Recipient except) {
		return new GroupDelivery(this.members, except, () -> framing.isShared() ? shared(framing, burst)
				: (member, flush) -> member.recipient().write(burst.channels, burst.messages));
	}

	private GroupDelivery.@Nullable Content shared(Framing framing, Burst burst) {
		ByteBuf frames = encode(framing, burst);
		return (frames != null) ? new SharedFrames(frames, burst) : null;
	}

	/**
	 * Makes one burst of all messages, which most are, without a copy of the lists.
	 * @return null when a message is left out or changed, or they are too many bytes
	 */
	private @Nullable Burst whole(Framing framing, List<String> channels, List<Message> messages) {
		long bytes = 0;
		for (Message message : messages) {
			bytes += message.size();
			if (bytes >= BURST_BYTES || !isOfKind(message) || mayHaveForeignId(message)
					|| !isCarried(framing, message)) {
				return null;
			}
		}
		return new Burst(channels, messages, bytes);
	}

	private boolean isCarried(Framing framing, Message message) {
		try {
			return carries(framing, message);
		}
		catch (Throwable ex) {
			// fails again when messages are added one by one, and drops that one
			return false;
		}
	}

	private void add(Framing framing, String channel, Message message, Burst burst) {
		try {
			if (carries(framing, message)) {
				burst.add(channel, withOwnId(channel, convert(message)));
			}
		}
		catch (Throwable ex) {
			drop(channel, ex);
		}
	}

	/**
	 * Encodes a burst, without the messages that can't be encoded.
	 * @return the frames; null when there are none
	 */
	private @Nullable ByteBuf encode(Framing framing, Burst burst) {
		ByteBuf frames = null;
		try {
			frames = framing.begin(this.members.get(0).recipient().allocator(), burst.sizeHint());
			burst.encode(framing, frames);
			framing.end(frames);
			return frames;
		}
		catch (Throwable ex) {
			if (frames != null) {
				frames.release();
			}
			drop(burst.dropFailed(), ex);
			return burst.messages.isEmpty() ? null : encode(framing, burst);
		}
	}

	private void drop(String channel, Throwable failure) {
		SafeLog.error(logger, () -> "A message to '" + channel + "' can't be encoded and is dropped", failure);
		this.dropped.accept(channel);
	}

	private boolean carries(Framing framing, Message message) {
		if (this.kind == As.TEXT && !message.isText()) {
			return Utf8Validator.isValid(message.asBytes());
		}
		return framing.carries(message);
	}

	private Message convert(Message message) {
		if (isOfKind(message)) {
			return message;
		}
		return (this.kind == As.TEXT) ? Message.text(message.asBytes()) : Message.binary(message.asBytes());
	}

	private boolean isOfKind(Message message) {
		return this.kind == null || message.isText() == (this.kind == As.TEXT);
	}

	/** Whether a connection has a framing of its own; all of these share a group. */
	private static boolean isOwn(@Nullable Framing framing) {
		return framing != null && !framing.isShared();
	}

	private Message withOwnId(String channel, Message message) {
		boolean foreign = this.foreignIds != null && mayHaveForeignId(message) && this.foreignIds.test(channel);
		return foreign ? EventIds.withoutId(message) : message;
	}

	private boolean mayHaveForeignId(Message message) {
		return this.foreignIds != null && message.id().isPresent();
	}

	private static @Nullable Framing framingOf(ConnectionSubscription subscriber) {
		return (subscriber.listener() == null) ? subscriber.recipient().framing() : null;
	}

	/**
	 * Frames that all members write.
	 *
	 * @param frames the frames, owned by this
	 * @param burst their messages
	 */
	private record SharedFrames(ByteBuf frames, Burst burst) implements GroupDelivery.Content {

		@Override
		public void write(ConnectionSubscription member, boolean flush) {
			member.frames().write(this.frames, this.burst.channels, this.burst.messages, (int) this.burst.bytes, flush);
		}

		@Override
		public void release() {
			this.frames.release();
		}

	}

	/** Messages whose frames are joined. */
	private static final class Burst {

		private static final int FRAME_OVERHEAD = 16;

		private List<String> channels;

		private List<Message> messages;

		private long bytes;

		/** The message being encoded. */
		private int next;

		Burst(int size) {
			this.channels = new ArrayList<>(size);
			this.messages = new ArrayList<>(size);
		}

		/**
		 * A burst of all messages.
		 * @param channels not changed here
		 * @param messages not changed here
		 * @param bytes bytes of their content
		 */
		Burst(List<String> channels, List<Message> messages, long bytes) {
			this.channels = channels;
			this.messages = messages;
			this.bytes = bytes;
		}

		void add(String channel, Message message) {
			this.channels.add(channel);
			this.messages.add(message);
			this.bytes += message.size();
		}

		int sizeHint() {
			return (int) Math.min(MAX_SIZE_HINT, this.bytes + (long) FRAME_OVERHEAD * this.messages.size());
		}

		void encode(Framing framing, ByteBuf frames) {
			for (this.next = 0; this.next < this.messages.size(); this.next++) {
				framing.append(frames, this.messages.get(this.next));
			}
		}

		/**
		 * Removes the message that could not be encoded.
		 * @return its channel
		 */
		String dropFailed() {
			this.channels = new ArrayList<>(this.channels);
			this.messages = new ArrayList<>(this.messages);
			int failed = Math.min(this.next, this.messages.size() - 1);
			this.bytes -= this.messages.remove(failed).size();
			return this.channels.remove(failed);
		}

	}

}
