package io.iodine.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of what systemd passes and wants to hear. */
@EnabledOnOs(OS.LINUX)
class SystemdTests {

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	@AfterEach
	void stop() {
		this.group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	@Test
	void socketsArePassedToTheProcessOfTheIdOnly() {
		Map<String, String> environment = Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2");

		assertThat(SystemdSockets.count(environment, 42)).isEqualTo(2);
		assertThat(SystemdSockets.count(environment, 43)).isZero();
		assertThat(SystemdSockets.count(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "two"), 42)).isZero();
		assertThat(SystemdSockets.count(Map.of(), 42)).isZero();
	}

	@Test
	void readinessIsToldToTheSocketOfSystemd(@TempDir Path directory) throws Exception {
		String path = directory.resolve("notify").toString();
		listen(path);

		new SystemdNotifier(path).ready();

		assertThat(this.heard.poll(20, TimeUnit.SECONDS)).startsWith("READY=1\n")
			.endsWith("MAINPID=" + ProcessHandle.current().pid());
	}

	@Test
	void anAbstractSocketIsToldOfTheStop() throws Exception {
		String name = "iodine-test-" + ProcessHandle.current().pid();
		listen("\0" + name);

		new SystemdNotifier("@" + name).stopping();

		assertThat(this.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
	}

	@Test
	void nobodyIsToldWithoutASocket() {
		new SystemdNotifier(null).ready();

		assertThat(this.heard).isEmpty();
	}

	private void listen(String path) throws InterruptedException {
		new Bootstrap().group(this.group)
			.channel(EpollDomainDatagramChannel.class)
			.handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {

				@Override
				protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
					SystemdTests.this.heard.add(packet.content().toString(StandardCharsets.UTF_8));
				}

			})
			.bind(new DomainSocketAddress(path))
			.sync();
	}

}
