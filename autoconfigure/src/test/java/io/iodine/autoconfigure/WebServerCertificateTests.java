package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** Tests of certificates chosen, replaced and protected by the right cipher suites. */
class WebServerCertificateTests {

	private static final String WITHOUT_FORWARD_SECRECY = "TLS_RSA_WITH_AES_128_GCM_SHA256";

	private static final String[] PROPERTIES = { "server.port=0", "spring.reactor.netty.shutdown-quiet-period=0s" };

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner(
			AnnotationConfigReactiveWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodineWebServerAutoConfiguration.class,
				NettyReactiveWebServerAutoConfiguration.class, SslAutoConfiguration.class))
		.withBean(HttpHandler.class, () -> (request, response) -> response.setComplete())
		.withPropertyValues(PROPERTIES);

	@TempDir
	private Path files;

	@ParameterizedTest
	@ValueSource(strings = { "iodine.tls.certificate=%s/a.pem,iodine.tls.private-key=%1$s/a.key",
			"server.ssl.certificate=%s/a.pem,server.ssl.certificate-private-key=%1$s/a.key",
			"server.ssl.bundle=a,spring.ssl.bundle.pem.a.keystore.certificate=%s/a.pem,spring.ssl.bundle.pem.a.keystore.private-key=%1$s/a.key" })
	void suitesWithoutForwardSecrecyAreOnlyAmongThoseThatAreConfigured(String settings) throws Exception {
		write("a",
				new CertificateBuilder().rsa2048().setIsCertificateAuthority(true).subject("CN=a").buildSelfSigned());
		ReactiveWebApplicationContextRunner configured = this.runner
			.withPropertyValues(settings.formatted(this.files).split(","));

		configured.run((context) -> assertThatExceptionOfType(SSLException.class)
			.isThrownBy(() -> handshake(context, "a", WITHOUT_FORWARD_SECRECY)));
		configured.run((context) -> assertThat(handshake(context, "a", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
			.isEqualTo("CN=a"));
		assumeThat(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites()).as("suites of this JDK")
			.contains(WITHOUT_FORWARD_SECRECY);
		configured.withPropertyValues("server.ssl.ciphers=" + WITHOUT_FORWARD_SECRECY)
			.run((context) -> assertThat(sessionOf(context, "a", "any").getCipherSuite()).doesNotContain("ECDHE"));
	}

	@Test
	void aBundleIsReloadedWithoutARestart() throws Exception {
		write("a", named("before"));

		this.runner
			.withPropertyValues("server.ssl.bundle=a", "spring.ssl.bundle.watch.file.quiet-period=50ms",
					"spring.ssl.bundle.pem.a.reload-on-update=true",
					"spring.ssl.bundle.pem.a.keystore.certificate=" + this.files.resolve("a.pem"),
					"spring.ssl.bundle.pem.a.keystore.private-key=" + this.files.resolve("a.key"))
			.run((context) -> {
				assertThat(handshake(context, "a", "any")).isEqualTo("CN=before");
				write("a", named("after"));

				await().atMost(Duration.ofSeconds(60)).until(() -> handshake(context, "a", "any"), "CN=after"::equals);
				assertThatExceptionOfType(SSLException.class)
					.isThrownBy(() -> handshake(context, "a", WITHOUT_FORWARD_SECRECY));
			});
	}

	@Test
	void theNameThatTheClientAsksForChoosesTheCertificate() throws Exception {
		write("a", named("a"));
		write("b", named("b"));

		this.runner
			.withPropertyValues("server.ssl.bundle=a", "server.ssl.server-name-bundles[0].server-name=b.example",
					"server.ssl.server-name-bundles[0].bundle=b",
					"spring.ssl.bundle.pem.a.keystore.certificate=" + this.files.resolve("a.pem"),
					"spring.ssl.bundle.pem.a.keystore.private-key=" + this.files.resolve("a.key"),
					"spring.ssl.bundle.pem.b.keystore.certificate=" + this.files.resolve("b.pem"),
					"spring.ssl.bundle.pem.b.keystore.private-key=" + this.files.resolve("b.key"))
			.run((context) -> {
				assertThat(handshake(context, "b.example", "any")).isEqualTo("CN=b");
				assertThat(handshake(context, "other.example", "any")).isEqualTo("CN=a");
			});
	}

	private static X509Bundle named(String name) throws Exception {
		return new CertificateBuilder().ecp256()
			.setIsCertificateAuthority(true)
			.subject("CN=" + name)
			.buildSelfSigned();
	}

	private void write(String name, X509Bundle bundle) throws IOException {
		replace(name + ".key", bundle.getPrivateKeyPEM());
		replace(name + ".pem", bundle.getCertificatePEM());
	}

	private void replace(String name, String content) throws IOException {
		Path next = Files.writeString(this.files.resolve(name + ".next"), content);
		Files.move(next, this.files.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	/** The subject of the server's certificate. */
	private static String handshake(ApplicationContext context, String serverName, String suite) throws Exception {
		return sessionOf(context, serverName, suite).getPeerPrincipal().getName();
	}

	private static SSLSession sessionOf(ApplicationContext context, String serverName, String suite) throws Exception {
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		WebServerApplicationContext source = (WebServerApplicationContext) ((AssertableReactiveWebApplicationContext) context)
			.getSourceApplicationContext();
		int port = Objects.requireNonNull(source.getWebServer()).getPort();
		try (SSLSocket socket = (SSLSocket) tls.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(30_000);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setServerNames(List.of(new SNIHostName(serverName)));
			parameters.setProtocols(new String[] { "TLSv1.2" });
			if (!suite.equals("any")) {
				parameters.setCipherSuites(new String[] { suite });
			}
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			return socket.getSession();
		}
	}

}
