package io.iodine.metrics;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.iodine.PubSubEngine;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.PubSubObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Meters of pub/sub. */
public final class PubSubMeters implements PubSubObserver {

	private final Meters meters;

	private final boolean measures;

	/** 1 for each engine that has its broker. */
	private final ConcurrentMap<String, AtomicLong> up = new ConcurrentHashMap<>();

	private final ConcurrentMap<Class<?>, Timer> publishing = new ConcurrentHashMap<>();

	/**
	 * Meters of pub/sub.
	 * @param registry where they are; without a registry behind it no times are measured
	 */
	public PubSubMeters(MeterRegistry registry) {
		this.meters = new Meters(registry);
		this.measures = Meters.isRead(registry);
	}

	/**
	 * The meters of the table of channels.
	 * @param pubSub the table's owner
	 * @return binds them to a registry
	 */
	public static MeterBinder channels(ChannelPubSub pubSub) {
		return (registry) -> {
			Meters meters = new Meters(registry);
			meters.gauge(IodineMeter.CHANNELS, pubSub, ChannelPubSub::channelCount, "channel");
			meters.gauge(IodineMeter.CHANNELS, pubSub, ChannelPubSub::patternCount, "pattern");
		};
	}

	@Override
	public boolean measures() {
		return this.measures;
	}

	@Override
	public void publishReturned(PubSubEngine engine, long nanos) {
		this.publishing
			.computeIfAbsent(engine.getClass(), (type) -> this.meters.timer(IodineMeter.PUBLISH, name(engine)))
			.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void published(PubSubEngine engine, boolean scheduled) {
		if (!scheduled) {
			this.meters.counter(IodineMeter.PUBLISH_REFUSED, name(engine)).increment();
		}
	}

	@Override
	public void listenerMessageLost() {
		this.meters.counter(IodineMeter.MESSAGES_DROPPED, "listener").increment();
	}

	@Override
	public void listenerFailed() {
		this.meters.counter(IodineMeter.LISTENERS_FAILED).increment();
	}

	@Override
	public void engineFailed(PubSubEngine engine) {
		this.meters.counter(IodineMeter.ENGINE_FAILURES, name(engine)).increment();
	}

	@Override
	public void engineMessageLost(PubSubEngine engine) {
		this.meters.counter(IodineMeter.MESSAGES_DROPPED, "engine").increment();
	}

	/**
	 * Begins to tell whether an engine has its broker. It has, until the opposite was
	 * observed.
	 * @param engine the engine
	 */
	public void attached(PubSubEngine engine) {
		up(engine);
	}

	private AtomicLong up(PubSubEngine engine) {
		return this.up.computeIfAbsent(name(engine), (name) -> {
			AtomicLong level = this.meters.level(IodineMeter.ENGINE_UP, name);
			level.set(1);
			return level;
		});
	}

	@Override
	public void engineDown(PubSubEngine engine) {
		up(engine).set(0);
	}

	@Override
	public void engineUp(PubSubEngine engine, Duration gap) {
		up(engine).set(1);
		this.meters.timer(IodineMeter.ENGINE_GAPS, name(engine)).record(gap);
	}

	/** A class's name; a lambda has none that means anything. */
	private static String name(PubSubEngine engine) {
		Class<?> type = engine.getClass();
		return (type.isHidden() || type.isAnonymousClass()) ? "other" : type.getSimpleName();
	}

}
