package io.iodine.edge;

import java.time.Duration;

/**
 * The limits of one HTTP connection. Every duration may be zero, which means never.
 *
 * @param maxRequestLine the longest request line in bytes, over it 414
 * @param maxHeaderLine the longest header line in bytes, over it 431
 * @param maxHeaderSize all header lines of a request together in bytes, over it 431
 * @param maxHeaders the number of header lines, over it 431
 * @param maxBodySize the longest request body in bytes, over it 413
 * @param headerTimeout from the first byte of a request until its headers are complete,
 * over it 408
 * @param bodyTimeout the time in which a body must move on by what {@code minBodyRate}
 * asks for, over it 408
 * @param minBodyRate the lowest mean rate of a request body in bytes a second
 * @param writeTimeout the time in which a client must take something of what waits for
 * it, over it the connection is closed
 * @param keepAlive the time an unused connection is kept
 * @param maxConcurrentStreams the number of requests that may be open at once on a
 * connection of HTTP/2
 * @param nonAsciiTargets whether octets beyond ASCII may stand in a request target
 */
public record EdgeLimits(int maxRequestLine, int maxHeaderLine, int maxHeaderSize, int maxHeaders, long maxBodySize,
		Duration headerTimeout, Duration bodyTimeout, long minBodyRate, Duration writeTimeout, Duration keepAlive,
		int maxConcurrentStreams, boolean nonAsciiTargets) {

	public EdgeLimits {
		requirePositive("maxRequestLine", maxRequestLine);
		requirePositive("maxHeaderLine", maxHeaderLine);
		requirePositive("maxHeaderSize", maxHeaderSize);
		requirePositive("maxHeaders", maxHeaders);
		requirePositive("maxConcurrentStreams", maxConcurrentStreams);
		requireNotNegative("maxBodySize", maxBodySize);
		requireNotNegative("minBodyRate", minBodyRate);
		requireNotNegative("headerTimeout", headerTimeout.toNanos());
		requireNotNegative("bodyTimeout", bodyTimeout.toNanos());
		requireNotNegative("writeTimeout", writeTimeout.toNanos());
		requireNotNegative("keepAlive", keepAlive.toNanos());
	}

	/** The same, for a server that closes unused connections by itself. */
	EdgeLimits withoutKeepAlive() {
		return new EdgeLimits(this.maxRequestLine, this.maxHeaderLine, this.maxHeaderSize, this.maxHeaders,
				this.maxBodySize, this.headerTimeout, this.bodyTimeout, this.minBodyRate, this.writeTimeout,
				Duration.ZERO, this.maxConcurrentStreams, this.nonAsciiTargets);
	}

	private static void requirePositive(String name, int value) {
		if (value <= 0) {
			throw new IllegalArgumentException(name + " must be positive, but is " + value);
		}
	}

	private static void requireNotNegative(String name, long value) {
		if (value < 0) {
			throw new IllegalArgumentException(name + " must not be negative, but is " + value);
		}
	}

}
