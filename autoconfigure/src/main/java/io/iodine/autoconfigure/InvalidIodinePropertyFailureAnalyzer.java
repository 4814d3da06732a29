package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells which property of ours has a value it can't have, and which ones it may have.
 * Ahead of Boot's analyzer of binding failures, which would find the same failure but not
 * its remedy.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidIodinePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidIodinePropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidIodinePropertyException cause) {
		return new FailureAnalysis("The " + cause.kind() + " '" + cause.name() + "' has the value '" + cause.value()
				+ "', which it can't have.", "Set '" + cause.name() + "' to " + cause.expected() + ".", cause);
	}

}
