package io.iodine.autoconfigure;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.netty.channel.EventLoopGroup;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IodineWebServerAutoConfiguration}.
 */
class IodineWebServerAutoConfigurationTests {

	private static final HttpHandler NOT_FOUND = (request, response) -> response.setComplete();

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner(
			AnnotationConfigReactiveWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodineWebServerAutoConfiguration.class,
				NettyReactiveWebServerAutoConfiguration.class))
		.withBean(HttpHandler.class, () -> NOT_FOUND)
		.withPropertyValues("server.port=0", "spring.reactor.netty.shutdown-quiet-period=0s");

	@Test
	void theServerRunsOnAsManyLoopsOfOursAsThereAreWorkers() {
		this.runner.withPropertyValues("iodine.workers=3").run((context) -> {
			EventLoopGroup loops = context.getBean(ReactorResourceFactory.class).getLoopResources().onServer(true);

			assertThat(StreamSupport.stream(loops.spliterator(), false)).hasSize(3);
			assertThat(loops()).isNotEmpty().allMatch(Thread::isDaemon);
		});
	}

	@Test
	void bootsResourceFactoryBacksOff() {
		this.runner.run((context) -> assertThat(context).getBeanNames(ReactorResourceFactory.class)
			.containsExactly("iodineReactorResourceFactory"));
	}

	@Test
	void theResourceFactoryIsReplaceable() {
		this.runner.withBean("own", ReactorResourceFactory.class)
			.run((context) -> assertThat(context).getBeanNames(ReactorResourceFactory.class).containsExactly("own"));
	}

	@Test
	void noLoopOutlivesItsContextHoweverOftenItStarts() throws InterruptedException {
		Set<Thread> others = loops();
		for (int start = 0; start < 3; start++) {
			Set<Thread> started = new HashSet<>();

			this.runner.run((context) -> started.addAll(loops()));
			started.removeAll(others);

			assertThat(started).isNotEmpty();
			for (Thread loop : started) {
				loop.join(10_000);
				assertThat(loop.isAlive()).as(loop.getName()).isFalse();
			}
		}
	}

	@Test
	void keepAliveOutlastsCommonLoadBalancersByDefault() {
		this.runner.run((context) -> assertThat(idleTimeout(context)).isEqualTo("PT1M15S"));
	}

	@Test
	void keepAliveEndsAfterTheTimeout() {
		this.runner.withPropertyValues("iodine.timeout=7s")
			.run((context) -> assertThat(idleTimeout(context)).isEqualTo("PT7S"));
	}

	@Test
	void keepAliveNeverEndsWhenTheTimeoutIsZero() {
		this.runner.withPropertyValues("iodine.timeout=0")
			.run((context) -> assertThat(idleTimeout(context)).isEqualTo("null"));
	}

	@Test
	void whereTheEdgeStandsGuardReactorNettyHasNoTimerForEachRequest() {
		this.runner.withConfiguration(AutoConfigurations.of(IodineEdgeAutoConfiguration.class))
			.run((context) -> assertThat(idleTimeout(context)).isEqualTo("null"));
	}

	@Test
	void bootsIdleTimeoutWinsOverOurDefault() {
		this.runner.withPropertyValues("server.netty.idle-timeout=9s")
			.run((context) -> assertThat(idleTimeout(context)).isEqualTo("PT9S"));
	}

	@Test
	void bothTimeoutsMayBeSetAlike() {
		this.runner.withPropertyValues("iodine.timeout=9s", "server.netty.idle-timeout=9000ms")
			.run((context) -> assertThat(idleTimeout(context)).isEqualTo("PT9S"));
	}

	@Test
	void twoDifferentTimeoutsFailStartUpNamingBoth() {
		this.runner.withPropertyValues("iodine.timeout=7s", "server.netty.idle-timeout=9s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MutuallyExclusiveConfigurationPropertiesException.class)
				.hasMessageContainingAll("iodine.timeout", "server.netty.idle-timeout"));
	}

	@Test
	void nothingIsConfiguredWhenDisabled() {
		this.runner.withPropertyValues("iodine.enabled=false")
			.run((context) -> assertThat(context).hasBean("reactorResourceFactory")
				.doesNotHaveBean(KeepAliveTimeout.class));
	}

	@Test
	void nothingIsConfiguredWithoutAServer() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IodineAutoConfiguration.class, IodineWebServerAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ReactorResourceFactory.class));
	}

	@Test
	void nothingIsConfiguredWithoutReactorNetty() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(IodineAutoConfiguration.class, IodineWebServerAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(HttpServer.class, NettyReactiveWebServerFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(KeepAliveTimeout.class));
	}

	private static String idleTimeout(ApplicationContext context) {
		NettyReactiveWebServerFactory factory = context.getBean(NettyReactiveWebServerFactory.class);
		HttpServer server = HttpServer.create();
		for (var customizer : factory.getServerCustomizers()) {
			server = customizer.apply(server);
		}
		return String.valueOf(server.configuration().idleTimeout());
	}

	private static Set<Thread> loops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().matches("iodine-(epoll|kqueue|nio)-\\d+"))
			.collect(Collectors.toSet());
	}

}
