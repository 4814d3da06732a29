package io.iodine.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.iodine.autoconfigure.IodineProperties.Callbacks;
import io.iodine.autoconfigure.IodineProperties.OnHandlerError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IodineAutoConfiguration}.
 */
class IodineAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, IodineAutoConfiguration.class));

	@Test
	void everyPropertyHasItsDefault() {
		this.contextRunner.run((context) -> {
			IodineProperties properties = context.getBean(IodineProperties.class);

			assertThat(properties.enabled()).isTrue();
			assertThat(properties.workers()).isZero();
			assertThat(properties.threads()).isZero();
			assertThat(properties.callbacks()).isNull();
			assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(75));
			assertThat(properties.pingInterval()).isEqualTo(Duration.ofSeconds(40));
			assertThat(properties.maxMessageSize()).isEqualTo(DataSize.ofKilobytes(256));
			assertThat(properties.upgradeTimeout()).isEqualTo(Duration.ofSeconds(30));
			assertThat(properties.onHandlerError()).isEqualTo(OnHandlerError.LOG);
			assertThat(properties.allowedOrigins()).isEmpty();
			assertThat(properties.shutdown().timeout()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.sendQueue().maxMessages()).isEqualTo(1024);
			assertThat(properties.sendQueue().maxSize()).isEqualTo(DataSize.ofMegabytes(1));
			assertThat(properties.receiveQueue().maxMessages()).isEqualTo(64);
			assertThat(properties.pubsub().listener().maxPending()).isEqualTo(1024);
			assertThat(properties.tls()).isEqualTo(new TlsProperties(null, null, null, null, null, null));
		});
	}

	@Test
	void propertiesAreBound() {
		this.contextRunner
			.withPropertyValues("iodine.callbacks=event-loop", "iodine.on-handler-error=close",
					"iodine.allowed-origins=https://a.example,https://b.example", "iodine.max-message-size=1MB")
			.run((context) -> {
				IodineProperties properties = context.getBean(IodineProperties.class);

				assertThat(properties.callbacks()).isEqualTo(Callbacks.EVENT_LOOP);
				assertThat(properties.onHandlerError()).isEqualTo(OnHandlerError.CLOSE);
				assertThat(properties.allowedOrigins()).containsExactly("https://a.example", "https://b.example");
				assertThat(properties.maxMessageSize()).isEqualTo(DataSize.ofMegabytes(1));
			});
	}

	@Test
	void anAllowedOriginWithoutASchemeFailsTheStart() {
		this.contextRunner.withPropertyValues("iodine.allowed-origins=https://a.example,b.example")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidIodinePropertyException.class)
				.hasMessageContaining("iodine.allowed-origins is b.example"));
	}

	@Test
	void nothingIsConfiguredWhenDisabled() {
		this.contextRunner.withPropertyValues("iodine.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(IodineProperties.class);
			assertThat(context).doesNotHaveBean("iodineCallbackExecutor");
		});
	}

	@Test
	void callbacksRunOnDaemonThreadsOfOurName() {
		this.contextRunner.withPropertyValues("iodine.callbacks=threads").run((context) -> {
			Thread thread = threadOf(context.getBean("iodineCallbackExecutor", Executor.class));

			assertThat(thread.getName()).isEqualTo("iodine-callback-1");
			assertThat(thread.isDaemon()).isTrue();
		});
	}

	@Test
	void callbackThreadsEndWithTheContext() {
		CompletableFuture<Thread> thread = new CompletableFuture<>();

		this.contextRunner.withPropertyValues("iodine.callbacks=threads")
			.run((context) -> thread.complete(threadOf(context.getBean("iodineCallbackExecutor", Executor.class))));

		assertThat(thread).isCompletedWithValueMatching((ended) -> {
			try {
				ended.join(10_000);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			return !ended.isAlive();
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void callbacksRunOnVirtualThreadsWhereThereAreAny() {
		this.contextRunner.run((context) -> assertThat(context.getBean("iodineCallbackExecutor"))
			.isInstanceOf(VirtualCallbackThreads.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iodine.threads=8", "iodine.threads=-1", "spring.threads.virtual.enabled=false",
			"iodine.callbacks=threads", "iodine.callbacks=event-loop" })
	void whatAsksForPlatformThreadsIsNotIgnored(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context.getBean("iodineCallbackExecutor"))
				.isInstanceOf(CallbackThreads.class));
	}

	@Test
	@EnabledOnJre(JRE.JAVA_17)
	void callbacksRunOnPlatformThreadsWhereThereAreNoOthers() {
		this.contextRunner.run(
				(context) -> assertThat(context.getBean("iodineCallbackExecutor")).isInstanceOf(CallbackThreads.class));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void callbacksRunOnVirtualThreadsWhenToldSo() {
		this.contextRunner.withPropertyValues("iodine.callbacks=virtual").run((context) -> {
			Thread thread = threadOf(context.getBean("iodineCallbackExecutor", Executor.class));
			assertThat(thread.getName()).startsWith("iodine-callback-");
			assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
		});
	}

	@Test
	@EnabledOnJre(JRE.JAVA_17)
	void callbacksOnVirtualThreadsNeedANewerJava() {
		this.contextRunner.withPropertyValues("iodine.callbacks=virtual")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseMessage("iodine.callbacks is virtual, but must be threads or event-loop, "
						+ "or run on Java 21 or later"));
	}

	@Test
	void callbacksRunOnThreadsWhenToldSoDespiteVirtualThreads() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true", "iodine.callbacks=threads")
			.run((context) -> assertThat(context.getBean("iodineCallbackExecutor"))
				.isInstanceOf(CallbackThreads.class));
	}

	@Test
	void theCallbackExecutorIsReplaceable() {
		Executor own = Runnable::run;

		this.contextRunner.withBean("iodineCallbackExecutor", Executor.class, () -> own)
			.run((context) -> assertThat(context.getBean("iodineCallbackExecutor")).isSameAs(own));
	}

	@Test
	void theApplicationsTaskExecutorStaysBoots() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasBean("applicationTaskExecutor");
			assertThat(context.getBean(Executor.class)).isSameAs(context.getBean("applicationTaskExecutor"));
		});
	}

	private static Thread threadOf(Executor executor) throws Exception {
		return CompletableFuture.supplyAsync(Thread::currentThread, executor).get(10, TimeUnit.SECONDS);
	}

}
