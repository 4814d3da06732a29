package io.iodine.autoconfigure;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

import io.iodine.concurrent.CallbackLoad;
import io.iodine.task.Timers;
import io.iodine.timer.TaskTimers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Auto-configures timers, and the events of the application's states. */
@AutoConfiguration(after = IodineAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "iodine.enabled", matchIfMissing = true)
@EnableConfigurationProperties(IodineTimerProperties.class)
public final class IodineTimerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Timers.class)
	TaskTimers iodineTimers(IodineTimerProperties properties, @Qualifier("iodineCallbackExecutor") Executor callbacks) {
		BooleanSupplier busy = (callbacks instanceof CallbackLoad load) ? () -> load.active() + load.queued() > 0
				: () -> false;
		return new TaskTimers(callbacks, busy, properties.max());
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBean(TaskTimers.class)
	TimerLifecycle iodineTimerLifecycle(TaskTimers timers) {
		return new TimerLifecycle(timers);
	}

	@Bean
	@Lazy(false)
	@ConditionalOnNotWebApplication
	ScheduledWorkKeepAlive iodineUnfinishedWork(ApplicationContext context, ObjectProvider<TaskTimers> timers,
			ObjectProvider<SubscribeMethods> subscriptions) {
		return new ScheduledWorkKeepAlive(context, () -> timers.stream().anyMatch((all) -> all.pending() > 0)
				|| subscriptions.stream().anyMatch(SubscribeMethods::isAnySubscribed));
	}

	@Bean
	@Lazy(false)
	LifecycleEventPublisher iodineOuterLifecycleEvents(ApplicationEventPublisher publisher) {
		return LifecycleEventPublisher.outermost(publisher);
	}

	@Bean
	@Lazy(false)
	LifecycleEventPublisher iodineInnerLifecycleEvents(ApplicationEventPublisher publisher) {
		return LifecycleEventPublisher.innermost(publisher);
	}

}
