package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.iodine.Message;
import io.iodine.process.Relay;
import io.iodine.process.RelayPeer;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.MemoryHistory;
import io.iodine.pubsub.Position;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The master's part of pub/sub: hands messages to the workers that have subscribers, and
 * keeps history and presence for all. Owned by the event loop of the master.
 */
public final class ClusterRelay implements Relay, AutoCloseable {

	private final HistorySettings settings;

	private MemoryHistory history;

	/** What the newest worker that serves said of channels with history. */
	private List<KeptChannels> kept = List.of();

	/** What workers said that don't serve yet. */
	private final Map<RelayPeer, List<KeptChannels>> announced = new HashMap<>();

	private final InterestTable table = new InterestTable();

	/**
	 * A relay without workers.
	 * @param settings how much history is kept; workers say of which channels
	 */
	public ClusterRelay(HistorySettings settings) {
		this.settings = settings;
		this.history = new MemoryHistory(settings, System::nanoTime);
	}

	@Override
	public void joined(RelayPeer worker) {
		this.table.joined(worker);
	}

	@Override
	public void ready(RelayPeer worker) {
		List<KeptChannels> wanted = this.announced.remove(worker);
		if (wanted != null) {
			keepHistories(wanted);
		}
	}

	@Override
	public void left(RelayPeer worker) {
		this.announced.remove(worker);
		this.table.left(worker);
	}

	/** Whether nothing is remembered of subscriptions and members. */
	boolean isEmpty() {
		return this.table.isEmpty();
	}

	@Override
	public void received(RelayPeer worker, ByteBuf body) {
		int start = body.readerIndex();
		RelayOperation operation = RelayOperation.of(body.readByte());
		switch (operation) {
			case SUBSCRIBE -> this.table.subscribe(worker, RelayCodec.readText(body), body.readBoolean());
			case UNSUBSCRIBE -> this.table.unsubscribe(worker, RelayCodec.readText(body), body.readBoolean());
			case PUBLISH -> publish(worker, body, start);
			case JOIN -> join(worker, body);
			case LEAVE -> this.table.leave(worker, RelayCodec.readText(body), RelayCodec.readText(body));
			case HISTORY_SETTINGS -> announce(worker, body);
			case PUBLISH_CONFIRMED -> publishConfirmed(worker, body);
			case READ_HISTORY -> readHistory(worker, body);
			case READ_LAST -> readLast(worker, body.readInt(), body.readInt(), RelayCodec.readText(body));
			case READ_MEMBERS -> readMembers(worker, body.readInt(), RelayCodec.readText(body));
			default -> throw new IllegalStateException("a worker must not send " + operation);
		}
	}

	private void publish(RelayPeer publisher, ByteBuf body, int start) {
		PublishScope scope = PublishScope.of(body.readByte());
		String channel = RelayCodec.readText(body);
		if (scope == PublishScope.CLUSTER && this.history.keeps(channel)) {
			this.history.append(channel, RelayCodec.readMessage(body), null, (placed) -> deliver(channel, placed));
			return;
		}
		body.readerIndex(start);
		Set<RelayPeer> subscribers = this.table.subscribers(channel);
		if (scope == PublishScope.LEADER) {
			leader().filter(subscribers::contains).ifPresent((worker) -> worker.forward(body));
			return;
		}
		for (RelayPeer worker : subscribers) {
			if (scope == PublishScope.CLUSTER || worker != publisher) {
				worker.forward(body);
			}
		}
	}

	/**
	 * The program of a new generation may keep other histories, but while it starts those
	 * that serve need theirs, and it may fail.
	 */
	private void announce(RelayPeer worker, ByteBuf body) {
		List<KeptChannels> wanted = new ArrayList<>();
		while (body.isReadable()) {
			wanted.add(new KeptChannels(RelayCodec.readText(body), body.readInt(), Duration.ofMillis(body.readLong())));
		}
		if (this.kept.isEmpty() || worker.isReady()) {
			keepHistories(wanted);
		}
		else {
			this.announced.put(worker, wanted);
		}
	}

	/** Ends the histories so far, when others are wanted. */
	private void keepHistories(List<KeptChannels> wanted) {
		if (!wanted.equals(this.kept)) {
			this.kept = List.copyOf(wanted);
			this.history.close();
			this.history = new MemoryHistory(
					this.settings.customized(List.of((histories) -> wanted
						.forEach((channels) -> histories.keep(channels.pattern, channels.size, channels.timeToLive)))),
					System::nanoTime);
		}
	}

	private void publishConfirmed(RelayPeer worker, ByteBuf body) {
		int request = body.readInt();
		String key = body.readBoolean() ? RelayCodec.readText(body) : null;
		String channel = RelayCodec.readText(body);
		String position = this.history.append(channel, RelayCodec.readMessage(body), key,
				(placed) -> deliver(channel, placed));
		worker.send(RelayCodec
			.writeText(RelayCodec.frame(RelayOperation.CONFIRMED).writeInt(request).writeBoolean(false), position));
	}

	private void deliver(String channel, Message message) {
		Set<RelayPeer> subscribers = this.table.subscribers(channel);
		if (subscribers.isEmpty()) {
			return;
		}
		ByteBuf frame = RelayCodec.frame(RelayOperation.PUBLISH, channel.length() + message.size());
		try {
			RelayCodec.writePublication(frame, PublishScope.CLUSTER, channel, message);
			subscribers.forEach((worker) -> worker.send(frame.retainedDuplicate()));
		}
		finally {
			frame.release();
		}
	}

	private Optional<RelayPeer> leader() {
		return this.table.workers().stream().filter(RelayPeer::isReady).min(Comparator.comparingInt(RelayPeer::number));
	}

	private void join(RelayPeer worker, ByteBuf body) {
		String channel = RelayCodec.readText(body);
		while (body.isReadable()) {
			this.table.join(worker, channel, RelayCodec.readText(body));
		}
	}

	private void readMembers(RelayPeer worker, int request, String channel) {
		worker.answer(new AnswerParts<>(RelayOperation.MEMBERS, request, (frame) -> {
		}, List.copyOf(this.table.members(channel)).iterator(), RelayCodec::writeText));
	}

	private void readHistory(RelayPeer worker, ByteBuf body) {
		int request = body.readInt();
		int max = body.readInt();
		String channel = RelayCodec.readText(body);
		Position since = new Position(RelayCodec.readText(body), body.readLong());
		HistoryPage page = this.history.since(channel, since, max).toCompletableFuture().join();
		answerHistory(worker, request, page.complete(), page.messages(), page.last());
	}

	private void readLast(RelayPeer worker, int request, int max, String channel) {
		answerHistory(worker, request, true, this.history.last(channel, max).toCompletableFuture().join(), null);
	}

	private static void answerHistory(RelayPeer worker, int request, boolean complete, List<Message> messages,
			@Nullable Position last) {
		worker.answer(new AnswerParts<>(RelayOperation.HISTORY, request,
				(frame) -> RelayCodec.writeText(frame.writeBoolean(complete), (last != null) ? last.toString() : ""),
				List.copyOf(messages).iterator(), RelayCodec::writeMessageOfMany));
	}

	/** Ends the history and its timer. */
	@Override
	public void close() {
		this.history.close();
	}

	/**
	 * Channels with history, as a worker describes them.
	 *
	 * @param pattern their pattern
	 * @param size how many messages of a channel are kept
	 * @param timeToLive how long a message is kept
	 */
	private record KeptChannels(String pattern, int size, Duration timeToLive) {
	}

}
