package io.iodine.accesslog;

import java.time.Duration;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** A request that is being answered. Belongs to its connection's event loop. */
final class Exchange {

	/** What nginx made the custom for a client that left before it was answered. */
	private static final int CLIENT_LEFT = 499;

	private final long begin = System.nanoTime();

	private final String address;

	private final String method;

	private final String target;

	private final String protocol;

	private final @Nullable String referrer;

	private final @Nullable String userAgent;

	private int status = CLIENT_LEFT;

	private long bytes;

	Exchange(String address, String method, String target, String protocol, HttpHeaders headers) {
		this.address = address;
		this.method = method;
		this.target = target;
		this.protocol = protocol;
		this.referrer = headers.get(HttpHeaderNames.REFERER);
		this.userAgent = headers.get(HttpHeaderNames.USER_AGENT);
	}

	void status(int status) {
		this.status = status;
	}

	void sent(long bytes) {
		if (!this.method.equals("HEAD")) {
			this.bytes += bytes;
		}
	}

	AccessEntry end(@Nullable String user, @Nullable String requestId) {
		return new AccessEntry(System.currentTimeMillis(), this.address, user, this.method, this.target, this.protocol,
				this.status, this.bytes, Duration.ofNanos(System.nanoTime() - this.begin), this.referrer,
				this.userAgent, null, requestId);
	}

}
