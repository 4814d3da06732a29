package io.iodine.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Analyzes an unknown property and suggests the closest known one. */
final class UnknownIodinePropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnknownIodinePropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownIodinePropertyException cause) {
		String place = cause.origin().isEmpty() ? "" : " (" + cause.origin() + ")";
		String meant = cause.nearest().map((name) -> "Did you mean '" + name + "'? ").orElse("");
		return new FailureAnalysis(
				"The property '" + cause.name() + "'" + place + " is set, but iodine has no such property.",
				meant + "Correct or remove it. If it belongs to something else, set "
						+ "'iodine.unknown-properties.fail' to false.",
				cause);
	}

}
