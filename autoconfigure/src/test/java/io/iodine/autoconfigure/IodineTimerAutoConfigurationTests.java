package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.iodine.task.LifecycleEvent;
import io.iodine.task.LifecycleState;
import io.iodine.task.Timer;
import io.iodine.task.Timers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IodineTimerAutoConfiguration}.
 */
class IodineTimerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodineTimerAutoConfiguration.class));

	@Test
	void timersRunAfterTheStartAndEndWithTheContext() {
		this.contextRunner.withUserConfiguration(EarlyTask.class).run((context) -> {
			assertThat(context.getBean(EarlyTask.class).ran.await(10, TimeUnit.SECONDS)).isTrue();
			Timer timer = context.getBean(Timers.class).runAfter(Duration.ofHours(1), () -> {
			});

			context.getSourceApplicationContext().stop();

			assertThat(timer.isActive()).isFalse();
			context.getSourceApplicationContext().start();
			CountDownLatch again = new CountDownLatch(1);
			context.getBean(Timers.class).run(again::countDown);
			assertThat(again.await(10, TimeUnit.SECONDS)).isTrue();
		});
	}

	@Test
	void anIdleTaskWaitsForRunningCallbacks() {
		this.contextRunner.run(IodineTimerAutoConfigurationTests::waitsForCallbacks);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void anIdleTaskWaitsForVirtualCallbacks() {
		this.contextRunner.withPropertyValues("iodine.callbacks=virtual")
			.run(IodineTimerAutoConfigurationTests::waitsForCallbacks);
	}

	@Test
	void theStatesAreEventsInTheirOrder() {
		List<LifecycleState> states = new ArrayList<>();

		this.contextRunner.withUserConfiguration(States.class)
			.withBean("states", List.class, () -> states)
			.run((context) -> assertThat(states).containsExactly(LifecycleState.PRE_START, LifecycleState.START));

		assertThat(states).containsExactly(LifecycleState.values());
	}

	@Test
	void aListenerThatFailsBeforeTheStartAbortsIt() {
		this.contextRunner.withUserConfiguration(Refusing.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage("not today"));
	}

	@Test
	void theNumberOfTimersMustBeAboveZero() {
		this.contextRunner.withPropertyValues("iodine.timers.max=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("iodine.timers.max is 0, but must be a number above 0"));
	}

	private static void waitsForCallbacks(org.springframework.context.ApplicationContext context)
			throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch idle = new CountDownLatch(1);
		context.getBean("iodineCallbackExecutor", Executor.class).execute(() -> {
			running.countDown();
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

		context.getBean(Timers.class).onIdle(idle::countDown);

		assertThat(idle.await(100, TimeUnit.MILLISECONDS)).isFalse();
		release.countDown();
		assertThat(idle.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyTask {

		private final CountDownLatch ran = new CountDownLatch(1);

		EarlyTask(Timers timers) {
			timers.run(this.ran::countDown);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class States {

		private final List<LifecycleState> states;

		States(List<LifecycleState> states) {
			this.states = states;
		}

		@EventListener
		void on(LifecycleEvent event) {
			this.states.add(event.state());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Refusing {

		@Bean
		org.springframework.context.ApplicationListener<org.springframework.context.PayloadApplicationEvent<LifecycleEvent>> rejecting() {
			return new org.springframework.context.ApplicationListener<>() {

				@Override
				public void onApplicationEvent(
						org.springframework.context.PayloadApplicationEvent<LifecycleEvent> event) {
					if (event.getPayload().state() == LifecycleState.PRE_START) {
						throw new IllegalStateException("not today");
					}
				}

			};
		}

	}

}
