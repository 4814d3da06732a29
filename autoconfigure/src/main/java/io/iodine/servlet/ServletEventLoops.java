package io.iodine.servlet;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The event loops of connections whose sockets a servlet container has accepted. */
public final class ServletEventLoops implements AutoCloseable {

	private static final Duration END = Duration.ofSeconds(5);

	private final MultiThreadIoEventLoopGroup group;

	private final int workers;

	/**
	 * Creates the event loops, whose threads start on demand.
	 * @param workers the number of event loops
	 */
	public ServletEventLoops(int workers) {
		this.workers = workers;
		this.group = new MultiThreadIoEventLoopGroup(workers, new DefaultThreadFactory("iodine", true),
				NioIoHandler.newFactory());
	}

	/**
	 * The number of event loops.
	 * @return the number
	 */
	public int workers() {
		return this.workers;
	}

	EventLoop next() {
		return this.group.next();
	}

	/** Ends the event loops, and waits for their threads. */
	@Override
	public void close() {
		this.group.shutdownGracefully(0, END.toMillis(), TimeUnit.MILLISECONDS)
			.awaitUninterruptibly(2 * END.toMillis());
	}

}
