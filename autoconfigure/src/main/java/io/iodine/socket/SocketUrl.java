package io.iodine.socket;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Address to listen on or to connect to.
 *
 * @param scheme the transport
 * @param host the host, without brackets; empty for every address, or for a Unix socket
 * @param port the port; 0 for any, or for a Unix socket
 * @param path the path of a Unix socket, or of a WebSocket's URL; else empty
 */
public record SocketUrl(Scheme scheme, String host, int port, String path) {

	/** What {@code sockaddr_un} has room for, less the NUL at its end. */
	static final int MAX_UNIX_PATH = 107;

	private static final int MAX_PORT = 65_535;

	/**
	 * Parses a URL.
	 * @param url the URL
	 * @return its parts
	 * @throws IllegalArgumentException when it is none, saying what was expected
	 */
	public static SocketUrl parse(String url) {
		int colon = url.indexOf(':');
		Scheme scheme = Scheme.of((colon > 0) ? url.substring(0, colon) : "");
		if (scheme == Scheme.UNIX) {
			return unix(url.substring(colon + 1));
		}
		URI uri;
		try {
			uri = new URI(url.replaceFirst("//(\\*)?:", "//[::]:"));
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("the URL can't be parsed: " + ex.getReason() + ". " + scheme.expected());
		}
		if (uri.getHost() == null || uri.getUserInfo() != null || uri.getPort() < 0 || uri.getPort() > MAX_PORT) {
			throw new IllegalArgumentException(scheme.expected());
		}
		if (uri.getPath() != null && uri.getPath().length() > 1) {
			throw new IllegalArgumentException("the URL must not have a path. " + scheme.expected());
		}
		return new SocketUrl(scheme, uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort(), "");
	}

	/**
	 * Looks the host up. Blocks while the name service does.
	 * @return the address
	 * @throws IllegalArgumentException when there is no such host
	 */
	InetSocketAddress address() {
		InetSocketAddress address = (this.host.equals("::") || this.host.isEmpty()) ? new InetSocketAddress(this.port)
				: new InetSocketAddress(this.host, this.port);
		if (address.isUnresolved()) {
			throw new IllegalArgumentException("the host " + this.host + " is unknown");
		}
		return address;
	}

	private static SocketUrl unix(String rest) {
		String path = rest.startsWith("//") ? rest.substring(2) : rest;
		int length = path.getBytes(StandardCharsets.UTF_8).length;
		if (length == 0 || length > MAX_UNIX_PATH || path.indexOf(0) >= 0) {
			throw new IllegalArgumentException("the path of a Unix socket has 1 to " + MAX_UNIX_PATH + " bytes, not "
					+ length + ". " + Scheme.UNIX.expected());
		}
		return new SocketUrl(Scheme.UNIX, "", 0, path);
	}

	@Override
	public String toString() {
		String name = this.scheme.name().toLowerCase(Locale.ROOT);
		return (this.scheme == Scheme.UNIX) ? name + ":" + this.path
				: name + "://" + ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

	/** The transport of a socket. */
	public enum Scheme {

		/** Bytes over TCP. */
		TCP("tcp://127.0.0.1:7000"),

		/** Bytes over TLS. */
		TLS("tls://127.0.0.1:7443"),

		/** Datagrams. */
		UDP("udp://127.0.0.1:7000"),

		/** Bytes on a Unix socket. */
		UNIX("unix:/run/app.sock");

		private final String example;

		Scheme(String example) {
			this.example = example;
		}

		String expected() {
			return "Expected is a URL such as " + this.example;
		}

		static Scheme of(String name) {
			return switch (name.toLowerCase(Locale.ROOT)) {
				case "tcp", "raw" -> TCP;
				case "tls", "ssl" -> TLS;
				case "udp" -> UDP;
				case "unix" -> UNIX;
				default -> throw new IllegalArgumentException("the scheme must be tcp, tls, udp or unix. Expected is a "
						+ "URL such as tcp://127.0.0.1:7000 or unix:/run/app.sock");
			};
		}

	}

}
