package io.iodine.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2StreamChannel;
import reactor.netty.NettyPipeline;

/**
 * Marks the stream of an extended CONNECT as a request. The take-over of a stream removes
 * the handlers of this package, and from then on deadlines and limits of bodies no longer
 * hold for the stream.
 */
final class Http2StreamExemption extends ChannelHandlerAdapter {

	private static final String NAME = "iodine.edge.exemption";

	static void await(Channel channel) {
		if (channel.pipeline().get(NettyPipeline.ReactiveBridge) != null && channel.pipeline().get(NAME) == null) {
			channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, new Http2StreamExemption());
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		if (ctx.channel() instanceof Http2StreamChannel stream && stream.isActive()) {
			Http2RequestGuard guard = stream.parent().pipeline().get(Http2RequestGuard.class);
			if (guard != null) {
				guard.exempt(stream.stream().id());
			}
		}
	}

}
