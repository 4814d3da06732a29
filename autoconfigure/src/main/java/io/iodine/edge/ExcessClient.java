package io.iodine.edge;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * Answers the first request of a client that comes in excess with 503, drops what it
 * sends, and closes once the client has closed or a moment has passed. No other handler
 * hears of the channel.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the channel closes in any case
final class ExcessClient extends ChannelInboundHandlerAdapter {

	private static final byte[] ANSWER = """
			HTTP/1.1 503 Service Unavailable\r
			Retry-After: 1\r
			Content-Length: 0\r
			Connection: close\r
			\r
			""".getBytes(StandardCharsets.US_ASCII);

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		ctx.executor().schedule(() -> ctx.close(), RequestDecoderGuard.LINGER.toMillis(), TimeUnit.MILLISECONDS);
		ctx.writeAndFlush(Unpooled.wrappedBuffer(ANSWER)).addListener((ChannelFuture sent) -> {
			if (sent.channel() instanceof DuplexChannel duplex) {
				duplex.shutdownOutput();
			}
		});
		ctx.channel().config().setAutoRead(true);
		ctx.read();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ReferenceCountUtil.release(msg);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		ctx.read();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
		if (evt instanceof ChannelInputShutdownEvent) {
			ctx.close();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		// never became active for the handlers behind
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		ctx.close();
	}

}
