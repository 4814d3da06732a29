package io.iodine.http;

import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.connection.Recorder;
import io.iodine.connection.TestServer;
import io.iodine.connection.WebSocketPeer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of connections under TLS, and on streams of HTTP/2.
 */
class TransportTests {

	@AutoClose
	private static TestServer server;

	private final HttpClient http = HttpClient.newBuilder().sslContext(trusting()).build();

	private final Recorder recorder = new Recorder() {

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			super.onMessage(client, message);
			client.write(message);
		}

	};

	@BeforeAll
	static void start() {
		server = TestServer.start("iodine.tls.enabled=true", "server.http2.enabled=true", "iodine.close-timeout=60s",
				"logging.level.io.iodine.autoconfigure=error");
	}

	@Test
	void aWebSocketMayBeEncrypted() {
		try (WebSocketPeer peer = WebSocketPeer.connect(this.http, server.uri("wss", server.serve(this.recorder)))) {
			peer.send("secret");
			peer.send("x".repeat(200_000));

			assertThat(peer.next()).isEqualTo("text secret");
			assertThat(peer.next()).hasSize(200_005);
			this.recorder.client().close(4000, "done");
			assertThat(peer.next()).isEqualTo("close 4000 done");
		}
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 4000 done");
	}

	@Test
	void anEncryptedPeerMayVanish() {
		try (WebSocketPeer peer = WebSocketPeer.connect(this.http, server.uri("wss", server.serve(this.recorder)))) {
			assertThat(this.recorder.client().isOpen()).isTrue();
			peer.socket().abort();

			assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 1006");
		}
	}

	@Test
	void anEventStreamMayBeEncrypted() throws Exception {
		HttpResponse<Stream<String>> response = follow(HttpClient.Version.HTTP_1_1);

		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
		assertThatEventsFollow(response);
	}

	@Test
	void anEventStreamMayBeAStreamOfHttp2() throws Exception {
		HttpResponse<Stream<String>> response = follow(HttpClient.Version.HTTP_2);

		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
		assertThat(response.headers().firstValue("x-accel-buffering")).hasValue("no");
		assertThatEventsFollow(response);
	}

	@Test
	void aFollowerThatCancelsItsStreamIsGone() throws Exception {
		HttpResponse<Stream<String>> response = follow(HttpClient.Version.HTTP_2);
		assertThat(this.recorder.client().isOpen()).isTrue();

		response.body().close();
		this.recorder.client().write("makes the client notice");

		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close PEER 0");
	}

	@Test
	void streamsOfOneConnectionAreFollowersOfTheirOwn() throws Exception {
		Recorder other = new Recorder();
		HttpResponse<Stream<String>> first = follow(HttpClient.Version.HTTP_2);
		HttpRequest request = HttpRequest.newBuilder(server.uri("https", server.serve(other)))
			.header("Accept", "text/event-stream")
			.build();
		HttpResponse<Stream<String>> second = this.http.send(request, BodyHandlers.ofLines());

		other.client().write("for the second");
		other.client().close();
		this.recorder.client().write("for the first");
		this.recorder.client().close();

		assertThat(second.body().toList()).containsExactly("data: for the second", "");
		assertThat(first.body().toList()).containsExactly("data: for the first", "");
	}

	private void assertThatEventsFollow(HttpResponse<Stream<String>> response) {
		Connection client = this.recorder.client();
		Iterator<String> lines = response.body().iterator();
		client.write("one\ntwo");

		assertThat(lines.next()).isEqualTo("data: one");
		assertThat(lines.next()).isEqualTo("data: two");
		assertThat(lines.next()).isEmpty();
		for (int i = 0; i < 300; i++) {
			client.write("x".repeat(1000) + i);
		}
		for (int i = 0; i < 300; i++) {
			assertThat(lines.next()).endsWith("x" + i);
			assertThat(lines.next()).isEmpty();
		}
		client.close();
		assertThat(lines.hasNext()).isFalse();
		assertThat(this.recorder.events.nextOf("close")).isEqualTo("close LOCAL 0");
	}

	private HttpResponse<Stream<String>> follow(HttpClient.Version version) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(server.uri("https", server.serve(this.recorder)))
			.version(version)
			.header("Accept", "text/event-stream")
			.build();
		return this.http.sendAsync(request, BodyHandlers.ofLines()).get(30, TimeUnit.SECONDS);
	}

	private static SSLContext trusting() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new TrustAll() }, new SecureRandom());
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Trusts the certificate that the server has made for itself, whatever its name. */
	private static final class TrustAll extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
			// trusted
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			// trusted
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
			// trusted
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) {
			// trusted
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
