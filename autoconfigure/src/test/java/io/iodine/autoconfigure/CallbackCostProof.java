package io.iodine.autoconfigure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.UpgradeHandler;
import io.iodine.annotation.OnMessage;
import io.iodine.connection.TestServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an echo costs the server in time of its threads, with and without a feature, in
 * interleaved rounds on the event loop, where a feature shows most.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class CallbackCostProof {

	private static final Log logger = LogFactory.getLog(CallbackCostProof.class);

	private static final String LOAD = "load";

	private static final int CONNECTIONS = 50;

	private static final int ROUNDS = 9;

	private static final long ROUND_MILLIS = 1000;

	private static final String USER = "Authorization: Basic "
			+ Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.US_ASCII)) + "\r\n";

	@AutoClose
	private static TestServer server;

	@AutoClose
	private static TestServer withoutMeters;

	@AutoClose("shutdownGracefully")
	private static IoEventLoopGroup loop;

	@BeforeAll
	static void startServers() {
		server = start();
		withoutMeters = start("management.metrics.enable.iodine=false");
		loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(LOAD), NioIoHandler.newFactory());
	}

	@Test
	void typedHandlersCostAtMostATenth() {
		assertThat(ratio("typed handler", new Target(server, "/typed", ""), new Target(server, "/plain", "")))
			.isLessThan(1.1);
	}

	@Test
	void theSecurityContextCostsAtMostATwentieth() {
		assertThat(ratio("security context", new Target(server, "/plain", USER), new Target(server, "/plain", "")))
			.isLessThan(1.05);
	}

	@Test
	void metersCostAtMostATwentieth() {
		assertThat(ratio("meters", new Target(server, "/plain", ""), new Target(withoutMeters, "/plain", "")))
			.isLessThan(1.05);
	}

	private static TestServer start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("iodine.workers=1");
		all.add("logging.level." + CallbackCostProof.class.getName() + "=info");
		return TestServer.start(List.of(Handlers.class), all.toArray(String[]::new));
	}

	/** The median of the ratios of the rounds. */
	private static double ratio(String name, Target with, Target without) {
		List<Double> ratios = new ArrayList<>();
		nanosOfAnEcho(with);
		nanosOfAnEcho(without);
		for (int i = 0; i < ROUNDS; i++) {
			double cost = nanosOfAnEcho(with);
			double base = nanosOfAnEcho(without);
			ratios.add(cost / base);
			logger.info(String.format("PROOF %s: %.0f ns an echo with it, %.0f without", name, cost, base));
		}
		ratios.sort(null);
		logger.info("PROOF " + name + ": median ratio " + ratios.get(ROUNDS / 2) + " of " + ratios);
		return ratios.get(ROUNDS / 2);
	}

	private static double nanosOfAnEcho(Target target) {
		LongAdder open = new LongAdder();
		LongAdder echoes = new LongAdder();
		AtomicBoolean ends = new AtomicBoolean();
		List<Channel> channels = new ArrayList<>();
		for (int i = 0; i < CONNECTIONS; i++) {
			channels
				.add(new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<>() {

					@Override
					protected void initChannel(Channel channel) {
						channel.pipeline().addLast(new Echoes(target, open, echoes, ends));
					}

				}).connect("127.0.0.1", target.server.port()).syncUninterruptibly().channel());
		}
		await().atMost(Duration.ofMinutes(1)).until(() -> open.sum() == CONNECTIONS);
		long echoesBefore = echoes.sum();
		long nanosBefore = serverNanos();
		pause(ROUND_MILLIS);
		long nanos = serverNanos() - nanosBefore;
		long count = echoes.sum() - echoesBefore;
		ends.set(true);
		channels.forEach((channel) -> channel.close().syncUninterruptibly());
		assertThat(count).as("echoes of " + target.path).isPositive();
		return (double) nanos / count;
	}

	/** The time that all threads have run but those of the load. */
	private static long serverNanos() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long sum = 0;
		for (long id : threads.getAllThreadIds()) {
			var info = threads.getThreadInfo(id);
			if (info != null && !info.getThreadName().startsWith(LOAD)) {
				sum += Math.max(0, threads.getThreadCpuTime(id));
			}
		}
		return sum;
	}

	private static void pause(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What is measured.
	 *
	 * @param server the server
	 * @param path the path of a handler
	 * @param headers further headers of the handshake
	 */
	private record Target(TestServer server, String path, String headers) {

	}

	/** A client that sends the next message when the last has come back. */
	private static final class Echoes extends SimpleChannelInboundHandler<ByteBuf> {

		private static final int SIZE = 64;

		private static final int SERVER_HEADER = 2;

		private final Target target;

		private final LongAdder open;

		private final LongAdder echoes;

		private final AtomicBoolean ends;

		private final StringBuilder head = new StringBuilder();

		private int read = -1;

		Echoes(Target target, LongAdder open, LongAdder echoes, AtomicBoolean ends) {
			this.target = target;
			this.open = open;
			this.echoes = echoes;
			this.ends = ends;
		}

		@Override
		public void channelActive(ChannelHandlerContext ctx) {
			String request = "GET " + this.target.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
					+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + this.target.headers
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
			ctx.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
		}

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
			if (this.read < 0) {
				this.head.append(bytes.toString(StandardCharsets.US_ASCII));
				if (this.head.indexOf("\r\n\r\n") < 0) {
					return;
				}
				assertThat(this.head).startsWith("HTTP/1.1 101");
				this.read = SERVER_HEADER + SIZE;
				this.open.increment();
			}
			else {
				this.read += bytes.readableBytes();
				this.echoes.increment();
			}
			if (this.read >= SERVER_HEADER + SIZE && !this.ends.get()) {
				this.read = 0;
				ctx.writeAndFlush(message());
			}
		}

		/** A text frame whose mask is zero. */
		private static ByteBuf message() {
			ByteBuf frame = Unpooled.directBuffer(SIZE + 6);
			frame.writeByte(0x81).writeByte(0x80 | SIZE).writeInt(0);
			for (int i = 0; i < SIZE; i++) {
				frame.writeByte('a');
			}
			return frame;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFluxSecurity
	@Import({ Plain.class, Typed.class })
	static class Handlers {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		// one that can store passwords would encode this one slowly
		@Bean
		ReactiveUserDetailsService users() {
			return (name) -> Mono.just(User.withUsername(name).password("{noop}secret").authorities("USER").build());
		}

	}

	@UpgradeHandler(value = "/plain", nonBlocking = true)
	static final class Plain implements ConnectionHandler {

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message.asText());
		}

	}

	@UpgradeHandler(value = "/typed", nonBlocking = true)
	static final class Typed {

		@OnMessage
		String echo(String text) {
			return text;
		}

	}

}
