package io.iodine.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.net.ClientOptions;
import io.iodine.net.Connector;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners and the connector with Node's {@code net}, {@code tls} and {@code dgram} at
 * the other end.
 */
class NodePeerTests {

	@TempDir
	Path folder;

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@Test
	void nodeSpeaksToListenersAndTheConnectorToNode() throws Exception {
		makeKeys();
		try (ConfigurableApplicationContext application = start()) {
			Process node = new ProcessBuilder("node",
					new ClassPathResource("io/iodine/autoconfigure/socket-peers.mjs").getFile().toString(),
					file("authority.crt"), file("server.crt"), file("server.key"), port(application, "plain"),
					port(application, "secure"), port(application, "datagrams"), file("frames.sock"), file("node.sock"))
				.redirectErrorStream(true)
				.start();
			try (BufferedReader output = node.inputReader(StandardCharsets.UTF_8)) {
				String[] ports = ports(output);

				exchange(application, "tcp://127.0.0.1:" + ports[0], ClientOptions.DEFAULTS);
				exchange(application, "udp://127.0.0.1:" + ports[1], ClientOptions.DEFAULTS);
				// a name with a dot, because the JDK asks for no other
				exchange(application, "tls://node.example:443",
						ClientOptions.DEFAULTS.tls("trust").unixSocket(file("node.sock")));

				assertThat(output.readLine()).isEqualTo("asked for node.example");
				node.getOutputStream().close();
				assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
				assertThat(node.exitValue()).isZero();
			}
			finally {
				node.destroy();
			}
		}
	}

	/** Reads what Node prints once its part is done; it prints an error instead. */
	private static String[] ports(BufferedReader output) throws IOException {
		String line = output.readLine();
		if (line == null || !line.matches("\\d+ \\d+")) {
			throw new AssertionError(line + "\n" + output.lines().collect(Collectors.joining("\n")));
		}
		return line.split(" ", -1);
	}

	private void exchange(ConfigurableApplicationContext application, String url, ClientOptions options)
			throws InterruptedException {
		Connection client = application.getBean(Connector.class)
			.connect(URI.create(url), new Recorder(this.heard), options);
		client.write("hello from " + url);

		assertThat(this.heard.poll(30, TimeUnit.SECONDS)).isEqualTo("hello from " + url);
		client.close();
		assertThat(this.heard.poll(30, TimeUnit.SECONDS)).isEqualTo("closed LOCAL");
	}

	private ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn", "iodine.workers=1",
					"iodine.listeners.plain.url=tcp://127.0.0.1:0", "iodine.listeners.plain.handler=echo",
					"iodine.listeners.plain.framer=length-prefixed",
					"iodine.listeners.frames.url=unix:" + file("frames.sock"), "iodine.listeners.frames.handler=echo",
					"iodine.listeners.frames.framer=length-prefixed",
					"iodine.listeners.datagrams.url=udp://127.0.0.1:0", "iodine.listeners.datagrams.handler=echo",
					"iodine.listeners.secure.url=tls://127.0.0.1:0", "iodine.listeners.secure.handler=echo",
					"iodine.listeners.secure.framer=length-prefixed", "iodine.listeners.secure.tls.alpn=echo",
					"iodine.listeners.secure.tls.certificate=" + file("server.crt"),
					"iodine.listeners.secure.tls.private-key=" + file("server.key"),
					"spring.ssl.bundle.pem.trust.truststore.certificate=" + file("authority.crt"))
			.run();
	}

	private void makeKeys() throws Exception {
		X509Bundle authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle server = new CertificateBuilder().subject("CN=localhost")
			.addSanDnsName("localhost")
			.addSanDnsName("node.example")
			.buildIssuedBy(authority);
		Files.writeString(this.folder.resolve("authority.crt"), authority.getCertificatePEM());
		Files.writeString(this.folder.resolve("server.crt"), server.getCertificatePathPEM());
		Files.writeString(this.folder.resolve("server.key"), server.getPrivateKeyPEM());
	}

	private String file(String name) {
		return this.folder.resolve(name).toString();
	}

	private static String port(ConfigurableApplicationContext application, String listener) {
		return application.getEnvironment().getRequiredProperty("local.iodine." + listener + ".port");
	}

	/** Has a handler. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ConnectionHandler echo() {
			return new ConnectionHandler() {

				@Override
				public void onMessage(Connection client, Message message) {
					client.write(message);
				}

			};
		}

	}

	/**
	 * Records what it hears.
	 *
	 * @param heard what was heard
	 */
	private record Recorder(BlockingQueue<String> heard) implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			this.heard.add(message.asText());
		}

		@Override
		public void onClose(Connection client) {
			this.heard.add("closed " + client.closeReason().orElseThrow().cause());
		}

	}

}
