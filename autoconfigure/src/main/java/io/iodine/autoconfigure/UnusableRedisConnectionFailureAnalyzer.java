package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Analyzes a connection factory that can't carry pub/sub. */
final class UnusableRedisConnectionFailureAnalyzer extends AbstractFailureAnalyzer<UnusableRedisConnectionException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableRedisConnectionException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.remedy(), cause);
	}

}
