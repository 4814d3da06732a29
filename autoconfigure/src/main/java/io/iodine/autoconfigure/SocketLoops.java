package io.iodine.autoconfigure;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.iodine.socket.SocketTransport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * The event loops of sockets: those of the web server, or else loops of their own, which
 * end when everything that uses them has stopped.
 */
final class SocketLoops implements SmartLifecycle {

	/** Stops after all that listens and connects. */
	private static final int PHASE = Integer.MIN_VALUE + 512;

	private final @Nullable SharedLoops shared;

	private final int workers;

	/** Guarded by this, as is whether they are to be ended. */
	private @Nullable SocketTransport transport;

	private boolean own;

	private volatile boolean running;

	SocketLoops(@Nullable SharedLoops shared, int workers) {
		this.shared = shared;
		this.workers = workers;
	}

	/** The loops, made when they are first asked for. */
	synchronized SocketTransport transport() {
		SocketTransport current = this.transport;
		if (current == null) {
			Optional<SocketTransport> found = (this.shared != null) ? this.shared.transport() : Optional.empty();
			this.own = found.isEmpty();
			current = found.orElseGet(() -> SocketTransport.create(this.workers));
			this.transport = current;
		}
		return current;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		SocketTransport ended;
		synchronized (this) {
			ended = this.own ? this.transport : null;
			this.transport = null;
		}
		if (ended != null) {
			ended.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** The loops of the web server. */
	interface SharedLoops {

		/**
		 * Returns the loops.
		 * @return the loops; empty when they don't serve all sockets
		 */
		Optional<SocketTransport> transport();

	}

	/**
	 * Those of Reactor Netty.
	 *
	 * @param factory has them
	 */
	record ReactorLoops(ObjectProvider<ReactorResourceFactory> factory) implements SharedLoops {

		@Override
		public Optional<SocketTransport> transport() {
			LoopResources resources = this.factory.getObject().getLoopResources();
			EventLoopGroup loops = resources.onServer(LoopResources.DEFAULT_NATIVE);
			return SocketTransport.sharing(loops, resources.onChannelClass(ServerSocketChannel.class, loops));
		}

	}

}
