package io.iodine.upgrade;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An origin in its normal form (RFC 6454, sections 4 and 6.2): in lower case, and without
 * the port that its scheme has by default.
 *
 * @param scheme {@code http} or {@code https}, or another that pages have
 * @param host a name, an address, or a pattern with {@code *}; also with an underscore,
 * which {@link URI} does not take for a host
 * @param port the port; empty when it is the default, a pattern when it may be {@code *}
 */
record Origin(String scheme, String host, String port) {

	private static final Pattern SYNTAX = Pattern
		.compile("([a-z][a-z0-9+.-]*)://(\\[[0-9a-f:.]+]|[^\\s/:@?#\\[\\]]+)(?::([0-9]{1,5}|\\*))?(/?)");

	/**
	 * Reads the header of a request.
	 * @param text the header
	 * @return the origin; empty when it is {@code null} or malformed
	 */
	static Optional<Origin> parse(String text) {
		return read(text).filter((origin) -> !text.endsWith("/"));
	}

	/**
	 * Reads a configured origin, which may end in a slash.
	 * @param text the origin, or a pattern
	 * @return the origin; empty when it has no scheme or is malformed
	 */
	static Optional<Origin> read(String text) {
		Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
		if (!matcher.matches()) {
			return Optional.empty();
		}
		String port = (matcher.group(3) != null) ? matcher.group(3) : "";
		return Optional.of(of(matcher.group(1), matcher.group(2), port));
	}

	/**
	 * The origin of the application, as the request's target and forwarded headers have
	 * it.
	 * @param target the URI of the request
	 * @return its origin
	 */
	static Optional<Origin> of(URI target) {
		String authority = target.getRawAuthority();
		return (authority != null) ? read(page(target.getScheme()) + "://" + authority) : Optional.empty();
	}

	private static String page(String scheme) {
		boolean secure = "https".equalsIgnoreCase(scheme) || "wss".equalsIgnoreCase(scheme);
		return secure ? "https" : "http";
	}

	private static Origin of(String scheme, String host, String port) {
		boolean isDefault = (scheme.equals("https") && port.equals("443"))
				|| (scheme.equals("http") && port.equals("80"));
		return new Origin(scheme, host, isDefault ? "" : port);
	}

	@Override
	public String toString() {
		return this.scheme + "://" + this.host + (this.port.isEmpty() ? "" : ":" + this.port);
	}

}
