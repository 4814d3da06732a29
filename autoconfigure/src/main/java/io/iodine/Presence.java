package io.iodine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The members of a channel, in this process and in those that share its broker. A member
 * is a name that the application chooses, such as that of a user: it is there once,
 * however often and wherever it joined. Thread-safe, and no method blocks.
 * <p>
 * Members of a process that crashed are gone after
 * {@code iodine.pubsub.presence.time-to-live}.
 */
public interface Presence {

	/**
	 * The channel.
	 * @return its name
	 */
	String channel();

	/**
	 * Makes a member present. {@link Connection#join} does so for as long as a client is
	 * connected.
	 * @param member the member
	 * @return ends it; the member stays while it joined elsewhere too
	 * @throws IllegalArgumentException when the name is longer than that of a channel may
	 * be
	 * @throws IllegalStateException when {@code iodine.pubsub.presence.max-members}
	 * joined in this process, or the context is closed
	 */
	Subscription join(String member);

	/**
	 * Makes a member present, with data that all processes see. When it joined with other
	 * data before, the newest is seen.
	 * @param member the member
	 * @param data the data, written as JSON; at most
	 * {@code iodine.pubsub.presence.max-data-size}
	 * @return ends it; the member stays while it joined elsewhere too
	 * @throws IllegalArgumentException when the name is longer than that of a channel may
	 * be, or the data is too large
	 * @throws IllegalStateException when {@code iodine.pubsub.presence.max-members}
	 * joined in this process, the context is closed, or there is no Jackson
	 * @throws UnsupportedOperationException when this presence knows no data
	 */
	default Subscription join(String member, Object data) {
		throw new UnsupportedOperationException(getClass().getName() + " knows no data of members");
	}

	/**
	 * Asks who is there, with the data that members joined with.
	 * @return the members; fails when the broker can't be reached
	 * @throws UnsupportedOperationException when this presence knows no data
	 */
	default CompletionStage<List<PresenceMember>> membersWithData() {
		throw new UnsupportedOperationException(getClass().getName() + " knows no data of members");
	}

	/**
	 * Asks who is there.
	 * @return the members; fails when the broker can't be reached
	 */
	CompletionStage<Set<String>> members();

	/**
	 * Follows the members: first those already present, then each that joins or leaves. A
	 * member that rejoins within {@code iodine.pubsub.presence.damping}, as after a
	 * reload, has not left.
	 * @param listener called on callback threads, one member at a time
	 * @return the subscription
	 * @throws IllegalStateException when the context is closed
	 */
	Subscription listen(PresenceListener listener);

}
