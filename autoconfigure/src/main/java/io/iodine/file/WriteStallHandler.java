package io.iodine.file;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Closes the connection of a download that makes no progress. */
@SuppressWarnings("FutureReturnValueIgnored")
final class WriteStallHandler extends IdleStateHandler {

	private static final Logger log = Loggers.getLogger(WriteStallHandler.class);

	WriteStallHandler(Duration timeout) {
		super(true, 0, timeout.toMillis(), 0, TimeUnit.MILLISECONDS);
	}

	@Override
	protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
		// the first one only sets the mark that the next compares its progress with
		if (!event.isFirst()) {
			log.debug("{} A download stands still, and is cut", ctx.channel());
			ctx.close();
		}
	}

}
