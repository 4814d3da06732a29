package io.iodine.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches in a worker unless {@code iodine.pubsub.engine} names another engine.
 */
class OnClusterEngine extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String engine = context.getEnvironment().getProperty("iodine.pubsub.engine");
		boolean matches = !StringUtils.hasText(engine);
		return new ConditionOutcome(matches, ConditionMessage.forCondition("cluster engine")
			.because(matches ? "iodine.pubsub.engine names no other" : "iodine.pubsub.engine is " + engine));
	}

}
