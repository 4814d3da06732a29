package io.iodine.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the HTTP side of the server lets through.
 *
 * @param enabled Whether to check HTTP requests, and to add the Date header to responses.
 * @param maxRequestLine Maximum size of a request line, over which the response is 414.
 * server.netty.max-initial-line-length takes precedence.
 * @param maxHeaderLine Maximum size of a header line, over which the response is 431.
 * @param maxHeaderSize Maximum size of all header lines of a request, over which the
 * response is 431. server.max-http-request-header-size takes precedence.
 * @param maxHeaders Maximum number of header lines of a request, over which the response
 * is 431.
 * @param maxBodySize Maximum size of a request's body, chunked or not, over which the
 * response is 413.
 * @param headerTimeout Maximum time to receive the head of a request, from its first
 * byte. Over it the response is 408. 0 means no limit.
 * @param bodyTimeout Interval at which the rate of a request's body is checked. 0 means
 * never.
 * @param minBodyRate Minimum mean rate of a request's body in a second, under which the
 * response is 408. Time in which the application does not read does not count.
 * @param writeTimeout Maximum time for which a client reads nothing of a response that
 * waits. Over it the connection is closed, or the HTTP/2 stream reset. 0 means no limit.
 * @param maxConcurrentStreams Maximum number of requests, event streams and WebSockets
 * that are open at once on one HTTP/2 connection. A further stream is refused.
 * @param maxConnections Maximum number of open sockets of the web server, those of plain
 * HTTP, WebSockets and event streams together, over which a client gets 503 and is
 * disconnected. 0 means no limit.
 * @param nonAsciiTargets Whether an HTTP/1.1 request target may contain bytes beyond
 * ASCII, which the application reads as Latin-1. Otherwise the response is 400.
 */
record HttpProperties(@DefaultValue("true") boolean enabled, @DefaultValue("8KB") DataSize maxRequestLine,
		@DefaultValue("8KB") DataSize maxHeaderLine, @DefaultValue("32KB") DataSize maxHeaderSize,
		@DefaultValue("128") int maxHeaders, @DefaultValue("50MB") DataSize maxBodySize,
		@DefaultValue("10s") Duration headerTimeout, @DefaultValue("10s") Duration bodyTimeout,
		@DefaultValue("240B") DataSize minBodyRate, @DefaultValue("30s") Duration writeTimeout,
		@DefaultValue("100") int maxConcurrentStreams, @DefaultValue("0") int maxConnections,
		@DefaultValue("false") boolean nonAsciiTargets) {

	HttpProperties {
		PropertyCheck.positive("iodine.http.max-request-line", maxRequestLine.toBytes());
		PropertyCheck.positive("iodine.http.max-header-line", maxHeaderLine.toBytes());
		PropertyCheck.positive("iodine.http.max-header-size", maxHeaderSize.toBytes());
		PropertyCheck.positive("iodine.http.max-headers", maxHeaders);
		InvalidIodinePropertyException.unless(maxBodySize.toBytes() >= 0, "iodine.http.max-body-size", maxBodySize,
				"a size of 0 or more, such as 50MB");
		PropertyCheck.zeroOrMore("iodine.http.header-timeout", headerTimeout);
		PropertyCheck.zeroOrMore("iodine.http.body-timeout", bodyTimeout);
		PropertyCheck.positive("iodine.http.min-body-rate", minBodyRate.toBytes());
		PropertyCheck.zeroOrMore("iodine.http.write-timeout", writeTimeout);
		PropertyCheck.positive("iodine.http.max-concurrent-streams", maxConcurrentStreams);
		InvalidIodinePropertyException.unless(maxConnections >= 0, "iodine.http.max-connections", maxConnections,
				"a number of 0 or more, where 0 means any number of connections");
	}

}
