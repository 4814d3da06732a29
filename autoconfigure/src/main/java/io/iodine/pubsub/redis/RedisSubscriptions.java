package io.iodine.pubsub.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Tells Redis what is subscribed to and what no longer is: of each topic the last state
 * only, and so many at a time, so that nothing queues while Redis is slow to confirm.
 * Owned by the engine's thread.
 */
final class RedisSubscriptions {

	private static final int TOPICS_A_COMMAND = 500;

	private static final int MAX_UNCONFIRMED = 10_000;

	private final RedisLink link;

	/** What should be subscribed to, which others change. */
	private final Set<Topic> wanted;

	private final BiConsumer<List<Topic>, Throwable> failures;

	private final Confirmations confirmations = new Confirmations();

	private final Set<Topic> changed = new LinkedHashSet<>();

	private final Set<Topic> sent = new HashSet<>();

	/** How many ends of subscriptions are not confirmed. */
	private int leaving;

	RedisSubscriptions(RedisLink link, Set<Topic> wanted, BiConsumer<List<Topic>, Throwable> failures) {
		this.link = link;
		this.wanted = wanted;
		this.failures = failures;
		this.changed.addAll(wanted);
	}

	/** A topic became wanted, or no longer. */
	void change(Topic topic) {
		this.changed.add(topic);
	}

	/** Tells what has changed, as far as Redis keeps up. */
	void send() {
		if (this.changed.isEmpty()) {
			return;
		}
		List<Topic> begun = new ArrayList<>();
		while (!this.changed.isEmpty() && this.confirmations.count() + this.leaving < MAX_UNCONFIRMED) {
			Topic next = this.changed.iterator().next();
			this.changed.remove(next);
			if (!this.wanted.contains(next)) {
				subscribe(begun);
				begun = new ArrayList<>();
				end(next);
			}
			else if (this.sent.add(next)) {
				this.confirmations.asked(next);
				begun.add(next);
			}
			if (begun.size() == TOPICS_A_COMMAND) {
				subscribe(begun);
				begun = new ArrayList<>();
			}
			releaseIfConfirmed(next);
		}
		subscribe(begun);
	}

	private void end(Topic topic) {
		if (this.sent.remove(topic)) {
			this.leaving++;
			this.link.unsubscribe(topic).whenComplete((done, failure) -> failWith(List.of(topic), failure));
		}
	}

	private void releaseIfConfirmed(Topic topic) {
		if (!isUnconfirmed(topic)) {
			this.confirmations.release(topic);
		}
	}

	private void subscribe(List<Topic> topics) {
		if (!topics.isEmpty()) {
			this.link.subscribe(topics).whenComplete((done, failure) -> failWith(topics, failure));
		}
	}

	private void failWith(List<Topic> topics, @Nullable Throwable failure) {
		if (failure != null) {
			this.failures.accept(topics, failure);
		}
	}

	/** Redis refused a command: each of its topics gets one of its own. */
	void tellEach(Collection<Topic> refused) {
		refused.forEach((topic) -> subscribe(List.of(topic)));
	}

	/** Tries again what was refused, as far as it is still wanted. */
	void retry(Collection<Topic> refused) {
		refused.stream().filter(this.sent::remove).forEach(this.changed::add);
	}

	/** A subscription was confirmed, or refused for now. */
	void confirmed(Topic topic) {
		this.confirmations.confirmed(topic);
		releaseIfConfirmed(topic);
	}

	/** The end of a subscription was confirmed. */
	void ended() {
		this.leaving--;
	}

	/** Runs a task at once, or when Redis knows of the topic or needs not. */
	void whenConfirmed(Topic topic, Runnable task) {
		if (isUnconfirmed(topic)) {
			this.confirmations.await(topic, task);
		}
		else {
			task.run();
		}
	}

	private boolean isUnconfirmed(Topic topic) {
		return this.confirmations.awaits(topic) || (this.changed.contains(topic) && this.wanted.contains(topic));
	}

	int unconfirmed() {
		return this.confirmations.count() + this.changed.size();
	}

	void releaseAll() {
		this.changed.clear();
		this.confirmations.releaseAll();
	}

}
