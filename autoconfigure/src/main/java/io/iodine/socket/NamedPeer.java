package io.iodine.socket;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;

import io.iodine.Connection;
import io.iodine.Framer;
import io.iodine.Message;
import io.iodine.concurrent.SafeLog;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientProcessor;
import io.iodine.net.NamedClientRule;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** One named client. Guarded by itself. */
final class NamedPeer implements NamedClient {

	private static final Log logger = LogFactory.getLog(NamedPeer.class);

	private final PolledClients clients;

	private final String name;

	private final List<NamedClientRule> rules;

	private final Queue<Message> input = new ArrayDeque<>();

	private @Nullable Connection connection;

	private boolean closesAtNextPoll;

	private boolean discardsInput;

	private volatile @Nullable Function<? super NamedClient, ? extends NamedClientProcessor> processors;

	/** Of the connection of the moment. In polls only. */
	private @Nullable NamedClientProcessor processor;

	NamedPeer(PolledClients clients, String name, List<NamedClientRule> rules) {
		this.clients = clients;
		this.name = name;
		this.rules = rules;
	}

	List<NamedClientRule> rules() {
		return this.rules;
	}

	synchronized void connected(Connection client) {
		this.connection = client;
		this.closesAtNextPoll = false;
	}

	/** In polls. */
	void disconnected() {
		synchronized (this) {
			this.connection = null;
		}
		handles((last) -> last.onDisconnected(this));
		this.processor = null;
	}

	void processWith(@Nullable Function<? super NamedClient, ? extends NamedClientProcessor> next) {
		this.processors = next;
	}

	/** Makes the processor of a connection that has none. In polls. */
	void beginProcessing() {
		Function<? super NamedClient, ? extends NamedClientProcessor> makes = this.processors;
		if (makes != null && this.processor == null && connection().isPresent()) {
			guarded(() -> this.processor = Objects.requireNonNull(makes.apply(this), "the processor must not be null"));
		}
	}

	/**
	 * Calls the processor. In polls.
	 * @return false when there is none
	 */
	boolean handles(Callback callback) {
		NamedClientProcessor present = this.processor;
		if (present == null) {
			return false;
		}
		guarded(() -> callback.call(present));
		return true;
	}

	private void guarded(Processing processing) {
		try {
			processing.run();
		}
		catch (Throwable ex) {
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
			SafeLog.error(logger, () -> "The processor of the client " + this.name + " failed, which is removed", ex);
			remove();
		}
	}

	/** In polls. */
	void received(Message message) {
		synchronized (this) {
			if (!this.discardsInput) {
				this.input.add(message);
				return;
			}
		}
		this.clients.taken(message.size());
	}

	/**
	 * Discards the input received so far and later, and releases its share of the limit.
	 */
	void discardInput() {
		synchronized (this) {
			this.discardsInput = true;
		}
		messages();
	}

	void poll() {
		boolean closes;
		synchronized (this) {
			closes = this.closesAtNextPoll;
			this.closesAtNextPoll = false;
		}
		if (closes) {
			closeNow();
		}
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public synchronized Optional<Connection> connection() {
		return Optional.ofNullable(this.connection);
	}

	@Override
	public Optional<Message> message() {
		Message first;
		synchronized (this) {
			first = this.input.poll();
		}
		if (first != null) {
			this.clients.taken(first.size());
		}
		return Optional.ofNullable(first);
	}

	@Override
	public List<Message> messages() {
		List<Message> all;
		synchronized (this) {
			all = new ArrayList<>(this.input);
			this.input.clear();
		}
		this.clients.taken(all.stream().mapToLong(Message::size).sum());
		return all;
	}

	@Override
	public boolean send(Message message) {
		return connection().map((client) -> client.write(message)).orElse(false);
	}

	@Override
	public synchronized int inputSize() {
		return this.input.size();
	}

	@Override
	public int outputSize() {
		return connection().map(Connection::pending).map((pending) -> Math.max(0, pending)).orElse(0);
	}

	@Override
	public void raw(boolean raw) {
		connection().ifPresent((client) -> client.framer(raw ? Framer.raw() : Framer.lengthPrefixed()));
	}

	@Override
	public NamedClient process(Function<? super NamedClient, ? extends NamedClientProcessor> next) {
		processWith(Objects.requireNonNull(next, "the processors must not be null"));
		this.clients.execute(this::beginProcessing);
		return this;
	}

	@Override
	public void closeNow() {
		connection().ifPresent(Connection::forceClose);
	}

	@Override
	public synchronized void closeAtNextPoll() {
		this.closesAtNextPoll = true;
	}

	@Override
	public void closeAfterOutput() {
		connection().ifPresent(Connection::close);
	}

	@Override
	public void remove() {
		closeNow();
		discardInput();
		this.clients.removed(this);
	}

	@Override
	public String toString() {
		return "named client " + this.name;
	}

	/** A callback of a processor. */
	@FunctionalInterface
	interface Callback {

		void call(NamedClientProcessor processor) throws Exception;

	}

	/** What a processor does. */
	@FunctionalInterface
	private interface Processing {

		void run() throws Exception;

	}

}
