package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Analyzes an unknown flag of the command line. */
final class UnknownFlagFailureAnalyzer extends AbstractFailureAnalyzer<UnknownFlagException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownFlagException cause) {
		return new FailureAnalysis("The argument '" + cause.flag() + "' is no flag.",
				"Correct or remove it; -h lists the flags. If the application reads it by itself, set "
						+ "'iodine.command-line.enabled' to false.",
				cause);
	}

}
