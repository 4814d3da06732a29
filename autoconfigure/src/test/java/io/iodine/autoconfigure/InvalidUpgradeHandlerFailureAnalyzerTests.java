package io.iodine.autoconfigure;

import io.iodine.upgrade.InvalidUpgradeHandlerException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InvalidUpgradeHandlerFailureAnalyzer}.
 */
class InvalidUpgradeHandlerFailureAnalyzerTests {

	@Test
	void namesTheBeanTheMistakeAndTheRemedy() {
		Throwable failure = new BeanCreationException("failed",
				new InvalidUpgradeHandlerException("chat", "its path \"/chat/{\" is no pattern.", "Close the brace."));

		FailureAnalysis analysis = new InvalidUpgradeHandlerFailureAnalyzer().analyze(failure);

		assertThat(analysis).extracting(FailureAnalysis::getDescription, FailureAnalysis::getAction)
			.containsExactly("The @UpgradeHandler bean 'chat' can't serve: its path \"/chat/{\" is no pattern.",
					"Close the brace.");
	}

}
