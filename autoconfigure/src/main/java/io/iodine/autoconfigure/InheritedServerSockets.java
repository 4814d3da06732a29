package io.iodine.autoconfigure;

import java.net.SocketAddress;
import java.util.function.Supplier;

import io.iodine.edge.KeepAliveDrain;
import io.iodine.process.InheritedSockets;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Has a web server listen on a socket that this process was given. Boot takes the event
 * loops of the server from its resource factory, and so does this.
 */
final class InheritedServerSockets implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final ObjectProvider<InheritedSockets> sockets;

	private final KeepAliveDrain drain;

	private final ObjectProvider<ReactorResourceFactory> resources;

	InheritedServerSockets(ObjectProvider<InheritedSockets> sockets, KeepAliveDrain drain,
			ObjectProvider<ReactorResourceFactory> resources) {
		this.sockets = sockets;
		this.drain = drain;
		this.resources = resources;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		this.sockets.ifAvailable((inherited) -> inherit(factory, inherited));
	}

	private void inherit(NettyReactiveWebServerFactory factory, InheritedSockets inherited) {
		ServerResources server = new ServerResources(this.resources.getIfAvailable(), inherited);
		factory.setResourceFactory(server);
		factory.addServerCustomizers((httpServer) -> {
			server.address = httpServer.configuration().bindAddress();
			return httpServer.doOnChannelInit((observer, channel, remoteAddress) -> this.drain.install(channel));
		});
	}

	/** After others that may change the address. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	/** The resources of one server. */
	private static final class ServerResources extends ReactorResourceFactory {

		private final @Nullable ReactorResourceFactory shared;

		private final InheritedSockets sockets;

		private @Nullable Supplier<? extends @Nullable SocketAddress> address;

		ServerResources(@Nullable ReactorResourceFactory shared, InheritedSockets sockets) {
			this.shared = shared;
			this.sockets = sockets;
		}

		@Override
		public LoopResources getLoopResources() {
			LoopResources loops = (this.shared != null) ? this.shared.getLoopResources() : HttpResources.get();
			SocketAddress listensOn = (this.address != null) ? this.address.get() : null;
			return (listensOn != null && this.sockets.has(listensOn))
					? new InheritedLoopResources(loops, this.sockets, listensOn) : loops;
		}

	}

}
