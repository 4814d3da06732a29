package io.iodine.autoconfigure;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.iodine.loop.CallingThreadEventLoop;
import io.iodine.socket.SocketConnector;
import io.iodine.socket.SocketListeners;
import io.iodine.task.Timers;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Creates event loops, and closes them when the context closes, before their connections
 * are drained: their callbacks may need a loop that runs.
 */
final class EventLoops implements ApplicationListener<ContextClosedEvent> {

	private final Set<CallingThreadEventLoop> loops = ConcurrentHashMap.newKeySet();

	private final SocketListeners listeners;

	private final SocketConnector connector;

	private final Timers timers;

	private final Executor callbacks;

	EventLoops(SocketListeners listeners, SocketConnector connector, Timers timers, Executor callbacks) {
		this.listeners = listeners;
		this.connector = connector;
		this.timers = timers;
		this.callbacks = callbacks;
	}

	CallingThreadEventLoop create() {
		CallingThreadEventLoop loop = new CallingThreadEventLoop(this.listeners, this.connector, this.timers,
				this.callbacks, this.loops::remove);
		this.loops.add(loop);
		return loop;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		this.loops.forEach(CallingThreadEventLoop::close);
	}

}
