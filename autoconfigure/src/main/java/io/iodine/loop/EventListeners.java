package io.iodine.loop;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.iodine.concurrent.SafeLog;
import io.iodine.net.Emitter.EventListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** The listeners of one stream or server. Any thread. */
final class EventListeners {

	private static final Log logger = LogFactory.getLog(EventListeners.class);

	private static final String ERROR = "error";

	private final Map<String, List<EventListener>> listeners = new ConcurrentHashMap<>();

	void add(String type, EventListener listener) {
		this.listeners.computeIfAbsent(type, (same) -> new CopyOnWriteArrayList<>()).add(listener);
	}

	void emit(String type, Object... arguments) {
		for (EventListener listener : this.listeners.getOrDefault(type, List.of())) {
			try {
				listener.on(arguments);
			}
			catch (Throwable ex) {
				SafeLog.error(logger, () -> "A listener to " + type + " failed", ex);
				if (!type.equals(ERROR)) {
					emit(ERROR, ex);
				}
			}
		}
	}

}
