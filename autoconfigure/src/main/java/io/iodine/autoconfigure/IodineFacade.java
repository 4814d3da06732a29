package io.iodine.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.PubSub;
import io.iodine.Subscription;
import io.iodine.WorkerInfo;
import io.iodine.concurrent.SafeLog;
import io.iodine.net.Connector;
import io.iodine.net.Iodine;
import io.iodine.net.Listener;
import io.iodine.net.Listeners;
import io.iodine.task.LifecycleEvent;
import io.iodine.task.LifecycleState;
import io.iodine.task.Timer;
import io.iodine.task.Timers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

/** Delegates to the beans of listeners, clients, timers and pub/sub. */
final class IodineFacade implements Iodine {

	private static final Log logger = LogFactory.getLog(IodineFacade.class);

	private final ConfigurableApplicationContext context;

	private final Listeners listeners;

	private final Connector connector;

	private final Timers timers;

	private final PubSub pubSub;

	private final WorkerInfo worker;

	/** Guarded by itself, as is the state. */
	private final Map<LifecycleState, List<Runnable>> callbacks = new EnumMap<>(LifecycleState.class);

	private final List<Listener> beforeStart = new ArrayList<>();

	private volatile boolean running;

	IodineFacade(ConfigurableApplicationContext context, Listeners listeners, Connector connector, Timers timers,
			PubSub pubSub, WorkerInfo worker) {
		this.context = context;
		this.listeners = listeners;
		this.connector = connector;
		this.timers = timers;
		this.pubSub = pubSub;
		this.worker = worker;
	}

	@Override
	public void listen(Listener listener) {
		synchronized (this.callbacks) {
			if (!this.running) {
				this.beforeStart.add(listener);
				return;
			}
		}
		this.listeners.add(listener);
	}

	@Override
	public Connection connect(URI url, ConnectionHandler handler) {
		return this.connector.connect(url, handler);
	}

	@Override
	public Timer run(Runnable task) {
		return this.timers.run(task);
	}

	@Override
	public Timer runAfter(Duration delay, Runnable task) {
		return this.timers.runAfter(delay, task);
	}

	@Override
	public Timer runEvery(Duration period, int times, Runnable task) {
		return this.timers.runEvery(period, times, task);
	}

	@Override
	public Timer onIdle(Runnable task) {
		return this.timers.onIdle(task);
	}

	@Override
	public void onState(LifecycleState state, Runnable callback) {
		synchronized (this.callbacks) {
			this.callbacks.computeIfAbsent(state, (same) -> new ArrayList<>()).add(callback);
		}
	}

	@Override
	public Subscription subscribe(String channel, MessageListener listener) {
		return this.pubSub.subscribe(channel, listener);
	}

	@Override
	public boolean publish(String channel, Message message) {
		return this.pubSub.publish(channel, message);
	}

	@Override
	public void stop() {
		Thread stopping = new Thread(this.context::close, "iodine-stop");
		stopping.setDaemon(false);
		stopping.start();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isMaster() {
		return this.worker.isMaster();
	}

	@Override
	public boolean isWorker() {
		return this.worker.isWorker();
	}

	@Override
	public int worker() {
		return this.worker.worker();
	}

	@Override
	public int generation() {
		return this.worker.generation();
	}

	@EventListener
	void on(LifecycleEvent event) {
		LifecycleState state = event.state();
		if (state == LifecycleState.START) {
			listenNow();
		}
		else {
			this.running = false;
		}
		for (Runnable callback : callbacks(state)) {
			call(callback, state);
		}
	}

	private void listenNow() {
		List<Listener> waiting;
		synchronized (this.callbacks) {
			this.running = true;
			waiting = List.copyOf(this.beforeStart);
		}
		waiting.forEach(this.listeners::add);
	}

	private List<Runnable> callbacks(LifecycleState state) {
		synchronized (this.callbacks) {
			List<Runnable> ordered = new ArrayList<>(this.callbacks.getOrDefault(state, List.of()));
			if (state == LifecycleState.START_SHUTDOWN || state == LifecycleState.FINISH) {
				Collections.reverse(ordered);
			}
			return ordered;
		}
	}

	private static void call(Runnable callback, LifecycleState state) {
		try {
			callback.run();
		}
		catch (RuntimeException | Error ex) {
			if (state == LifecycleState.PRE_START) {
				throw ex;
			}
			SafeLog.error(logger, () -> "A callback at " + state + " failed", ex);
		}
	}

}
