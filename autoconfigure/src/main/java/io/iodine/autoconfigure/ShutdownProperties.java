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
 * @param readinessDelay How long connections are still taken and served as usual after
 * the readiness has gone down, for load balancers to notice.
 * @param batchSize Number of connections that are closed at once. More if the last would
 * have to wait for longer than half the timeout.
 * @param batchInterval Time between two such batches. 0 means that all are closed at
 * once.
 * @param retry After what time the client of an event stream is told to come back.
 * @param retryJitter How much longer than that at most, at random for each client. 0 for
 * both means that it is told nothing.
 * @param includeStreams Whether the application's own event streams are ended as well,
 * which otherwise keep the web server waiting.
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
