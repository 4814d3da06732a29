package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.time.Duration;

import io.iodine.process.InheritedSockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Event loops whose server channel listens on an inherited socket. */
final class InheritedLoopResources implements LoopResources {

	private final LoopResources loops;

	private final InheritedSockets sockets;

	private final SocketAddress address;

	InheritedLoopResources(LoopResources loops, InheritedSockets sockets, SocketAddress address) {
		this.loops = loops;
		this.sockets = sockets;
		this.address = address;
	}

	@Override
	public <C extends Channel> C onChannel(Class<C> channelType, EventLoopGroup group) {
		if (!ServerChannel.class.isAssignableFrom(channelType)) {
			return this.loops.onChannel(channelType, group);
		}
		try {
			return channelType.cast(this.sockets.take(this.address));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Can't listen on " + this.address + ": " + ex.getMessage(), ex);
		}
	}

	@Override
	public <C extends Channel> Class<? extends C> onChannelClass(Class<C> channelType, EventLoopGroup group) {
		return this.loops.onChannelClass(channelType, group);
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(useNative);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.onServerSelect(useNative);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return this.loops.onClient(useNative);
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
