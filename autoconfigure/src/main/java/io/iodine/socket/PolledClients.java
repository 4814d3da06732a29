package io.iodine.socket;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.concurrent.PeerText;
import io.iodine.concurrent.SafeLog;
import io.iodine.concurrent.ThrottledLog;
import io.iodine.net.ActiveListener;
import io.iodine.net.ClientOptions;
import io.iodine.net.Listener;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientProcessor;
import io.iodine.net.NamedClientRule;
import io.iodine.net.NamedClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Named clients whose callbacks run in {@link #poll}: this is their executor, so that
 * what is not polled is read no further than the receive queues of connections allow.
 */
public final class PolledClients implements NamedClients, Executor {

	private static final Log logger = LogFactory.getLog(PolledClients.class);

	private static final ThrottledLog refusals = new ThrottledLog(logger);

	private static final String OK = "OK";

	private final SocketListeners listeners;

	private final SocketConnector connector;

	private final NamedClientSettings settings;

	private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();

	private final ConcurrentMap<String, NamedPeer> peers = new ConcurrentHashMap<>();

	private final ReentrantLock polling = new ReentrantLock();

	private final UnreadInput input;

	private final AtomicInteger generated = new AtomicInteger();

	private volatile @Nullable Function<? super NamedClient, ? extends NamedClientProcessor> unknownProcessors;

	/** From here on guarded by the lock of polling. */
	private final Map<String, Gate> parked = new LinkedHashMap<>();

	private Set<NamedClient> connectedExpected = new HashSet<>();

	private Set<NamedClient> connectedUnknown = new HashSet<>();

	private Set<NamedClient> disconnected = new HashSet<>();

	private Set<NamedClient> readable = new HashSet<>();

	private Set<NamedClient> outputEmpty = new HashSet<>();

	/**
	 * Creates named clients.
	 * @param listeners listens
	 * @param connector connects
	 * @param settings which peers are taken
	 */
	public PolledClients(SocketListeners listeners, SocketConnector connector, NamedClientSettings settings) {
		this.listeners = listeners;
		this.connector = connector;
		this.settings = settings;
		this.input = new UnreadInput(settings.maxInput());
	}

	@Override
	public NamedClient register(String name, NamedClientRule... rules) {
		NamedPeer peer = add(name, List.of(rules));
		execute(() -> unpark(name));
		return peer;
	}

	@Override
	public ActiveListener listen(String url, UnaryOperator<Listener> options) {
		Listener listener = Listener.on(url, Gate::new);
		Listener with = options.apply(listener);
		if (with.handlers() != listener.handlers()) {
			throw new IllegalArgumentException("the options of " + url + " must be those of the listener given");
		}
		return this.listeners.add(with.framer(Framer.lengthPrefixed()).nonBlocking(false), this);
	}

	@Override
	public void processUnknown(Function<? super NamedClient, ? extends NamedClientProcessor> processors) {
		this.unknownProcessors = Objects.requireNonNull(processors, "the processors must not be null");
	}

	@Override
	public NamedClient connect(URI url, String ownName, String peerName, ClientOptions options) {
		NamedPeer peer = add(peerName, List.of());
		try {
			this.connector.connect(url, new Dialer(peer, ownName),
					options.framer(Framer.lengthPrefixed()).nonBlocking(false), this);
			return peer;
		}
		catch (RuntimeException ex) {
			this.peers.remove(peerName, peer);
			throw ex;
		}
	}

	@Override
	public Optional<NamedClient> find(String nameOrId) {
		NamedPeer peer = this.peers.get(nameOrId);
		return (peer != null) ? Optional.of(peer)
				: all().stream()
					.filter((other) -> other.connection().map(Connection::id).filter(nameOrId::equals).isPresent())
					.findFirst();
	}

	@Override
	public Collection<NamedClient> all() {
		return List.copyOf(this.peers.values());
	}

	@Override
	public void execute(Runnable task) {
		this.events.add(task);
	}

	@Override
	public Iteration poll(Duration timeout) {
		this.polling.lock();
		try {
			this.peers.values().forEach(NamedPeer::poll);
			if (!this.input.isFull()) {
				run(timeout);
			}
			return swap();
		}
		finally {
			this.polling.unlock();
		}
	}

	void taken(long bytes) {
		this.input.taken(bytes);
	}

	void removed(NamedPeer peer) {
		this.peers.remove(peer.name(), peer);
	}

	private NamedPeer add(String name, List<NamedClientRule> rules) {
		if (name.isEmpty()) {
			throw new IllegalArgumentException("the name of a client must not be empty");
		}
		NamedPeer peer = new NamedPeer(this, name, rules);
		if (this.peers.putIfAbsent(name, peer) != null) {
			throw new IllegalArgumentException("a client named " + name + " is registered already");
		}
		return peer;
	}

	private void run(Duration timeout) {
		try {
			Runnable first = this.events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
			for (int left = this.events.size(); first != null; left--) {
				SafeLog.guard(logger, "A task of named clients", first);
				first = (left > 0 && !this.input.isFull()) ? this.events.poll() : null;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Iteration swap() {
		Iteration iteration = new Iteration(this.connectedExpected, this.connectedUnknown, this.disconnected,
				this.readable, this.outputEmpty);
		this.connectedExpected = new HashSet<>();
		this.connectedUnknown = new HashSet<>();
		this.disconnected = new HashSet<>();
		this.readable = new HashSet<>();
		this.outputEmpty = new HashSet<>();
		return iteration;
	}

	private void unpark(String name) {
		Gate waiting = this.parked.remove(name);
		NamedPeer peer = this.peers.get(name);
		if (waiting != null && peer != null) {
			waiting.take(peer);
		}
	}

	/** Lets a peer in once it has sent its name. In polls. */
	private class Gate implements ConnectionHandler {

		private @Nullable Connection client;

		private @Nullable NamedPeer peer;

		private @Nullable String parkedAs;

		private boolean unknown;

		@Override
		public void onOpen(Connection opened) {
			this.client = opened;
		}

		@Override
		public void onMessage(Connection from, Message message) {
			NamedPeer known = this.peer;
			if (known != null) {
				if (!known.handles((processor) -> processor.onMessage(known, message))) {
					known.received(message);
					PolledClients.this.input.add(message.size());
					PolledClients.this.readable.add(known);
				}
			}
			else if (this.parkedAs == null) {
				identify(message.asText());
			}
			else {
				reject(this.parkedAs, "it sends before it was answered");
			}
		}

		@Override
		public void onDrained(Connection from) {
			NamedPeer known = this.peer;
			if (known != null && !known.handles((processor) -> processor.onOutputEmpty(known))) {
				PolledClients.this.outputEmpty.add(known);
			}
		}

		@Override
		public void onClose(Connection from) {
			if (this.parkedAs != null) {
				PolledClients.this.parked.remove(this.parkedAs, this);
			}
			NamedPeer known = this.peer;
			if (known != null) {
				known.disconnected();
				PolledClients.this.disconnected.add(known);
				if (this.unknown) {
					removed(known);
				}
			}
		}

		void bind(NamedPeer known) {
			this.peer = known;
			if (this.client != null) {
				known.connected(this.client);
			}
		}

		void take(NamedPeer known) {
			this.parkedAs = null;
			Connection from = this.client;
			if (from == null || !from.isOpen()) {
				return;
			}
			if (known.connection().isPresent()) {
				reject(known.name(), "it is connected already");
				return;
			}
			for (NamedClientRule rule : known.rules()) {
				Optional<String> violation = rule.violation(from);
				if (violation.isPresent()) {
					reject(known.name(), violation.get());
					return;
				}
			}
			bind(known);
			from.write(Message.binary(OK.getBytes(StandardCharsets.US_ASCII)));
			PolledClients.this.connectedExpected.add(known);
			known.beginProcessing();
		}

		void reject(String name, String reason) {
			refusals.warn(() -> "Refused a client named " + PeerText.of(name) + ": " + reason);
			if (this.client != null) {
				this.client.close();
			}
		}

		private void identify(String name) {
			NamedPeer registered = PolledClients.this.peers.get(name);
			if (registered != null) {
				take(registered);
				return;
			}
			switch (PolledClients.this.settings.unknown()) {
				case REFUSE -> reject(name, "it is not registered");
				case PARK -> park(name);
				case GENERATE -> {
					NamedPeer stranger = add(
							PolledClients.this.settings.prefix() + PolledClients.this.generated.incrementAndGet(),
							List.of());
					this.unknown = true;
					stranger.processWith(PolledClients.this.unknownProcessors);
					take(stranger);
					PolledClients.this.connectedExpected.remove(stranger);
					PolledClients.this.connectedUnknown.add(stranger);
				}
			}
		}

		private void park(String name) {
			if (name.isEmpty() || PolledClients.this.parked.containsKey(name)
					|| PolledClients.this.parked.size() >= PolledClients.this.settings.maxParked()) {
				reject(name, "no more may wait to be registered, or not under this name");
				return;
			}
			this.parkedAs = name;
			PolledClients.this.parked.put(name, this);
		}

	}

	/** Sends a name, and waits for its answer. In polls. */
	private final class Dialer extends Gate {

		private final NamedPeer known;

		private final String ownName;

		private boolean answered;

		Dialer(NamedPeer known, String ownName) {
			this.known = known;
			this.ownName = ownName;
		}

		@Override
		public void onOpen(Connection opened) {
			super.onOpen(opened);
			opened.write(Message.text(this.ownName));
		}

		@Override
		public void onMessage(Connection from, Message message) {
			if (this.answered) {
				super.onMessage(from, message);
			}
			else if (message.asText().equals(OK)) {
				this.answered = true;
				bind(this.known);
				PolledClients.this.connectedExpected.add(this.known);
				this.known.beginProcessing();
			}
			else {
				reject(this.known.name(), "it did not answer " + OK);
			}
		}

		@Override
		public void onClose(Connection from) {
			if (!this.answered) {
				PolledClients.this.disconnected.add(this.known);
			}
			super.onClose(from);
		}

	}

}
