package io.iodine.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;

/**
 * Resets connections, because an orderly close would leave unsent data with the operating
 * system.
 */
final class AbortiveClose {

	private AbortiveClose() {
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	static void reset(ChannelHandlerContext ctx) {
		if (ctx.channel() instanceof SocketChannel) {
			ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
		}
		ctx.close();
	}

}
