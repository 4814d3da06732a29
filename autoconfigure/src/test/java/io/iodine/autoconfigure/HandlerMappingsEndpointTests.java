package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import io.iodine.connection.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What the actuator's endpoint {@code mappings} says of handlers. */
class HandlerMappingsEndpointTests {

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void theEndpointListsEveryPathOfEveryHandler(String webServer) throws IOException, InterruptedException {
		try (TestServer server = TestServer.start("test.server=" + webServer,
				"management.endpoints.web.exposure.include=mappings")) {
			JsonNode handlers = mappings(server).path("upgradeHandlers");

			assertThat(handlers.valueStream().map((handler) -> handler.path("path").asString()))
				.containsExactlyInAnyOrder("/threads/{id}", "/loop/{id}");
			JsonNode threads = handlers.valueStream()
				.filter((handler) -> handler.path("path").asString().equals("/threads/{id}"))
				.findFirst()
				.orElseThrow();
			assertThat(threads.path("protocols").valueStream().map(JsonNode::asString))
				.containsExactlyInAnyOrderElementsOf(List.of("WEBSOCKET", "SSE", "RAW"));
			assertThat(threads.path("handler").asString()).isEqualTo(TestServer.class.getName() + "$OnThreads");
			assertThat(server.context().getType(threads.path("bean").asString()))
				.hasToString("class " + TestServer.class.getName() + "$OnThreads");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "netty", "tomcat" })
	void nothingIsAddedToAnEndpointThatIsNotExposed(String webServer) {
		try (TestServer server = TestServer.start("test.server=" + webServer)) {
			assertThat(server.context().getBeansOfType(UpgradeHandlerMappings.class)).isEmpty();
		}
	}

	private static JsonNode mappings(TestServer server) throws IOException, InterruptedException {
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(server.uri("http", "/actuator/mappings")).build(),
					HttpResponse.BodyHandlers.ofString());
		return new JsonMapper().readTree(response.body())
			.path("contexts")
			.valueStream()
			.findFirst()
			.orElseThrow()
			.path("mappings");
	}

}
