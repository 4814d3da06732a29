package io.iodine.process;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the files of Unix sockets that the master opens for its workers. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ListeningSocketsTests {

	@TempDir
	private Path directory;

	private final IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final ListeningSockets sockets = new ListeningSockets(this.group.next(), SystemdSockets.ofThisProcess());

	@AfterEach
	void close() throws Exception {
		this.group.next().submit(this.sockets::close).get();
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
	}

	@Test
	void aFileThatIsNoSocketIsKept() throws Exception {
		Path file = Files.writeString(this.directory.resolve("data"), "precious");

		assertThat(open(file)).isEqualTo(file + " exists and is no socket");
		assertThat(file).hasContent("precious");
	}

	@Test
	void aSocketOnWhichAnotherProcessListensIsKept() throws Exception {
		Path file = this.directory.resolve("socket");
		try (ServerSocketChannel other = listen(file)) {
			assertThat(open(file)).isEqualTo("another process listens on " + file);

			assertThat(accepts(file)).isTrue();
			assertThat(other.isOpen()).isTrue();
		}
	}

	@Test
	void aSocketThatAProcessHasLeftIsReplaced() throws Exception {
		Path file = this.directory.resolve("socket");
		listen(file).close();

		assertThat(open(file)).isEqualTo("opened");
		assertThat(accepts(file)).isTrue();
	}

	@Test
	void theFileIsDeletedAtTheEnd() throws Exception {
		Path file = this.directory.resolve("socket");
		assertThat(open(file)).isEqualTo("opened");

		this.group.next().submit(this.sockets::close).get();

		assertThat(file).doesNotExist();
	}

	@Test
	void theSocketOfAnotherProcessThatHasReplacedOursIsKept() throws Exception {
		Path file = this.directory.resolve("socket");
		assertThat(open(file)).isEqualTo("opened");
		Files.delete(file);
		try (ServerSocketChannel other = listen(file)) {
			this.group.next().submit(this.sockets::close).get();

			assertThat(accepts(file)).isTrue();
			assertThat(other.isOpen()).isTrue();
		}
	}

	@Test
	void aDirectoryThatDoesNotExistIsNamed() throws Exception {
		Path file = this.directory.resolve("none").resolve("socket");

		assertThat(open(file)).contains("No such file or directory");
	}

	/** The answer to a worker. */
	private String open(Path file) throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		ListenAddress address = new ListenAddress(new DomainSocketAddress(file.toString()), 1);
		this.group.next().execute(() -> this.sockets.get(address, new ListeningSockets.Callback() {

			@Override
			public void opened(FileDescriptor descriptor) {
				answer.complete("opened");
			}

			@Override
			public void refused(String reason) {
				answer.complete(reason);
			}

		}));
		return answer.get(30, TimeUnit.SECONDS);
	}

	private static ServerSocketChannel listen(Path file) throws IOException {
		return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
	}

	private static boolean accepts(Path file) throws IOException {
		try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
			return client.isConnected();
		}
	}

}
