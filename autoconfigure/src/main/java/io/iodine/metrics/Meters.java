package io.iodine.metrics;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

/** The meters of one registry, each made when it is first needed. */
final class Meters {

	private final MeterRegistry registry;

	private final ConcurrentMap<Key, Counter> counters = new ConcurrentHashMap<>();

	private final ConcurrentMap<Key, AtomicLong> levels = new ConcurrentHashMap<>();

	Meters(MeterRegistry registry) {
		this.registry = registry;
	}

	/** Whether anybody reads the meters: Boot's composite may be empty. */
	static boolean isRead(MeterRegistry registry) {
		return !(registry instanceof CompositeMeterRegistry composite) || !composite.getRegistries().isEmpty();
	}

	Counter counter(IodineMeter meter, String... values) {
		return this.counters.computeIfAbsent(new Key(meter, List.of(values)),
				(key) -> Counter.builder(meter.meterName())
					.description(meter.description())
					.baseUnit(meter.unit())
					.tags(key.tags())
					.register(this.registry));
	}

	Timer timer(IodineMeter meter, String... values) {
		return Timer.builder(meter.meterName())
			.description(meter.description())
			.tags(new Key(meter, List.of(values)).tags())
			.register(this.registry);
	}

	/** A gauge that goes up and down by what is added. */
	AtomicLong level(IodineMeter meter, String... values) {
		return this.levels.computeIfAbsent(new Key(meter, List.of(values)), (key) -> {
			AtomicLong level = new AtomicLong();
			gauge(meter, level, AtomicLong::get, values);
			return level;
		});
	}

	<T> void gauge(IodineMeter meter, T source, ToDoubleFunction<T> value, String... values) {
		Gauge.builder(meter.meterName(), source, value)
			.description(meter.description())
			.baseUnit(meter.unit())
			.tags(new Key(meter, List.of(values)).tags())
			.strongReference(true)
			.register(this.registry);
	}

	<T> void counted(IodineMeter meter, T source, ToDoubleFunction<T> value, String... values) {
		FunctionCounter.builder(meter.meterName(), source, value)
			.description(meter.description())
			.baseUnit(meter.unit())
			.tags(new Key(meter, List.of(values)).tags())
			.register(this.registry);
	}

	/**
	 * A meter with the values of its tags.
	 *
	 * @param meter the meter
	 * @param values the values, in the order of its tags
	 */
	private record Key(IodineMeter meter, List<String> values) {

		Tags tags() {
			Tags tags = Tags.empty();
			for (int i = 0; i < this.values.size(); i++) {
				tags = tags.and(Tag.of(this.meter.tags().get(i), this.values.get(i)));
			}
			return tags;
		}

	}

}
