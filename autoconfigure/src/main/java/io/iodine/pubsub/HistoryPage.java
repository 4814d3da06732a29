package io.iodine.pubsub;

import java.util.List;

import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * A page of a channel's history after a position.
 *
 * @param complete whether nothing is missing between the position and now
 * @param messages the messages in order, each with its position as its id, or the oldest
 * of them when fewer were wanted; empty when not complete
 * @param last the newest position; null when there never was a message
 */
public record HistoryPage(boolean complete, List<Message> messages, @Nullable Position last) {

	/** Nothing is known. */
	public static final HistoryPage UNKNOWN = new HistoryPage(false, List.of(), null);

}
