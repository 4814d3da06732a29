package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One life of the connections: from a successful attempt to the first break. Events come
 * on their event loops; all else happens on the engine's thread.
 */
final class Session implements RedisLink.Events {

	private static final Log logger = LogFactory.getLog(RedisEngine.class);

	private final EngineThread thread;

	private final Inward inward;

	private final Keeper keeper;

	private final Confirmations confirmations = new Confirmations();

	private volatile boolean lost;

	private final RedisLink link;

	private boolean ended;

	private boolean flushNeeded;

	/**
	 * Connects, which blocks.
	 * @throws RuntimeException when Redis can't be reached
	 */
	Session(RedisLink.Opener opener, EngineThread thread, Inward inward, Keeper keeper) {
		this.thread = thread;
		this.inward = inward;
		this.keeper = keeper;
		this.link = opener.open(this);
	}

	boolean isLost() {
		return this.lost;
	}

	/** Takes a connection for lost that brings nothing between two pings. */
	void pingEvery(Duration interval) {
		this.thread.later(interval, () -> {
			if (this.ended) {
				return;
			}
			if (this.link.ping()) {
				pingEvery(interval);
			}
			else {
				this.keeper.lost(this, "a ping was not answered in " + interval.toMillis() + " ms");
			}
		});
	}

	void subscribe(List<Topic> topics) {
		topics.forEach(this.confirmations::asked);
		List<Topic> asked = List.copyOf(topics);
		this.link.subscribe(asked).whenComplete((done, failure) -> {
			if (failure != null) {
				this.thread.post(() -> refused(asked, failure));
			}
		});
	}

	/**
	 * One forbidden channel makes Redis refuse a whole command, so each of its channels
	 * gets one of its own.
	 */
	private void refused(List<Topic> asked, Throwable failure) {
		if (this.ended || this.lost) {
			return;
		}
		if (asked.size() > 1) {
			asked.forEach((topic) -> {
				confirmed(topic);
				subscribe(List.of(topic));
			});
			return;
		}
		this.keeper.refused(asked.get(0), failure);
		confirmed(asked.get(0));
	}

	void unsubscribe(Topic topic) {
		this.link.unsubscribe(topic).whenComplete((done, failure) -> {
			if (failure != null && !this.lost) {
				logger.warn("Redis refused to end the subscription of " + topic, failure);
			}
		});
	}

	CompletionStage<?> publish(byte[] channel, byte[] payload) {
		this.flushNeeded = true;
		return this.link.publish(channel, payload);
	}

	CompletionStage<@Nullable Object> script(byte[] key, List<byte[]> args) {
		this.flushNeeded = true;
		return this.link.script(key, args);
	}

	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		this.flushNeeded = true;
		return this.link.command(name, args);
	}

	void flush() {
		if (this.flushNeeded) {
			this.flushNeeded = false;
			this.link.flush();
		}
	}

	/**
	 * Runs a task when a subscription is confirmed, or the session has ended.
	 */
	void whenConfirmed(Topic topic, Runnable task) {
		this.confirmations.whenConfirmed(topic, task);
	}

	int unconfirmed() {
		return this.confirmations.count();
	}

	/**
	 * Gives up the connections; what waited for a confirmation takes the way of messages
	 * published while Redis is away.
	 */
	void end() {
		this.ended = true;
		this.link.close();
		this.confirmations.releaseAll();
	}

	@Override
	public void message(byte[] channel, byte[] payload) {
		this.inward.received(this, channel, payload);
	}

	@Override
	public void subscribed(Topic topic) {
		this.thread.post(() -> confirmed(topic));
	}

	private void confirmed(Topic topic) {
		if (this.confirmations.confirmed(topic) && !this.ended) {
			this.confirmations.release(topic);
			this.keeper.confirmed(this);
		}
	}

	@Override
	public void unsubscribed(Topic topic) {
	}

	@Override
	public void lost(String reason) {
		this.lost = true;
		this.thread.post(() -> this.keeper.lost(this, reason));
	}

	/** Who has this session, told on the engine's thread. */
	interface Keeper {

		/** A subscription was confirmed. */
		void confirmed(Session session);

		/** Redis refuses this subscription. */
		void refused(Topic topic, Throwable failure);

		/** The session must be ended, for this reason. */
		void lost(Session session, String reason);

	}

}
