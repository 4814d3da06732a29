package io.iodine.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import io.iodine.autoconfigure.FileServer.Answer;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** The idle timeout, and a file in memory that its reader takes slowly, or not at all. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class SlowReaderTests {

	private static final int SIZE = 24 << 20;

	@TempDir
	static Path root;

	FileServer server;

	@BeforeAll
	void start() throws IOException {
		Files.write(root.resolve("kept.bin"), new byte[SIZE]);
		this.server = FileServer.start(List.of(FileServer.Application.class, SmallBuffers.class),
				"iodine.static.root=" + root, "iodine.static.cache-file-size=32MB", "server.netty.idle-timeout=2s",
				"iodine.static.stall-timeout=2s", "iodine.http.write-timeout=0");
		// the first answer comes by the route, and puts the file into memory
		assertThat(this.server.get("/kept.bin").body()).hasSize(SIZE);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void aDownloadThatMovesIsNotCut(Door door) throws IOException {
		try (Socket socket = slowReader()) {
			door.ask(socket);
			InputStream in = socket.getInputStream();
			int read = 0;
			long end = System.nanoTime() + 4_500_000_000L;
			while (System.nanoTime() < end) {
				read += in.readNBytes(64 << 10).length;
				LockSupport.parkNanos(50_000_000); // the pace of the reader
			}

			assertThat(read).isLessThan(SIZE);
			assertThat(read + in.readNBytes(SIZE - read).length).isEqualTo(SIZE);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aDownloadThatStandsStillIsCut(Door door) throws IOException {
		try (Socket socket = slowReader()) {
			door.ask(socket);
			socket.getInputStream().readNBytes(1000);
			long deadline = System.nanoTime() + 60_000_000_000L;
			while (isEstablished(socket)) {
				assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
				LockSupport.parkNanos(10_000_000); // the pace of the looks
			}
		}
	}

	@Test
	void aConnectionGoesOnAfterASlowDownload() throws IOException {
		try (Socket socket = slowReader()) {
			FileServer.write(socket, FileServer.request("GET", "/kept.bin") + FileServer.request("HEAD", "/kept.bin"));

			Answer whole = FileServer.read(socket.getInputStream(), false);
			Answer head = FileServer.read(socket.getInputStream(), true);

			assertThat(whole.body()).hasSize(SIZE);
			assertThat(head.header("etag")).isEqualTo(whole.header("etag"));
		}
	}

	/** Which way the answer goes. */
	enum Door {

		LANE {
			@Override
			void ask(Socket socket) throws IOException {
				// what was looked at just now is answered by the lane
				FileServer.exchange(socket, "HEAD", "/kept.bin");
				FileServer.write(socket, FileServer.request("GET", "/kept.bin"));
			}
		},

		ROUTE {
			@Override
			void ask(Socket socket) throws IOException {
				// a field that only the route deals with
				FileServer.write(socket, FileServer.request("GET", "/kept.bin", "Connection: keep-alive, x"));
			}
		};

		abstract void ask(Socket socket) throws IOException;

	}

	/** The kernel takes little for it: most of a file waits in the server. */
	private Socket slowReader() throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(64 << 10);
		socket.setSoTimeout(30_000);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.server.port()));
		return socket;
	}

	/** Whether the server has its end of a connection still open. */
	private boolean isEstablished(Socket socket) throws IOException {
		String local = String.format(Locale.ROOT, ":%04X", this.server.port());
		String remote = String.format(Locale.ROOT, ":%04X", socket.getLocalPort());
		for (String table : new String[] { "/proc/net/tcp", "/proc/net/tcp6" }) {
			for (String line : Files.readAllLines(Path.of(table))) {
				String[] fields = line.strip().split("\\s+", 5);
				if (fields[1].endsWith(local) && fields[2].endsWith(remote)) {
					return fields[3].equals("01");
				}
			}
		}
		return false;
	}

	/** The kernel says of a small buffer soon that something has left it. */
	@Configuration(proxyBeanMethods = false)
	static class SmallBuffers {

		@Bean
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> smallBuffers() {
			return (factory) -> factory
				.addServerCustomizers((server) -> server.childOption(ChannelOption.SO_SNDBUF, 64 << 10));
		}

	}

}
