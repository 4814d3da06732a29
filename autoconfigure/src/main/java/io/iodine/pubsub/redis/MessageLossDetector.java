package io.iodine.pubsub.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.iodine.PubSubGap;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.Position;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Detects lost messages of subscribed channels that have a history: compares the newest
 * message that arrived with the newest one that Redis keeps. Belongs to the engine's
 * thread, but for {@link #arrived}.
 */
final class MessageLossDetector {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private static final int CHANNELS_A_ROUND = 1_000;

	private final EngineThread thread;

	private final HistorySettings history;

	private final HistoryStreams streams;

	private final Consumer<PubSubGap> gaps;

	private final Map<String, Followed> channels = new ConcurrentHashMap<>();

	/** Those that this and the next rounds still have to look at. */
	private final Deque<String> waiting = new ArrayDeque<>();

	MessageLossDetector(EngineThread thread, HistorySettings history, HistoryStreams streams,
			Consumer<PubSubGap> gaps) {
		this.thread = thread;
		this.history = history;
		this.streams = streams;
		this.gaps = gaps;
	}

	/** A channel was subscribed to. */
	void begin(String channel) {
		if (this.history.keeps(channel)) {
			this.channels.put(channel, new Followed());
		}
	}

	/** The subscription of a channel ended. */
	void end(String channel) {
		this.channels.remove(channel);
	}

	/** A message arrived; any thread. */
	void arrived(String channel, @Nullable String id) {
		Followed followed = (id != null) ? this.channels.get(channel) : null;
		if (followed != null) {
			followed.newest = id;
		}
	}

	/** Another connection: what was missed before is caught up with anyway. */
	void restart() {
		this.channels.values().forEach(Followed::forget);
	}

	/** Looks at the next channels. */
	void round(RedisSession session, Duration interval) {
		if (this.waiting.isEmpty()) {
			this.waiting.addAll(this.channels.keySet());
		}
		for (int i = 0; i < CHANNELS_A_ROUND && !this.waiting.isEmpty(); i++) {
			String channel = this.waiting.remove();
			Followed followed = this.channels.get(channel);
			if (followed != null && followed.isQuiet()) {
				String expected = followed.newest;
				session.script(this.streams.top(channel)).whenComplete((top, failure) -> {
					if (failure == null) {
						this.thread.post(() -> compare(channel, followed, expected, String.valueOf(top), interval));
					}
				});
			}
		}
	}

	private void compare(String channel, Followed followed, @Nullable String expected, String top, Duration interval) {
		if (top.isEmpty() || !Objects.equals(followed.newest, expected)) {
			return;
		}
		if (expected == null) {
			followed.newest = top;
		}
		else if (isBehind(expected, top) && ++followed.behind > 1) {
			followed.behind = 0;
			followed.newest = top;
			logger.warn("Messages of channel '" + channel + "' between " + expected + " and " + top
					+ " did not arrive here; event streams read them from the history");
			this.gaps.accept(new PubSubGap(Instant.now().minus(interval.multipliedBy(2)), interval.multipliedBy(2)));
		}
	}

	private static boolean isBehind(String expected, String top) {
		Position known = Position.parse(expected).orElse(Position.NOWHERE);
		return Position.parse(top).filter((position) -> !position.isIn(known)).isPresent();
	}

	/** How far one channel has arrived. */
	private static final class Followed {

		private volatile @Nullable String newest;

		/** At the round before. */
		private @Nullable String former;

		/** How often in a row the history was found to have more. */
		private int behind;

		/** Whether nothing arrived since the round before. */
		boolean isQuiet() {
			String now = this.newest;
			boolean quiet = Objects.equals(now, this.former);
			if (!quiet) {
				this.behind = 0;
			}
			this.former = now;
			return quiet;
		}

		void forget() {
			this.newest = null;
			this.former = null;
			this.behind = 0;
		}

	}

}
