package io.iodine.autoconfigure;

import java.util.Map;
import java.util.Objects;

import io.iodine.process.WorkerIdentity;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.ClassMetadata;
import org.springframework.core.type.MethodMetadata;

/** Whether this process has the number that {@link ConditionalOnWorker} names. */
class OnWorker extends SpringBootCondition {

	private static final Log logger = LogFactory.getLog(OnWorker.class);

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Map<String, Object> attributes = Objects
			.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnWorker.class.getName()));
		int wanted = (int) Objects.requireNonNull(attributes.get("value"));
		if (wanted < 1) {
			throw new IllegalStateException("@ConditionalOnWorker(" + wanted + ") of " + name(metadata)
					+ " names no worker: they are numbered from 1");
		}
		WorkerIdentity identity = WorkerIdentity.ofThisProcess().orElse(null);
		int number = (identity != null) ? identity.number() : 1;
		int processes = (identity != null) ? identity.processes() : 1;
		if (wanted > processes && number == 1) {
			logger
				.warn("@ConditionalOnWorker(" + wanted + ") of " + name(metadata) + ": no process creates it, because "
						+ ((identity != null) ? "iodine.cluster.processes is " + processes
								: "this process runs without a cluster, as worker 1"));
		}
		return new ConditionOutcome(wanted == number,
				ConditionMessage.forCondition(ConditionalOnWorker.class).because("this is worker " + number));
	}

	/** What has the annotation. */
	private static String name(AnnotatedTypeMetadata metadata) {
		return (metadata instanceof MethodMetadata method)
				? method.getDeclaringClassName() + "." + method.getMethodName()
				: ((ClassMetadata) metadata).getClassName();
	}

}
