package io.iodine.socket;

import java.nio.ByteOrder;

import io.iodine.Framer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;

/**
 * Makes one datagram of each message: a connection writes messages with their lengths,
 * many in one buffer, and reads them likewise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class DatagramFrames extends ChannelDuplexHandler {

	/** How a connection tells its datagrams apart. */
	static final Framer FRAMER = Framer.lengthPrefixed(Short.BYTES, ByteOrder.BIG_ENDIAN);

	/** The largest datagram of IPv4, and what fits before it. */
	static final int MAX_PACKET = 65_507;

	private ChannelFuture lastWrite;

	DatagramFrames(ChannelFuture nothing) {
		this.lastWrite = nothing;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (message instanceof DatagramPacket packet) {
			try {
				int length = packet.content().readableBytes();
				ByteBuf framed = ctx.alloc().buffer(Short.BYTES + length);
				framed.writeShort(length).writeBytes(packet.content());
				ctx.fireChannelRead(framed);
			}
			finally {
				packet.release();
			}
		}
		else {
			ctx.fireChannelRead(message);
		}
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (!(message instanceof ByteBuf burst)) {
			ctx.write(message, promise);
			return;
		}
		try {
			while (burst.isReadable()) {
				this.lastWrite = ctx.write(burst.readRetainedSlice(burst.readUnsignedShort()));
			}
		}
		finally {
			burst.release();
		}
		if (!promise.isVoid()) {
			// a datagram that can't be sent is lost, and the connection goes on
			this.lastWrite.addListener((written) -> promise.trySuccess());
		}
	}

}
