package io.iodine.autoconfigure;

import io.iodine.process.SystemdSockets;
import io.iodine.process.WorkerIdentity;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether systemd has passed listening sockets to this process. */
class OnSystemdSockets extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean matches = WorkerIdentity.ofThisProcess().isEmpty() && SystemdSockets.arePassedToThisProcess();
		return new ConditionOutcome(matches, ConditionMessage.forCondition("sockets of systemd")
			.because(matches ? "LISTEN_FDS names some" : "LISTEN_FDS names none of this process"));
	}

}
