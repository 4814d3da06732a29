package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.iodine.PubSub;
import io.iodine.pubsub.redis.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class PublishingElsewhereTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class,
				IodineRedisAutoConfiguration.class, DataRedisAutoConfiguration.class, JacksonAutoConfiguration.class));

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void aBatchJobWithoutAWebServerReachesTheSubscribersOfAnotherProcess() {
		try (RedisServer redis = RedisServer.start()) {
			String url = "iodine.redis.url=redis://127.0.0.1:" + redis.port();
			this.runner.withPropertyValues(url).run((context) -> {
				BlockingQueue<String> heard = new LinkedBlockingQueue<>();
				context.getBean(PubSub.class).subscribe("jobs", (channel, message) -> heard.add(message.asText()));

				new SpringApplicationBuilder(Job.class).web(WebApplicationType.NONE).run("--" + url).close();

				for (int i = 0; i < 100; i++) {
					assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("row " + i);
				}
			});
		}
	}

	@Test
	void whatIsCommittedIsPublishedAndWhatIsRolledBackIsNot() {
		this.runner.withUserConfiguration(Transactions.class).run((context) -> {
			BlockingQueue<String> heard = new LinkedBlockingQueue<>();
			context.getBean(PubSub.class)
				.subscribePattern("orders.*", (channel, message) -> heard.add(channel + " " + message.asText()));
			TransactionTemplate transaction = context.getBean(TransactionTemplate.class);

			transaction.executeWithoutResult((status) -> {
				context.publishEvent(new OrderPlaced("eu", 1));
				status.setRollbackOnly();
			});
			transaction.executeWithoutResult((status) -> {
				context.publishEvent(new OrderPlaced("us", 2));
				assertThat(heard).isEmpty();
			});

			assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("orders.us {\"region\":\"us\",\"number\":2}");
			assertThat(heard).isEmpty();
		});
	}

	@Test
	void theDocumentationShowsTheListenerThatIsTried() throws Exception {
		String source = Files
			.readString(Path.of("src/test/java/io/iodine/autoconfigure/PublishingElsewhereTests.java"));
		String region = source.substring(source.indexOf("// tag::after-commit[]\n") + 23,
				source.indexOf("\t\t// end::after-commit[]"));

		String shown = region.lines().map((line) -> line.replaceFirst("^\t\t", "")).collect(Collectors.joining("\n"));

		assertThat(Files.readString(Path.of("../docs/pubsub.md"))).contains("```java\n" + shown + "\n```");
	}

	/** What happened. */
	record OrderPlaced(String region, int number) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Job {

		@Bean
		ApplicationRunner rows(PubSub pubSub) {
			return (args) -> {
				for (int i = 0; i < 100; i++) {
					pubSub.publish("jobs", "row " + i);
				}
			};
		}

	}

	/** Tells clients what was committed. */
	static class Orders {

		private final PubSub pubSub;

		Orders(PubSub pubSub) {
			this.pubSub = pubSub;
		}

		// tag::after-commit[]
		@TransactionalEventListener
		void placed(OrderPlaced event) {
			this.pubSub.publishJson("orders." + event.region(), event);
		}
		// end::after-commit[]

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions {

		@Bean
		Orders orders(PubSub pubSub) {
			return new Orders(pubSub);
		}

		@Bean
		TransactionTemplate transaction(PlatformTransactionManager manager) {
			return new TransactionTemplate(manager);
		}

		/** Commits nothing anywhere. */
		@Bean
		PlatformTransactionManager transactionManager() {
			return new AbstractPlatformTransactionManager() {

				@Override
				protected Object doGetTransaction() {
					return new Object();
				}

				@Override
				protected void doBegin(Object transaction, TransactionDefinition definition) {
				}

				@Override
				protected void doCommit(DefaultTransactionStatus status) {
				}

				@Override
				protected void doRollback(DefaultTransactionStatus status) {
				}

			};
		}

	}

}
