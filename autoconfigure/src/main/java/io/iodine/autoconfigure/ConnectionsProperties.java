package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many connections may be open: WebSockets, event streams and raw ones together.
 *
 * @param max Maximum number of open connections, over which the response is 503. 0 means
 * no limit.
 * @param maxPerAddress Maximum number of open connections of one address, over which the
 * response is 429. An IPv6 network of 64 bits counts as one address. 0 means no limit.
 * @param maxPerPrincipal Maximum number of open connections of one authenticated user,
 * over which the response is 429. 0 means no limit.
 * @param maxPerSecond Maximum number of connections that open in a second, over which the
 * response is 429. 0 means no limit.
 * @param maxSubscriptions Maximum number of channels and patterns that one connection may
 * subscribe to, over which subscribe returns false.
 * @param minFreeDescriptors Number of file descriptors to keep free for files and
 * outgoing connections. While fewer are free, a client that connects to the web server
 * gets 503 and is disconnected. 0 means none.
 */
record ConnectionsProperties(@DefaultValue("0") int max, @DefaultValue("0") int maxPerAddress,
		@DefaultValue("0") int maxPerPrincipal, @DefaultValue("0") int maxPerSecond,
		@DefaultValue("1024") int maxSubscriptions, @DefaultValue("0") int minFreeDescriptors) {

	ConnectionsProperties {
		PropertyCheck.zeroOrMore("iodine.connections.max", max);
		PropertyCheck.zeroOrMore("iodine.connections.max-per-address", maxPerAddress);
		PropertyCheck.zeroOrMore("iodine.connections.max-per-principal", maxPerPrincipal);
		PropertyCheck.zeroOrMore("iodine.connections.max-per-second", maxPerSecond);
		PropertyCheck.positive("iodine.connections.max-subscriptions", maxSubscriptions);
		PropertyCheck.zeroOrMore("iodine.connections.min-free-descriptors", minFreeDescriptors);
	}

}
