package io.iodine.edge;

import io.iodine.concurrent.ThrottledLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says on the log when connections can't be accepted, mostly for want of file
 * descriptors. Reactor Netty's acceptor then rests for a second, and tries again; the
 * clients wait in the backlog meanwhile.
 */
final class AcceptFailureLogger extends ChannelInboundHandlerAdapter {

	static final String NAME = "iodine.edge.accept";

	private static final Log logger = LogFactory.getLog(AcceptFailureLogger.class);

	private final EdgeObserver observer;

	private final ThrottledLog log = new ThrottledLog(logger);

	AcceptFailureLogger(EdgeObserver observer) {
		this.observer = observer;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.observer.onAcceptFailed(cause);
		this.log.warn(() -> "Can't accept connections on " + ctx.channel().localAddress() + " just now: " + cause
				+ ". If file descriptors ran out, raise the limit (ulimit -n). Trying again each second");
		ctx.fireExceptionCaught(cause);
	}

}
