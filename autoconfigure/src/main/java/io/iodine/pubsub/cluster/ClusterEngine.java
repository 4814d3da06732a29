package io.iodine.pubsub.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.iodine.ClusterEngines;
import io.iodine.HistoryCustomizer;
import io.iodine.Message;
import io.iodine.PresenceMember;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.process.RelayLink;
import io.iodine.pubsub.ChannelHistory;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.ConfirmingEngine;
import io.iodine.pubsub.DeliveryScope;
import io.iodine.pubsub.HistoryPage;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.MemberText;
import io.iodine.pubsub.Position;
import io.iodine.pubsub.PresenceStore;
import io.iodine.pubsub.PubSubObserver;
import io.netty.buffer.ByteBuf;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a worker process: delivers here at once, and through the master to the
 * other workers. A channel with history goes through the master for all, which gives
 * messages their positions.
 */
public final class ClusterEngine implements ConfirmingEngine, ClusterEngines, ChannelHistory, PresenceStore {

	private static final Log logger = LogFactory.getLog(ClusterEngine.class);

	private static final ThrottledLog losses = new ThrottledLog(logger);

	private static final int CHUNK = 64 * 1024;

	/** How many histories, and lists of members, are read at a time. */
	private static final int LARGE_AT_ONCE = 4;

	private final RelayLink link;

	private final HistorySettings history;

	private final PubSub pubSub;

	private final PubSubObserver observer;

	private final PubSubEngine siblings = new ScopedEngine(PublishScope.SIBLINGS);

	private final PubSubEngine leader = new ScopedEngine(PublishScope.LEADER);

	private final PendingAnswers<HistoryParts> histories;

	private final PendingAnswers<List<PresenceMember>> memberLists;

	private final PendingAnswers<List<String>> confirmations;

	/**
	 * An engine over the control channel.
	 * @param link the way to the master
	 * @param history which channels have a history
	 * @param pubSub where messages are delivered
	 * @param observer is told what happens
	 */
	public ClusterEngine(RelayLink link, HistorySettings history, PubSub pubSub, PubSubObserver observer) {
		this.link = link;
		this.history = history;
		this.pubSub = pubSub;
		this.observer = observer;
		this.histories = new PendingAnswers<>(link, LARGE_AT_ONCE, PendingAnswers.TIMEOUT, HistoryParts::new,
				HistoryParts::add);
		this.memberLists = new PendingAnswers<>(link, LARGE_AT_ONCE, PendingAnswers.TIMEOUT, ArrayList::new,
				ClusterEngine::addMembers);
		this.confirmations = new PendingAnswers<>(link, PendingAnswers.MOST, PendingAnswers.TIMEOUT, ArrayList::new,
				(positions, frame) -> positions.add(RelayCodec.readText(frame)));
	}

	/**
	 * Takes what the master sends, and tells it which channels have a history. Called
	 * once, before anything is published.
	 */
	public void start() {
		this.link.onFrame(this::received);
		ByteBuf frame = RelayCodec.frame(RelayOperation.HISTORY_SETTINGS);
		this.history.describe(new Description(frame));
		tell(frame);
	}

	@Override
	public boolean subscribe(String channel, boolean pattern) {
		return this.link.send(subscription(RelayOperation.SUBSCRIBE, channel, pattern));
	}

	@Override
	public boolean unsubscribe(String channel, boolean pattern) {
		return this.link.send(subscription(RelayOperation.UNSUBSCRIBE, channel, pattern));
	}

	private static ByteBuf subscription(RelayOperation operation, String channel, boolean pattern) {
		return RelayCodec.writeText(RelayCodec.frame(operation), channel).writeBoolean(pattern);
	}

	@Override
	public boolean publish(String channel, Message message) {
		if (this.history.keeps(channel)) {
			return send(PublishScope.CLUSTER, channel, message);
		}
		if (!send(PublishScope.SIBLINGS, channel, message)) {
			return false;
		}
		deliver(channel, message);
		return true;
	}

	private boolean send(PublishScope scope, String channel, Message message) {
		int size = channel.length() + message.size();
		if (this.link.send(size, (frame) -> RelayCodec.writePublication(RelayCodec.begin(frame, RelayOperation.PUBLISH),
				scope, channel, message))) {
			return true;
		}
		losses.warn((count) -> count + " dropped: message of channel '" + channel
				+ "': it is larger than iodine.cluster.max-message-size, "
				+ "or iodine.cluster.max-relay-pending waits for the master");
		this.observer.engineMessageLost(this);
		return false;
	}

	@Override
	public PubSubEngine process() {
		return this.pubSub.localEngine();
	}

	@Override
	public PubSubEngine siblings() {
		return this.siblings;
	}

	@Override
	public PubSubEngine cluster() {
		return this;
	}

	@Override
	public PubSubEngine leader() {
		return this.leader;
	}

	@Override
	public CompletionStage<HistoryPage> since(String channel, Position since, int max) {
		return this.histories.ask((request) -> {
			ByteBuf frame = RelayCodec.frame(RelayOperation.READ_HISTORY).writeInt(request).writeInt(max);
			RelayCodec.writeText(frame, channel);
			return RelayCodec.writeText(frame, since.epoch()).writeLong(since.offset());
		}).thenApply(HistoryParts::page);
	}

	@Override
	public CompletionStage<List<Message>> last(String channel, int max) {
		return this.histories
			.ask((request) -> RelayCodec
				.writeText(RelayCodec.frame(RelayOperation.READ_LAST).writeInt(request).writeInt(max), channel))
			.thenApply((parts) -> parts.page().messages());
	}

	@Override
	public CompletionStage<String> publishConfirmed(String channel, Message message, @Nullable String idempotencyKey) {
		return this.confirmations.ask((request) -> {
			ByteBuf frame = RelayCodec.frame(RelayOperation.PUBLISH_CONFIRMED, channel.length() + message.size())
				.writeInt(request)
				.writeBoolean(idempotencyKey != null);
			if (idempotencyKey != null) {
				RelayCodec.writeText(frame, idempotencyKey);
			}
			RelayCodec.writeMessage(RelayCodec.writeText(frame, channel), message);
			return frame;
		}).thenApply((positions) -> positions.get(0));
	}

	@Override
	public CompletionStage<?> refresh(String channel, Collection<PresenceMember> members) {
		boolean taken = true;
		Iterator<PresenceMember> rest = members.iterator();
		while (rest.hasNext()) {
			ByteBuf frame = RelayCodec.writeText(RelayCodec.frame(RelayOperation.JOIN), channel);
			while (rest.hasNext() && frame.readableBytes() < CHUNK) {
				RelayCodec.writeText(frame, MemberText.write(rest.next()));
			}
			taken &= this.link.send(frame);
		}
		return taken(taken);
	}

	@Override
	public CompletionStage<?> remove(String channel, Collection<PresenceMember> members) {
		boolean taken = true;
		for (PresenceMember member : members) {
			taken &= this.link.send(RelayCodec.writeText(
					RelayCodec.writeText(RelayCodec.frame(RelayOperation.LEAVE), channel), MemberText.write(member)));
		}
		return taken(taken);
	}

	private static CompletionStage<?> taken(boolean taken) {
		return taken ? CompletableFuture.completedStage(null)
				: CompletableFuture.failedStage(new IllegalStateException("the master takes nothing"));
	}

	private void tell(ByteBuf frame) {
		if (!this.link.send(frame)) {
			logger.warn("The master was not told which channels have a history");
		}
	}

	@Override
	public CompletionStage<List<PresenceMember>> members(String channel) {
		return this.memberLists
			.ask((request) -> RelayCodec.writeText(RelayCodec.frame(RelayOperation.READ_MEMBERS).writeInt(request),
					channel))
			.thenApply(ClusterEngine::byName);
	}

	private static void addMembers(List<PresenceMember> members, ByteBuf frame) {
		while (frame.isReadable()) {
			members.add(MemberText.read(RelayCodec.readText(frame)));
		}
	}

	/** Of a name that joined in several processes, an entry with data. */
	private static List<PresenceMember> byName(List<PresenceMember> entries) {
		Map<String, PresenceMember> members = new LinkedHashMap<>();
		entries.forEach((member) -> members.merge(member.name(), member,
				(former, next) -> next.data().isPresent() ? next : former));
		return List.copyOf(members.values());
	}

	private void received(ByteBuf frame) {
		RelayOperation operation = RelayOperation.of(frame.readByte());
		switch (operation) {
			case PUBLISH -> deliver(RelayCodec.readText(frame.skipBytes(1)), RelayCodec.readMessage(frame));
			case HISTORY -> this.histories.answered(frame);
			case MEMBERS -> this.memberLists.answered(frame);
			case CONFIRMED -> this.confirmations.answered(frame);
			default -> throw new IllegalStateException("the master must not send " + operation);
		}
	}

	private void deliver(String channel, Message message) {
		if (this.pubSub instanceof ChannelPubSub channels) {
			channels.deliver(channel, message, DeliveryScope.ALL);
		}
		else {
			this.pubSub.publish(channel, message, this.pubSub.localEngine());
		}
	}

	@Override
	public String toString() {
		return "the workers of this machine";
	}

	/** Publishes to other processes than all; nothing needs to be subscribed for it. */
	private final class ScopedEngine implements PubSubEngine {

		private final PublishScope scope;

		ScopedEngine(PublishScope scope) {
			this.scope = scope;
		}

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean publish(String channel, Message message) {
			return send(this.scope, channel, message);
		}

	}

	/**
	 * Writes which channels have a history.
	 *
	 * @param frame takes them
	 */
	private record Description(ByteBuf frame) implements HistoryCustomizer.Histories {

		@Override
		public HistoryCustomizer.Histories keep(String pattern, int size, Duration timeToLive) {
			RelayCodec.writeText(this.frame, pattern).writeInt(size).writeLong(timeToLive.toMillis());
			return this;
		}

	}

	/** The parts of a page of history. */
	private static final class HistoryParts {

		private final List<Message> messages = new ArrayList<>();

		private boolean complete;

		private @Nullable Position last;

		void add(ByteBuf frame) {
			this.complete = frame.readBoolean();
			this.last = Position.parse(RelayCodec.readText(frame)).orElse(null);
			while (frame.isReadable()) {
				this.messages.add(RelayCodec.readMessageOfMany(frame));
			}
		}

		HistoryPage page() {
			return new HistoryPage(this.complete, List.copyOf(this.messages), this.last);
		}

	}

}
