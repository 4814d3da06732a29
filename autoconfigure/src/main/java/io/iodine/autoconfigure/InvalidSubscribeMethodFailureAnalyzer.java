package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the {@code @Subscribe} method that can't be called, and the remedy. */
final class InvalidSubscribeMethodFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSubscribeMethodException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSubscribeMethodException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
	}

}
