package io.iodine.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.PubSubEngine;
import io.iodine.edge.EdgeObserver;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the meters that no socket is needed for. */
class PubSubMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final PubSubMeters meters = new PubSubMeters(this.registry);

	private final Carrier engine = new Carrier();

	@Test
	void aTimeWithoutItsBrokerIsAnEnginesGap() {
		this.meters.engineUp(this.engine, Duration.ofSeconds(3));

		assertThat(this.registry.get("iodine.engine.gaps").tag("engine", "Carrier").timer().totalTime(TimeUnit.SECONDS))
			.isEqualTo(3);
	}

	@Test
	void anEngineIsUpUntilItLosesItsBroker() {
		this.meters.attached(this.engine);
		assertThat(up()).isOne();

		this.meters.engineDown(this.engine);
		this.meters.attached(this.engine);
		assertThat(up()).isZero();

		this.meters.engineUp(this.engine, Duration.ofSeconds(3));
		assertThat(up()).isOne();
	}

	private double up() {
		return this.registry.get("iodine.engine.up").tag("engine", "Carrier").gauge().value();
	}

	@Test
	void lossesAreToldApart() {
		this.meters.listenerMessageLost();
		this.meters.engineMessageLost(this.engine);
		this.meters.engineMessageLost(this.engine);

		assertThat(count("iodine.messages.dropped", "reason", "listener")).isOne();
		assertThat(count("iodine.messages.dropped", "reason", "engine")).isEqualTo(2);
	}

	@Test
	void onlyWhatAnEngineDidNotTakeIsRefused() {
		this.meters.published(this.engine, true);
		this.meters.published(this.engine, false);

		assertThat(count("iodine.publish.refused", "engine", "Carrier")).isOne();
	}

	@Test
	void anEngineWithoutANameIsOneOfTheOthers() {
		PubSubEngine nameless = new Carrier() {
		};

		this.meters.engineFailed(nameless);

		assertThat(count("iodine.engine.failures", "engine", "other")).isOne();
	}

	@Test
	void nothingIsTimedWhenNobodyReadsIt() {
		assertThat(this.meters.measures()).isTrue();
		assertThat(new PubSubMeters(new CompositeMeterRegistry()).measures()).isFalse();
		assertThat(new ConnectionMeters(new CompositeMeterRegistry()).measures()).isFalse();
	}

	@Test
	void whatTheEdgeRefusesIsCountedByStatus() {
		EdgeObserver edge = new EdgeMeters(this.registry);

		edge.onRejected(431, "the headers are too large");
		edge.onSlowReader();

		assertThat(count("iodine.http.rejected", "status", "431")).isOne();
		assertThat(count("iodine.http.slow.readers")).isOne();
	}

	private double count(String name, String... tags) {
		return this.registry.get(name).tags(tags).counter().count();
	}

	/** An engine that takes everything nowhere. */
	private static class Carrier implements PubSubEngine {

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean publish(String channel, Message message) {
			return true;
		}

	}

}
