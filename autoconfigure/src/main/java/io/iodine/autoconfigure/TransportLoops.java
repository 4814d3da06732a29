package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.Locale;

import io.iodine.autoconfigure.IodineProperties.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Event loops with the NIO transport although a native one is available. */
final class TransportLoops implements LoopResources {

	private static final String PROPERTY = "iodine.transport";

	private final LoopResources loops;

	private TransportLoops(LoopResources loops) {
		this.loops = loops;
	}

	/**
	 * Creates the event loops of the web server.
	 * @param transport the transport that is configured
	 * @param workers the number of event loops
	 * @return the event loops
	 * @throws InvalidIodinePropertyException when the transport is not available
	 */
	static LoopResources create(Transport transport, int workers) {
		return choose(transport, LoopResources.create("iodine", workers, true));
	}

	/**
	 * Chooses a transport.
	 * @param transport the transport that is configured
	 * @param loops event loops with the transport that Reactor Netty prefers; disposed of
	 * on failure
	 * @return event loops with the transport that is configured
	 * @throws InvalidIodinePropertyException when it is not available
	 */
	static LoopResources choose(Transport transport, LoopResources loops) {
		if (transport == Transport.AUTO) {
			return loops;
		}
		if (transport == Transport.NIO) {
			return new TransportLoops(loops);
		}
		String found = null;
		Throwable failure = null;
		try {
			found = name(loops);
		}
		catch (RuntimeException | LinkageError ex) {
			// no event loop can be created, though Netty's check has found the library
			failure = ex;
		}
		if (!name(transport).equals(found)) {
			loops.dispose();
			InvalidIodinePropertyException unavailable = new InvalidIodinePropertyException(PROPERTY, name(transport),
					remedy(transport, found));
			unavailable.initCause(failure);
			throw unavailable;
		}
		return loops;
	}

	/**
	 * Names the transport that event loops use.
	 * @param loops the event loops
	 * @return epoll, kqueue, io-uring or nio
	 */
	static String name(LoopResources loops) {
		EventLoopGroup group = loops.onServer(LoopResources.DEFAULT_NATIVE);
		String channel = loops.onChannelClass(ServerSocketChannel.class, group).getSimpleName();
		String name = channel.substring(0, channel.indexOf("ServerSocketChannel")).toLowerCase(Locale.ROOT);
		return name.equals("iouring") ? name(Transport.IO_URING) : name;
	}

	private static String name(Transport transport) {
		return transport.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String remedy(Transport transport, @Nullable String found) {
		if (transport == Transport.EPOLL && name(Transport.IO_URING).equals(found)) {
			return "auto or nio, or take io.netty:netty-transport-native-io_uring off the class path, which Reactor Netty "
					+ "prefers to epoll";
		}
		return "auto or nio, or run on " + ((transport == Transport.KQUEUE) ? "macOS" : "Linux")
				+ " with io.netty:netty-transport-native-" + transport.name().toLowerCase(Locale.ROOT)
				+ " and its native library on the class path" + ((transport == Transport.IO_URING)
						? ", and a kernel that lets the process use io_uring (sysctl kernel.io_uring_disabled)" : "");
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(false);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.onServerSelect(false);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return this.loops.onClient(false);
	}

	@Override
	public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
		return this.loops.onChannel(channelType, group);
	}

	@Override
	public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
		return this.loops.onChannelClass(channelType, group);
	}

	@Override
	public boolean daemon() {
		return this.loops.daemon();
	}

	@Override
	public void dispose() {
		this.loops.dispose();
	}

	@Override
	public boolean isDisposed() {
		return this.loops.isDisposed();
	}

	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return this.loops.disposeLater(quietPeriod, timeout);
	}

}
