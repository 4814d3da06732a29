package io.iodine.pubsub;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PresenceListener;
import io.iodine.PresenceMember;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Polls the members of a channel while it has listeners, and reports what changed.
 * Belongs to the thread of all watches.
 */
final class PresenceWatch {

	private static final char JOINED = '+';

	private static final char LEFT = '-';

	private static final Log logger = LogFactory.getLog(PresenceWatch.class);

	private static final long LONGEST_INTERVAL = 5_000;

	private static final long SHORTEST_INTERVAL = 100;

	private final Presences presences;

	private final String channel;

	private final long damping;

	private final long interval;

	private final List<SerialListener> listeners = new ArrayList<>(1);

	/** Who is there, by name. */
	private final Map<String, Watched> members = new HashMap<>();

	private boolean looksLater;

	private boolean failed;

	/** Until then, who isn't seen may not yet have said again that it is there. */
	private long blindUntil;

	PresenceWatch(Presences presences, String channel) {
		this.presences = presences;
		this.channel = channel;
		this.damping = presences.settings().damping().toMillis();
		this.interval = Math.min(LONGEST_INTERVAL, Math.max(SHORTEST_INTERVAL, this.damping));
		this.blindUntil = now();
	}

	/** The subscription to messages about joins and leaves. */
	static MessageListener hearing(PresenceListener listener) {
		return (channel, message) -> {
			String text = message.asText();
			listener.onMember(channel, MemberText.read(text.substring(1)), text.charAt(0) == JOINED);
		};
	}

	/** Adds a listener, which first receives the members already present. */
	void add(SerialListener listener) {
		this.members.values().forEach((watched) -> report(listener, JOINED, watched.member));
		this.listeners.add(listener);
		look();
	}

	/**
	 * Removes a listener.
	 * @return whether no listener is left
	 */
	boolean remove(SerialListener listener) {
		this.listeners.remove(listener);
		return this.listeners.isEmpty();
	}

	/** Looks now, and later again. */
	void look() {
		if (this.listeners.isEmpty()) {
			return;
		}
		if (!this.looksLater) {
			this.looksLater = true;
			this.presences.onThreadAfter(this.interval, () -> {
				this.looksLater = false;
				look();
			});
		}
		this.presences.members(this.channel)
			.whenComplete((seen, failure) -> this.presences.onThread(() -> looked(seen, failure)));
	}

	private void looked(List<PresenceMember> seen, @Nullable Throwable failure) {
		if (failure != null) {
			if (!this.failed && !BrokerAwayException.isCauseOf(failure)) {
				logger.warn("The members of channel '" + this.channel + "' can't be read: " + failure.getMessage());
			}
			this.failed = true;
			return;
		}
		if (this.failed) {
			this.failed = false;
			this.blindUntil = now() + this.presences.settings().timeToLive().toMillis();
		}
		Set<String> names = new HashSet<>();
		for (PresenceMember member : seen) {
			names.add(member.name());
			Watched former = this.members.put(member.name(), new Watched(member));
			if (former == null || !former.member.equals(member)) {
				this.listeners.forEach((listener) -> report(listener, JOINED, member));
			}
		}
		for (Watched watched : List.copyOf(this.members.values())) {
			if (!names.contains(watched.member.name())) {
				unseen(watched);
			}
		}
	}

	private void unseen(Watched watched) {
		if (watched.unseenSince == null) {
			watched.unseenSince = Math.max(now(), this.blindUntil);
		}
		if (now() - watched.unseenSince >= this.damping) {
			this.members.remove(watched.member.name());
			this.listeners.forEach((listener) -> report(listener, LEFT, watched.member));
		}
	}

	private void report(SerialListener listener, char what, PresenceMember member) {
		listener.receive(this.channel, Message.text(what + MemberText.write(member)));
	}

	private static long now() {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
	}

	/** A member that was seen. */
	private static final class Watched {

		private final PresenceMember member;

		/** Since when it isn't; null while it is. */
		private @Nullable Long unseenSince;

		Watched(PresenceMember member) {
			this.member = member;
		}

	}

}
