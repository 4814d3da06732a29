package io.iodine.servlet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import io.iodine.Protocol;
import io.netty.buffer.ByteBuf;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * Takes sockets over from Jetty, as Jetty's own WebSockets do: the endpoint gets another
 * connection, which Jetty's selector wakes. All internals of Jetty that this product uses
 * are named here. Event streams stay with Jetty, whose chunks can't be left to another.
 */
final class JettyTakeover implements SocketTakeover {

	@Override
	public boolean supports(HttpServletRequest request, Protocol protocol) {
		return protocol != Protocol.SSE && "HTTP/1.1".equals(request.getProtocol())
				&& WebUtils.getNativeRequest(request, ServletApiRequest.class) != null;
	}

	@Override
	public void takeOver(HttpServletRequest request, HttpServletResponse response, ConnectionOpening opening) {
		opening.awaitHandover();
		Request core = ServletContextRequest.getServletContextRequest(request);
		core.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, new Upgraded(core, opening));
	}

	/** The connection that follows HTTP on its endpoint. */
	private static final class Upgraded extends AbstractConnection.NonBlocking
			implements Connection.UpgradeTo, ContainerChannel.Port {

		private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

		private final ConnectionOpening opening;

		private final ContainerChannel channel;

		/** What Jetty read beyond the head. Belongs to the event loop once it is open. */
		private ByteBuffer early = NOTHING;

		/** Belongs to the event loop. */
		private boolean writing;

		Upgraded(Request request, ConnectionOpening opening) {
			super(request.getConnectionMetaData().getConnection().getEndPoint(),
					request.getConnectionMetaData().getConnector().getExecutor());
			this.opening = opening;
			this.channel = new ContainerChannel(this, address(getEndPoint().getRemoteSocketAddress()), opening.loop());
		}

		private static SocketAddress address(@Nullable SocketAddress remote) {
			return (remote != null) ? remote : InetSocketAddress.createUnresolved("unknown", 0);
		}

		@Override
		public void onUpgradeTo(ByteBuffer rest) {
			this.early = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
		}

		/** The head is with the socket. */
		@Override
		public void onOpen() {
			super.onOpen();
			getEndPoint().setIdleTimeout(0);
			this.opening.open(this.channel, () -> {
			});
		}

		@Override
		public void onFillable() {
			this.channel.reportReadable();
		}

		@Override
		public void onFillInterestedFailed(Throwable cause) {
			this.channel.reportClosed();
		}

		@Override
		public void onClose(@Nullable Throwable cause) {
			super.onClose(cause);
			this.channel.reportClosed();
		}

		@Override
		public int read(ByteBuf to) throws IOException {
			if (this.early.hasRemaining()) {
				int count = Math.min(this.early.remaining(), to.writableBytes());
				to.writeBytes(this.early.slice().limit(count));
				this.early.position(this.early.position() + count);
				return count;
			}
			this.early = NOTHING;
			// Jetty appends behind the limit
			ByteBuffer space = to.nioBuffer(to.writerIndex(), to.writableBytes()).limit(0);
			int count = getEndPoint().fill(space);
			to.writerIndex(to.writerIndex() + Math.max(count, 0));
			return count;
		}

		@Override
		public void awaitRead() {
			fillInterested();
		}

		@Override
		public boolean write(ByteBuf bytes) throws IOException {
			ByteBuffer[] parts = bytes.nioBuffers();
			if (getEndPoint().flush(parts)) {
				return true;
			}
			this.writing = true;
			getEndPoint().write(Callback.from(this::written, (failure) -> this.channel.reportClosed()), parts);
			return false;
		}

		private void written() {
			this.channel.reportWritable(() -> this.writing = false);
		}

		@Override
		public boolean flush() {
			return !this.writing;
		}

		@Override
		public void shutDownOutput() {
			getEndPoint().shutdownOutput();
		}

		@Override
		public void close() {
			getEndPoint().close();
		}

	}

}
