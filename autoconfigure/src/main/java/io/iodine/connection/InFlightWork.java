package io.iodine.connection;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.iodine.Drain;
import org.jspecify.annotations.Nullable;

/** Background work that is to finish before the server goes away. */
public final class InFlightWork implements Drain {

	private final Set<Held> held = ConcurrentHashMap.newKeySet();

	/** Completes when nothing is held any more; null unless draining. */
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
	 * @return completes when no work is held
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
	 * What is still being done.
	 * @return the names of the work
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

	/** Two for the same work are two. */
	private static final class Held implements Hold {

		private final InFlightWork home;

		private final String work;

		Held(InFlightWork home, String work) {
			this.home = home;
			this.work = work;
		}

		@Override
		public void close() {
			this.home.end(this);
		}

	}

}
