package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says why a connection to Redis can't carry pub/sub, and what to set instead. */
final class UnusableRedisConnectionFailureAnalyzer extends AbstractFailureAnalyzer<UnusableRedisConnectionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableRedisConnectionException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.remedy(), cause);
	}

}
