package io.iodine.connection.fanout;

import java.util.List;
import java.util.function.Supplier;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One burst on its way to the members of a group, which may pause between two members so
 * that the event loop serves other connections. Members that are added meanwhile do not
 * get it. Belongs to the event loop.
 */
final class GroupDelivery {

	private static final Log logger = LogFactory.getLog(GroupDelivery.class);

	/** Number of members between two checks of the time. */
	private static final int MEMBERS_PER_LOOK = 32;

	private final List<ConnectionSubscription> members;

	/** Number of members when it began. */
	private final int end;

	private final @Nullable Recipient except;

	private final Supplier<GroupDelivery.@Nullable Content> maker;

	/** Null until it is made, and when there is nothing to write. */
	private @Nullable Content content;

	private boolean made;

	private int next;

	/**
	 * Creates a delivery.
	 * @param members the members of the group, to which others may be added; each has its
	 * index in them, and one that has left has another
	 * @param except does not receive it; null when all do
	 * @param maker makes what is written to each, or null for nothing
	 */
	GroupDelivery(List<ConnectionSubscription> members, @Nullable Recipient except,
			Supplier<GroupDelivery.@Nullable Content> maker) {
		this.members = members;
		this.end = members.size();
		this.except = except;
		this.maker = maker;
	}

	/**
	 * Delivers, or continues to.
	 * @param flush whether to flush each subscriber at once, instead of at the end of the
	 * run
	 * @param loop is asked whether the time is up; null to deliver to all
	 * @return whether it is done; if not, this must be called again
	 */
	boolean run(boolean flush, @Nullable FanoutEventLoop loop) {
		Content each = content();
		if (each == null) {
			return true;
		}
		while (this.next < this.end) {
			int index = this.next++;
			ConnectionSubscription member = this.members.get(index);
			if (member.index == index) {
				write(each, member, flush);
			}
			if (loop != null && this.next % MEMBERS_PER_LOOK == 0 && this.next < this.end && loop.isTimeUp()) {
				return false;
			}
		}
		each.release();
		return true;
	}

	/**
	 * Delivers to one subscriber, if it is a member that is to get the burst and hasn't
	 * got it.
	 * @param member the subscriber, which must be removed from its group afterwards
	 */
	void deliverTo(ConnectionSubscription member) {
		int index = member.index;
		if (index < this.next || index >= this.end || this.members.get(index) != member) {
			return;
		}
		Content each = content();
		if (each != null) {
			write(each, member, false);
		}
	}

	private @Nullable Content content() {
		if (!this.made) {
			this.made = true;
			this.content = this.maker.get();
		}
		return this.content;
	}

	/** Contains failures: a failed write ends the connection of that subscriber only. */
	private void write(Content each, ConnectionSubscription member, boolean flush) {
		if (!member.isEnded() && member.recipient() != this.except) {
			try {
				each.write(member, flush);
			}
			catch (Throwable ex) {
				SafeLog.guard(logger, "The end of a subscriber", () -> member.recipient().failed(ex));
			}
		}
	}

	/** What is written to each member. */
	@FunctionalInterface
	interface Content {

		/**
		 * Writes it to a member.
		 * @param member the member
		 * @param flush whether to flush at once
		 */
		void write(ConnectionSubscription member, boolean flush);

		/** Is called once, when all members have it. */
		default void release() {
		}

	}

}
