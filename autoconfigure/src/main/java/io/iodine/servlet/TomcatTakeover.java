package io.iodine.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;

import io.iodine.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import org.apache.catalina.connector.RequestFacade;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * Takes sockets over from Tomcat, as Tomcat's own WebSockets do. A plain socket moves to
 * a selector of Netty. A socket of TLS stays behind Tomcat's TLS engine. All internals of
 * Tomcat that this product uses are named here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
final class TomcatTakeover implements SocketTakeover {

	@Override
	public boolean supports(HttpServletRequest request, Protocol protocol) {
		return "HTTP/1.1".equals(request.getProtocol())
				&& WebUtils.getNativeRequest(request, RequestFacade.class) != null;
	}

	@Override
	public void takeOver(HttpServletRequest request, HttpServletResponse response, ConnectionOpening opening)
			throws IOException, ServletException {
		opening.awaitHandover();
		if (response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
			request.upgrade(Handler.class).opens(opening);
			response.flushBuffer();
		}
		else {
			// once its head is sent, Tomcat adds neither a 101 nor a last chunk
			HeadSender.send(response);
			if (response.containsHeader("Content-Encoding")) {
				// Tomcat compresses the response, and has to go on
				opening.leaveFramingToContainer();
				AsyncEventStreamWriter.open(request, response, opening);
				return;
			}
			request.upgrade(Handler.class).opens(opening);
		}
	}

	/** Gets a socket once its head is sent. Public, because Tomcat creates it. */
	public static final class Handler implements InternalHttpUpgradeHandler {

		private volatile @Nullable ConnectionOpening opening;

		private volatile @Nullable SocketWrapperBase<?> socket;

		private volatile @Nullable Channel channel;

		void opens(ConnectionOpening opening) {
			this.opening = opening;
		}

		@Override
		public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
			this.socket = wrapper;
		}

		@Override
		public void init(@Nullable WebConnection ignored) {
			SocketWrapperBase<?> wrapper = Objects.requireNonNull(this.socket);
			ConnectionOpening current = this.opening;
			this.opening = null;
			if (current == null) {
				wrapper.close();
			}
			else if (wrapper.getSocket() instanceof NioChannel plain && !(plain instanceof SecureNioChannel)) {
				direct(wrapper, plain, current);
			}
			else {
				wrapped(wrapper, current);
			}
		}

		/**
		 * Registers the socket with a second selector; Tomcat's has no interest in it.
		 */
		private void direct(SocketWrapperBase<?> wrapper, NioChannel plain, ConnectionOpening opening) {
			NioSocketChannel direct = new CountedChannel(wrapper, plain.getIOChannel());
			direct.config().setAutoRead(false);
			this.channel = direct;
			opening.open(direct, () -> fireEarly(wrapper, direct));
		}

		private void wrapped(SocketWrapperBase<?> wrapper, ConnectionOpening opening) {
			Socket port = new Socket(wrapper);
			ContainerChannel wrapped = new ContainerChannel(port, port.remote(), opening.loop());
			this.channel = wrapped;
			opening.open(wrapped, () -> {
			});
		}

		/** Fires what Tomcat read beyond the head. */
		private static void fireEarly(SocketWrapperBase<?> wrapper, Channel channel) {
			while (!wrapper.getSocketBufferHandler().isReadBufferEmpty()) {
				ByteBuf bytes = channel.alloc().buffer(8192);
				boolean read = false;
				try {
					ByteBuffer space = bytes.internalNioBuffer(0, bytes.writableBytes());
					bytes.writerIndex(Math.max(0, wrapper.read(false, space)));
					read = true;
				}
				catch (IOException ex) {
					channel.close();
					return;
				}
				finally {
					if (!read) {
						bytes.release();
					}
				}
				channel.pipeline().fireChannelRead(bytes);
			}
			channel.pipeline().fireChannelReadComplete();
		}

		/** SUSPENDED leaves the socket alone until an interest is registered. */
		@Override
		public SocketState upgradeDispatch(SocketEvent event) {
			ContainerChannel wrapped = (this.channel instanceof ContainerChannel container) ? container : null;
			if (event == SocketEvent.OPEN_READ) {
				if (wrapped != null) {
					wrapped.reportReadable();
				}
				return SocketState.SUSPENDED;
			}
			if (event == SocketEvent.OPEN_WRITE && wrapped != null) {
				wrapped.reportWritable();
				return SocketState.SUSPENDED;
			}
			return SocketState.CLOSED;
		}

		@Override
		public void destroy() {
			ConnectionOpening unopened = this.opening;
			if (unopened != null) {
				unopened.abandon();
			}
			Channel current = this.channel;
			if (current instanceof ContainerChannel wrapped) {
				wrapped.reportClosed();
			}
			else if (current != null && current.isRegistered()) {
				current.close();
			}
		}

		@Override
		public void timeoutAsync(long now) {
			// Tomcat has no timeout for it
		}

		@Override
		public void setSslSupport(SSLSupport sslSupport) {
			// the TLS session belongs to the request
		}

		@Override
		public void pause() {
			// the drain has closed it before
		}

	}

	/** Closes Tomcat's wrapper, which counts connections, even if it never opened. */
	private static final class CountedChannel extends NioSocketChannel {

		private final SocketWrapperBase<?> wrapper;

		CountedChannel(SocketWrapperBase<?> wrapper, SocketChannel socket) {
			super(null, socket);
			this.wrapper = wrapper;
		}

		@Override
		protected void doClose() throws Exception {
			try {
				super.doClose();
			}
			finally {
				this.wrapper.close();
			}
		}

	}

	/** A socket behind Tomcat's TLS engine. */
	private static final class Socket implements ContainerChannel.Port {

		private final SocketWrapperBase<?> wrapper;

		Socket(SocketWrapperBase<?> wrapper) {
			this.wrapper = wrapper;
		}

		InetSocketAddress remote() {
			InetAddress address = NetUtil.createInetAddressFromIpAddressString(this.wrapper.getRemoteAddr());
			return new InetSocketAddress(address, this.wrapper.getRemotePort());
		}

		@Override
		public int read(ByteBuf to) throws IOException {
			ByteBuffer space = to.internalNioBuffer(to.writerIndex(), to.writableBytes());
			int count = this.wrapper.read(false, space);
			to.writerIndex(to.writerIndex() + Math.max(count, 0));
			return count;
		}

		@Override
		public void awaitRead() {
			this.wrapper.registerReadInterest();
		}

		@Override
		public boolean write(ByteBuf bytes) throws IOException {
			for (ByteBuffer part : bytes.nioBuffers()) {
				this.wrapper.write(false, part);
			}
			return flush();
		}

		@Override
		public boolean flush() throws IOException {
			boolean sent = !this.wrapper.flush(false);
			if (!sent) {
				this.wrapper.registerWriteInterest();
			}
			return sent;
		}

		@Override
		public void shutDownOutput() throws IOException {
			if (this.wrapper.getSocket() instanceof NioChannel socket) {
				socket.getIOChannel().shutdownOutput();
			}
			else {
				this.wrapper.close();
			}
		}

		@Override
		public void close() {
			this.wrapper.close();
		}

	}

}
