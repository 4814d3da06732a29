package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of Tomcat on a socket that is the standard input. */
@Timeout(180)
class TomcatSocketTests {

	@TempDir
	private Path directory;

	@Test
	void theSocketIsTakenByTheConnectorOfItsPortOnly() throws IOException {
		try (ServerSocketChannel socket = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
			int port = socket.socket().getLocalPort();

			assertThat(inherits(new TomcatInheritedSocket(socket), port)).isTrue();
			assertThat(inherits(new TomcatInheritedSocket(socket), port + 1)).isFalse();
			assertThat(inherits(new TomcatInheritedSocket(null), port)).isFalse();
		}
	}

	private static boolean inherits(TomcatInheritedSocket customizer, int port) {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		customizer.customize(factory);
		Connector connector = new Connector(new Http11NioProtocol());
		connector.setPort(port);
		factory.getConnectorCustomizers().forEach((each) -> each.customize(connector));
		return "true".equals(String.valueOf(connector.getProperty("useInheritedChannel")));
	}

	@Test
	@EnabledIf("canActivateSockets")
	void clientsWaitInTheQueueOfTheSocketWhileTheProcessIsReplaced() throws Exception {
		int port = freePort();
		String java = ClusterOfProcesses.java() + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp "
				+ System.getProperty("java.class.path") + " " + TomcatSocketProgram.class.getName()
				+ " --test.server=tomcat --server.port=" + port + " --server.address=127.0.0.1";
		Path log = this.directory.resolve("log");
		Process systemd = new ProcessBuilder("systemd-socket-activate", "--inetd", "-l", "127.0.0.1:" + port, "/bin/sh",
				"-c", "for i in 1 2; do " + java + " >>" + log + " 2>&1; done")
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("systemd").toFile())
			.start();
		try {
			long first = Long.parseLong(who(connect(port)));
			ClusterOfProcesses.signal("TERM", first);
			ProcessHandle.of(first).ifPresent((process) -> process.onExit().join());
			// the next process has hardly begun to start
			long second = Long.parseLong(who(new Socket(InetAddress.getLoopbackAddress(), port)));

			assertThat(second).isNotEqualTo(first);
			assertThat(Files.readString(log)).contains("Tomcat accepts on the socket of the standard input");
		}
		finally {
			systemd.descendants().forEach(ProcessHandle::destroyForcibly);
			systemd.destroyForcibly();
		}
	}

	/** Connects, the first time once systemd listens. */
	private static Socket connect(int port) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		while (true) {
			try {
				return new Socket(InetAddress.getLoopbackAddress(), port);
			}
			catch (IOException ex) {
				assertThat(System.nanoTime()).as("systemd listens").isLessThan(deadline);
				LockSupport.parkNanos(10_000_000);
			}
		}
	}

	private static String who(Socket socket) throws IOException {
		try (socket; InputStream in = socket.getInputStream()) {
			socket.setSoTimeout(120_000);
			socket.getOutputStream()
				.write("GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(answer).startsWith("HTTP/1.1 200");
			return answer.replaceAll("(?s).*\r\n\r\n(?:[0-9a-f]+\r\n)?", "").replaceAll("(?s)\\D.*", "");
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	static boolean canActivateSockets() {
		return Files.isExecutable(Path.of("/usr/bin/systemd-socket-activate"));
	}

}
