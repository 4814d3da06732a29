package io.iodine.file;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import reactor.netty.NettyPipeline;

/**
 * Adds a {@link CachedFileHandler} to the pipelines of new connections. A pipeline that
 * measures or logs each request keeps to the route, where both see it.
 */
public final class CachedFileHandlerInstaller {

	private static final String LATER = "iodine.file.later";

	private final StaticFiles files;

	/**
	 * An installer for these files.
	 * @param files the files
	 */
	public CachedFileHandlerInstaller(StaticFiles files) {
		this.files = files;
	}

	/**
	 * Installs the lane, at once or when TLS has chosen HTTP/1.1.
	 * @param channel a new connection, whose pipeline is built as far as it is before the
	 * handshake
	 */
	public void install(Channel channel) {
		if (!installInto(channel.pipeline()) && channel.pipeline().get(NettyPipeline.ReactiveBridge) != null) {
			channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, LATER, new AfterHandshake());
		}
	}

	private boolean installInto(ChannelPipeline pipeline) {
		if (pipeline.get(NettyPipeline.HttpTrafficHandler) == null) {
			return false;
		}
		if (pipeline.get(NettyPipeline.AccessLogHandler) == null
				&& pipeline.get(NettyPipeline.HttpMetricsHandler) == null) {
			String next = (pipeline.get(NettyPipeline.CompressionHandler) != null) ? NettyPipeline.CompressionHandler
					: NettyPipeline.HttpTrafficHandler;
			pipeline.addBefore(next, CachedFileHandler.NAME, new CachedFileHandler(this.files));
		}
		return true;
	}

	/** Waits until ALPN has chosen the protocol, and its pipeline is built. */
	private final class AfterHandshake extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			if (event instanceof SslHandshakeCompletionEvent) {
				installInto(ctx.pipeline());
				ctx.pipeline().remove(this);
			}
			ctx.fireUserEventTriggered(event);
		}

	}

}
