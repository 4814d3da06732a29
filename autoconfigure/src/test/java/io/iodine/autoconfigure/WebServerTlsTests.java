package io.iodine.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link WebServerTls}, with the JDK's clients as the peers.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebServerTlsTests {

	private static final HttpHandler EMPTY = (request, response) -> response.setComplete();

	private static Path files;

	private static X509Bundle authority;

	private static X509Bundle server;

	private static X509Bundle client;

	private static X509Bundle stranger;

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner(
			AnnotationConfigReactiveWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(IodineAutoConfiguration.class, IodineWebServerAutoConfiguration.class,
				NettyReactiveWebServerAutoConfiguration.class, SslAutoConfiguration.class))
		.withBean(HttpHandler.class, () -> EMPTY)
		.withPropertyValues("server.port=0", "spring.reactor.netty.shutdown-quiet-period=0s");

	@BeforeAll
	static void makeCertificates(@TempDir Path directory) throws Exception {
		files = directory;
		CertificateBuilder root = new CertificateBuilder().ecp256().setIsCertificateAuthority(true);
		authority = root.subject("CN=authority").buildSelfSigned();
		X509Bundle intermediate = root.copy().subject("CN=intermediate").buildIssuedBy(authority);
		server = new CertificateBuilder().ecp256()
			.subject("CN=server")
			.addSanDnsName("localhost")
			.buildIssuedBy(intermediate);
		client = new CertificateBuilder().ecp256().subject("CN=client").buildIssuedBy(authority);
		stranger = root.copy().subject("CN=stranger").buildSelfSigned();
		Files.writeString(files.resolve("server.pem"), server.getCertificatePathPEM());
		Files.writeString(files.resolve("server.key"), server.getPrivateKeyPEM());
		Files.writeString(files.resolve("client.key"), client.getPrivateKeyPEM());
		Files.writeString(files.resolve("rsa.key"),
				new CertificateBuilder().rsa2048().subject("CN=rsa").buildIssuedBy(authority).getPrivateKeyPEM());
		Files.writeString(files.resolve("encrypted.key"), encrypted(server, "secret"));
		Files.writeString(files.resolve("authority.pem"), authority.getCertificatePEM());
		Files.writeString(files.resolve("empty.pem"), "nothing of the kind");
	}

	@Test
	void enabledAloneMeansASelfSignedCertificateAndAWarning(CapturedOutput output) {
		this.runner.withPropertyValues("iodine.tls.enabled=true").run((context) -> {
			X509Certificate certificate = peer(context, "TLSv1.3");

			assertThat(certificate.getSubjectX500Principal().getName()).contains("CN=localhost");
			assertThat(output).contains("TLS uses a self-signed certificate for localhost")
				.contains("development only");
		});
	}

	@Test
	void thereIsNoTlsUnlessAskedFor(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> peer(context, "TLSv1.3"));
			assertThat(output).doesNotContain("self-signed");
		});
	}

	@Test
	void theWholeChainIsSent() {
		tls("certificate=server.pem", "private-key=server.key").run((context) -> {
			HttpResponse<Void> answer = get(context, null);

			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.sslSession().orElseThrow().getPeerCertificates()).startsWith(server.getCertificatePath());
		});
	}

	@Test
	void anEncryptedKeyIsOpenedWithItsPassword() {
		tls("certificate=server.pem", "private-key=encrypted.key")
			.withPropertyValues("iodine.tls.private-key-password=secret")
			.run((context) -> assertThat(get(context, null).statusCode()).isEqualTo(200));
	}

	@Test
	void pemMayStandInThePropertiesThemselves() {
		this.runner
			.withPropertyValues("iodine.tls.certificate=" + server.getCertificatePathPEM(),
					"iodine.tls.private-key=" + server.getPrivateKeyPEM())
			.run((context) -> assertThat(get(context, null).statusCode()).isEqualTo(200));
	}

	@Test
	void aBundleOfBootsIsUsed() {
		this.runner
			.withPropertyValues("iodine.tls.bundle=web",
					"spring.ssl.bundle.pem.web.keystore.certificate=" + files.resolve("server.pem"),
					"spring.ssl.bundle.pem.web.keystore.private-key=" + files.resolve("server.key"))
			.run((context) -> assertThat(get(context, null).statusCode()).isEqualTo(200));
	}

	@Test
	void aClientWithATrustedCertificateIsServed() {
		tls("certificate=server.pem", "private-key=server.key", "trust-certificate=authority.pem")
			.run((context) -> assertThat(get(context, client).statusCode()).isEqualTo(200));
	}

	@Test
	void aClientWithoutACertificateIsRejected() {
		tls("certificate=server.pem", "private-key=server.key", "trust-certificate=authority.pem")
			.run((context) -> assertThatIOException().isThrownBy(() -> get(context, null)));
	}

	@Test
	void aClientWithACertificateOfAStrangerIsRejected() {
		tls("certificate=server.pem", "private-key=server.key", "trust-certificate=authority.pem")
			.run((context) -> assertThatIOException().isThrownBy(() -> get(context, stranger)));
	}

	@Test
	void aSelfSignedServerMayRequireClientCertificates() {
		tls("trust-certificate=authority.pem").withPropertyValues("iodine.tls.enabled=true")
			.run((context) -> assertThatIOException().isThrownBy(() -> get(context, null)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void newerTlsIsSpoken(String protocol) {
		tls("certificate=server.pem", "private-key=server.key")
			.run((context) -> assertThat(peer(context, protocol)).isEqualTo(server.getCertificate()));
	}

	@Test
	void olderTlsIsNotEvenOffered() {
		tls("certificate=server.pem", "private-key=server.key").run((context) -> assertThat(
				context.getBean(SslBundles.class).getBundle("iodine").getOptions().getEnabledProtocols())
			.containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3"));
	}

	@Test
	void aSecondHandshakeEndsTheConnection() {
		tls("certificate=server.pem", "private-key=server.key").run((context) -> {
			try (SSLSocket socket = socket(context, "TLSv1.2")) {
				socket.startHandshake();

				assertThatIOException().isThrownBy(() -> {
					socket.startHandshake();
					socket.getInputStream().read();
					throw new IOException("closed");
				}).withMessageNotContaining("timed out");
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "certificate", "private-key", "trust-certificate" })
	void aMissingFileFailsStartUpNamingTheProperty(String property) {
		tls("certificate=server.pem", "private-key=server.key", "trust-certificate=authority.pem",
				property + "=missing.pem")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("iodine.tls." + property + " is " + files.resolve("missing.pem")
						+ ", but must be the location of a PEM file"));
	}

	@ParameterizedTest
	@CsvSource({ "certificate", "private-key", "trust-certificate" })
	void aFileWithoutWhatIsNeededFailsStartUpNamingTheProperty(String property) {
		tls("certificate=server.pem", "private-key=server.key", "trust-certificate=authority.pem",
				property + "=empty.pem")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("iodine.tls." + property + " is " + files.resolve("empty.pem")));
	}

	@Test
	void aWrongPasswordFailsStartUpNamingTheProperty() {
		tls("certificate=server.pem", "private-key=encrypted.key")
			.withPropertyValues("iodine.tls.private-key-password=wrong")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("iodine.tls.private-key is " + files.resolve("encrypted.key"))
				.hasStackTraceContaining("iodine.tls.private-key-password"));
	}

	@ParameterizedTest
	@CsvSource({ "client.key", "rsa.key" })
	void aKeyOfAnotherCertificateFailsStartUpNamingTheProperty(String other) {
		String expected = " is " + files.resolve(other)
				+ ", but must be the location of the private key of the first certificate in ";
		tls("certificate=server.pem", "private-key=" + other).run((context) -> assertThat(context).getFailure()
			.hasStackTraceContaining("iodine.tls.private-key" + expected + "iodine.tls.certificate"));
		this.runner
			.withPropertyValues("server.ssl.certificate=" + files.resolve("server.pem"),
					"server.ssl.certificate-private-key=" + files.resolve(other))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("server.ssl.certificate-private-key" + expected + "server.ssl.certificate"));
	}

	@Test
	void aKeyInTheWrongPlaceIsNotShown() {
		this.runner
			.withPropertyValues("iodine.tls.certificate=" + server.getPrivateKeyPEM(),
					"iodine.tls.private-key=" + server.getPrivateKeyPEM())
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("iodine.tls.certificate is (PEM text)"));
	}

	@ParameterizedTest
	@CsvSource({ "certificate=server.pem, iodine.tls.private-key", "private-key=server.key, iodine.tls.certificate",
			"trust-certificate=authority.pem, iodine.tls.certificate" })
	void halfOfWhatIsNeededFailsStartUpNamingTheOtherHalf(String given, String missing) {
		tls(given).run((context) -> assertThat(context).getFailure().hasStackTraceContaining(missing + " is "));
	}

	@ParameterizedTest
	@CsvSource({ "iodine.tls.enabled=true, server.ssl.enabled=false", "iodine.tls.enabled=false, server.ssl.bundle=web",
			"iodine.tls.bundle=web, server.ssl.bundle=other", "iodine.tls.bundle=web, server.ssl.certificate=a.pem",
			"iodine.tls.bundle=web, iodine.tls.certificate=a.pem", "iodine.tls.bundle=web, server.ssl.enabled=false",
			"iodine.tls.certificate=a.pem, server.ssl.certificate=b.pem",
			"iodine.tls.certificate=a.pem, server.ssl.key-store=b.p12",
			"iodine.tls.certificate=a.pem, server.ssl.bundle=b",
			"iodine.tls.private-key=a.key, server.ssl.certificate-private-key=b.key",
			"iodine.tls.trust-certificate=a.pem, server.ssl.trust-certificate=b.pem",
			"iodine.tls.trust-certificate=a.pem, server.ssl.client-auth=want" })
	void contradictionsFailStartUpNamingBoth(String one, String other) {
		this.runner.withPropertyValues(one, other)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MutuallyExclusiveConfigurationPropertiesException.class)
				.hasMessageContainingAll(one.substring(0, one.indexOf('=')), other.substring(0, other.indexOf('='))));
	}

	@Test
	void bothMaySayTheSame() {
		tls("certificate=server.pem", "private-key=server.key")
			.withPropertyValues("server.ssl.certificate=" + files.resolve("server.pem"),
					"server.ssl.certificate-private-key=" + files.resolve("server.key"))
			.run((context) -> assertThat(get(context, null).statusCode()).isEqualTo(200));
	}

	@Test
	void bootsKeysAreUsedWhenWeAreOnlySwitchedOn(CapturedOutput output) {
		this.runner
			.withPropertyValues("iodine.tls.enabled=true", "server.ssl.certificate=" + files.resolve("server.pem"),
					"server.ssl.certificate-private-key=" + files.resolve("server.key"))
			.run((context) -> {
				assertThat(get(context, null).statusCode()).isEqualTo(200);
				assertThat(output).doesNotContain("self-signed");
			});
	}

	private ReactiveWebApplicationContextRunner tls(String... settings) {
		ReactiveWebApplicationContextRunner tls = this.runner;
		for (String setting : settings) {
			String[] property = setting.split("=", 2);
			tls = tls.withPropertyValues("iodine.tls." + property[0] + "=" + files.resolve(property[1]));
		}
		return tls;
	}

	private static HttpResponse<Void> get(ApplicationContext context, @Nullable X509Bundle identity) throws Exception {
		SSLContext ssl = SSLContext.getInstance("TLS");
		ssl.init((identity != null) ? identity.toKeyManagerFactory().getKeyManagers() : new KeyManager[0],
				new TrustManager[] { authority.toTrustManager() }, null);
		HttpClient http = HttpClient.newBuilder().sslContext(ssl).connectTimeout(Duration.ofSeconds(30)).build();
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port(context)))
			.timeout(Duration.ofSeconds(30))
			.build();
		return http.send(request, HttpResponse.BodyHandlers.discarding());
	}

	private static X509Certificate peer(ApplicationContext context, String protocol) throws Exception {
		try (SSLSocket socket = socket(context, protocol)) {
			socket.startHandshake();
			return (X509Certificate) socket.getSession().getPeerCertificates()[0];
		}
	}

	private static SSLSocket socket(ApplicationContext context, String protocol) throws Exception {
		SSLContext ssl = SSLContext.getInstance("TLS");
		ssl.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		SSLSocket socket = (SSLSocket) ssl.getSocketFactory().createSocket("localhost", port(context));
		socket.setSoTimeout(30_000);
		socket.setEnabledProtocols(new String[] { protocol });
		return socket;
	}

	private static int port(ApplicationContext context) {
		WebServerApplicationContext source = (WebServerApplicationContext) ((AssertableReactiveWebApplicationContext) context)
			.getSourceApplicationContext();
		return Objects.requireNonNull(source.getWebServer()).getPort();
	}

	private static String encrypted(X509Bundle bundle, String password) throws Exception {
		String algorithm = "PBEWithHmacSHA256AndAES_256";
		Cipher cipher = Cipher.getInstance(algorithm);
		cipher.init(Cipher.ENCRYPT_MODE,
				SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())));
		AlgorithmParameters parameters = AlgorithmParameters.getInstance("PBES2");
		parameters.init(cipher.getParameters().getEncoded());
		byte[] content = cipher.doFinal(bundle.getKeyPair().getPrivate().getEncoded());
		byte[] encoded = new EncryptedPrivateKeyInfo(parameters, content).getEncoded();
		return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
				+ "\n-----END ENCRYPTED PRIVATE KEY-----\n";
	}

}
