package io.iodine;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import io.iodine.Recovery.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription of a channel with history begins. Immutable: each method returns a
 * new one.
 */
public final class Since {

	private static final Since NOW = new Since(null, 0, null);

	private final @Nullable String id;

	private final int last;

	private final @Nullable Consumer<Outcome> callback;

	private Since(@Nullable String id, int last, @Nullable Consumer<Outcome> callback) {
		this.id = id;
		this.last = last;
		this.callback = callback;
	}

	/**
	 * After a known message.
	 * @param id the {@link Message#id()} of the last message received
	 * @return the beginning
	 */
	public static Since id(String id) {
		return new Since(Objects.requireNonNull(id, "the id must not be null"), 0, null);
	}

	/**
	 * With the newest messages of the history.
	 * @param count how many messages are wanted; fewer come when the history has no more
	 * @return the beginning
	 * @throws IllegalArgumentException when the number is negative
	 */
	public static Since last(int count) {
		if (count < 0) {
			throw new IllegalArgumentException("the number of messages must not be negative, but is " + count);
		}
		return new Since(null, count, null);
	}

	/**
	 * With what is published from now on.
	 * @return the beginning
	 */
	public static Since now() {
		return NOW;
	}

	/**
	 * Adds the first callback of the subscription. For a {@link Connection} it runs in
	 * the connection's turn, and the first message follows when it has returned. It runs
	 * again with {@code recovered} false if messages are lost later and the history does
	 * not have them any more.
	 * @param next the callback; an exception is logged
	 * @return a copy
	 */
	public Since onOutcome(Consumer<Outcome> next) {
		return new Since(this.id, this.last, Objects.requireNonNull(next, "the callback must not be null"));
	}

	/**
	 * The known message.
	 * @return its id; empty when the subscription begins with the newest messages
	 */
	public Optional<String> knownId() {
		return Optional.ofNullable(this.id);
	}

	/**
	 * How many of the newest messages are wanted.
	 * @return the number; 0 for none
	 */
	public int lastCount() {
		return this.last;
	}

	/**
	 * Whether there is a first callback.
	 * @return false when nothing has to be told
	 */
	public boolean hasCallback() {
		return this.callback != null;
	}

	/**
	 * Calls the first callback, if there is one.
	 * @param outcome the outcome
	 */
	public void begun(Outcome outcome) {
		if (this.callback != null) {
			this.callback.accept(outcome);
		}
	}

	@Override
	public String toString() {
		return (this.id != null) ? "since " + this.id : "since the last " + this.last + " messages";
	}

}
