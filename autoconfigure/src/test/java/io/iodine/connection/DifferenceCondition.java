package io.iodine.connection;

import java.util.Arrays;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Leaves out what {@link DiffersOn} names, and says which difference it is. */
final class DifferenceCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return AnnotationSupport.findAnnotation(context.getElement(), DiffersOn.class)
			.filter((differs) -> Arrays.asList(differs.value()).contains(TestContainer.CURRENT))
			.map((differs) -> ConditionEvaluationResult.disabled("docs/spring-mvc.md: " + differs.by().row()))
			.orElseGet(() -> ConditionEvaluationResult.enabled("no difference"));
	}

}
