package io.iodine.socket;

import io.iodine.Framer;
import io.iodine.net.Listener;
import io.iodine.socket.SocketUrl.Scheme;

/**
 * Checks that the options of a listener have an effect on its kind of socket, because one
 * that is ignored would leave a socket without the TLS or the permissions it should have.
 */
final class ListenerOptions {

	private ListenerOptions() {
	}

	static void check(Listener listener, SocketUrl url) {
		boolean tls = url.scheme() == Scheme.TLS;
		boolean tcp = tls || url.scheme() == Scheme.TCP;
		refuse(!tls && listener.tlsBundle().isPresent(), "tls", url, "tls://");
		refuse(!tls && listener.isClientCertificate(), "clientCertificate", url, "tls://");
		refuse(!tls && !listener.sni().isEmpty(), "sni", url, "tls://");
		refuse(!tls && !listener.alpn().isEmpty(), "alpn", url, "tls://");
		refuse(url.scheme() != Scheme.UNIX && listener.permissions().isPresent(), "permissions", url, "unix:");
		refuse(!tcp && !listener.isNoDelay(), "noDelay", url, "tcp:// and tls://");
		refuse(!tcp && listener.fastOpen() > 0, "fastOpen", url, "tcp:// and tls://");
		refuse(url.scheme() == Scheme.UNIX && listener.isReusePort(), "reusePort", url, "tcp://, tls:// and udp://");
		refuse(url.scheme() == Scheme.UDP && listener.backlog().isPresent(), "backlog", url,
				"tcp://, tls:// and unix:");
		if (url.scheme() == Scheme.UDP && !listener.framer().equals(Framer.raw())) {
			throw new IllegalArgumentException(
					"a framer can't be used with " + url + ", where each datagram is a message");
		}
	}

	private static void refuse(boolean ignored, String option, SocketUrl url, String schemes) {
		if (ignored) {
			throw new IllegalArgumentException("the option " + option + " would have no effect on " + url
					+ ": it is for " + schemes + ". Change the URL, or remove the option");
		}
	}

}
