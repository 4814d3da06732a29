package io.iodine.socket;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

	private static final ThrottledLog rejections = new ThrottledLog(logger);

	private static final String OK = "OK";

	/** Of peers that wait to be registered, so that their number bounds their memory. */
	private static final int MAX_PARKED_NAME = 1024;

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
	private final Map<String, NameHandshake> parked = new LinkedHashMap<>();

	/**
	 * Unregistered clients that have gone, whose input can be taken until the next poll.
	 */
	private final List<NamedPeer> gone = new ArrayList<>();

	private PollResult result = new PollResult();

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
		Listener listener = Listener.on(url, NameHandshake::new);
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
			this.gone.forEach(NamedPeer::discardInput);
			this.gone.clear();
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

	private NamedPeer generate() {
		NamedPeer unregistered;
		do {
			unregistered = new NamedPeer(this, this.settings.prefix() + this.generated.incrementAndGet(), List.of());
		}
		while (this.peers.putIfAbsent(unregistered.name(), unregistered) != null);
		return unregistered;
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
		PollResult last = this.result;
		this.result = new PollResult();
		return last.iteration();
	}

	private void unpark(String name) {
		NameHandshake waiting = this.parked.remove(name);
		NamedPeer peer = this.peers.get(name);
		if (waiting != null && peer != null) {
			waiting.take(peer);
		}
	}

	/** Lets a peer in once it has sent its name. In polls. */
	private class NameHandshake implements ConnectionHandler {

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
					PolledClients.this.input.add(message.size());
					known.received(message);
					PolledClients.this.result.readable.add(known);
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
				PolledClients.this.result.outputEmpty.add(known);
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
				PolledClients.this.result.disconnected.add(known);
				if (this.unknown) {
					removed(known);
					PolledClients.this.gone.add(known);
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
			PolledClients.this.result.connectedExpected.add(known);
			known.beginProcessing();
		}

		void reject(String name, String reason) {
			rejections.warn(() -> "Rejected a client named " + PeerText.of(name) + ": " + reason);
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
					NamedPeer unregistered = generate();
					this.unknown = true;
					unregistered.processWith(PolledClients.this.unknownProcessors);
					take(unregistered);
					PolledClients.this.result.connectedExpected.remove(unregistered);
					if (this.peer != null) {
						PolledClients.this.result.connectedUnknown.add(unregistered);
					}
					else {
						// its connection has closed meanwhile
						removed(unregistered);
					}
				}
			}
		}

		private void park(String name) {
			if (name.isEmpty() || name.length() > MAX_PARKED_NAME || PolledClients.this.parked.containsKey(name)
					|| PolledClients.this.parked.size() >= PolledClients.this.settings.maxParked()) {
				reject(name, "no more may wait to be registered, or not under this name");
				return;
			}
			this.parkedAs = name;
			PolledClients.this.parked.put(name, this);
		}

	}

	/** Sends a name, and waits for its answer. In polls. */
	private final class Dialer extends NameHandshake {

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
				PolledClients.this.result.connectedExpected.add(this.known);
				this.known.beginProcessing();
			}
			else {
				reject(this.known.name(), "it did not answer " + OK);
			}
		}

		@Override
		public void onClose(Connection from) {
			if (!this.answered) {
				PolledClients.this.result.disconnected.add(this.known);
			}
			super.onClose(from);
		}

	}

}
