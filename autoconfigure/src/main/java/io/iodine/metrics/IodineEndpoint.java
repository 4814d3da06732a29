package io.iodine.metrics;

import java.security.Principal;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.iodine.Connection;
import io.iodine.ConnectionRegistry;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.UpgradeRequest;
import io.iodine.connection.Connections;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Lists the connections, channels and engines of this process, and does what the write
 * operations are for.
 */
@Endpoint(id = "iodine")
public final class IodineEndpoint {

	private static final int PAGE = 100;

	private static final int MAX_PAGE = 1_000;

	private final Connections connections;

	private final ConnectionRegistry registry;

	private final PubSub pubSub;

	private final Supplier<Map<String, List<String>>> names;

	private final @Nullable EndpointOperations operations;

	/**
	 * Creates the endpoint.
	 * @param connections counts and ages
	 * @param registry finds connections
	 * @param pubSub knows the channels
	 * @param names names the engines and the listeners
	 * @param operations the write operations, or null when they are off
	 */
	public IodineEndpoint(Connections connections, ConnectionRegistry registry, PubSub pubSub,
			Supplier<Map<String, List<String>>> names, @Nullable EndpointOperations operations) {
		this.connections = connections;
		this.registry = registry;
		this.pubSub = pubSub;
		this.names = names;
		this.operations = operations;
	}

	/**
	 * Tells the numbers.
	 * @return the numbers, the engines and the listeners
	 */
	@ReadOperation
	public Map<String, Object> overview() {
		Map<String, Object> overview = new LinkedHashMap<>();
		overview.put("draining", this.connections.isDraining());
		overview.put("connections", this.registry.count());
		for (Protocol protocol : Protocol.values()) {
			overview.put(protocol.name().toLowerCase(Locale.ROOT), this.registry.count(protocol));
		}
		overview.put("subscriptions", this.connections.subscriptionCount());
		overview.put("queuedBytes", this.connections.blockedBytes());
		overview.put("defaultEngine", this.pubSub.defaultEngine().toString());
		overview.putAll(this.names.get());
		overview.put("writeOperations", this.operations != null);
		return overview;
	}

	/**
	 * Lists a page of the connections, the oldest first, or of the channels, by name.
	 * @param section what to list, connections or channels
	 * @param page the number of the page, from 0
	 * @param size how many a page has, 100 unless given, at most 1,000
	 * @param principal only connections of this user
	 * @param path only connections of this path, or pattern
	 * @param channel only connections subscribed to this channel
	 * @return the page, or null when there is no such section
	 */
	@ReadOperation
	public @Nullable Object section(@Selector String section, @Nullable Integer page, @Nullable Integer size,
			@Nullable String principal, @Nullable String path, @Nullable String channel) {
		int number = Objects.requireNonNullElse(page, 0);
		int length = Objects.requireNonNullElse(size, PAGE);
		if (number < 0 || length < 1 || length > MAX_PAGE) {
			throw new InvalidEndpointRequestException("page is " + number + ", size is " + length,
					"'page' must be 0 or more, and 'size' from 1 to " + MAX_PAGE);
		}
		return switch (section) {
			case "connections" -> connections(matching(principal, path, channel), number, length);
			case "channels" -> page(List.copyOf(this.pubSub.channels()), number, length);
			default -> null;
		};
	}

	/**
	 * Publishes, disconnects or drains.
	 * @param operation {@code publish}, {@code disconnect} or {@code drain}
	 * @param channel the channel to publish to
	 * @param message the text to publish
	 * @param id the connection to close
	 * @param principal the user whose connections to close
	 * @param code the close code
	 * @param reason the close reason
	 * @return what was done; 403 when write operations are off, 404 for no operation
	 */
	@WriteOperation
	public WebEndpointResponse<Map<String, Object>> perform(@Selector String operation, @Nullable String channel,
			@Nullable String message, @Nullable String id, @Nullable String principal, @Nullable Integer code,
			@Nullable String reason) {
		EndpointOperations permitted = this.operations;
		if (permitted == null) {
			return new WebEndpointResponse<>(
					Map.of("error", "Write operations are off. Set iodine.actuator.write-operations=true."), 403);
		}
		return switch (operation) {
			case "publish" -> new WebEndpointResponse<>(permitted.publish(channel, message));
			case "disconnect" -> new WebEndpointResponse<>(permitted.disconnect(id, principal, code, reason));
			case "drain" -> new WebEndpointResponse<>(permitted.drain());
			default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		};
	}

	private static Predicate<Connection> matching(@Nullable String principal, @Nullable String path,
			@Nullable String channel) {
		return (client) -> (principal == null || principal.equals(principal(client)))
				&& (path == null || path.equals(path(client)) || path.equals(pattern(client)))
				&& (channel == null || client.isSubscribed(channel));
	}

	private Page<ConnectionDescriptor> connections(Predicate<Connection> wanted, int page, int size) {
		List<Aged> found = this.registry.all()
			.stream()
			.filter(wanted)
			.map((client) -> new Aged(client, this.connections.age(client)))
			.sorted(Comparator.comparing(Aged::age).reversed())
			.toList();
		Page<Aged> wantedPage = page(found, page, size);
		return new Page<>(wantedPage.total(), page, wantedPage.items().stream().map(Aged::describe).toList());
	}

	private static <T> Page<T> page(Collection<T> all, int page, int size) {
		return new Page<>(all.size(), page, all.stream().skip((long) page * size).limit(size).toList());
	}

	private static @Nullable String principal(Connection client) {
		return client.request().flatMap(UpgradeRequest::principal).map(Principal::getName).orElse(null);
	}

	private static @Nullable String path(Connection client) {
		return client.request().map(UpgradeRequest::path).orElse(null);
	}

	private static @Nullable String pattern(Connection client) {
		return client.request().flatMap(UpgradeRequest::pathPattern).orElse(null);
	}

	/**
	 * A connection whose age was looked at once, so that sorting is stable.
	 *
	 * @param client the connection
	 * @param age the time since it opened
	 */
	private record Aged(Connection client, Duration age) {

		ConnectionDescriptor describe() {
			return new ConnectionDescriptor(this.client.id(), this.client.protocol(), path(this.client),
					principal(this.client), this.age.toSeconds(), this.client.pending());
		}

	}

	/**
	 * A connection, as the endpoint describes it.
	 *
	 * @param id the id
	 * @param protocol the protocol
	 * @param path the path of its request
	 * @param principal the name of its user
	 * @param ageSeconds how long it has been open
	 * @param pending how many messages wait for its socket
	 */
	public record ConnectionDescriptor(String id, Protocol protocol, @Nullable String path, @Nullable String principal,
			long ageSeconds, int pending) {
	}

	/**
	 * A page of a list.
	 *
	 * @param <T> what it lists
	 * @param total how many there are
	 * @param page the number of the page, from 0
	 * @param items those of the page
	 */
	public record Page<T>(int total, int page, List<T> items) {
	}

}
