package io.iodine.autoconfigure;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.Subscribe;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class SubscribeMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(JacksonAutoConfiguration.class, IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class));

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
	void aMethodThatCanNotHearFailsStartUp() {
		this.runner.withUserConfiguration(Wrong.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("must have one parameter, the message, or two"));
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

}
