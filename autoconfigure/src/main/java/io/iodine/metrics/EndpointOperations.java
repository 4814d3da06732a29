package io.iodine.metrics;

import java.security.Principal;
import java.util.Map;
import java.util.Objects;

import io.iodine.ConnectionRegistry;
import io.iodine.PubSub;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/** Write operations of the endpoint. */
public final class EndpointOperations {

	private static final int NORMAL = 1000;

	private final ConnectionRegistry registry;

	private final PubSub pubSub;

	private final Runnable drain;

	/**
	 * Creates the operations.
	 * @param registry finds and closes connections
	 * @param pubSub publishes
	 * @param drain begins a graceful shutdown of the connections
	 */
	public EndpointOperations(ConnectionRegistry registry, PubSub pubSub, Runnable drain) {
		this.registry = registry;
		this.pubSub = pubSub;
		this.drain = drain;
	}

	Map<String, Object> publish(@Nullable String channel, @Nullable String message) {
		return Map.of("published", this.pubSub.publish(required("channel", channel), required("message", message)));
	}

	/** Closes one connection of this process, or all of a user in all processes. */
	Map<String, Object> disconnect(@Nullable String id, @Nullable String principal, @Nullable Integer code,
			@Nullable String reason) {
		int closeCode = Objects.requireNonNullElse(code, NORMAL);
		String text = Objects.requireNonNullElse(reason, "");
		try {
			if (principal != null) {
				int here = this.registry.findByPrincipal(principal).size();
				boolean told = this.registry.closeAll(new Named(principal), closeCode, text);
				return Map.of("closed", here, "otherProcessesTold", told);
			}
			return Map.of("closed", this.registry.find(required("id", id)).map((client) -> {
				client.close(closeCode, text);
				return 1;
			}).orElse(0));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), "The close code is invalid", ex);
		}
	}

	Map<String, Object> drain() {
		this.drain.run();
		return Map.of("draining", true);
	}

	private static String required(String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			throw new InvalidEndpointRequestException("Missing: " + name, "The field '" + name + "' is missing");
		}
		return value;
	}

	/**
	 * A user of whom only the name is known.
	 *
	 * @param name the name
	 */
	private record Named(String name) implements Principal {

		@Override
		public String getName() {
			return this.name;
		}

	}

}
