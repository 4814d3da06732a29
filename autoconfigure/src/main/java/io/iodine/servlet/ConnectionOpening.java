package io.iodine.servlet;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.iodine.connection.ConnectionChannelHandler;
import io.iodine.connection.Connections;
import io.iodine.connection.Connections.Transfer;
import io.iodine.connection.Handshake;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The way from an accepted request to an open connection. The container sends the head
 * and hands over the socket after all filters have returned. When that does not happen,
 * the permit is released and a drain stops waiting for the client. Any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class ConnectionOpening {

	static final String ATTRIBUTE = ConnectionOpening.class.getName();

	private static final Log logger = LogFactory.getLog(ConnectionOpening.class);

	/** How long the container may take to hand over a socket. */
	private static final long HANDOVER_SECONDS = 10;

	private enum State {

		WAITING, OPENED, ABANDONED

	}

	private final Connections connections;

	private final Handshake handshake;

	private volatile Transfer transfer;

	private final EventLoop loop;

	private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

	private volatile @Nullable Future<?> deadline;

	/**
	 * Creates the opening of a connection that was {@link Connections#arrive() announced}
	 * and whose permit is armed.
	 */
	ConnectionOpening(Connections connections, Handshake handshake, Transfer transfer, EventLoop loop) {
		this.connections = connections;
		this.handshake = handshake;
		this.transfer = transfer;
		this.loop = loop;
	}

	EventLoop loop() {
		return this.loop;
	}

	/** Frames an event stream by the chunks of HTTP/1.1. */
	void frameByChunks() {
		this.transfer = Transfer.CHUNKED;
	}

	/** Has the container frame the response, as when it compresses it. */
	void leaveFramingToContainer() {
		this.transfer = Transfer.BARE;
	}

	/** Abandons the connection unless the container hands its socket over in time. */
	void awaitHandover() {
		try {
			this.deadline = this.loop.schedule(this::abandon, HANDOVER_SECONDS, TimeUnit.SECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loops have ended", ex);
			abandon();
		}
	}

	/** Whether the connection was given up before it opened. */
	boolean isAbandoned() {
		return this.state.get() == State.ABANDONED;
	}

	/** Gives up, unless the connection has opened. */
	void abandon() {
		if (this.state.compareAndSet(State.WAITING, State.ABANDONED)) {
			cancelDeadline();
			this.handshake.permit().disarm();
			this.connections.arrived();
		}
	}

	/**
	 * Opens the connection on the event loop.
	 * @param channel the channel, not yet registered, that does not read by itself
	 * @param early fires what the container has read of the new protocol
	 */
	void open(Channel channel, Runnable early) {
		try {
			this.loop.execute(() -> start(channel, early));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The event loops have ended", ex);
			abandon();
			channel.unsafe().closeForcibly();
		}
	}

	private void start(Channel channel, Runnable early) {
		if (!this.state.compareAndSet(State.WAITING, State.OPENED)) {
			channel.unsafe().closeForcibly();
			return;
		}
		cancelDeadline();
		try {
			ChannelFuture registered = this.loop.register(channel);
			if (registered.isSuccess()) {
				connect(channel, early);
			}
			else {
				logger.debug("A socket was closed before its connection opened", registered.cause());
				channel.unsafe().closeForcibly();
			}
		}
		finally {
			// no effect once the connection owns the permit
			this.handshake.permit().disarm();
			this.connections.arrived();
		}
	}

	private void connect(Channel channel, Runnable early) {
		try {
			ConnectionChannelHandler handler = this.connections.connect(channel, this.handshake, this.transfer);
			channel.pipeline().addLast(handler);
			handler.open();
			early.run();
			channel.config().setAutoRead(true);
		}
		catch (RuntimeException | Error ex) {
			channel.close();
			throw ex;
		}
	}

	private void cancelDeadline() {
		Future<?> timer = this.deadline;
		if (timer != null) {
			timer.cancel(false);
		}
	}

}
