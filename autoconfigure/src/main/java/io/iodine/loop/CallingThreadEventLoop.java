package io.iodine.loop;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.iodine.concurrent.SafeLog;
import io.iodine.net.ActiveListener;
import io.iodine.net.ClientOptions;
import io.iodine.net.EventLoop;
import io.iodine.net.EventServer;
import io.iodine.net.EventStream;
import io.iodine.net.Listener;
import io.iodine.socket.SocketConnector;
import io.iodine.socket.SocketListeners;
import io.iodine.task.Timer;
import io.iodine.task.Timers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * An event loop on the thread that calls {@link #start()}. It is the executor of the
 * callbacks of its connections, which wait in its queue: at most one task for each
 * connection, because a connection whose callbacks do not run is read no further.
 */
public final class CallingThreadEventLoop implements EventLoop, Executor {

	private static final Log logger = LogFactory.getLog(CallingThreadEventLoop.class);

	private final SocketListeners listeners;

	private final SocketConnector connector;

	private final Timers timers;

	private final Executor callbacks;

	private final Consumer<CallingThreadEventLoop> onClose;

	/** Where listeners run: this loop, or the callback threads. */
	private final boolean blocking;

	private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();

	private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

	private final Set<LoopServer> servers = ConcurrentHashMap.newKeySet();

	private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

	private volatile boolean running;

	private volatile boolean closed;

	/**
	 * Creates a loop whose listeners run where it is started.
	 * @param listeners listens
	 * @param connector connects
	 * @param timers times
	 * @param callbacks runs what may block
	 * @param onClose called when the loop is closed
	 */
	public CallingThreadEventLoop(SocketListeners listeners, SocketConnector connector, Timers timers,
			Executor callbacks, Consumer<CallingThreadEventLoop> onClose) {
		this(listeners, connector, timers, callbacks, onClose, false);
	}

	private CallingThreadEventLoop(SocketListeners listeners, SocketConnector connector, Timers timers,
			Executor callbacks, Consumer<CallingThreadEventLoop> onClose, boolean blocking) {
		this.onClose = onClose;
		this.listeners = listeners;
		this.connector = connector;
		this.timers = timers;
		this.callbacks = callbacks;
		this.blocking = blocking;
	}

	@Override
	public EventLoop blocking() {
		return new CallingThreadEventLoop(this.listeners, this.connector, this.timers, this.callbacks, this.onClose,
				true);
	}

	@Override
	public EventServer listen(String host, int port) {
		LoopServer server = new LoopServer();
		server.bound = this.listeners.add(Listener.on("tcp://" + bracketed(host) + ":" + port, () -> {
			SocketStream stream = new SocketStream(this);
			stream.onAccept(server);
			return stream;
		}), connectionExecutor());
		this.servers.add(server);
		return server;
	}

	@Override
	public EventStream connect(String host, int port) {
		SocketStream stream = new SocketStream(this);
		this.streams.add(stream);
		try {
			stream.connection(this.connector.connect(URI.create("tcp://" + bracketed(host) + ":" + port), stream,
					ClientOptions.DEFAULTS, connectionExecutor()));
			return stream;
		}
		catch (RuntimeException | Error ex) {
			this.streams.remove(stream);
			throw ex;
		}
	}

	@Override
	public EventStream open(Path file, OpenOption... options) throws IOException {
		return io(Files.newByteChannel(file,
				(options.length > 0) ? options : new OpenOption[] { StandardOpenOption.READ }));
	}

	@Override
	public EventStream io(ByteChannel channel) {
		BlockingChannelStream stream = new BlockingChannelStream(this, channel);
		this.streams.add(stream);
		stream.begin();
		return stream;
	}

	@Override
	public Collection<EventStream> streams() {
		return List.copyOf(this.streams);
	}

	@Override
	public void remove(EventStream stream) {
		stream.close();
		this.streams.remove(stream);
	}

	@Override
	public Timer after(Duration delay, Runnable task) {
		return this.timers.runAfter(delay, () -> run(task));
	}

	@Override
	public Timer every(Duration period, int times, Runnable task) {
		return this.timers.runEvery(period, times, (times > 0) ? () -> run(task) : onceAtATime(task));
	}

	/** While the loop is paused, an endless timer would fill its queue. */
	private Runnable onceAtATime(Runnable task) {
		AtomicBoolean waits = new AtomicBoolean();
		return () -> {
			if (waits.compareAndSet(false, true)) {
				run(() -> {
					waits.set(false);
					task.run();
				});
			}
		};
	}

	@Override
	public void run(Runnable task) {
		execute(task);
	}

	@Override
	public void execute(Runnable task) {
		if (this.blocking) {
			this.callbacks.execute(task);
		}
		else {
			this.events.add(task);
			finishUnlessRun();
		}
	}

	@Override
	public void start() {
		this.running = true;
		while (this.running) {
			tick(Duration.ofSeconds(1));
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.events.add(() -> logger.trace("The loop was stopped"));
	}

	@Override
	public boolean tick(Duration timeout) {
		if (!this.runner.compareAndSet(null, Thread.currentThread())) {
			throw new IllegalStateException("another thread runs the loop, or a listener does");
		}
		return runTick(timeout);
	}

	/** By the thread that is the runner. */
	private boolean runTick(Duration timeout) {
		try {
			Runnable first = this.events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
			if (first == null) {
				return false;
			}
			guarded(first);
			// those that come meanwhile are for the next tick
			for (int left = this.events.size(); left > 0; left--) {
				Runnable next = this.events.poll();
				if (next != null) {
					guarded(next);
				}
			}
			return true;
		}
		catch (InterruptedException ex) {
			this.running = false;
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.runner.set(null);
			finishUnlessRun();
		}
	}

	/**
	 * Runs what is left of a closed loop on a callback thread, if no thread runs the
	 * loop: its connections close only when their last listeners have run.
	 */
	private void finishUnlessRun() {
		if (this.closed && !this.events.isEmpty()) {
			try {
				this.callbacks.execute(() -> {
					if (this.runner.compareAndSet(null, Thread.currentThread())) {
						runTick(Duration.ZERO);
					}
				});
			}
			catch (RejectedExecutionException ex) {
				logger.debug("The application has ended before an event loop", ex);
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.servers.forEach(LoopServer::close);
		streams().forEach(EventStream::close);
		stop();
		this.onClose.accept(this);
	}

	void opened(EventStream stream) {
		this.streams.add(stream);
	}

	void closed(EventStream stream) {
		this.streams.remove(stream);
	}

	private @Nullable Executor connectionExecutor() {
		return this.blocking ? null : this;
	}

	private static String bracketed(String host) {
		return (host.indexOf(':') >= 0 && !host.startsWith("[")) ? "[" + host + "]" : host;
	}

	private static void guarded(Runnable task) {
		SafeLog.guard(logger, "A task of an event loop", task);
	}

	/** What listens. */
	final class LoopServer implements EventServer {

		private final EventListeners listeners = new EventListeners();

		private volatile @Nullable ActiveListener bound;

		@Override
		public EventServer on(String type, EventListener listener) {
			this.listeners.add(type, listener);
			return this;
		}

		@Override
		public void emit(String type, Object... arguments) {
			this.listeners.emit(type, arguments);
		}

		@Override
		public int port() {
			ActiveListener listener = this.bound;
			return (listener != null) ? listener.port() : -1;
		}

		@Override
		public void close() {
			ActiveListener listener = this.bound;
			if (listener != null && CallingThreadEventLoop.this.servers.remove(this)) {
				listener.stop();
				run(() -> emit("close"));
			}
		}

	}

}
