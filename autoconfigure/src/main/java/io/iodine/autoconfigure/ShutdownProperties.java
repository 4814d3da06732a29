package io.iodine.autoconfigure;

import java.time.Duration;

import io.iodine.connection.DrainSettings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Graceful shutdown.
 *
 * @param timeout Time for connections to close and to send what was written, and
 * background work to finish, when the application stops.
 * spring.lifecycle.timeout-per-shutdown-phase should be at least as long as this and the
 * readiness delay together.
 * @param readinessDelay Time for which connections are still accepted and served after
 * the readiness has changed to refusing traffic, so that load balancers notice.
 * @param batchSize Number of connections that are closed at once. Increased if the last
 * batch would wait for longer than half the timeout.
 * @param batchInterval Time between two batches. 0 means that all connections are closed
 * at once.
 * @param retry Reconnection time that is sent to the clients of event streams.
 * @param retryJitter Maximum random time that is added to the reconnection time of each
 * client. 0 for both means that no reconnection time is sent.
 * @param includeStreams Whether to end the application's own event streams too. Otherwise
 * the web server waits for them.
 */
record ShutdownProperties(@DefaultValue("10s") Duration timeout, @DefaultValue("0s") Duration readinessDelay,
		@DefaultValue("1000") int batchSize, @DefaultValue("50ms") Duration batchInterval,
		@DefaultValue("1s") Duration retry, @DefaultValue("4s") Duration retryJitter,
		@DefaultValue("false") boolean includeStreams) {

	ShutdownProperties {
		PropertyCheck.zeroOrMore("iodine.shutdown.timeout", timeout);
		PropertyCheck.zeroOrMore("iodine.shutdown.readiness-delay", readinessDelay);
		PropertyCheck.positive("iodine.shutdown.batch-size", batchSize);
		PropertyCheck.zeroOrMore("iodine.shutdown.batch-interval", batchInterval);
		PropertyCheck.upToADay("iodine.shutdown.retry", retry);
		PropertyCheck.upToADay("iodine.shutdown.retry-jitter", retryJitter);
	}

	DrainSettings settings() {
		return new DrainSettings(this.timeout, this.batchSize, this.batchInterval, this.retry, this.retryJitter);
	}

}
