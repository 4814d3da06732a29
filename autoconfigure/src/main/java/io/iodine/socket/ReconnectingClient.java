package io.iodine.socket;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Overflow;
import io.iodine.Protocol;
import io.iodine.concurrent.PeerText;
import io.iodine.concurrent.SafeLog;
import io.iodine.connection.ConnectionSettings;
import io.iodine.net.Client;
import io.iodine.net.ClientEvent;
import io.iodine.net.ClientOptions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** A client that connects again after its connection was lost. Any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close ends the channel
public final class ReconnectingClient implements Client {

	private static final Log logger = LogFactory.getLog(ReconnectingClient.class);

	private final String name;

	private final URI url;

	private final Callable<ClientOptions> options;

	private final ReconnectPolicy policy;

	private final Supplier<? extends ConnectionHandler> handlers;

	private final SocketConnector connector;

	private final Executor callbacks;

	private final ConnectionSettings settings;

	private final Consumer<ClientEvent> listener;

	/** From here on guarded by this. */
	private final Queue<Message> waiting = new ArrayDeque<>();

	private int waitingBytes;

	private State state = State.STOPPED;

	private @Nullable Connection connection;

	private int failures;

	/** Changes with each start and stop, so that what is late has no effect. */
	private int life;

	/** As it is sent in a header. */
	private @Nullable String lastEventId;

	private long retryMillis = -1;

	/**
	 * Creates a client that connects once started.
	 * @param name its name
	 * @param url where it connects to
	 * @param options gives the options of each attempt; may block
	 * @param policy when it tries again
	 * @param handlers gives the handler of a connection
	 * @param connector connects
	 * @param callbacks runs what may block
	 * @param settings the bounds of what waits
	 * @param listener receives the changes of state, on callback threads
	 */
	public ReconnectingClient(String name, URI url, Callable<ClientOptions> options, ReconnectPolicy policy,
			Supplier<? extends ConnectionHandler> handlers, SocketConnector connector, Executor callbacks,
			ConnectionSettings settings, Consumer<ClientEvent> listener) {
		this.name = name;
		this.url = url;
		this.options = options;
		this.policy = policy;
		this.handlers = handlers;
		this.connector = connector;
		this.callbacks = callbacks;
		this.settings = settings;
		this.listener = listener;
	}

	/** Connects, and stays connected. */
	public void start() {
		int current;
		synchronized (this) {
			current = ++this.life;
			this.failures = 0;
		}
		attempt(current);
	}

	/** Tries no more. A connection that is open stays, to be drained. */
	public void stop() {
		synchronized (this) {
			this.life++;
			this.waiting.clear();
			this.waitingBytes = 0;
			this.state = State.STOPPED;
		}
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String url() {
		return this.url.toString();
	}

	@Override
	public synchronized State state() {
		return this.state;
	}

	@Override
	public synchronized Optional<Connection> connection() {
		return (this.state == State.CONNECTED) ? Optional.ofNullable(this.connection) : Optional.empty();
	}

	@Override
	public synchronized boolean write(Message message) {
		Connection current = this.connection;
		if (this.state == State.CONNECTED && current != null && current.isOpen()) {
			return current.write(message);
		}
		return this.state != State.STOPPED && keep(message);
	}

	private boolean keep(Message message) {
		boolean dropsOldest = this.settings.overflow() == Overflow.DROP_OLDEST
				|| this.settings.overflow() == Overflow.CONFLATE;
		while (dropsOldest && isOver(message) && !this.waiting.isEmpty()) {
			this.waitingBytes -= this.waiting.remove().size();
		}
		if (isOver(message)) {
			return false;
		}
		this.waiting.add(message);
		this.waitingBytes += message.size();
		return true;
	}

	private boolean isOver(Message message) {
		return this.waiting.size() >= this.settings.sendQueueMaxMessages()
				|| (long) this.waitingBytes + message.size() > this.settings.sendQueueMaxBytes();
	}

	private void attempt(int current) {
		if (!isCurrent(current)) {
			return;
		}
		enter(current, State.CONNECTING, null);
		ClientOptions next;
		try {
			next = resumed(this.options.call());
		}
		catch (Throwable ex) {
			SafeLog.error(logger, () -> "A ClientCustomizer failed, so that client " + this.name
					+ " does not connect to " + this.url + " this time", ex);
			lost(current, null);
			return;
		}
		connect(current, next);
	}

	private void connect(int current, ClientOptions next) {
		Stage stage = new Stage(current);
		try {
			stage.connection = this.connector.connect(this.url, stage, next, null, stage::ended);
		}
		catch (Throwable ex) {
			logger.debug("Client " + this.name + " could not begin to connect", ex);
			lost(current, null);
		}
	}

	/** An event stream continues after the last event that it received. */
	private synchronized ClientOptions resumed(ClientOptions options) {
		return (this.lastEventId != null) ? options.header("Last-Event-ID", this.lastEventId) : options;
	}

	private void lost(int current, @Nullable CloseReason reason) {
		long delay;
		boolean again;
		boolean first;
		synchronized (this) {
			if (current != this.life) {
				return;
			}
			this.connection = null;
			again = this.policy.enabled();
			delay = (this.retryMillis >= 0 && this.failures == 0) ? this.policy.allowedMillis(this.retryMillis)
					: this.policy.delayMillis(this.failures);
			first = this.failures++ == 0;
		}
		enter(current, again ? State.WAITING : State.STOPPED, reason);
		if (!again) {
			return;
		}
		log(reason, delay, first);
		in(delay, () -> later(current, () -> attempt(current)));
	}

	private void in(long millis, Runnable task) {
		SocketTransport loops = this.connector.transport();
		if (loops != null) {
			loops.loops().next().schedule(task, millis, TimeUnit.MILLISECONDS);
		}
	}

	/** Runs a task on a callback thread, as soon as one takes it. */
	private void later(int current, Runnable task) {
		try {
			this.callbacks.execute(task);
		}
		catch (Throwable ex) {
			if (isCurrent(current)) {
				logger.debug("No callback thread is there for client " + this.name, ex);
				in(this.policy.delayMillis(1), () -> later(current, task));
			}
		}
	}

	private synchronized boolean isCurrent(int started) {
		return started == this.life;
	}

	/** The first failure is of interest, and those that follow it are not. */
	private void log(@Nullable CloseReason reason, long delay, boolean first) {
		String text = "Client " + this.name + " is not connected to " + this.url
				+ ((reason != null) ? " (" + reason.cause() + " " + PeerText.of(reason.text()) + ")" : "")
				+ " and tries again in " + delay + " ms";
		if (first) {
			logger.info(text);
		}
		else {
			logger.debug(text);
		}
	}

	private void connected(int current, Connection client) {
		synchronized (this) {
			if (current != this.life) {
				client.close();
				return;
			}
			this.connection = client;
			this.failures = 0;
			this.state = State.CONNECTED;
			for (Message message; (message = this.waiting.poll()) != null;) {
				client.write(message);
			}
			this.waitingBytes = 0;
		}
		notifyListener(new ClientEvent(this.name, State.CONNECTED, Optional.empty()));
	}

	private void enter(int current, State next, @Nullable CloseReason reason) {
		synchronized (this) {
			if (current != this.life) {
				return;
			}
			this.state = next;
		}
		notifyListener(new ClientEvent(this.name, next, Optional.ofNullable(reason)));
	}

	private void notifyListener(ClientEvent event) {
		SafeLog.guard(logger, "A listener to the state of client " + this.name, () -> this.listener.accept(event));
	}

	private synchronized void received(Message message) {
		message.id().ifPresent((id) -> this.lastEventId = LastEventId.header(id));
		message.retry().ifPresent((retry) -> this.retryMillis = retry.toMillis());
	}

	/** The first handler of a connection: hands over to the application's. */
	private final class Stage implements ConnectionHandler {

		private final int current;

		private volatile @Nullable Connection connection;

		private volatile @Nullable ConnectionHandler handler;

		Stage(int current) {
			this.current = current;
		}

		private ConnectionHandler handler() {
			ConnectionHandler made = this.handler;
			if (made == null) {
				made = ReconnectingClient.this.handlers.get();
				this.handler = made;
			}
			return made;
		}

		@Override
		public void onOpen(Connection client) throws Exception {
			handler().onOpen(client);
			connected(this.current, client);
		}

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			if (client.protocol() == Protocol.SSE) {
				received(message);
			}
			handler().onMessage(client, message);
		}

		@Override
		public void onDrained(Connection client) throws Exception {
			handler().onDrained(client);
		}

		@Override
		public void onTimeout(Connection client) throws Exception {
			handler().onTimeout(client);
		}

		@Override
		public void onShutdown(Connection client) throws Exception {
			handler().onShutdown(client);
		}

		@Override
		public void onClose(Connection client) throws Exception {
			this.connection = client;
			handler().onClose(client);
		}

		void ended() {
			Connection last = this.connection;
			CloseReason reason = (last != null) ? last.closeReason().orElse(null) : null;
			later(this.current, () -> lost(this.current, reason));
		}

	}

}
