package io.iodine.pubsub;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The place of a message in the history of its channel, written {@code epoch:offset}.
 * Offsets count without gaps within an epoch; another epoch is another history. An epoch
 * begins with a hash of its channel's name, so that who holds ids of several channels can
 * distinguish them.
 *
 * @param epoch names the history
 * @param offset counts its messages, from 1
 */
public record Position(String epoch, long offset) {

	/** In no history: reading from here answers the newest position and no messages. */
	public static final Position NOWHERE = new Position("", 999_999_999_999_999_999L);

	/**
	 * Names a history that begins.
	 * @param channel whose
	 * @return a name like no other
	 */
	public static String newEpoch(String channel) {
		return hash(channel) + "-" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
	}

	/**
	 * Reads a position.
	 * @param id an id, perhaps of a message
	 * @return the position; empty when the id is none
	 */
	public static Optional<Position> parse(String id) {
		int colon = id.lastIndexOf(':');
		if (colon < 1 || colon == id.length() - 1 || id.length() - colon > 19) {
			return Optional.empty();
		}
		for (int i = colon + 1; i < id.length(); i++) {
			if (id.charAt(i) < '0' || id.charAt(i) > '9') {
				return Optional.empty();
			}
		}
		return Optional.of(new Position(id.substring(0, colon), Long.parseLong(id.substring(colon + 1))));
	}

	/**
	 * Whether this is in a history of a channel.
	 * @param channel the channel
	 * @return false also when it is in none that was named by {@link #newEpoch}
	 */
	public boolean isOf(String channel) {
		return isNamed() && this.epoch.startsWith(hash(channel) + "-");
	}

	/**
	 * Whether the epoch says of which channel it is.
	 * @return whether {@link #newEpoch} may have named it
	 */
	public boolean isNamed() {
		int dash = this.epoch.indexOf('-');
		return dash > 0 && dash < this.epoch.length() - 1
				&& this.epoch.chars().allMatch((c) -> c == '-' || Character.digit(c, 36) >= 0);
	}

	/**
	 * Whether another position comes right after this one.
	 * @param next the other
	 * @return whether nothing lies between them
	 */
	public boolean isBefore(Position next) {
		return this.epoch.equals(next.epoch) && this.offset + 1 == next.offset;
	}

	/**
	 * Whether a message of this position was already received by a reader at another
	 * position.
	 * @param known the newest position known
	 * @return whether it is of the same history and not newer
	 */
	public boolean isIn(Position known) {
		return this.epoch.equals(known.epoch) && this.offset <= known.offset;
	}

	private static String hash(String channel) {
		return Integer.toHexString(channel.hashCode());
	}

	@Override
	public String toString() {
		return this.epoch + ":" + this.offset;
	}

}
