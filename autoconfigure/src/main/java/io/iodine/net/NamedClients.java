package io.iodine.net;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Peers that are known by names. A peer sends its name as its first message, each message
 * preceded by its length ({@link io.iodine.Framer#lengthPrefixed()}), and is answered
 * {@code OK}; from then on, what it sends is for the application. A bean. Thread-safe.
 * <p>
 * Everything happens in {@link #poll}: what is not polled is not read. Which peers are
 * taken without being registered is {@code iodine.named-clients.unknown}.
 */
public interface NamedClients {

	/**
	 * Expects a peer. One that waits under this name is taken with the next poll.
	 * @param name the name
	 * @param rules what it must fulfil, all of them
	 * @return the peer, not connected yet
	 * @throws IllegalArgumentException when the name is empty, or taken
	 */
	NamedClient register(String name, NamedClientRule... rules);

	/**
	 * Takes peers on an address, as a {@link Listener} does. May be called for many.
	 * @param url the address
	 * @return the listener that has begun
	 * @throws IllegalArgumentException as {@link Listeners#add}
	 * @throws java.io.UncheckedIOException as {@link Listeners#add}
	 */
	default ActiveListener listen(String url) {
		return listen(url, UnaryOperator.identity());
	}

	/**
	 * Takes peers on an address with options, such as the certificates of {@code tls://}.
	 * @param url the address
	 * @param options what the listener has besides; its framer and its threads are those
	 * of named clients
	 * @return the listener that has begun
	 * @throws IllegalArgumentException as {@link Listeners#add}
	 * @throws java.io.UncheckedIOException as {@link Listeners#add}
	 */
	ActiveListener listen(String url, UnaryOperator<Listener> options);

	/**
	 * Handles peers that are taken without being registered within the polls, from now
	 * on.
	 * @param processors makes the processor of each, as for {@link NamedClient#process}
	 */
	void processUnknown(Function<? super NamedClient, ? extends NamedClientProcessor> processors);

	/**
	 * Connects to a server of named clients.
	 * @param url where to, such as {@code tcp://host:port} or {@code unix:/path}
	 * @param ownName the name that is sent
	 * @param peerName the name of the peer here
	 * @return the peer, not connected yet
	 * @throws IllegalArgumentException when the name of the peer is empty or taken, or
	 * the URL is no such URL
	 */
	default NamedClient connect(URI url, String ownName, String peerName) {
		return connect(url, ownName, peerName, ClientOptions.DEFAULTS);
	}

	/**
	 * Connects to a server of named clients with options, such as the bundle of
	 * {@code tls://}.
	 * @param url where to
	 * @param ownName the name that is sent
	 * @param peerName the name of the peer here
	 * @param options how; its framer and its threads are those of named clients
	 * @return the peer, not connected yet
	 * @throws IllegalArgumentException when the name of the peer is empty or taken, the
	 * URL is no such URL, or an option is not for it
	 */
	NamedClient connect(URI url, String ownName, String peerName, ClientOptions options);

	/**
	 * Finds a peer.
	 * @param nameOrId its name, or the id of its connection
	 * @return the peer; empty when there is none
	 */
	Optional<NamedClient> find(String nameOrId);

	/**
	 * All peers that are registered or connected.
	 * @return the peers
	 */
	Collection<NamedClient> all();

	/**
	 * Waits until something has happened, and tells what has since the last call. One
	 * thread at a time.
	 * @param timeout how long to wait; zero not to wait
	 * @return what has happened
	 */
	Iteration poll(Duration timeout);

	/**
	 * What has happened between two polls.
	 *
	 * @param connectedExpected registered peers that have connected
	 * @param connectedUnknown peers that have connected without being registered
	 * @param disconnected peers that have gone; what they sent can still be taken, of
	 * peers that were not registered until the next poll
	 * @param readable peers that have sent something
	 * @param outputEmpty peers to which all was sent that was written
	 */
	record Iteration(Set<NamedClient> connectedExpected, Set<NamedClient> connectedUnknown,
			Set<NamedClient> disconnected, Set<NamedClient> readable, Set<NamedClient> outputEmpty) {

		public Iteration {
			connectedExpected = Set.copyOf(connectedExpected);
			connectedUnknown = Set.copyOf(connectedUnknown);
			disconnected = Set.copyOf(disconnected);
			readable = Set.copyOf(readable);
			outputEmpty = Set.copyOf(outputEmpty);
		}

		/**
		 * Whether nothing has happened.
		 * @return true when all sets are empty
		 */
		public boolean isEmpty() {
			return this.connectedExpected.isEmpty() && this.connectedUnknown.isEmpty() && this.disconnected.isEmpty()
					&& this.readable.isEmpty() && this.outputEmpty.isEmpty();
		}

	}

}
