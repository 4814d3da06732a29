package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names both properties that configure the address of Redis. */
final class ConflictingRedisPropertiesFailureAnalyzer
		extends AbstractFailureAnalyzer<ConflictingRedisPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConflictingRedisPropertiesException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.property().startsWith("iodine.")
				? "Remove one of them."
				: "Remove iodine.redis.url and set iodine.pubsub.engine=redis, or remove " + cause.property() + ".",
				cause);
	}

}
