package io.iodine.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the HTTP side of the server lets through.
 *
 * @param enabled Whether requests are checked, and answered with a date.
 * @param maxRequestLine Longest request line, over which the answer is 414.
 * server.netty.max-initial-line-length wins over it.
 * @param maxHeaderLine Longest header line, over which the answer is 431.
 * @param maxHeaderSize Size of all header lines of a request together, over which the
 * answer is 431. server.max-http-request-header-size wins over it.
 * @param maxHeaders Number of header lines of a request, over which the answer is 431.
 * @param maxBodySize Size of a request's body, chunked or not, over which the answer is
 * 413.
 * @param headerTimeout How long the head of a request may take from its first octet,
 * until the answer is 408. 0 means for ever.
 * @param bodyTimeout How often the rate of a request's body is looked at. 0 means never.
 * @param minBodyRate Lowest mean rate of a request's body, each second, under which the
 * answer is 408. Time in which the application doesn't read does not count.
 * @param writeTimeout How long a client may take nothing of an answer that waits for it,
 * until the connection is closed, or the stream of HTTP/2 reset. 0 means for ever.
 * @param maxConcurrentStreams Number of requests, event streams and WebSockets that may
 * be open at once on one HTTP/2 connection, over which a stream is refused.
 * @param maxConnections Maximum number of open sockets of the web server, those of plain
 * HTTP, WebSockets and event streams together, over which a client gets 503 and is
 * disconnected. 0 means any number.
 * @param nonAsciiTargets Whether an HTTP/1.1 request target may hold octets beyond ASCII,
 * each of which the application reads as a character of Latin-1, as without iodine.
 * Otherwise the answer is 400.
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
