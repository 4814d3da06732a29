package io.iodine.socket;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.iodine.net.ActiveListener;
import io.iodine.net.Listener;
import io.netty.channel.Channel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** A listener whose socket is bound. */
final class BoundListener implements ActiveListener {

	private static final Log logger = LogFactory.getLog(BoundListener.class);

	private final SocketListeners listeners;

	private final String name;

	private final Listener listener;

	private final ConnectionInitializer initializer;

	private final Channel channel;

	private final SocketAddress address;

	private final @Nullable UnixSocketFile file;

	BoundListener(SocketListeners listeners, String name, Listener listener, ConnectionInitializer initializer,
			Channel channel, @Nullable UnixSocketFile file) {
		this.listeners = listeners;
		this.name = name;
		this.listener = listener;
		this.initializer = initializer;
		this.channel = channel;
		this.address = channel.localAddress();
		this.file = file;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String url() {
		return this.listener.url();
	}

	@Override
	public SocketAddress address() {
		return this.address;
	}

	@Override
	public int port() {
		return (this.address instanceof InetSocketAddress inet) ? inet.getPort() : -1;
	}

	@Override
	public int connections() {
		return this.initializer.connections();
	}

	@Override
	public void stop() {
		this.listeners.stopped(this);
		if (this.file != null) {
			this.file.delete();
		}
		this.channel.close().syncUninterruptibly();
		logger.info("Listener " + this.name + " no longer listens on " + where());
	}

	String where() {
		return (this.file != null) ? this.listener.url() : this.listener.url().replaceFirst(":\\d+$", ":" + port());
	}

}
