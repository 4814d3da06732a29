package io.iodine.test;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import io.iodine.MessageListener;
import io.iodine.Since;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a test connection, to channels or to patterns. */
final class RecordedSubscriptions {

	private final Map<String, Optional<MessageListener>> listeners = new LinkedHashMap<>();

	private final Map<String, Since> begun = new LinkedHashMap<>();

	/**
	 * Adds or replaces a subscription.
	 * @param name the channel or pattern
	 * @param listener gets the messages; null means that they are written
	 * @param since where it begins in the history; null means now
	 */
	void put(String name, @Nullable MessageListener listener, @Nullable Since since) {
		this.listeners.put(Objects.requireNonNull(name, "the channel must not be null"), Optional.ofNullable(listener));
		this.begun.remove(name);
		if (since != null) {
			this.begun.put(name, since);
		}
	}

	boolean remove(String name) {
		this.begun.remove(name);
		return this.listeners.remove(name) != null;
	}

	boolean contains(String name) {
		return this.listeners.containsKey(name);
	}

	/**
	 * The listener of a subscription that exists; empty when its messages are written.
	 */
	Optional<MessageListener> listener(String name) {
		return this.listeners.getOrDefault(name, Optional.empty());
	}

	Optional<Since> since(String name) {
		return Optional.ofNullable(this.begun.get(name));
	}

	Set<String> names() {
		return Set.copyOf(this.listeners.keySet());
	}

	void clear() {
		this.listeners.clear();
		this.begun.clear();
	}

}
