package io.iodine.autoconfigure;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.iodine.connection.fanout.HistoryView;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.Position;
import org.jspecify.annotations.Nullable;

/**
 * The history of one channel, for the event streams that follow it.
 *
 * @param pubSub keeps it
 * @param channel the channel
 */
record ChannelHistoryView(ChannelPubSub pubSub, String channel) implements HistoryView {

	@Override
	public Owner ownerOf(String id) {
		Optional<Position> position = Position.parse(id).filter(Position::isNamed);
		if (position.isEmpty()) {
			return Owner.NONE;
		}
		return position.get().isOf(this.channel) ? Owner.THIS : Owner.OTHER;
	}

	@Override
	public CompletionStage<Events> since(@Nullable String id, int max) {
		Position since = (id != null) ? Position.parse(id).orElse(Position.NOWHERE) : Position.NOWHERE;
		return this.pubSub.missed(this.channel, since, max).thenApply(ChannelHistoryView::events);
	}

	@Override
	public CompletionStage<Events> last(int count) {
		return this.pubSub.newest(this.channel, count).thenApply(ChannelHistoryView::events);
	}

	private static Events events(HistoryPage page) {
		return new Events(page.complete(), page.messages(), Objects.requireNonNull(page.last()).toString());
	}

	@Override
	public String before(String id) {
		Position position = Position.parse(id).orElseThrow();
		return new Position(position.epoch(), position.offset() - 1).toString();
	}

	@Override
	public int distance(String previous, String newest) {
		long from = Position.parse(previous).map(Position::offset).orElse(0L);
		return (int) Math.min(Integer.MAX_VALUE, Position.parse(newest).map(Position::offset).orElse(from) - from);
	}

	@Override
	public boolean covers(String newest, String id) {
		Position known = Position.parse(newest).orElse(Position.NOWHERE);
		return Position.parse(id).filter((position) -> position.isIn(known)).isPresent();
	}

	@Override
	public boolean follows(String previous, String id) {
		Position next = Position.parse(id).orElse(Position.NOWHERE);
		return Position.parse(previous).filter((position) -> position.isBefore(next)).isPresent();
	}

}
