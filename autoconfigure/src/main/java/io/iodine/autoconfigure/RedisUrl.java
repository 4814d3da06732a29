package io.iodine.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** The address of Redis in {@code iodine.redis.url}. */
record RedisUrl(String host, int port, @Nullable String username, @Nullable String password, int database,
		boolean tls) {

	private static final int DEFAULT_PORT = 6379;

	static RedisUrl parse(String url) {
		URI uri = uri(url);
		String host = uri.getHost();
		boolean tls = "rediss".equals(uri.getScheme());
		if (host == null || !(tls || "redis".equals(uri.getScheme()))) {
			throw invalid();
		}
		String user = null;
		String password = null;
		if (uri.getRawUserInfo() != null) {
			String[] credentials = uri.getRawUserInfo().split(":", 2);
			user = (credentials.length < 2 || credentials[0].isEmpty()) ? null : decoded(credentials[0]);
			password = decoded(credentials[credentials.length - 1]);
		}
		return new RedisUrl(host, (uri.getPort() < 0) ? DEFAULT_PORT : uri.getPort(), user, password,
				database(uri.getPath()), tls);
	}

	private static URI uri(String url) {
		try {
			return new URI(url);
		}
		catch (URISyntaxException ex) {
			throw invalid();
		}
	}

	private static int database(@Nullable String path) {
		if (path == null || path.length() < 2) {
			return 0;
		}
		if (!path.matches("/[0-9]{1,5}")) {
			throw invalid();
		}
		return Integer.parseInt(path.substring(1));
	}

	private static String decoded(String part) {
		return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	/** Keeps the URL, which may hold a password, out of the message. */
	private static InvalidIodinePropertyException invalid() {
		return new InvalidIodinePropertyException("iodine.redis.url", "not a URL of Redis",
				"redis://user:password@host:port/database, or rediss:// for TLS");
	}

	@Override
	public String toString() {
		return (this.tls ? "rediss://" : "redis://") + this.host + ":" + this.port
				+ ((this.database > 0) ? "/" + this.database : "");
	}

}
