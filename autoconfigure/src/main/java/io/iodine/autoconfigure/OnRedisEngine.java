package io.iodine.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether Redis carries messages: {@code iodine.pubsub.engine} says, or else
 * {@code iodine.redis.url} is set.
 */
class OnRedisEngine extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		String engine = environment.getProperty("iodine.pubsub.engine");
		boolean matches = StringUtils.hasText(engine) ? engine.equalsIgnoreCase("redis")
				: StringUtils.hasText(environment.getProperty("iodine.redis.url"));
		return new ConditionOutcome(matches,
				ConditionMessage.forCondition("Redis engine")
					.because(matches ? "iodine.pubsub.engine or iodine.redis.url asks for it"
							: "neither iodine.pubsub.engine nor iodine.redis.url asks for it"));
	}

}
