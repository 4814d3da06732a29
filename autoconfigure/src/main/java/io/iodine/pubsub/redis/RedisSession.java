package io.iodine.pubsub.redis;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * One life of the connections: from a successful attempt to the first break. Events come
 * on their event loops; all else happens on the engine's thread.
 */
final class RedisSession implements RedisLink.Events {

	/** After so long a refused subscription is tried again. */
	private static final Duration REFUSED = Duration.ofSeconds(30);

	private final EngineThread thread;

	private final RedisReceiver receiver;

	private final Keeper keeper;

	private volatile boolean lost;

	private final RedisLink link;

	private @Nullable RedisSubscriptions subscriptions;

	/** Subscriptions that Redis refuses, until they are tried again. */
	private final Set<Topic> refused = new LinkedHashSet<>();

	private boolean ended;

	private boolean flushNeeded;

	/**
	 * Connects, which blocks.
	 * @throws RuntimeException when Redis can't be reached
	 */
	RedisSession(RedisLink.Opener opener, EngineThread thread, RedisReceiver receiver, Keeper keeper) {
		this.thread = thread;
		this.receiver = receiver;
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
			this.keeper.alive(this);
			if (this.link.ping()) {
				pingEvery(interval);
			}
			else {
				this.keeper.lost(this, "a ping was not answered in " + interval.toMillis() + " ms");
			}
		});
	}

	/** Brings Redis to know what is wanted, now and after each change. */
	void follow(Set<Topic> wanted) {
		this.subscriptions = new RedisSubscriptions(this.link, wanted,
				(topics, failure) -> this.thread.post(() -> refused(topics, failure)));
	}

	/** A topic became wanted, or no longer. */
	void change(Topic topic) {
		subscriptions().change(topic);
	}

	private RedisSubscriptions subscriptions() {
		return Objects.requireNonNull(this.subscriptions, "the session follows nothing yet");
	}

	/** One forbidden channel makes Redis refuse a whole command. */
	private void refused(List<Topic> topics, Throwable failure) {
		if (this.ended || this.lost || ConnectionLossListener.isUnserved(failure)) {
			return;
		}
		if (topics.size() > 1) {
			subscriptions().tellEach(topics);
			return;
		}
		this.keeper.refused(topics.get(0), failure);
		confirmed(topics.get(0));
		if (this.refused.isEmpty()) {
			this.thread.later(REFUSED, this::retryRefused);
		}
		this.refused.add(topics.get(0));
	}

	/** The access list may have changed, of which Redis says nothing. */
	private void retryRefused() {
		if (!this.ended) {
			subscriptions().retry(this.refused);
			this.refused.clear();
			flush();
		}
	}

	CompletionStage<?> publish(byte[] channel, byte[] payload) {
		this.flushNeeded = true;
		return this.link.publish(channel, payload);
	}

	CompletionStage<@Nullable Object> script(ScriptCall call) {
		this.flushNeeded = true;
		return this.link.script(call);
	}

	CompletionStage<@Nullable Object> command(String name, List<byte[]> args) {
		this.flushNeeded = true;
		return this.link.command(name, args);
	}

	void flush() {
		subscriptions().send();
		if (this.flushNeeded) {
			this.flushNeeded = false;
			this.link.flush();
		}
	}

	/**
	 * Runs a task when a subscription is confirmed, or the session has ended.
	 */
	void whenConfirmed(Topic topic, Runnable task) {
		subscriptions().whenConfirmed(topic, task);
	}

	int unconfirmed() {
		return subscriptions().unconfirmed();
	}

	/**
	 * Gives up the connections; what waited for a confirmation takes the way of messages
	 * published while Redis is away.
	 * @return completes when the connections are closed
	 */
	CompletableFuture<?> end() {
		this.ended = true;
		CompletableFuture<?> closed = this.link.close();
		if (this.subscriptions != null) {
			this.subscriptions.releaseAll();
		}
		return closed;
	}

	@Override
	public void message(byte[] channel, byte[] payload) {
		this.receiver.received(this, channel, payload);
	}

	@Override
	public void subscribed(Topic topic) {
		this.thread.post(() -> confirmed(topic));
	}

	private void confirmed(Topic topic) {
		if (!this.ended) {
			subscriptions().confirmed(topic);
			this.keeper.confirmed(this);
		}
	}

	@Override
	public void unsubscribed(Topic topic) {
		this.thread.post(() -> {
			if (!this.ended) {
				subscriptions().ended();
				this.keeper.confirmed(this);
			}
		});
	}

	@Override
	public void lost(String reason) {
		this.lost = true;
		this.thread.post(() -> this.keeper.lost(this, reason));
	}

	/** The owner of this session, notified on the engine's thread. */
	interface Keeper {

		/** A subscription was confirmed. */
		void confirmed(RedisSession session);

		/** It is time for a ping. */
		void alive(RedisSession session);

		/** Redis refuses this subscription. */
		void refused(Topic topic, Throwable failure);

		/** The session must be ended, for this reason. */
		void lost(RedisSession session, String reason);

	}

}
