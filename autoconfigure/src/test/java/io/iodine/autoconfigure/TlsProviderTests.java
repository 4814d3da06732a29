package io.iodine.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of both implementations of TLS, the JDK's and that of netty-tcnative. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@Timeout(180)
class TlsProviderTests {

	@TempDir
	private static Path directory;

	@BeforeAll
	static void createKeys() throws Exception {
		X509Bundle keys = new CertificateBuilder().subject("CN=localhost")
			.addSanDnsName("localhost")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		Files.move(keys.toTempCertChainPem().toPath(), certificate(), StandardCopyOption.REPLACE_EXISTING);
		Files.move(keys.toTempPrivateKeyPem().toPath(), key(), StandardCopyOption.REPLACE_EXISTING);
	}

	@Test
	void theJdkEncryptsWhereNettyTcnativeIsAbsent() throws Exception {
		Outcome outcome = run(false);

		assertThat(outcome.status).as(outcome.output).isZero();
		assertThat(outcome.output).contains("RAW server JDK TLSv1.3, client JDK TLSv1.3")
			.contains("WEB server JDK TLSv1.3, client JDK TLSv1.3");
	}

	@Test
	void openSslEncryptsWhereNettyTcnativeIsPresentAndLogsItsKeysOnRequest() throws Exception {
		Path log = directory.resolve("keys.log");

		Outcome outcome = run(true, "--iodine.debug.tls-key-log=" + log);

		assertThat(outcome.status).as(outcome.output).isZero();
		assertThat(outcome.output).contains("RAW server OpenSSL TLSv1.3, client OpenSSL TLSv1.3")
			.contains("WEB server OpenSSL TLSv1.3, client OpenSSL TLSv1.3")
			.containsPattern("WARN .*iodine.debug.tls-key-log is set");
		assertThat(Files.readString(log)).contains("CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_TRAFFIC_SECRET_0 ");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log))).isEqualTo("rw-------");
	}

	@Test
	void aKeyLogThatTheJdkCannotWriteFailsTheStart() throws Exception {
		Outcome outcome = run(false, "--iodine.debug.tls-key-log=" + directory.resolve("none.log"));

		assertThat(outcome.status).isEqualTo(1);
		assertThat(outcome.output).contains("iodine.debug.tls-key-log is ", "netty-tcnative-boringssl-static");
	}

	private static Outcome run(boolean openSsl, String... more) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(ClusterOfProcesses.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
						"-Dio.netty.handler.ssl.noOpenSsl=" + !openSsl, "-cp", System.getProperty("java.class.path"),
						TlsProviderProgram.class.getName(), "--spring.main.banner-mode=off",
						"--server.address=127.0.0.1", "--server.port=0", "--iodine.tls.certificate=" + certificate(),
						"--iodine.tls.private-key=" + key(), "--iodine.listeners.echo.url=tls://127.0.0.1:0",
						"--iodine.listeners.echo.handler=" + TlsProviderProgram.Echo.class.getName(),
						"--spring.ssl.bundle.pem.peer.truststore.certificate=" + certificate()));
		command.addAll(List.of(more));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return new Outcome(process.waitFor(), output);
	}

	private static Path certificate() {
		return directory.resolve("certificate.pem");
	}

	private static Path key() {
		return directory.resolve("key.pem");
	}

	/**
	 * How the program ended.
	 *
	 * @param status its exit status
	 * @param output what it printed
	 */
	private record Outcome(int status, String output) {
	}

}
