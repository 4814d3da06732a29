package io.iodine.autoconfigure;

import java.util.Arrays;
import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether one of some properties has a value. Matches always while an application is
 * processed ahead of time, because a property may get its value only when the application
 * runs; the beans then do nothing without a value.
 */
abstract class OnAnyProperty extends SpringBootCondition {

	private final List<String> properties;

	OnAnyProperty(String... properties) {
		this.properties = List.copyOf(Arrays.asList(properties));
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		boolean isSet = this.properties.stream()
			.anyMatch((property) -> StringUtils.hasText(environment.getProperty(property)));
		boolean isAhead = Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
		return new ConditionOutcome(isSet || isAhead, ConditionMessage.forCondition("a value of", this.properties)
			.because(isSet ? "there is one" : isAhead ? "there may be one at run time" : "there is none"));
	}

}
