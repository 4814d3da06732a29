package io.iodine.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Whether Redis carries messages: {@code iodine.pubsub.engine} says, or else
 * {@code iodine.redis.url} is set. Always matches while the application is processed
 * ahead of time, so that the properties of the build don't decide.
 */
class OnRedisEngine extends SpringBootCondition {

	/** Set while an application is processed ahead of time. */
	private static final String AOT_PROCESSING = "spring.aot.processing";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Redis engine");
		if (SpringProperties.getFlag(AOT_PROCESSING)) {
			return ConditionOutcome.match(message.because("properties are asked when the application runs"));
		}
		boolean matches = isChosen(context.getEnvironment());
		return new ConditionOutcome(matches,
				message.because(matches ? "iodine.pubsub.engine or iodine.redis.url asks for it"
						: "neither iodine.pubsub.engine nor iodine.redis.url asks for it"));
	}

	/** Where Redis is; null when neither property says so. */
	static @Nullable String url(Environment environment) {
		String url = environment.getProperty("iodine.pubsub.redis.url");
		String shortForm = environment.getProperty("iodine.redis.url");
		if (!StringUtils.hasText(url)) {
			return StringUtils.hasText(shortForm) ? shortForm : null;
		}
		if (StringUtils.hasText(shortForm) && !shortForm.equals(url)) {
			throw new ConflictingRedisPropertiesException("iodine.pubsub.redis.url");
		}
		return url;
	}

	static boolean isChosen(Environment environment) {
		String engine = environment.getProperty("iodine.pubsub.engine");
		return StringUtils.hasText(engine) ? engine.equalsIgnoreCase("redis") : url(environment) != null;
	}

}
