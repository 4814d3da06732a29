package io.iodine.pubsub;

import java.util.Optional;

/**
 * The place of a message in the history of its channel, written {@code epoch:offset}.
 * Offsets count without gaps within an epoch; another epoch is another history.
 *
 * @param epoch names the history
 * @param offset counts its messages, from 1
 */
public record Position(String epoch, long offset) {

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
	 * Whether a message of this position was already heard by who knows another.
	 * @param known the newest position known
	 * @return whether it is of the same history and not newer
	 */
	boolean isIn(Position known) {
		return this.epoch.equals(known.epoch) && this.offset <= known.offset;
	}

	@Override
	public String toString() {
		return this.epoch + ":" + this.offset;
	}

}
