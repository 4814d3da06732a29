package io.iodine.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Subscribe;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

class SubscribeMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(JacksonAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class,
					IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class));

	@Test
	void aMethodHearsAChannelAndPatternsAsTheTypeItAsksFor() {
		this.runner.withUserConfiguration(Orders.class).withPropertyValues("audit=log").run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);
			Orders.Listener listener = context.getBean(Orders.Listener.class);

			pubSub.publishJson("orders.new", new Order("tea", 2));
			String order = listener.next();
			pubSub.publish("log", "line");
			String line = listener.next();
			pubSub.publish("raw", Message.binary(new byte[] { 1, 2 }));
			String raw = listener.next();
			pubSub.publish("batch", "[{\"item\":\"rice\",\"count\":1}]");

			assertThat(order).isEqualTo("orders.new Order[item=tea, count=2]");
			assertThat(line).isEqualTo("line");
			assertThat(raw).isEqualTo("2 bytes");
			assertThat(listener.next()).isEqualTo("rice");
		});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whatCanNotBeReadIsSkippedAndTheMethodIsNamed(CapturedOutput output) {
		this.runner.withUserConfiguration(Orders.class).withPropertyValues("audit=log").run((context) -> {
			PubSub pubSub = context.getBean(PubSub.class);

			pubSub.publish("orders.new", "no JSON");
			pubSub.publishJson("orders.new", new Order("salt", 1));

			assertThat(context.getBean(Orders.Listener.class).next()).contains("salt");
			assertThat(output).contains("$Orders$Listener.order").contains("bean 'listener'");
		});
	}

	@Test
	void aMethodWithWrongParametersFailsStartUpWithTheRemedy() {
		assertFailure(Wrong.class,
				"void io.iodine.autoconfigure.SubscribeMethodsTests$Wrong$Deaf.nothing() of bean 'deaf'"
						+ " has parameters that can't be given",
				"Declare one parameter, the message, or two");
	}

	@Test
	void aMethodWithoutAChannelFailsStartUp() {
		assertFailure(Unnamed.class, "names no channel", "Name at least one channel");
	}

	@Test
	void aChannelThatCanNotBeResolvedFailsStartUp() {
		assertFailure(Unresolved.class, "Could not resolve placeholder 'no.such.channel'", "Set the property");
	}

	@Test
	void aPrivateMethodOfABeanThatIsCreatedLaterFailsStartUp() {
		assertFailure(LazyPrivate.class, "is private, but its bean is created later", "package-private");
	}

	@Test
	void aPrivateMethodBehindAProxyFailsStartUp() {
		assertFailure(ProxiedPrivate.class, "can't be called on the proxy of its bean", "package-private");
	}

	@Test
	void aPrivateMethodOfABeanThatExistsIsCalled() {
		this.runner.withUserConfiguration(EagerPrivate.class).run((context) -> {
			context.getBean(PubSub.class).publish("chat", "hello");

			assertThat(context.getBean(Secretive.class).heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
		});
	}

	private void assertFailure(Class<?> configuration, String description, String action) {
		this.runner.withUserConfiguration(configuration).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new InvalidSubscribeMethodFailureAnalyzer()
				.analyze(Objects.requireNonNull(context.getStartupFailure()));
			assertThat(analysis).isNotNull();
			assertThat(Objects.requireNonNull(analysis).getDescription()).contains(description);
			assertThat(analysis.getAction()).contains(action);
		});
	}

	record Order(String item, int count) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		@Bean
		Listener listener() {
			return new Listener();
		}

		static class Listener {

			private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

			@Subscribe("orders.*")
			void order(Order order, String channel) {
				this.heard.add(channel + " " + order);
			}

			@Subscribe("${audit}")
			void line(String line) {
				this.heard.add(line);
			}

			@Subscribe("raw")
			void raw(byte[] bytes) {
				this.heard.add(bytes.length + " bytes");
			}

			@Subscribe("batch")
			void batch(List<Order> orders) {
				this.heard.add(orders.get(0).item());
			}

			String next() throws InterruptedException {
				String next = this.heard.poll(20, TimeUnit.SECONDS);
				assertThat(next).as("nothing was heard in 20 s").isNotNull();
				return next;
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Wrong {

		@Bean
		Deaf deaf() {
			return new Deaf();
		}

		static class Deaf {

			@Subscribe("chat")
			void nothing() {
			}

		}

	}

	/** Hears by a private method. */
	static class Secretive {

		final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		@Subscribe("chat")
		@SuppressWarnings("UnusedMethod") // called by its annotation
		private void hear(String text) {
			this.heard.add(text);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EagerPrivate {

		@Bean
		Secretive secretive() {
			return new Secretive();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyPrivate {

		@Bean
		@Lazy
		Secretive secretive() {
			return new Secretive();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxiedPrivate {

		@Bean
		Secretive secretive() {
			return new Secretive();
		}

		@Bean
		static BeanPostProcessor proxies() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					if (!(bean instanceof Secretive)) {
						return bean;
					}
					ProxyFactory factory = new ProxyFactory(bean);
					factory.setProxyTargetClass(true);
					return factory.getProxy();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unnamed {

		@Bean
		Nameless nameless() {
			return new Nameless();
		}

		static class Nameless {

			@Subscribe({})
			void hear(String text) {
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unresolved {

		@Bean
		Lost lost() {
			return new Lost();
		}

		static class Lost {

			@Subscribe("${no.such.channel}")
			void hear(String text) {
			}

		}

	}

}
