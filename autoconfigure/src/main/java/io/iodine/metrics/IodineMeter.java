package io.iodine.metrics;

import java.util.List;

import io.micrometer.core.instrument.Meter;
import org.jspecify.annotations.Nullable;

/** Every meter: its name, its kind, its tags and what it says. */
public enum IodineMeter {

	/** Connections that are open. */
	CONNECTIONS("iodine.connections", Meter.Type.GAUGE, null, "Connections that are open", "protocol", "path"),

	/** Connections that have opened. */
	CONNECTIONS_OPENED("iodine.connections.opened", Meter.Type.COUNTER, null, "Connections that have opened",
			"protocol", "path"),

	/** Connections that have closed. */
	CONNECTIONS_CLOSED("iodine.connections.closed", Meter.Type.COUNTER, null, "Connections that have closed",
			"protocol", "cause", "code"),

	/** Requests that were not upgraded. */
	UPGRADES_REFUSED("iodine.upgrades.refused", Meter.Type.COUNTER, null, "Requests that were not upgraded", "reason"),

	/** Messages that clients have sent. */
	MESSAGES_RECEIVED("iodine.messages.received", Meter.Type.COUNTER, null, "Messages that clients have sent",
			"protocol"),

	/** Messages that sockets have taken. */
	MESSAGES_SENT("iodine.messages.sent", Meter.Type.COUNTER, null, "Messages that sockets have taken", "protocol"),

	/** Messages that were lost on the way. */
	MESSAGES_DROPPED("iodine.messages.dropped", Meter.Type.COUNTER, null,
			"Messages that were lost because a bound was reached", "reason"),

	/** Content of messages received. */
	BYTES_RECEIVED("iodine.data.received", Meter.Type.COUNTER, "bytes", "Content of the messages received", "protocol"),

	/** What was written to sockets. */
	BYTES_SENT("iodine.data.sent", Meter.Type.COUNTER, "bytes", "What was written to sockets, framing included",
			"protocol"),

	/** What waits for slow readers. */
	OUTBOX_BYTES("iodine.send-queue.bytes", Meter.Type.GAUGE, "bytes",
			"Messages that wait for sockets which take nothing more, for each connection"),

	/** Pauses of reading. */
	READS_PAUSED("iodine.reads.paused", Meter.Type.COUNTER, null,
			"Times that reading from a connection paused because its handler fell behind"),

	/** Callbacks. */
	CALLBACKS("iodine.callbacks", Meter.Type.TIMER, null, "Callbacks of handlers, listeners and deferred tasks",
			"callback"),

	/** Callbacks that threw. */
	CALLBACKS_FAILED("iodine.callbacks.failed", Meter.Type.COUNTER, null, "Callbacks that threw an exception",
			"callback"),

	/** Callback threads that are busy. */
	CALLBACKS_ACTIVE("iodine.callbacks.active", Meter.Type.GAUGE, null, "Threads that run callbacks"),

	/** Callbacks that wait for a thread. */
	CALLBACKS_QUEUED("iodine.callbacks.queued", Meter.Type.GAUGE, null,
			"Connections and listeners whose callbacks wait for a thread"),

	/** Callbacks that the executor rejected. */
	CALLBACKS_REJECTED("iodine.callbacks.rejected", Meter.Type.COUNTER, null,
			"Times that the executor of callbacks rejected those of a connection, which were submitted again"),

	/** Callbacks that threads have run. */
	CALLBACKS_COMPLETED("iodine.callbacks.completed", Meter.Type.COUNTER, null,
			"Runs of callbacks that have ended, each of one connection or listener"),

	/** The bound of callback threads. */
	CALLBACKS_THREADS("iodine.callbacks.threads", Meter.Type.GAUGE, null,
			"Threads that may run callbacks at a time; absent when there is no bound"),

	/** Timers that have not ended. */
	TIMERS("iodine.timers", Meter.Type.GAUGE, null, "Timers that have not ended"),

	/** Tasks of timers that threw. */
	TIMERS_FAILED("iodine.timers.failed", Meter.Type.COUNTER, null, "Tasks of timers that threw an exception"),

	/** Listeners on sockets. */
	LISTENERS("iodine.listeners", Meter.Type.GAUGE, null, "Listeners on sockets, other than that of the web server"),

	/** Processes of the cluster. */
	WORKERS("iodine.cluster.workers", Meter.Type.GAUGE, null, "Worker processes as the master last reported them",
			"state"),

	/** Publishing. */
	PUBLISH("iodine.publish", Meter.Type.TIMER, null, "Publishing: the time it keeps the publisher's thread", "engine"),

	/** Messages that an engine rejected. */
	PUBLISH_REFUSED("iodine.publish.refused", Meter.Type.COUNTER, null, "Messages that an engine did not take",
			"engine"),

	/** The fan-out. */
	FANOUT("iodine.fanout", Meter.Type.TIMER, null,
			"Writing what was published to a channel in one turn of an event loop to its subscribers there"),

	/** Channels with subscribers. */
	CHANNELS("iodine.channels", Meter.Type.GAUGE, null, "Channels and patterns with subscribers in this process",
			"kind"),

	/** Subscriptions of connections. */
	SUBSCRIPTIONS("iodine.subscriptions", Meter.Type.GAUGE, null, "Subscriptions of connections"),

	/** Subscriptions over the bound of one connection. */
	SUBSCRIPTIONS_REJECTED("iodine.subscriptions.rejected", Meter.Type.COUNTER, null,
			"Subscriptions that were rejected because their connection has as many as it may have"),

	/** Listeners that threw. */
	LISTENERS_FAILED("iodine.listeners.failed", Meter.Type.COUNTER, null,
			"Listeners of the PubSub bean that threw an exception"),

	/** Failures of engines. */
	ENGINE_FAILURES("iodine.engine.failures", Meter.Type.COUNTER, null,
			"Times that an engine failed, or refused a subscription", "engine"),

	/** Whether engines have their brokers. */
	ENGINE_UP("iodine.engine.up", Meter.Type.GAUGE, null, "1 while an engine has its broker, or needs none; else 0",
			"engine"),

	/** Times without a broker. */
	ENGINE_GAPS("iodine.engine.gaps", Meter.Type.TIMER, null, "Times that an engine was without its broker", "engine"),

	/** Requests that the edge rejected. */
	HTTP_REJECTED("iodine.http.rejected", Meter.Type.COUNTER, null,
			"Requests that were refused before the application saw them", "status"),

	/** Responses that the client did not read. */
	HTTP_SLOW_READERS("iodine.http.slow.readers", Meter.Type.COUNTER, null,
			"Connections that were closed because the client took nothing of its response"),

	/** Connections that could not be accepted. */
	HTTP_ACCEPTS_FAILED("iodine.http.accepts.failed", Meter.Type.COUNTER, null,
			"Connections that could not be accepted, for want of file descriptors"),

	/** Connections of a listener. */
	LISTENER_CONNECTIONS("iodine.listener.connections", Meter.Type.GAUGE, null,
			"Connections of a listener beside the web server", "listener"),

	/** Changes of the state of a client. */
	CLIENT_CHANGES("iodine.client.changes", Meter.Type.COUNTER, null,
			"Times that a client that stays connected has come to a state", "client", "state"),

	/** Lines that the access log dropped. */
	ACCESS_LOG_DROPPED("iodine.access.log.dropped", Meter.Type.COUNTER, null, "Lines that the access log dropped");

	private final String meterName;

	private final Meter.Type type;

	private final @Nullable String unit;

	private final String description;

	@SuppressWarnings("ImmutableEnumChecker") // of List.of
	private final List<String> tags;

	IodineMeter(String meterName, Meter.Type type, @Nullable String unit, String description, String... tags) {
		this.meterName = meterName;
		this.type = type;
		this.unit = unit;
		this.description = description;
		this.tags = List.of(tags);
	}

	/**
	 * The name, such as {@code iodine.connections}.
	 * @return the name
	 */
	public String meterName() {
		return this.meterName;
	}

	/**
	 * The kind.
	 * @return the kind
	 */
	public Meter.Type type() {
		return this.type;
	}

	/**
	 * What it says.
	 * @return a line
	 */
	public String description() {
		return this.description;
	}

	/**
	 * The keys of its tags.
	 * @return the keys, in the order of values
	 */
	public List<String> tags() {
		return this.tags;
	}

	@Nullable String unit() {
		return this.unit;
	}

}
