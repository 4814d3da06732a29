package io.iodine.accesslog;

import java.security.Principal;
import java.time.Duration;
import java.util.Optional;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.accesslog.AccessEntry.End;
import io.iodine.connection.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/** Logs connections when they open and when they close. */
public final class ConnectionLog implements ConnectionObserver {

	private final AccessLog log;

	private final boolean forwarded;

	private final boolean requestIds;

	/**
	 * A log of connections.
	 * @param log where to
	 * @param forwarded whether what proxies say of a client's address counts
	 * @param requestIds whether requests have ids
	 */
	public ConnectionLog(AccessLog log, boolean forwarded, boolean requestIds) {
		this.log = log;
		this.forwarded = forwarded;
		this.requestIds = requestIds;
	}

	@Override
	public void opened(Connection client) {
		int status = (client.protocol() == Protocol.SSE) ? 200 : 101;
		this.log.add(entry(client, "OPEN", status, 0, Duration.ZERO, null));
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		End end = new End(client.id(), reason.cause().name(), reason.text(), traffic.messagesIn(), traffic.bytesIn(),
				traffic.messagesOut());
		this.log.add(entry(client, "CLOSE", reason.code(), traffic.bytesOut(),
				Duration.ofNanos(System.nanoTime() - traffic.openedAt()), end));
	}

	private AccessEntry entry(Connection client, String event, int status, long bytes, Duration elapsed,
			@Nullable End end) {
		Optional<UpgradeRequest> request = client.request();
		return new AccessEntry(System.currentTimeMillis(), address(client, request),
				request.flatMap(UpgradeRequest::principal).map(Principal::getName).orElse(null), event,
				request.map(ConnectionLog::target).orElse("-"), client.protocol().name(), status, bytes, elapsed,
				request.flatMap((upgrade) -> upgrade.header("Referer")).orElse(null),
				request.flatMap((upgrade) -> upgrade.header("User-Agent")).orElse(null), end,
				this.requestIds ? request.map(ConnectionLog::id).orElse(null) : null);
	}

	private static @Nullable String id(UpgradeRequest request) {
		return (request.attributes().get(RequestId.NAME) instanceof String id) ? id : null;
	}

	private String address(Connection client, Optional<UpgradeRequest> request) {
		return ClientAddress.of(client.remoteAddress().orElse(null),
				(name) -> request.flatMap((upgrade) -> upgrade.header(name)).orElse(null), this.forwarded);
	}

	private static String target(UpgradeRequest request) {
		String query = request.uri().getRawQuery();
		String path = request.uri().getRawPath();
		return (query != null) ? path + '?' + query : path;
	}

}
