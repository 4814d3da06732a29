package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.connection.Recorder;
import io.iodine.net.ClientOptions;
import io.iodine.net.Connector;
import io.iodine.net.Listener;
import io.iodine.net.NamedClient;
import io.iodine.net.NamedClientRule;
import io.iodine.net.NamedClients;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Listeners and clients with TLS; the peers are those of the JDK and of OpenSSL.
 */
@Timeout(120)
class SocketTlsTests {

	@TempDir
	Path folder;

	private final List<ConfigurableApplicationContext> started = new ArrayList<>();

	private X509Bundle authority;

	private X509Bundle server;

	@BeforeEach
	void makeKeys() throws Exception {
		this.authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		this.server = issued("CN=localhost", "localhost");
		write("server", this.server);
		Files.writeString(this.folder.resolve("authority.crt"), this.authority.getCertificatePEM());
	}

	@AfterEach
	void close() {
		this.started.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void bytesComeBackEncrypted() throws Exception {
		ConfigurableApplicationContext application = secure();

		try (SSLSocket socket = connect(application, null, "localhost")) {
			assertThat(echoed(socket)).isEqualTo("hello");
			assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
		}
		Connection client = application.getBean(Echo.class).clients.take();
		assertThat(client.tlsSession()).map(SSLSession::getProtocol).contains("TLSv1.3");
		assertThat(client.principal()).isEmpty();
		assertThat(client.localAddress()).isPresent();
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "nio" })
	void theSessionThePrincipalAndTheAddressesStayAfterTheEnd(String transport) throws Exception {
		ConfigurableApplicationContext application = secure("iodine.transport=" + transport,
				"iodine.listeners.secure.tls.trust-certificate=" + this.folder.resolve("authority.crt"));

		assertThat(exchange(application, issued("CN=known", "known"))).isEqualTo("hello");

		Echo echo = application.getBean(Echo.class);
		assertThat(echo.closed.poll(30, TimeUnit.SECONDS)).isEqualTo("TLSv1.3 CN=known");
		Connection client = echo.clients.take();
		assertThat(client.tlsSession()).isPresent();
		assertThat(client.principal().orElseThrow().getName()).isEqualTo("CN=known");
	}

	@Test
	void withoutKeysACertificateIsMadeForDevelopment() throws Exception {
		ConfigurableApplicationContext application = start("iodine.listeners.secure.url=tls://127.0.0.1:0",
				"iodine.listeners.secure.handler=echo");
		SSLContext trusting = SSLContext.getInstance("TLS");
		trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);

		try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port(application))) {
			assertThat(echoed(socket)).isEqualTo("hello");
		}
	}

	@Test
	void aClientMustShowACertificateThatIsTrusted() throws Exception {
		ConfigurableApplicationContext application = secure(
				"iodine.listeners.secure.tls.trust-certificate=" + this.folder.resolve("authority.crt"));
		X509Bundle stranger = new CertificateBuilder().subject("CN=stranger")
			.buildIssuedBy(new CertificateBuilder().subject("CN=another authority")
				.setIsCertificateAuthority(true)
				.buildSelfSigned());
		X509Bundle expired = new CertificateBuilder().subject("CN=expired")
			.notBefore(Instant.now().minus(Duration.ofDays(2)))
			.notAfter(Instant.now().minus(Duration.ofDays(1)))
			.buildIssuedBy(this.authority);

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> exchange(application, null));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> exchange(application, stranger));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> exchange(application, expired));
		assertThat(application.getBean(Echo.class).clients).isEmpty();
		assertThat(exchange(application, issued("CN=Eva, O=Garden", "eva"))).isEqualTo("hello");
		assertThat(application.getBean(Echo.class).clients.take().principal().orElseThrow().getName())
			.isEqualTo("CN=Eva,O=Garden");
	}

	@Test
	void theNameThatAClientAsksForPicksTheCertificate() throws Exception {
		write("other", issued("CN=other", "other.example"));
		ConfigurableApplicationContext application = secure("iodine.listeners.secure.tls.sni[other.example]=other",
				"spring.ssl.bundle.pem.other.keystore.certificate=" + this.folder.resolve("other.crt"),
				"spring.ssl.bundle.pem.other.keystore.private-key=" + this.folder.resolve("other.key"));

		for (String name : List.of("localhost", "other.example", "unknown.example")) {
			try (SSLSocket socket = connect(application, null, name)) {
				socket.startHandshake();
				X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
				assertThat(shown.getSubjectX500Principal().getName())
					.isEqualTo(name.equals("other.example") ? "CN=other" : "CN=localhost");
				assertThat(echoed(socket)).isEqualTo("hello");
			}
		}
	}

	@Test
	void aProtocolIsNegotiated() throws Exception {
		ConfigurableApplicationContext application = secure("iodine.listeners.secure.tls.alpn=one,two");

		try (SSLSocket socket = connect(application, null, "localhost")) {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "two" });
			socket.setSSLParameters(parameters);
			assertThat(echoed(socket)).isEqualTo("hello");
			assertThat(socket.getApplicationProtocol()).isEqualTo("two");
		}
		assertThat(application.getBean(Echo.class).clients.take().subprotocol()).contains("two");
		try (SSLSocket socket = connect(application, null, "localhost")) {
			assertThat(echoed(socket)).isEqualTo("hello");
		}
		assertThat(application.getBean(Echo.class).clients.take().subprotocol()).contains("one");
	}

	@Test
	void aBundleThatIsReloadedCountsForTheNextConnection() throws Exception {
		write("renewed", issued("CN=renewed", "localhost"));
		ConfigurableApplicationContext application = start(
				Stream
					.concat(Stream.of("iodine.listeners.secure.url=tls://127.0.0.1:0",
							"iodine.listeners.secure.handler=echo", "iodine.listeners.secure.tls.bundle=server"),
							Stream.of("server", "renewed").flatMap((name) -> Stream.of(bundle(name))))
					.toArray(String[]::new));
		DefaultSslBundleRegistry bundles = application.getBean(DefaultSslBundleRegistry.class);

		try (SSLSocket before = connect(application, null, "localhost")) {
			assertThat(echoed(before)).isEqualTo("hello");
			bundles.updateBundle("server", bundles.getBundle("renewed"));
			try (SSLSocket after = connect(application, null, "localhost")) {
				assertThat(echoed(after)).isEqualTo("hello");
				assertThat(after.getSession().getPeerPrincipal().getName()).isEqualTo("CN=renewed");
			}
			assertThat(echoed(before)).isEqualTo("hello");
			assertThat(before.getSession().getPeerPrincipal().getName()).isEqualTo("CN=localhost");
		}
	}

	@Test
	void aHandshakeThatTakesTooLongIsCutOff() throws Exception {
		ConfigurableApplicationContext application = secure("iodine.listeners.secure.tls.handshake-timeout=200ms");
		long start = System.nanoTime();

		try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port(application))) {
			assertThat(silent.getInputStream().read()).isEqualTo(-1);
		}

		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
		assertThat(application.getBean(Echo.class).clients).isEmpty();
	}

	@Test
	void openSslSpeaksToAListener() throws Exception {
		ConfigurableApplicationContext application = secure();

		Process client = new ProcessBuilder("openssl", "s_client", "-connect", "127.0.0.1:" + port(application),
				"-CAfile", this.folder.resolve("authority.crt").toString(), "-verify_return_error", "-verify_hostname",
				"localhost", "-quiet", "-no_ign_eof")
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			client.getOutputStream().flush();

			assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("hello\n");
		}
		finally {
			client.destroy();
		}
	}

	@Test
	void aClientRefusesAServerItDoesNotTrust() {
		ConfigurableApplicationContext application = secure();
		Recorder recorder = new Recorder();

		application.getBean(Connector.class).connect(URI.create("tls://localhost:" + port(application)), recorder);

		assertThat(recorder.events.next()).startsWith("close PEER 0 the TLS handshake failed");
	}

	@Test
	void aClientRefusesACertificateOfAnotherHost() {
		ConfigurableApplicationContext application = secure(trust());
		Recorder recorder = new Recorder();

		application.getBean(Connector.class)
			.connect(URI.create("tls://127.0.0.1:" + port(application)), recorder, ClientOptions.DEFAULTS.tls("trust"));

		assertThat(recorder.events.next()).startsWith("close PEER 0 the TLS handshake failed");
	}

	@Test
	void aClientSpeaksToAServerItTrusts() {
		ConfigurableApplicationContext application = secure(trust());
		Recorder recorder = new Recorder();

		Connection client = application.getBean(Connector.class)
			.connect(URI.create("tls://localhost:" + port(application)), recorder, ClientOptions.DEFAULTS.tls("trust"));
		client.write("hello");

		assertThat(recorder.events.next()).isEqualTo("open");
		assertThat(recorder.events.next()).isEqualTo("binary hello");
		assertThat(client.principal().orElseThrow().getName()).isEqualTo("CN=localhost");
		client.close();
		assertThat(recorder.events.next()).startsWith("close LOCAL 0");
	}

	@Test
	void aNamedClientIsKnownByItsCertificate() throws Exception {
		write("eva", issued("CN=Eva", "eva"));
		write("adam", issued("CN=Adam", "adam"));
		ConfigurableApplicationContext application = start(
				Stream.of("server", "eva", "adam").flatMap((name) -> Stream.of(bundle(name))).toArray(String[]::new));
		NamedClients clients = application.getBean(NamedClients.class);
		NamedClient eva = clients.register("eva", NamedClientRule.certificate("CN=Eva"));
		int port = clients
			.listen("tls://127.0.0.1:0", (listener) -> listener.tls("server").clientCertificate(true).nonBlocking(true))
			.port();
		URI url = URI.create("tls://localhost:" + port);

		NamedClient pretender = clients.connect(url, "eva", "pretender", ClientOptions.DEFAULTS.tls("adam"));
		Set<NamedClient> gone = Set.of();
		while (gone.isEmpty()) {
			gone = clients.poll(Duration.ofSeconds(1)).disconnected();
		}
		NamedClient server = clients.connect(url, "eva", "server", ClientOptions.DEFAULTS.tls("eva"));
		Set<NamedClient> connected = new HashSet<>();
		while (connected.size() < 2) {
			connected.addAll(clients.poll(Duration.ofSeconds(1)).connectedExpected());
		}

		assertThat(gone).containsExactly(pretender);
		assertThat(connected).containsExactlyInAnyOrder(eva, server);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> clients.listen("tcp://127.0.0.1:0", (ignored) -> Listener.on("tcp://*:0", Echo::new)))
			.withMessageContaining("must be those of the listener given");
		// the drain would wait for callbacks, which run in polls only
		clients.all().forEach(NamedClient::closeNow);
		while (!connected.isEmpty()) {
			connected.removeAll(clients.poll(Duration.ofSeconds(1)).disconnected());
		}
	}

	@Test
	void keysThatCannotBeReadFailTheStart() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(
					() -> start("iodine.listeners.secure.url=tls://127.0.0.1:0", "iodine.listeners.secure.handler=echo",
							"iodine.listeners.secure.tls.certificate=" + this.folder.resolve("none.crt"),
							"iodine.listeners.secure.tls.private-key=" + this.folder.resolve("server.key")))
			.havingCause()
			.withStackTraceContaining("iodine.listeners.secure.tls.certificate");
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> start("iodine.listeners.secure.url=tls://127.0.0.1:0",
					"iodine.listeners.secure.handler=echo", "iodine.listeners.secure.tls.bundle=none"))
			.havingCause()
			.withStackTraceContaining("iodine.listeners.secure.url");
	}

	private ConfigurableApplicationContext secure(String... more) {
		List<String> properties = new ArrayList<>(
				List.of("iodine.listeners.secure.url=tls://127.0.0.1:0", "iodine.listeners.secure.handler=echo",
						"iodine.listeners.secure.tls.certificate=" + this.folder.resolve("server.crt"),
						"iodine.listeners.secure.tls.private-key=" + this.folder.resolve("server.key")));
		properties.addAll(List.of(more));
		return start(properties.toArray(String[]::new));
	}

	private String trust() {
		return "spring.ssl.bundle.pem.trust.truststore.certificate=" + this.folder.resolve("authority.crt");
	}

	/** The properties of a bundle of this name that trusts the authority. */
	private String[] bundle(String name) {
		String prefix = "spring.ssl.bundle.pem." + name + ".";
		return new String[] { prefix + "keystore.certificate=" + this.folder.resolve(name + ".crt"),
				prefix + "keystore.private-key=" + this.folder.resolve(name + ".key"),
				prefix + "truststore.certificate=" + this.folder.resolve("authority.crt") };
	}

	private ConfigurableApplicationContext start(String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=error", "spring.jmx.enabled=false",
					"iodine.workers=2")
			.properties(properties)
			.run();
		this.started.add(context);
		return context;
	}

	private X509Bundle issued(String subject, String host) throws Exception {
		return new CertificateBuilder().subject(subject).addSanDnsName(host).buildIssuedBy(this.authority);
	}

	private void write(String name, X509Bundle keys) throws IOException {
		Files.writeString(this.folder.resolve(name + ".crt"), keys.getCertificatePathPEM());
		Files.writeString(this.folder.resolve(name + ".key"), keys.getPrivateKeyPEM());
	}

	private static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.iodine.secure.port", Integer.class);
	}

	private String exchange(ConfigurableApplicationContext application, @Nullable X509Bundle keys) throws Exception {
		try (SSLSocket socket = connect(application, keys, "localhost")) {
			return echoed(socket);
		}
	}

	private SSLSocket connect(ConfigurableApplicationContext application, @Nullable X509Bundle keys, String name)
			throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		KeyManager[] own = (keys != null) ? keys.toKeyManagerFactory().getKeyManagers() : null;
		context.init(own, new TrustManager[] { this.authority.toTrustManager() }, null);
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setServerNames(List.of(new SNIHostName(name)));
		socket.setSSLParameters(parameters);
		socket.setSoTimeout(30_000);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(application)));
		return socket;
	}

	private static String echoed(Socket socket) throws IOException {
		socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
		byte[] read = socket.getInputStream().readNBytes(5);
		if (read.length < 5) {
			throw new IOException("the server has closed");
		}
		return new String(read, StandardCharsets.UTF_8);
	}

	/** Has a handler. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Echo echo() {
			return new Echo();
		}

	}

	/** Sends back what comes. */
	static final class Echo implements ConnectionHandler {

		private final BlockingQueue<Connection> clients = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

		@Override
		public void onClose(Connection client) {
			assertThat(client.remoteAddress()).isPresent();
			assertThat(client.localAddress()).isPresent();
			this.closed.add(client.tlsSession().map(SSLSession::getProtocol).orElse("none") + " "
					+ client.principal().map(Principal::getName).orElse("nobody"));
		}

		@Override
		public void onOpen(Connection client) {
			this.clients.add(client);
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

}
