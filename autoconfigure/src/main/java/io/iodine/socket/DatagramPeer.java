package io.iodine.socket;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;

/**
 * One peer of a UDP socket that many share, as a channel of its own. Belongs to the event
 * loop of the socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class DatagramPeer extends AbstractChannel {

	/** As of other channels of datagrams. */
	private static final ChannelMetadata METADATA = new ChannelMetadata(true);

	private final InetSocketAddress remote;

	private final Runnable onClose;

	private final ChannelConfig config = new DefaultChannelConfig(this);

	private boolean open = true;

	/**
	 * Creates the channel.
	 * @param socket the socket
	 * @param remote the peer
	 * @param onClose called when the channel is closed
	 */
	DatagramPeer(Channel socket, InetSocketAddress remote, Runnable onClose) {
		super(socket);
		this.remote = remote;
		this.onClose = onClose;
	}

	@Override
	protected AbstractUnsafe newUnsafe() {
		return new PeerUnsafe();
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	@Override
	protected SocketAddress localAddress0() {
		return parent().localAddress();
	}

	@Override
	protected SocketAddress remoteAddress0() {
		return this.remote;
	}

	@Override
	protected void doBind(SocketAddress local) {
		throw new UnsupportedOperationException("the socket is bound");
	}

	@Override
	protected void doDisconnect() {
		doClose();
	}

	@Override
	protected void doClose() {
		if (this.open) {
			this.open = false;
			this.onClose.run();
		}
	}

	/** The socket reads for all its peers. */
	@Override
	protected void doBeginRead() {
		// nothing to begin
	}

	@Override
	protected void doWrite(ChannelOutboundBuffer in) {
		for (Object message; (message = in.current()) != null;) {
			if (message instanceof ByteBuf content && hasRoom()) {
				parent().write(new DatagramPacket(content.retain(), this.remote), parent().voidPromise());
			}
			in.remove();
		}
		parent().flush();
	}

	/**
	 * Whether the socket takes more, which all its peers share. A datagram for which
	 * there is no room is lost, as UDP has it.
	 */
	private boolean hasRoom() {
		if (!parent().isWritable()) {
			parent().flush();
		}
		return parent().isWritable();
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public boolean isActive() {
		return this.open;
	}

	@Override
	public ChannelMetadata metadata() {
		return METADATA;
	}

	/** Has nothing to connect. */
	private final class PeerUnsafe extends AbstractUnsafe {

		@Override
		public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
			promise.setFailure(new UnsupportedOperationException("a peer of a UDP socket is not connected"));
		}

	}

}
