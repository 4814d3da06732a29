package io.iodine.socket;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.util.concurrent.Future;

/**
 * The way through an HTTP proxy: the only class that needs {@code netty-handler-proxy}.
 */
final class ProxyTunnel {

	private ProxyTunnel() {
	}

	static void install(ChannelPipeline pipeline, InetSocketAddress proxy) {
		pipeline.addLast(new HttpProxyHandler(proxy));
	}

	/** Completes when the proxy has connected, or rejected. */
	static Future<Channel> connected(ChannelPipeline pipeline) {
		return pipeline.get(HttpProxyHandler.class).connectFuture();
	}

}
