package io.iodine.pubsub;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.iodine.Message;
import io.iodine.Recovery.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Joins history and present: it holds the newest of what is published until the history
 * was read, hands on what was missed, then what it held and the history had not, then
 * everything.
 */
final class ResumingReceiver implements Receiver {

	private final Receiver target;

	private final int maxHeld;

	private final Consumer<Outcome> first;

	private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

	/** Null from the moment the history was read; guarded by this. */
	private @Nullable Deque<Held> held = new ArrayDeque<>();

	private boolean overflown;

	/** The newest message of the history, until a newer one was seen; guarded by this. */
	private @Nullable Position last;

	/**
	 * Creates the receiver.
	 * @param target gets the messages
	 * @param maxHeld how many messages may wait for the history
	 * @param first gets the outcome before any message
	 */
	ResumingReceiver(Receiver target, int maxHeld, Consumer<Outcome> first) {
		this.target = target;
		this.maxHeld = maxHeld;
		this.first = first;
	}

	CompletableFuture<Outcome> outcome() {
		return this.outcome;
	}

	@Override
	public synchronized void receive(String channel, Message message) {
		if (this.held == null) {
			pass(channel, message);
		}
		else {
			if (this.held.size() >= this.maxHeld) {
				this.held.removeFirst();
				this.overflown = true;
			}
			this.held.addLast(new Held(channel, message));
		}
	}

	/** The history was read; without it, {@link HistoryPage#UNKNOWN}. */
	synchronized void resume(String channel, HistoryPage missed) {
		if (this.held == null) {
			return;
		}
		Deque<Held> waiting = this.held;
		boolean recovered = missed.complete() && reaches(missed.last(), waiting);
		this.held = null;
		Outcome known = new Outcome(recovered, recovered ? missed.messages().size() : 0);
		this.outcome.complete(known);
		this.first.accept(known);
		if (recovered) {
			this.last = missed.last();
			missed.messages().forEach((message) -> this.target.receive(channel, message));
		}
		waiting.forEach((next) -> pass(next.channel, next.message));
	}

	/** What was dropped over the bound does no harm when the history has it. */
	private boolean reaches(@Nullable Position last, Deque<Held> waiting) {
		if (!this.overflown) {
			return true;
		}
		Position first = waiting.getFirst().message.id().flatMap(Position::parse).orElse(null);
		return last != null && first != null && first.epoch().equals(last.epoch())
				&& first.offset() <= last.offset() + 1;
	}

	private void pass(String channel, Message message) {
		Position known = this.last;
		if (known != null) {
			Position position = message.id().flatMap(Position::parse).orElse(null);
			if (position != null && position.isIn(known)) {
				return;
			}
			if (position != null) {
				this.last = null;
			}
		}
		this.target.receive(channel, message);
	}

	private record Held(String channel, Message message) {
	}

}
