package io.iodine.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.netty.NettyPipeline;

/**
 * Closes a TLS 1.2 connection whose client starts a second handshake, which costs the
 * server far more than the client (CVE-2011-1473).
 * <p>
 * Looks at record headers in front of the TLS handler (RFC 5246, section 6.2.1), since
 * the JDK's own switch is a system property that counts only before its TLS is first
 * used. After the client's ChangeCipherSpec comes one handshake record: its Finished, or
 * in TLS 1.3 a ClientHello that answers a HelloRetryRequest. Any further one opens a new
 * handshake. Inside TLS 1.3 all records are application data on the outside.
 */
@SuppressWarnings("FutureReturnValueIgnored")
public final class RenegotiationGuard extends ChannelInboundHandlerAdapter {

	private static final Log logger = LogFactory.getLog(RenegotiationGuard.class);

	private static final int CHANGE_CIPHER_SPEC = 20;

	private static final int HANDSHAKE = 22;

	private int headerBytes;

	private int type;

	private int body;

	private boolean cipherChanged;

	private boolean finished;

	/**
	 * Guards a new connection, if it is one with TLS.
	 * @param channel the connection, its TLS handler already in place
	 */
	public static void install(Channel channel) {
		if (channel.pipeline().get(NettyPipeline.SslHandler) != null) {
			channel.pipeline()
				.addBefore(NettyPipeline.SslHandler, "iodine.renegotiationGuard", new RenegotiationGuard());
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes && opensAnotherHandshake(bytes)) {
			bytes.release();
			logger.debug("closed " + context.channel() + ", whose client started a second TLS handshake");
			context.close();
		}
		else {
			context.fireChannelRead(message);
		}
	}

	private boolean opensAnotherHandshake(ByteBuf bytes) {
		int next = bytes.readerIndex();
		while (next < bytes.writerIndex()) {
			if (this.headerBytes == 0 && this.body > 0) {
				int skipped = Math.min(this.body, bytes.writerIndex() - next);
				this.body -= skipped;
				next += skipped;
			}
			else if (endsHeader(bytes.getUnsignedByte(next++)) && opensAnotherHandshake()) {
				return true;
			}
		}
		return false;
	}

	/** Takes the next byte of type, version (two bytes) and length (two bytes). */
	private boolean endsHeader(int octet) {
		switch (this.headerBytes++) {
			case 0 -> this.type = octet;
			case 3 -> this.body = octet << 8;
			case 4 -> {
				this.body |= octet;
				this.headerBytes = 0;
				return true;
			}
			default -> {
			}
		}
		return false;
	}

	private boolean opensAnotherHandshake() {
		if (this.type == CHANGE_CIPHER_SPEC) {
			this.cipherChanged = true;
		}
		boolean another = this.type == HANDSHAKE && this.finished;
		this.finished = this.finished || (this.type == HANDSHAKE && this.cipherChanged);
		return another;
	}

}
