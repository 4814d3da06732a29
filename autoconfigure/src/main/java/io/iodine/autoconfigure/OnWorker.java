package io.iodine.autoconfigure;

import java.util.Map;
import java.util.Objects;

import io.iodine.process.WorkerIdentity;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether this process has the number that {@link ConditionalOnWorker} names. */
class OnWorker extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, Object> attributes = Objects
			.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnWorker.class.getName()));
		int number = WorkerIdentity.ofThisProcess().map(WorkerIdentity::number).orElse(1);
		return new ConditionOutcome(Integer.valueOf(number).equals(attributes.get("value")),
				ConditionMessage.forCondition(ConditionalOnWorker.class).because("this is worker " + number));
	}

}
