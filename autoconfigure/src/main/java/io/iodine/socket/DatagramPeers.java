package io.iodine.socket;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the datagrams of a socket by their senders. Belongs to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class DatagramPeers extends ChannelInboundHandlerAdapter {

	private static final Log logger = LogFactory.getLog(DatagramPeers.class);

	private final ConnectionInitializer initializer;

	private final Map<InetSocketAddress, DatagramPeer> peers = new HashMap<>();

	DatagramPeers(ConnectionInitializer initializer) {
		this.initializer = initializer;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		DatagramPacket packet = (DatagramPacket) message;
		DatagramPeer peer = this.peers.get(packet.sender());
		if (peer == null) {
			peer = open(ctx, packet.sender());
		}
		if (peer == null || !peer.config().isAutoRead()) {
			// what is not read in time is lost, as UDP has it
			packet.release();
			return;
		}
		peer.pipeline().fireChannelRead(packet);
		peer.pipeline().fireChannelReadComplete();
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		List.copyOf(this.peers.values()).forEach(DatagramPeer::close);
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		// such as an ICMP message that a peer is gone: others use the socket too
		logger.debug("A datagram of " + ctx.channel() + " failed", cause);
	}

	private @Nullable DatagramPeer open(ChannelHandlerContext ctx, InetSocketAddress sender) {
		DatagramPeer peer = new DatagramPeer(ctx.channel(), sender, () -> this.peers.remove(sender));
		this.peers.put(sender, peer);
		peer.pipeline().addLast(new DatagramFrames(peer.newSucceededFuture()), this.initializer);
		ctx.channel().eventLoop().register(peer);
		return peer.isOpen() ? peer : null;
	}

}
