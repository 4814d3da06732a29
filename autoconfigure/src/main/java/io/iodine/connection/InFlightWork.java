package io.iodine.connection;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.Drain;
import org.jspecify.annotations.Nullable;

/** Background work that must end before the server stops. */
public final class InFlightWork implements Drain {

	private final Set<Held> held = ConcurrentHashMap.newKeySet();

	/** Completes when no work is in flight; null unless draining. */
	private volatile @Nullable CompletableFuture<Void> released;

	@Override
	public boolean isDraining() {
		return this.released != null;
	}

	@Override
	public Hold hold(String work) {
		Held hold = new Held(this, Objects.requireNonNull(work, "the work must have a name"));
		this.held.add(hold);
		return hold;
	}

	/**
	 * Begins to drain.
	 * @return completes when no work is in flight
	 */
	public CompletionStage<Void> release() {
		CompletableFuture<Void> waiting = new CompletableFuture<>();
		this.released = waiting;
		completeWhenEmpty();
		return waiting.copy();
	}

	/** Ends the drain: the context was started again. */
	public void reset() {
		this.released = null;
	}

	/**
	 * Names of the work in flight.
	 * @return the names
	 */
	public List<String> names() {
		return this.held.stream().map((hold) -> hold.work).sorted().toList();
	}

	private void end(Held hold) {
		this.held.remove(hold);
		completeWhenEmpty();
	}

	private void completeWhenEmpty() {
		CompletableFuture<Void> waiting = this.released;
		if (waiting != null && this.held.isEmpty()) {
			waiting.complete(null);
		}
	}

	/** Compared by identity: the same name may be held twice. */
	private static final class Held implements Hold {

		private final InFlightWork connections;

		private final String work;

		Held(InFlightWork connections, String work) {
			this.connections = connections;
			this.work = work;
		}

		@Override
		public void close() {
			this.connections.end(this);
		}

	}

}
