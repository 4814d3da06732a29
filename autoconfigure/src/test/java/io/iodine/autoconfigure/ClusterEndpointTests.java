package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;

import io.iodine.WorkerInfo;
import io.iodine.connection.TestServer;
import io.iodine.net.Iodine;
import io.iodine.process.InheritedSockets;
import io.iodine.process.WorkerProcess;
import io.netty.channel.ServerChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The endpoint of a worker, as an operator calls it. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ClusterEndpointTests {

	private static final String NETTY = "test.server=netty";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=cluster";

	private static final String ACCESS = "management.endpoint.cluster.access=";

	private static RecordedMaster master;

	@BeforeAll
	static void connect(@TempDir Path directory) throws IOException {
		master = RecordedMaster.ofWorkerTwo(directory);
	}

	@AfterAll
	static void close() throws IOException {
		master.close();
	}

	@Test
	void itIsOffUnlessEnabled() throws Exception {
		try (TestServer server = TestServer.start(List.of(OfWorker.class), NETTY, EXPOSED)) {
			assertThat(get(server).statusCode()).isEqualTo(404);
			assertThat(post(server, "").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void withReadAccessItListsTheWorkersAndRestartsNone() throws Exception {
		try (TestServer server = TestServer.start(List.of(OfWorker.class), NETTY, EXPOSED, ACCESS + "read-only")) {
			assertThat(get(server).statusCode()).isEqualTo(200);
			assertThat(post(server, "").statusCode()).isEqualTo(405);
		}
	}

	@Test
	void anOperatorSeesAllWorkersAndRestartsAllOrOne() throws Exception {
		try (TestServer server = TestServer.start(List.of(OfWorker.class), NETTY, EXPOSED, ACCESS + "unrestricted")) {
			master.send(9, "1 3 4711 READY\n2 3 4712 STOPPING");
			await().until(() -> !master.worker().workers().isEmpty());

			assertThat(get(server).body()).isEqualTo("{\"answeredBy\":2,\"master\":" + ProcessHandle.current().pid()
					+ ",\"workers\":[{\"number\":1,\"generation\":3,\"pid\":4711,\"state\":\"READY\"},"
					+ "{\"number\":2,\"generation\":3,\"pid\":4712,\"state\":\"STOPPING\"}]}");
			assertThat(post(server, "").body()).isEqualTo("{\"restarting\":\"all\"}");
			assertThat(master.nextRestart()).isZero();
			assertThat(post(server, "/4").body()).isEqualTo("{\"restarting\":\"4\"}");
			assertThat(master.nextRestart()).isEqualTo(4);
			for (String none : List.of("/0", "/5", "/-1", "/99999999999", "/all")) {
				assertThat(post(server, none).statusCode()).as(none).isEqualTo(400);
			}
		}
	}

	@Test
	void theFactsOfTheProcessSayThatItIsAWorker() {
		try (TestServer server = TestServer.start(List.of(OfWorker.class), NETTY)) {
			Iodine iodine = server.context().getBean(Iodine.class);

			assertThat(iodine.isWorker()).isTrue();
			assertThat(iodine.isMaster()).isFalse();
		}
	}

	private static HttpResponse<String> get(TestServer server) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(server.uri("http", "/actuator/cluster")));
	}

	private static HttpResponse<String> post(TestServer server, String path) throws IOException, InterruptedException {
		return send(
				HttpRequest.newBuilder(server.uri("http", "/actuator/cluster" + path)).POST(BodyPublishers.noBody()));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	/** What a worker has, and sockets of its own, because there is no real master. */
	@Configuration(proxyBeanMethods = false)
	static class OfWorker {

		@Bean(destroyMethod = "")
		WorkerProcess iodineWorkerProcess() {
			return master.worker();
		}

		@Bean
		WorkerInfo iodineWorkerInfo() {
			return new WorkerInfo(2, 3, 4, false);
		}

		@Bean
		InheritedSockets iodineInheritedSockets() {
			return new InheritedSockets() {

				@Override
				public ServerChannel take(SocketAddress address) {
					throw new IllegalStateException("no socket was passed for " + address);
				}

				@Override
				public boolean has(SocketAddress address) {
					return false;
				}

				@Override
				public void accept() {
					// the server accepts on sockets of its own
				}

				@Override
				public void stopAccepting() {
					// the server does that when it stops
				}

			};
		}

	}

}
