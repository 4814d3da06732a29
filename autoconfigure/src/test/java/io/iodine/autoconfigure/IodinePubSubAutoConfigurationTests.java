package io.iodine.autoconfigure;

import io.iodine.HistoryCustomizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class IodinePubSubAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(JacksonAutoConfiguration.class, IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class));

	@Test
	void publishesInTheProcessByDefaultAndWithoutAWebServer() {
		this.runner.run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);
			BlockingQueue<String> heard = new LinkedBlockingQueue<>();
			pubSub.subscribe("chat", (channel, message) -> heard.add(message.asText()));

			pubSub.publishJson("chat", List.of(1, 2));

			assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("[1,2]");
			assertThat(pubSub.defaultEngine()).isSameAs(pubSub.localEngine());
		});
	}

	@Test
	void withoutJacksonOnlyJsonIsRefused() {
		this.runner.withClassLoader(new FilteredClassLoader(JsonMapper.class)).run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);

			assertThat(pubSub.publish("chat", "text")).isTrue();
			assertThatIllegalStateException().isThrownBy(() -> pubSub.publishJson("chat", 1))
				.withMessageContaining("spring-boot-starter-jackson");
		});
	}

	@Test
	void withoutAJsonMapperBeanOnlyJsonIsRefused() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class))
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(PubSub.class).publishJson("chat", 1)));
	}

	@Test
	void nothingIsThereWhenDisabled() {
		this.runner.withPropertyValues("iodine.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PubSub.class));
	}

	@Test
	void anEngineBeanReplacesTheLocalOneAndMayInjectPubSub() {
		this.runner.withUserConfiguration(OneEngine.class).run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);
			NamedEngine engine = context.getBean(NamedEngine.class);

			pubSub.publish("chat", "hi");

			assertThat(context.getBeansOfType(PubSubEngine.class)).hasSize(1);
			assertThat(pubSub.defaultEngine()).isSameAs(engine);
			assertThat(engine.published).containsExactly("hi");
		});
	}

	@Test
	void ofSeveralEnginesThePrimaryOneIsTheDefaultAndAllAreAttached() {
		this.runner.withUserConfiguration(TwoEngines.class).run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);

			pubSub.subscribe("chat", (channel, message) -> {
			});

			assertThat(pubSub.defaultEngine()).isSameAs(context.getBean("chosen"));
			assertThat(context.getBeansOfType(NamedEngine.class).values())
				.allSatisfy((engine) -> assertThat(engine.subscribed).containsExactly("chat"));
		});
	}

	@Test
	void enginesAreAttachedInALazyContextToo() {
		this.runner.withPropertyValues("spring.main.lazy-initialization=true")
			.withUserConfiguration(OneEngine.class)
			.run((context) -> assertThat(context.getBean(PubSub.class).defaultEngine())
				.isSameAs(context.getBean(NamedEngine.class)));
	}

	@Test
	void theLimitsAreProperties() {
		this.runner.withPropertyValues("iodine.pubsub.max-channel-length=3")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(PubSub.class).publish("long", "x"))
				.withMessageContaining("iodine.pubsub.max-channel-length"));
	}

	@Test
	void anImpossibleLimitFailsNamingTheProperty() {
		this.runner.withPropertyValues("iodine.pubsub.listener.max-pending=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("iodine.pubsub.listener.max-pending is 0, but must be a number from 1 to 2147483647"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[x", "chat\\", "[a\\]*" })
	void aPatternThatIsNotClosedFailsNamingPropertyValueAndRemedy(String glob) {
		this.runner.withPropertyValues("iodine.pubsub.history.channels=" + glob)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("iodine.pubsub.history.channels is " + glob
						+ ", but must be patterns such as chat* or [ab]*, with every bracket closed"));
	}

	@Test
	void historiesAreConfiguredByCodeAsWellAsByProperty() {
		this.runner.withPropertyValues("iodine.pubsub.history.channels=chat*")
			.withBean(HistoryCustomizer.class,
					() -> (histories) -> histories.keep("orders.*", 2, Duration.ofHours(1))
						.keep("chat.short", 1, Duration.ofHours(1)))
			.run((context) -> {
				PubSub pubSub = context.getBean(PubSub.class);
				for (String channel : List.of("chat", "chat.short", "orders.1")) {
					for (int i = 0; i < 3; i++) {
						pubSub.publish(channel, "x");
					}
				}

				assertThat(kept(pubSub, "chat")).isEqualTo(3);
				assertThat(kept(pubSub, "chat.short")).isEqualTo(1);
				assertThat(kept(pubSub, "orders.1")).isEqualTo(2);
			});
		this.runner.withBean(HistoryCustomizer.class, () -> (histories) -> histories.keep("[x", 2, Duration.ofHours(1)))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("[x"));
	}

	private static int kept(PubSub pubSub, String channel) {
		return pubSub.history(channel, 10).toCompletableFuture().join().size();
	}

	@Test
	void subscriptionsEndWithTheContext() {
		PubSub[] pubSub = new PubSub[1];

		this.runner.run((context) -> pubSub[0] = context.getBean(PubSub.class));

		assertThatIllegalStateException().isThrownBy(() -> pubSub[0].subscribe("chat", (channel, message) -> {
		}));
	}

	@Configuration(proxyBeanMethods = false)
	static class OneEngine {

		@Bean
		NamedEngine engine(PubSub pubSub) {
			return new NamedEngine();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoEngines {

		@Bean
		NamedEngine other() {
			return new NamedEngine();
		}

		@Bean
		@Primary
		NamedEngine chosen() {
			return new NamedEngine();
		}

	}

	static final class NamedEngine implements PubSubEngine {

		private final List<String> subscribed = new ArrayList<>();

		private final List<String> published = new ArrayList<>();

		@Override
		public boolean subscribe(String channel, boolean pattern) {
			return this.subscribed.add(channel);
		}

		@Override
		public boolean unsubscribe(String channel, boolean pattern) {
			return true;
		}

		@Override
		public boolean publish(String channel, Message message) {
			return this.published.add(message.asText());
		}

	}

}
