package io.iodine.accesslog;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.iodine.header.CommaSeparatedList;
import org.jspecify.annotations.Nullable;

/** The address of a client: its own, or the one in a trusted proxy's header. */
final class ClientAddress {

	private static final Pattern FORWARDED_FOR = Pattern.compile("(?i)(?:^|[;,\\s])for=\"?(\\[[^\\]]+]|[^\";,\\s:]+)");

	private ClientAddress() {
	}

	/**
	 * The address to log.
	 * @param peer the other end of the socket, or null
	 * @param header looks a header of the request up
	 * @param forwarded whether what proxies say counts
	 */
	static String of(@Nullable SocketAddress peer, Function<String, @Nullable String> header, boolean forwarded) {
		if (forwarded) {
			String named = forwardedAddress(header);
			if (named != null) {
				return named;
			}
		}
		return of(peer);
	}

	static String of(@Nullable SocketAddress peer) {
		if (peer instanceof InetSocketAddress inet) {
			InetAddress address = inet.getAddress();
			return (address != null) ? address.getHostAddress() : inet.getHostString();
		}
		return "-";
	}

	private static @Nullable String forwardedAddress(Function<String, @Nullable String> header) {
		String forwarded = header.apply("Forwarded");
		if (forwarded != null) {
			Matcher matcher = FORWARDED_FOR.matcher(forwarded);
			return matcher.find() ? plain(matcher.group(1)) : null;
		}
		String forwardedFor = header.apply("X-Forwarded-For");
		return (forwardedFor != null) ? plain(CommaSeparatedList.split(forwardedFor).get(0)) : null;
	}

	private static String plain(String address) {
		StringBuilder plain = new StringBuilder();
		Escapes.append(plain, address.replace("[", "").replace("]", "").replace(' ', '_'));
		return plain.isEmpty() ? "-" : plain.toString();
	}

}
