package io.iodine.edge;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.iodine.concurrent.ThrottledLog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Limits the number of sockets that the web server has open. A further client gets 503
 * and is disconnected; under TLS it is disconnected before the handshake. Any thread.
 */
// the close futures of sockets only count
@SuppressWarnings("FutureReturnValueIgnored")
public final class SocketLimiter {

	private static final Log logger = LogFactory.getLog(SocketLimiter.class);

	/** Rejected clients that are given time to read their response. */
	private static final int MAX_LINGERING = 64;

	private final int max;

	private final long minFreeDescriptors;

	private final LongSupplier freeDescriptors;

	private final ThrottledLog log = new ThrottledLog(logger);

	private final AtomicInteger open = new AtomicInteger();

	/** One for all sockets. */
	private final ChannelFutureListener closed = (socket) -> this.open.decrementAndGet();

	private final AtomicInteger lingering = new AtomicInteger();

	/**
	 * Creates a limiter.
	 * @param max the number of sockets; 0 for any
	 * @param minFreeDescriptors the number of file descriptors to leave free; 0 for none
	 * @param freeDescriptors tells how many are free
	 */
	public SocketLimiter(int max, long minFreeDescriptors, LongSupplier freeDescriptors) {
		this.max = max;
		this.minFreeDescriptors = minFreeDescriptors;
		this.freeDescriptors = freeDescriptors;
	}

	/**
	 * Admits a socket, or disconnects its client.
	 * @param channel the new channel, its handlers in place
	 * @param observer is notified of a client that is rejected
	 * @return whether the socket may be used
	 */
	boolean admit(Channel channel, EdgeObserver observer) {
		if (hasFreeDescriptors(channel) && count(channel)) {
			return true;
		}
		observer.onRejected(503, "too many connections");
		disconnect(channel);
		return false;
	}

	private boolean hasFreeDescriptors(Channel channel) {
		if (this.minFreeDescriptors <= 0 || this.freeDescriptors.getAsLong() >= this.minFreeDescriptors) {
			return true;
		}
		this.log.warn(() -> "Refused a client of " + channel.localAddress() + ": fewer than " + this.minFreeDescriptors
				+ " file descriptors are free (iodine.connections.min-free-descriptors)."
				+ " Raise the limit of the process (ulimit -n)");
		return false;
	}

	/** Counts a socket until it closes. Without a limit nothing needs the count. */
	private boolean count(Channel channel) {
		if (this.max <= 0) {
			return true;
		}
		if (this.open.incrementAndGet() > this.max) {
			this.open.decrementAndGet();
			this.log.warn(() -> "Refused a client of " + channel.localAddress() + ": " + this.max
					+ " sockets are open (iodine.http.max-connections)");
			return false;
		}
		channel.closeFuture().addListener(this.closed);
		return true;
	}

	private void disconnect(Channel channel) {
		boolean tls = channel.pipeline().get(SslHandler.class) != null
				|| channel.pipeline().get(AbstractSniHandler.class) != null;
		if (tls || this.lingering.incrementAndGet() > MAX_LINGERING) {
			if (!tls) {
				this.lingering.decrementAndGet();
			}
			channel.unsafe().closeForcibly();
			return;
		}
		channel.closeFuture().addListener((closed) -> this.lingering.decrementAndGet());
		channel.pipeline().addFirst(new ExcessClient());
	}

}
