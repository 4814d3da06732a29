package io.iodine.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

import io.iodine.Connection;

/** What a named client must fulfil to be taken. */
@FunctionalInterface
public interface NamedClientRule {

	/**
	 * Checks a connection that has sent the name.
	 * @param client the connection
	 * @return what is wrong with it; empty when nothing is
	 */
	Optional<String> violation(Connection client);

	/**
	 * The peer must be on this machine.
	 * @return the rule
	 */
	static NamedClientRule localOnly() {
		return (client) -> address(client).filter((address) -> !address.isLoopbackAddress())
			.map((address) -> address.getHostAddress() + " is another machine");
	}

	/**
	 * The peer must come by a Unix socket.
	 * @return the rule
	 */
	static NamedClientRule unixOnly() {
		return (client) -> address(client).map((address) -> "it comes by TCP");
	}

	/**
	 * The peer must come by TCP.
	 * @return the rule
	 */
	static NamedClientRule tcpOnly() {
		return (client) -> address(client).isPresent() ? Optional.empty() : Optional.of("it comes by a Unix socket");
	}

	/**
	 * The peer must have an address of a network. One on a Unix socket has none.
	 * @param cidr the network, such as {@code 10.0.0.0/8}
	 * @return the rule
	 * @throws IllegalArgumentException when this is no network
	 */
	static NamedClientRule network(String cidr) {
		Network network = Network.parse(cidr);
		return (client) -> address(client).filter(network::contains).isPresent() ? Optional.empty()
				: Optional.of("its address is not of " + cidr);
	}

	/**
	 * The peer must have shown a certificate with this subject, on a listener that
	 * requires certificates.
	 * @param subject the subject, such as {@code CN=Eva}
	 * @return the rule
	 */
	static NamedClientRule certificate(String subject) {
		String expected = normal(subject);
		return (client) -> client.principal().filter((shown) -> normal(shown.getName()).equals(expected)).isPresent()
				? Optional.empty() : Optional.of("it has no certificate of " + subject);
	}

	private static Optional<InetAddress> address(Connection client) {
		return client.remoteAddress()
			.filter(InetSocketAddress.class::isInstance)
			.map((address) -> ((InetSocketAddress) address).getAddress());
	}

	private static String normal(String subject) {
		return subject.replace(", ", ",").toLowerCase(Locale.ROOT);
	}

	/**
	 * A network.
	 *
	 * @param prefix its address
	 * @param bits how many bits of it count
	 */
	@SuppressWarnings("ArrayRecordComponent") // never leaves this class
	record Network(byte[] prefix, int bits) {

		private static Network parse(String cidr) {
			int slash = cidr.indexOf('/');
			// only digits and colons: no name is looked up
			if (slash < 0 || !cidr.matches("[0-9a-fA-F.:]+/\\d{1,3}")) {
				throw new IllegalArgumentException("a network looks like 10.0.0.0/8, not like " + cidr);
			}
			try {
				InetAddress address = InetAddress.getByName(cidr.substring(0, slash));
				int bits = Integer.parseInt(cidr.substring(slash + 1));
				if (bits > ((address instanceof Inet4Address) ? 32 : 128)) {
					throw new IllegalArgumentException("the network " + cidr + " has too many bits");
				}
				return new Network(address.getAddress(), bits);
			}
			catch (UnknownHostException ex) {
				throw new IllegalArgumentException("a network looks like 10.0.0.0/8, not like " + cidr, ex);
			}
		}

		private boolean contains(InetAddress address) {
			byte[] other = address.getAddress();
			if (other.length != this.prefix.length) {
				return false;
			}
			for (int i = 0; i < this.bits; i++) {
				int mask = 0x80 >> (i % 8);
				if ((this.prefix[i / 8] & mask) != (other[i / 8] & mask)) {
					return false;
				}
			}
			return true;
		}

	}

}
