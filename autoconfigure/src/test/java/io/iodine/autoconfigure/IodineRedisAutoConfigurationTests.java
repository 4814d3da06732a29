package io.iodine.autoconfigure;

import io.iodine.pubsub.PubSubObserver;
import io.iodine.pubsub.redis.RedisNode;
import io.iodine.pubsub.redis.RedisStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.SpringProperties;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

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
import org.junit.jupiter.api.extension.ExtendWith;
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
	private static final String NONE = "redis://127.0.0.1:1";

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
				.run((context) -> awaitUp(context.getBean(RedisEngine.class)));
		}
	}

	@Test
	void startsWithoutRedisAndSaysSoInItsHealth() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE).run((context) -> {
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
				.run((context) -> awaitUp(context.getBean(RedisEngine.class)));
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

					awaitUp(context.getBean(RedisEngine.class));
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

					// at most once: a cluster that has just been made may lose some
					String text = null;
					for (int second = 0; text == null && second < 20; second++) {
						pubSub.publish("chat", "hi");
						text = heard.poll(1, TimeUnit.SECONDS);
					}

					assertThat(text).isEqualTo("hi");
				});
		}
	}

	@Test
	void partitionsWithoutAClusterFailTheStartAndNameTheProperty() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE, "iodine.pubsub.redis.partitions=16")
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
		this.runner.withPropertyValues("iodine.redis.url=" + NONE, "spring.data.redis.host=elsewhere")
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
		this.runner.withPropertyValues("iodine.redis.url=" + NONE)
			.withUserConfiguration(OwnEngine.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(RedisEngine.class);
				assertThat(context.getBean(PubSub.class).defaultEngine()).isSameAs(context.getBean("own"));
			});
	}

	@Test
	void theEngineMaySayLocalBesideAUrl() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE, "iodine.pubsub.engine=local")
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
		assertThat(RedisUrl.parse("redis://host")).isEqualTo(new RedisUrl("host", 6379, null, null, 0, false))
			.hasToString("redis://host:6379");
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theEngineConnectsOnceItsConnectionFactoryIsStarted() {
		try (RedisServer redis = RedisServer.start()) {
			Queue<PubSubEngine> away = new ConcurrentLinkedQueue<>();
			this.runner.withPropertyValues("iodine.redis.url=redis://127.0.0.1:" + redis.port())
				.withBean("away", PubSubObserver.class, () -> new PubSubObserver() {

					@Override
					public void engineDown(PubSubEngine engine) {
						away.add(engine);
					}

				})
				.run((context) -> {
					awaitUp(context.getBean(RedisEngine.class));

					assertThat(away).isEmpty();
				});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	void theEngineStopsAndStartsAgainAndAgain(boolean pauses) {
		try (RedisServer redis = RedisServer.start()) {
			this.runner.withPropertyValues("iodine.redis.url=redis://127.0.0.1:" + redis.port()).run((context) -> {
				PubSub pubSub = context.getBean(PubSub.class);
				RedisEngine engine = context.getBean(RedisEngine.class);
				BlockingQueue<String> heard = new LinkedBlockingQueue<>();
				pubSub.subscribe("chat", (channel, message) -> heard.add(message.asText()));
				AbstractApplicationContext application = (AbstractApplicationContext) context
					.getSourceApplicationContext();

				for (int i = 0; i < 3; i++) {
					awaitUp(engine);
					boolean running = pubSub.publish("chat", "run " + i);
					String delivered = heard.poll(20, TimeUnit.SECONDS);
					if (pauses) {
						application.pause();
					}
					else {
						application.stop();
					}
					boolean stopped = pubSub.publish("chat", "refused");
					RedisStatus status = engine.status();
					if (pauses) {
						application.restart();
					}
					else {
						application.start();
					}

					assertThat(running).isTrue();
					assertThat(delivered).isEqualTo("run " + i);
					assertThat(stopped).isFalse();
					assertThat(status.up()).isFalse();
					assertThat(status.detail()).contains("stopped");
				}
				awaitUp(engine);
				redis.cli("PUBLISH", "chat", "from elsewhere");
				assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("from elsewhere");
			});
			RedisNode.awaitTrue("no connection is left", () -> redis.cli("CLIENT", "LIST", "TYPE", "pubsub").isEmpty());
		}
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	@ExtendWith(OutputCaptureExtension.class)
	void aNormalStopWarnsOfNothing(CapturedOutput output) {
		try (RedisServer redis = RedisServer.start()) {
			this.runner.withPropertyValues("iodine.redis.url=redis://127.0.0.1:" + redis.port())
				.run((context) -> awaitUp(context.getBean(RedisEngine.class)));
		}
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	@EnabledIf("io.iodine.pubsub.redis.RedisServer#isInstalled")
	@ExtendWith(OutputCaptureExtension.class)
	void aWrongPasswordIsTheReasonInLogAndHealth(CapturedOutput output) {
		try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
			this.runner.withPropertyValues("iodine.redis.url=redis://:wrong@127.0.0.1:" + redis.port())
				.run((context) -> {
					HealthIndicator health = context.getBean("iodineRedisHealthIndicator", HealthIndicator.class);

					RedisNode.awaitTrue("the health names the cause",
							() -> String.valueOf(health.health()).contains("WRONGPASS"));
				});
		}
		assertThat(output).contains("is away (Unable to connect").contains("WRONGPASS");
	}

	@Test
	void theDatabaseOfTheUrlIsThatOfTheApplication() {
		this.runner.withPropertyValues("iodine.pubsub.redis.url=redis://127.0.0.1:1/3")
			.run((context) -> assertThat(context.getBean(LettuceConnectionFactory.class).getDatabase()).isEqualTo(3));
	}

	@Test
	void bothFormsOfTheUrlMustBeTheSame() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE, "iodine.pubsub.redis.url=redis://elsewhere")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ConflictingRedisPropertiesException.class)
				.hasMessageContaining("iodine.pubsub.redis.url"));
	}

	@Test
	void aUrlBesideAConnectionFactoryThatGoesElsewhereFailsTheStart() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE)
			.withBean(LettuceConnectionFactory.class, () -> new LettuceConnectionFactory("127.0.0.1", 2))
			.run((context) -> assertThat(analysis(context)).contains(NONE, "redis://127.0.0.1:2",
					"iodine.pubsub.engine=redis"));
	}

	@Test
	void aUrlBesideAConnectionFactoryOfAnotherDatabaseFailsTheStart() {
		this.runner.withPropertyValues("iodine.redis.url=redis://127.0.0.1:2/3")
			.withBean(LettuceConnectionFactory.class, () -> new LettuceConnectionFactory("127.0.0.1", 2))
			.run((context) -> assertThat(analysis(context)).contains("redis://127.0.0.1:2/3",
					"goes to redis://127.0.0.1:2", "iodine.pubsub.engine=redis"));
	}

	@Test
	void aUrlOfTheDatabaseOfTheApplicationsConnectionFactoryIsUsed() {
		this.runner.withPropertyValues("iodine.redis.url=redis://127.0.0.1:2/3")
			.withBean(LettuceConnectionFactory.class, () -> {
				RedisStandaloneConfiguration other = new RedisStandaloneConfiguration("127.0.0.1", 2);
				other.setDatabase(3);
				return new LettuceConnectionFactory(other);
			})
			.run((context) -> assertThat(context.getBean(PubSub.class).defaultEngine())
				.hasToString("Redis at redis://127.0.0.1:2/3"));
	}

	@Test
	void aUrlBesideMasterAndReplicasFailsTheStart() {
		this.runner
			.withPropertyValues("iodine.redis.url=redis://127.0.0.1:1/3",
					"spring.data.redis.masterreplica.nodes=127.0.0.1:1,127.0.0.1:2")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ConflictingRedisPropertiesException.class)
				.hasMessageContaining("spring.data.redis.masterreplica.nodes"));
	}

	@Test
	void aConnectionFactoryOfTheApplicationIsUsed() {
		this.runner.withPropertyValues("iodine.pubsub.engine=redis")
			.withBean(LettuceConnectionFactory.class, () -> new LettuceConnectionFactory("127.0.0.1", 2))
			.run((context) -> assertThat(context.getBean(PubSub.class).defaultEngine())
				.hasToString("Redis at redis://127.0.0.1:2"));
	}

	@Test
	void whatCanNotCarryPubSubFailsTheStartWithARemedy() {
		this.runner.withPropertyValues("iodine.pubsub.engine=redis", "spring.data.redis.client-type=jedis")
			.run((context) -> assertThat(analysis(context)).contains("LettuceConnectionFactory",
					"spring.data.redis.client-type=jedis"));
		this.runner
			.withPropertyValues("iodine.pubsub.engine=redis",
					"spring.data.redis.masterreplica.nodes=127.0.0.1:1,127.0.0.1:2")
			.run((context) -> assertThat(analysis(context)).contains("masterreplica", "sentinel"));
	}

	@Test
	void aUrlWithoutTheRedisLibraryFailsSayingWhatToAdd() {
		this.runner.withPropertyValues("iodine.redis.url=" + NONE)
			.withClassLoader(new FilteredClassLoader(RedisClient.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("iodine.redis.url")
				.hasMessageContaining("spring-boot-starter-data-redis"));
	}

	@Test
	void theUrlIsNotFrozenByProcessingAheadOfTime() {
		String aot = "spring.aot.processing";
		SpringProperties.setFlag(aot);
		try {
			this.runner.run((context) -> {
				assertThat(context.getBean(PubSub.class).defaultEngine())
					.isSameAs(context.getBean(PubSub.class).localEngine());
				assertThat(context.getBean("iodineRedisHealthIndicator", HealthIndicator.class).health()).isNotNull()
					.extracting(Health::getStatus)
					.isEqualTo(Status.UNKNOWN);
				assertThat(context.getBean(RedisCommands.class).command("PING").toCompletableFuture())
					.isCompletedExceptionally();
			});
			this.runner.withPropertyValues("iodine.redis.url=" + NONE)
				.run((context) -> assertThat(context.getBean(PubSub.class).defaultEngine())
					.hasToString("Redis at redis://127.0.0.1:1"));
		}
		finally {
			SpringProperties.setProperty(aot, null);
		}
	}

	private static String analysis(AssertableApplicationContext context) {
		Throwable failure = Objects.requireNonNull(context.getStartupFailure());
		FailureAnalysis analysis = new UnusableRedisConnectionFailureAnalyzer().analyze(failure);
		return Objects.requireNonNull(analysis).getDescription() + " " + analysis.getAction();
	}

	private static void awaitUp(RedisEngine engine) {
		RedisNode.awaitTrue("Redis is up", () -> engine.status().up());
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
