package io.iodine.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link RenegotiationGuard}, with the JDK's TLS client as the peer.
 */
class RenegotiationGuardTests {

	private static final int CHANGE_CIPHER_SPEC = 20;

	private static final int ALERT = 21;

	private static final int HANDSHAKE = 22;

	private static final int APPLICATION_DATA = 23;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Test
	void aSecondHandshakeEndsTheConnection() throws Exception {
		DisposableServer server = server(true);
		try (SSLSocket client = connect(server, "TLSv1.2")) {
			assertThat(get(client)).startsWith("HTTP/1.1 200");

			assertThatIOException().isThrownBy(() -> {
				client.startHandshake();
				get(client);
			});
		}
		finally {
			server.disposeNow(PATIENCE);
		}
	}

	/** Shows that the guard is what ends it, not the JDK. */
	@Test
	void withoutTheGuardTheJdkAgreesToASecondHandshake() throws Exception {
		BlockingQueue<Boolean> handshakes = new ArrayBlockingQueue<>(2);
		DisposableServer server = server(false);
		try (SSLSocket client = connect(server, "TLSv1.2")) {
			client.addHandshakeCompletedListener((event) -> handshakes.add(true));
			assertThat(get(client)).startsWith("HTTP/1.1 200");

			client.startHandshake();

			assertThat(get(client)).startsWith("HTTP/1.1 200");
			assertThat(handshakes.poll(30, TimeUnit.SECONDS)).isTrue();
			assertThat(handshakes.poll(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			server.disposeNow(PATIENCE);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void oneHandshakeAndManyRequestsGoThrough(String protocol) throws Exception {
		DisposableServer server = server(true);
		try (SSLSocket client = connect(server, protocol)) {
			for (int request = 0; request < 100; request++) {
				assertThat(get(client)).startsWith("HTTP/1.1 200");
			}
		}
		finally {
			server.disposeNow(PATIENCE);
		}
	}

	@Test
	void aResumedSessionGoesThrough() throws Exception {
		DisposableServer server = server(true);
		SSLContext context = trusting();
		try {
			for (int connection = 0; connection < 3; connection++) {
				try (SSLSocket client = connect(context, server, "TLSv1.2")) {
					assertThat(get(client)).startsWith("HTTP/1.1 200");
				}
			}
		}
		finally {
			server.disposeNow(PATIENCE);
		}
	}

	@Test
	void recordsAreFoundHoweverTheyAreCut() {
		EmbeddedChannel channel = new EmbeddedChannel(new RenegotiationGuard());
		byte[] firstHandshake = concat(record(HANDSHAKE, 300), record(HANDSHAKE, 70), record(CHANGE_CIPHER_SPEC, 1),
				record(HANDSHAKE, 40), record(APPLICATION_DATA, 513), record(ALERT, 2), record(APPLICATION_DATA, 0));

		for (byte octet : firstHandshake) {
			channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { octet }));
		}
		assertThat(channel.isOpen()).isTrue();
		assertThat(channel.inboundMessages()).hasSize(firstHandshake.length);
		for (byte octet : record(HANDSHAKE, 0)) {
			channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { octet }));
		}

		assertThat(channel.isOpen()).isFalse();
		channel.finishAndReleaseAll();
	}

	@Test
	void aSecondHandshakeInOnePieceWithTheFirstIsFound() {
		EmbeddedChannel channel = new EmbeddedChannel(new RenegotiationGuard());

		channel.writeInbound(Unpooled.wrappedBuffer(concat(record(HANDSHAKE, 300), record(CHANGE_CIPHER_SPEC, 1),
				record(HANDSHAKE, 40), record(HANDSHAKE, 300))));

		assertThat(channel.isOpen()).isFalse();
		assertThat(channel.inboundMessages()).isEmpty();
	}

	private static byte[] record(int type, int length) {
		byte[] record = new byte[5 + length];
		record[0] = (byte) type;
		record[1] = 3;
		record[2] = 3;
		record[3] = (byte) (length >> 8);
		record[4] = (byte) length;
		return record;
	}

	private static byte[] concat(byte[]... records) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] record : records) {
			all.writeBytes(record);
		}
		return all.toByteArray();
	}

	private static DisposableServer server(boolean guarded) throws Exception {
		X509Bundle certificate = new CertificateBuilder().ecp256()
			.subject("CN=localhost")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		SslProvider.GenericSslContextSpec<?> tls = Http11SslContextSpec.forServer(certificate.toKeyManagerFactory());
		HttpServer server = HttpServer.create()
			.host("localhost")
			.port(0)
			.secure((spec) -> spec.sslContext(tls))
			.handle((request, response) -> response.sendString(Mono.just("ok")));
		if (guarded) {
			server = server.doOnChannelInit((observer, channel, remoteAddress) -> RenegotiationGuard.install(channel));
		}
		return server.bindNow(PATIENCE);
	}

	private static SSLContext trusting() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		return context;
	}

	private static SSLSocket connect(DisposableServer server, String protocol) throws Exception {
		return connect(trusting(), server, protocol);
	}

	private static SSLSocket connect(SSLContext context, DisposableServer server, String protocol) throws IOException {
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", server.port());
		socket.setSoTimeout((int) PATIENCE.toMillis());
		socket.setEnabledProtocols(new String[] { protocol });
		return socket;
	}

	/** Asks once, and reads the whole answer. */
	private static String get(SSLSocket client) throws IOException {
		client.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		InputStream in = client.getInputStream();
		StringBuilder answer = new StringBuilder();
		while (!answer.toString().endsWith("\r\n\r\nok")) {
			int octet = in.read();
			if (octet < 0) {
				throw new IOException("closed after: " + answer);
			}
			answer.append((char) octet);
		}
		return answer.toString();
	}

}
