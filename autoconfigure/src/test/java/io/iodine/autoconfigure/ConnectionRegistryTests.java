package io.iodine.autoconfigure;

import java.security.Principal;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.iodine.Connection;
import io.iodine.ConnectionRegistry;
import io.iodine.Message;
import io.iodine.Protocol;
import io.iodine.PubSub;
import io.iodine.PubSubEngine;
import io.iodine.connection.OnEachWebServer;
import io.iodine.connection.RawPeer;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests of the registry of connections, in two processes that one engine connects. */
@SuppressWarnings("NullAway.Init")
@OnEachWebServer
class ConnectionRegistryTests {

	private final Recorder recorder = new Recorder();

	private TestServer server;

	private ConnectionRegistry registry;

	private String path;

	@BeforeEach
	void start() {
		SharedEngine.PROCESSES.clear();
		this.server = TestServer.start(List.of(Users.class));
		this.registry = this.server.context().getBean(ConnectionRegistry.class);
		this.path = this.server.serve(this.recorder);
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void aConnectionIsFoundByIdUserPathPatternAndChannel() {
		try (RawPeer ann = open(this.server, this.path, "ann")) {
			Connection client = this.recorder.client();
			client.subscribe("news");

			assertThat(this.registry.find(client.id())).contains(client);
			assertThat(this.registry.findByPrincipal("ann")).containsExactly(client);
			assertThat(this.registry.findByPath(this.path)).containsExactly(client);
			assertThat(this.registry.findByPath("/threads/{id}")).containsExactly(client);
			assertThat(this.registry.findByChannel("news")).containsExactly(client);
			assertThat(this.registry.all()).containsExactly(client);
			assertThat(this.registry.count()).isOne();
			assertThat(this.registry.count(Protocol.WEBSOCKET)).isOne();
			assertThat(this.registry.count(Protocol.SSE)).isZero();
			assertThat(ann).isNotNull();
		}
	}

	@Test
	void whatIsNotThereIsNotFound() {
		assertThat(this.registry.find("none")).isEmpty();
		assertThat(this.registry.findByPrincipal("none")).isEmpty();
		assertThat(this.registry.findByPath("/none")).isEmpty();
		assertThat(this.registry.findByChannel("none")).isEmpty();
		assertThat(this.registry.count()).isZero();
	}

	@Test
	void aConnectionThatClosesIsNoLongerFound() {
		try (RawPeer ann = open(this.server, this.path, "ann")) {
			Connection client = this.recorder.client();

			client.close();

			assertThat(this.registry.find(client.id())).isEmpty();
			assertThat(this.registry.count()).isZero();
			assertThat(ann.frame()).hasToString("close 1000");
		}
	}

	@Test
	void allConnectionsOfAUserAreClosedInAllProcesses() {
		try (TestServer other = TestServer.start(List.of(Users.class))) {
			assertThat(other.context().getBean(ConnectionRegistry.class).count()).isZero();
			Recorder there = new Recorder();
			String otherPath = other.serve(there);
			try (RawPeer here = open(this.server, this.path, "ann");
					RawPeer ann = open(other, otherPath, "ann");
					RawPeer bob = open(other, otherPath, "bob")) {

				boolean told = this.registry.closeAll(user("ann"), 4401, "signed out, everywhere");

				assertThat(told).isTrue();
				assertThat(here.frame()).hasToString("close 4401 signed out, everywhere");
				assertThat(ann.frame()).hasToString("close 4401 signed out, everywhere");
				other.pubSub().publish("all", "still here");
				assertThat(other.context().getBean(ConnectionRegistry.class).findByPrincipal("bob")).hasSize(1);
				assertThat(bob).isNotNull();
			}
		}
	}

	@Test
	void aCodeThatCannotBeSentIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.registry.closeAll(user("ann"), 1006, ""));
	}

	@Test
	void theChannelBetweenProcessesIsOutOfReachForApplications() {
		Queue<String> heard = new ConcurrentLinkedQueue<>();
		PubSub pubSub = this.server.pubSub();
		String reserved = "iodine.internal.close-principal";
		pubSub.subscribePattern("*", (channel, message) -> heard.add(channel));

		this.registry.closeAll(user("ann"), 1000, "");
		pubSub.publish("last", "message");

		assertThatIllegalArgumentException().isThrownBy(() -> pubSub.publish(reserved, "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> pubSub.subscribe(reserved, (channel, message) -> {
		}));
		assertThat(pubSub.channels()).noneMatch((channel) -> channel.name().equals(reserved));
		Awaitility.await().until(() -> heard.contains("last"));
		assertThat(heard).containsExactly("last");
	}

	private static RawPeer open(TestServer server, String path, String user) {
		RawPeer peer = new RawPeer(server.port()).handshake(path, "X-User: " + user);
		peer.expect(101);
		return peer;
	}

	private static Principal user(String name) {
		return () -> name;
	}

	/** Believes what clients say of themselves. */
	@Configuration(proxyBeanMethods = false)
	@Import({ OnWebFlux.class, OnMvc.class })
	static class Users {

		@Bean
		PubSubEngine shared(PubSub pubSub) {
			return new SharedEngine(pubSub);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class OnWebFlux {

		@Bean
		WebFilter users() {
			return (exchange, chain) -> {
				String name = exchange.getRequest().getHeaders().getFirst("X-User");
				return chain
					.filter((name != null) ? exchange.mutate().principal(Mono.just(user(name))).build() : exchange);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class OnMvc {

		@Bean
		Filter users() {
			return (request, response, chain) -> chain
				.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

					@Override
					public @Nullable Principal getUserPrincipal() {
						String name = getHeader("X-User");
						return (name != null) ? user(name) : null;
					}

				}, response);
		}

	}

	/** Connects the processes of this test. */
	private static final class SharedEngine implements PubSubEngine {

		static final Queue<PubSub> PROCESSES = new ConcurrentLinkedQueue<>();

		SharedEngine(PubSub pubSub) {
			PROCESSES.add(pubSub);
		}

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
			PROCESSES.forEach((process) -> process.publish(channel, message, process.localEngine()));
			return true;
		}

	}

}
