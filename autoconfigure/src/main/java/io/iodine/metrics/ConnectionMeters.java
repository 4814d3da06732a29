package io.iodine.metrics;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.Protocol;
import io.iodine.UpgradeRequest;
import io.iodine.concurrent.CallbackLoad;
import io.iodine.connection.ConnectionObserver;
import io.iodine.connection.Connections;
import io.iodine.connection.limit.RejectionReason;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of connections. What happens for each message is counted where it happens, and
 * summed up when a meter is read.
 */
public final class ConnectionMeters implements ConnectionObserver {

	/** The codes that RFC 6455 and its registry know; 0 is no code. */
	private static final Set<Integer> KNOWN_CODES = Set.of(0, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009,
			1010, 1011, 1012, 1013, 1014);

	private final Meters meters;

	private final boolean measures;

	private final ConcurrentMap<String, Timer> callbacks = new ConcurrentHashMap<>();

	private final Timer fanout;

	/**
	 * Meters of connections.
	 * @param registry where they are; without a registry behind it no times are measured
	 */
	public ConnectionMeters(MeterRegistry registry) {
		this.meters = new Meters(registry);
		this.measures = Meters.isRead(registry);
		this.fanout = this.meters.timer(IodineMeter.FANOUT);
	}

	/**
	 * The meters of what all connections have in common.
	 * @param connections the connections
	 * @return binds them to a registry
	 */
	public static MeterBinder totals(Connections connections) {
		return (registry) -> {
			Meters meters = new Meters(registry);
			for (Protocol protocol : Protocol.values()) {
				traffic(meters, connections, protocol);
			}
			meters.gauge(IodineMeter.OUTBOX_BYTES, connections, Connections::blockedBytes);
			meters.gauge(IodineMeter.SUBSCRIPTIONS, connections, Connections::subscriptionCount);
		};
	}

	/**
	 * The meters of the threads that run callbacks.
	 * @param load their load
	 * @return binds them to a registry
	 */
	public static MeterBinder callbacks(CallbackLoad load) {
		return (registry) -> {
			Meters meters = new Meters(registry);
			meters.gauge(IodineMeter.CALLBACKS_ACTIVE, load, CallbackLoad::active);
			meters.gauge(IodineMeter.CALLBACKS_QUEUED, load, CallbackLoad::queued);
			meters.counted(IodineMeter.CALLBACKS_COMPLETED, load, CallbackLoad::completed);
			load.limit().ifPresent((limit) -> meters.gauge(IodineMeter.CALLBACKS_THREADS, limit, Integer::doubleValue));
		};
	}

	private static void traffic(Meters meters, Connections connections, Protocol protocol) {
		String tag = lower(protocol);
		meters.counted(IodineMeter.MESSAGES_RECEIVED, connections, (all) -> all.traffic(protocol).messagesIn(), tag);
		meters.counted(IodineMeter.BYTES_RECEIVED, connections, (all) -> all.traffic(protocol).bytesIn(), tag);
		meters.counted(IodineMeter.MESSAGES_SENT, connections, (all) -> all.traffic(protocol).messagesOut(), tag);
		meters.counted(IodineMeter.BYTES_SENT, connections, (all) -> all.traffic(protocol).bytesOut(), tag);
	}

	@Override
	public boolean measures() {
		return this.measures;
	}

	@Override
	public void opened(Connection client) {
		String protocol = lower(client.protocol());
		String path = path(client);
		this.meters.counter(IodineMeter.CONNECTIONS_OPENED, protocol, path).increment();
		this.meters.level(IodineMeter.CONNECTIONS, protocol, path).incrementAndGet();
	}

	@Override
	public void closed(Connection client, CloseReason reason, Traffic traffic) {
		String protocol = lower(client.protocol());
		this.meters.level(IodineMeter.CONNECTIONS, protocol, path(client)).decrementAndGet();
		this.meters.counter(IodineMeter.CONNECTIONS_CLOSED, protocol, lower(reason.cause()), code(reason.code()))
			.increment();
	}

	@Override
	public void called(String callback, long nanos) {
		this.callbacks.computeIfAbsent(callback, (name) -> this.meters.timer(IodineMeter.CALLBACKS, name))
			.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void fannedOut(long nanos) {
		this.fanout.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void rejected(RejectionReason reason) {
		this.meters.counter(IodineMeter.UPGRADES_REFUSED, lower(reason)).increment();
	}

	@Override
	public void callbackFailed(Connection client, String callback, Throwable failure) {
		this.meters.counter(IodineMeter.CALLBACKS_FAILED, callback).increment();
	}

	@Override
	public void callbackRejected() {
		this.meters.counter(IodineMeter.CALLBACKS_REJECTED).increment();
	}

	@Override
	public void dropped(Connection client, int messages) {
		this.meters.counter(IodineMeter.MESSAGES_DROPPED, "send-queue").increment(messages);
	}

	@Override
	public void readingPaused(Connection client) {
		this.meters.counter(IodineMeter.READS_PAUSED).increment();
	}

	@Override
	public void fanoutDropped(String channel) {
		this.meters.counter(IodineMeter.MESSAGES_DROPPED, "fanout").increment();
	}

	@Override
	public void subscriptionRejected(String channel) {
		this.meters.counter(IodineMeter.SUBSCRIPTIONS_REJECTED).increment();
	}

	private static String path(Connection client) {
		return client.request().flatMap(UpgradeRequest::pathPattern).orElse("none");
	}

	private static String code(int code) {
		return KNOWN_CODES.contains(code) ? Integer.toString(code) : "other";
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
