package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.iodine.Message;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.RedisCommands;
import io.iodine.pubsub.redis.RedisCluster;
import io.iodine.pubsub.redis.RedisEngine;
import io.iodine.pubsub.redis.RedisSentinel;
import io.iodine.pubsub.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class IodineRedisAutoConfigurationTests {

	/** Nobody listens on it, so that connecting is refused at once. */
	private static final String NOBODY = "redis://127.0.0.1:1";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(IodineAutoConfiguration.class, IodinePubSubAutoConfiguration.class, IodineRedisAutoConfiguration.class,
				IodineRedisHealthAutoConfiguration.class, DataRedisAutoConfiguration.class));

	@Test
	void withoutBeingAskedForRedisIsNotTheEngine() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(RedisEngine.class);
			assertThat(context).doesNotHaveBean(RedisCommands.class);
			assertThat(context.getBean(PubSub.class).defaultEngine())
				.isSameAs(context.getBean(PubSub.class).localEngine());
		});
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theUrlAloneSwitchesTheEngineAndSaysWhereRedisIs() {
		try (RedisServer redis = RedisServer.start("--requirepass", "p@ss:word")) {
			this.runner.withPropertyValues("iodine.redis.url=redis://:p%40ss:word@127.0.0.1:" + redis.port())
				.run((context) -> {
					PubSub pubSub = context.getBean(PubSub.class);
					BlockingQueue<String> heard = new LinkedBlockingQueue<>();
					pubSub.subscribe("chat", (channel, message) -> heard.add(message.asText()));

					pubSub.publish("chat", "hi");

					assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hi");
					assertThat(pubSub.defaultEngine()).isInstanceOf(RedisEngine.class);
					assertThat(context.getBean(RedisCommands.class).command("PING").toCompletableFuture().join())
						.isEqualTo("PONG");
					assertThat(context.getBean("iodineRedisHealthIndicator", HealthIndicator.class).health())
						.isNotNull()
						.extracting(Health::getStatus)
						.isEqualTo(Status.UP);
				});
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theConnectionSettingsOfBootAreUsed() {
		try (RedisServer redis = RedisServer.start()) {
			this.runner
				.withPropertyValues("iodine.pubsub.engine=redis", "spring.data.redis.host=127.0.0.1",
						"spring.data.redis.port=" + redis.port())
				.run((context) -> assertThat(context.getBean(RedisEngine.class).status().up()).isTrue());
		}
	}

	@Test
	void startsWithoutRedisAndSaysSoInItsHealth() {
		this.runner.withPropertyValues("iodine.redis.url=" + NOBODY).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("iodineRedisHealthIndicator", HealthIndicator.class).health()).isNotNull()
				.extracting(Health::getStatus)
				.isEqualTo(Status.DOWN);
		});
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void aSentinelOfBootIsAsked() {
		try (RedisSentinel sentinel = RedisSentinel.start()) {
			this.runner
				.withPropertyValues("iodine.pubsub.engine=redis",
						"spring.data.redis.sentinel.master=" + sentinel.name(),
						"spring.data.redis.sentinel.nodes=" + sentinel.node())
				.run((context) -> assertThat(context.getBean(RedisEngine.class).status().up()).isTrue());
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void aBundleOfBootEncryptsTheWayToRedis(boolean byUrl, @TempDir Path folder) throws Exception {
		X509Bundle certificate = new CertificateBuilder().subject("CN=redis")
			.addSanIpAddress("127.0.0.1")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		Path chain = Files.writeString(folder.resolve("redis.crt"), certificate.getCertificatePathPEM());
		Path key = Files.writeString(folder.resolve("redis.key"), certificate.getPrivateKeyPEM());
		int port = RedisServer.freePort();
		try (RedisServer redis = RedisServer.start("--tls-port", Integer.toString(port), "--tls-cert-file",
				chain.toString(), "--tls-key-file", key.toString(), "--tls-ca-cert-file", chain.toString(),
				"--tls-auth-clients", "no")) {
			redis.cli("ACL", "SETUSER", "app", "on", ">secret", "resetchannels", "&*", "+@all");
			String[] where = byUrl ? new String[] { "iodine.redis.url=rediss://app:secret@127.0.0.1:" + port }
					: new String[] { "iodine.pubsub.engine=redis", "spring.data.redis.host=127.0.0.1",
							"spring.data.redis.port=" + port, "spring.data.redis.username=app",
							"spring.data.redis.password=secret" };
			this.runner.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
				.withPropertyValues(where)
				.withPropertyValues("spring.data.redis.ssl.bundle=redis",
						"spring.ssl.bundle.pem.redis.truststore.certificate=" + chain.toUri())
				.run((context) -> {
					PubSub pubSub = context.getBean(PubSub.class);
					BlockingQueue<String> heard = new LinkedBlockingQueue<>();
					pubSub.subscribe("chat", (channel, message) -> heard.add(message.asText()));

					pubSub.publish("chat", "hi");

					assertThat(context.getBean(RedisEngine.class).status().up()).isTrue();
					assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hi");
					assertThat(redis.cli("CLIENT", "LIST", "TYPE", "pubsub")).contains("user=app");
				});
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theNodesOfAClusterAreEnough() {
		try (RedisCluster cluster = RedisCluster.start(3, 0)) {
			this.runner
				.withPropertyValues("iodine.pubsub.engine=redis", "iodine.pubsub.redis.partitions=16",
						"spring.data.redis.cluster.nodes=" + cluster.nodes())
				.run((context) -> {
					PubSub pubSub = context.getBean(PubSub.class);
					BlockingQueue<String> heard = new LinkedBlockingQueue<>();
					pubSub.subscribePattern("c*", (channel, message) -> heard.add(message.asText()));

					pubSub.publish("chat", "hi");

					assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("hi");
				});
		}
	}

	@Test
	void partitionsWithoutAClusterFailTheStartAndNameTheProperty() {
		this.runner.withPropertyValues("iodine.redis.url=" + NOBODY, "iodine.pubsub.redis.partitions=16")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOf(InvalidIodinePropertyException.class)
					.hasMessageContaining("iodine.pubsub.redis.partitions")
					.hasMessageContaining("spring.data.redis.cluster.nodes");
			});
	}

	@Test
	void theUrlBesideTheSettingsOfBootFailsNamingBoth() {
		this.runner.withPropertyValues("iodine.redis.url=" + NOBODY, "spring.data.redis.host=elsewhere")
			.run((context) -> {
				assertThat(context).hasFailed();
				Throwable failure = Objects.requireNonNull(context.getStartupFailure());
				assertThat(new ConflictingRedisPropertiesFailureAnalyzer().analyze(failure))
					.satisfies((analysis) -> assertThat(analysis.getDescription()).contains("iodine.redis.url",
							"spring.data.redis.host"));
			});
	}

	@Test
	void anEngineOfTheApplicationReplacesRedis() {
		this.runner.withPropertyValues("iodine.redis.url=" + NOBODY)
			.withUserConfiguration(OwnEngine.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(RedisEngine.class);
				assertThat(context.getBean(PubSub.class).defaultEngine()).isSameAs(context.getBean("own"));
			});
	}

	@Test
	void theEngineMaySayLocalBesideAUrl() {
		this.runner.withPropertyValues("iodine.redis.url=" + NOBODY, "iodine.pubsub.engine=local")
			.run((context) -> assertThat(context).doesNotHaveBean(RedisEngine.class));
	}

	@Test
	void askingForRedisWithoutItsClientFailsSayingWhatToAdd() {
		this.runner.withPropertyValues("iodine.pubsub.engine=redis")
			.withClassLoader(new FilteredClassLoader(RedisClient.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("iodine.pubsub.engine is redis")
				.hasMessageContaining("spring-boot-starter-data-redis"));
	}

	@Test
	void aUrlOfTlsBringsTheTrustOfTheSystem() {
		this.runner.withPropertyValues("iodine.redis.url=rediss://user:secret@127.0.0.1:1/3").run((context) -> {
			DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);

			assertThat(details.getSslBundle()).isNotNull();
			assertThat(details.getUsername()).isEqualTo("user");
			assertThat(details.getPassword()).isEqualTo("secret");
		});
	}

	@Test
	void aUrlThatIsNoneIsRefusedWithoutShowingItsPassword() {
		assertThatExceptionOfType(InvalidIodinePropertyException.class)
			.isThrownBy(() -> RedisUrl.parse("http://user:secret@host"))
			.withMessageContaining("iodine.redis.url")
			.withMessageNotContaining("secret");
		assertThat(RedisUrl.parse("redis://host")).isEqualTo(new RedisUrl("host", 6379, null, null, false))
			.hasToString("redis://host:6379");
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEngine {

		@Bean
		PubSubEngine own() {
			return new PubSubEngine() {

				@Override
				public boolean subscribe(String channel, boolean pattern) {
					return true;
				}

				@Override
				public boolean unsubscribe(String channel, boolean pattern) {
					return true;
				}

				@Override
				public boolean publish(String channel, Message message) {
					return true;
				}

			};
		}

	}

}
