package io.iodine.autoconfigure;

import io.iodine.upgrade.InvalidUpgradeHandlerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes an invalid {@code @UpgradeHandler} bean.
 */
final class InvalidUpgradeHandlerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidUpgradeHandlerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidUpgradeHandlerException cause) {
		return new FailureAnalysis(
				"The @UpgradeHandler bean '" + cause.beanName() + "' can't serve: " + cause.getMessage(),
				cause.action(), cause);
	}

}
