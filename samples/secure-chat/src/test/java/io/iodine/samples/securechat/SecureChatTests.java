package io.iodine.samples.securechat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

import io.iodine.test.IodineTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the chat with a session and with a token. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "chat.token-lifetime=4s")
class SecureChatTests {

	@LocalServerPort
	private int port;

	@Test
	void aSessionComesInAndItsLogoutEndsTheConnection() throws Exception {
		String cookie = login("ann");
		try (IodineTestClient ann = IodineTestClient.at(this.port).header("Cookie", cookie).open("/chat")) {
			ann.request("iodine.subscribe", "{\"channel\":\"room\"}");
			ann.send("say", "\"hello\"");
			assertThat(ann.expectJson(Map.class).get("data")).isEqualTo(Map.of("from", "ann", "text", "hello"));

			post("/logout", "", cookie);

			ann.expectClosed(4401, "session ended");
		}
	}

	@Test
	void aTokenComesInAndItsExpiryEndsTheConnection() throws Exception {
		String token = post("/token", "", login("ann")).body();
		try (IodineTestClient ann = IodineTestClient.at(this.port).subprotocols("bearer", token).open("/chat")) {
			assertThat(ann.subprotocol()).isEqualTo("bearer");

			ann.expectClosed(4401, "credentials expired");
		}
	}

	@Test
	void onlyModeratorsAnnounce() throws Exception {
		try (IodineTestClient ann = open("ann"); IodineTestClient mod = open("mod")) {
			assertThat(ann.request("announce", "\"closing time\"").get("error"))
				.isEqualTo(Map.of("status", 403, "title", "Forbidden"));
			assertThat(mod.request("announce", "\"closing time\"").get("error")).isNull();
		}
	}

	@Test
	void otherChannelsAreForbidden() throws Exception {
		try (IodineTestClient ann = open("ann")) {
			assertThat(ann.request("iodine.subscribe", "{\"channel\":\"secret\"}").get("error"))
				.isEqualTo(Map.of("status", 403, "title", "Forbidden"));
		}
	}

	private IodineTestClient open(String user) throws Exception {
		return IodineTestClient.at(this.port).header("Cookie", login(user)).open("/chat");
	}

	private String login(String user) throws Exception {
		String cookie = post("/login", "username=" + user + "&password=" + user, "none=none").headers()
			.firstValue("Set-Cookie")
			.orElseThrow();
		return cookie.substring(0, cookie.indexOf(';'));
	}

	private HttpResponse<String> post(String path, String body, String cookie) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.header("Cookie", cookie)
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
	}

}
