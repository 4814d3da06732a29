package io.iodine.connection;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.iodine.Connection;
import io.iodine.Message;
import io.iodine.PubSub;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.WebsocketServerSpec;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.WebHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures what compression costs and spares: 1 KiB of JSON to 1,000 subscribers, whose
 * clients run in the same process and count frames; too slow for every build:
 * {@code -Dtest=CompressionProof}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure shows in what is asserted
class CompressionProof {

	private static final int SUBSCRIBERS = Integer.getInteger("proof.subscribers", 1000);

	private static final int SECONDS = Integer.getInteger("proof.seconds", 4);

	/** So many messages are under way at a time. */
	private static final int UNDER_WAY = 32;

	/** Who publishes, and how its messages travel. */
	enum Way {

		PLAIN("/loop", "iodine.compression.enabled=false", false),

		SHARED("/loop", "iodine.compression.enabled=true", true),

		DEDICATED("/loop", "iodine.compression.enabled=true iodine.compression.mode=dedicated", true),

		WEBFLUX("/webflux", "iodine.enabled=true", false),

		WEBFLUX_COMPRESSED("/webflux-compressed", "iodine.enabled=true", true);

		private final String path;

		private final String properties;

		private final double least;

		private final double most;

		Way(String path, String properties, boolean compressed) {
			this.path = path;
			this.properties = properties;
			this.least = compressed ? 1 : 960;
			this.most = compressed ? 640 : 1100;
		}

	}

	@ParameterizedTest
	@EnumSource
	void aThousandSubscribers(Way way) throws Exception {
		try (TestServer server = TestServer.start(List.of(WebFlux.class), way.properties.split(" "));
				Clients clients = new Clients()) {
			Recorder subscribes = new Recorder() {

				@Override
				public void onOpen(Connection client) {
					client.subscribe("proof");
				}

			};
			String path = way.path.equals("/loop") ? server.serveOnLoop(subscribes) : way.path;
			Consumer<String> publish = publisher(way, server);
			long before = residentKilobytes();
			clients.connect(server.port(), path);
			AtomicLong sent = new AtomicLong();
			run(clients, publish, sent, TimeUnit.SECONDS.toNanos(SECONDS));
			// the first messages were sent before all had subscribed
			clients.awaitStandstill();
			long sentBefore = sent.get();
			long bytesBefore = clients.bytes.get();
			long deliveredBefore = clients.frames.get();
			long cpuBefore = serverNanos();
			long begin = System.nanoTime();

			run(clients, publish, sent, TimeUnit.SECONDS.toNanos(SECONDS));

			double seconds = (System.nanoTime() - begin) / 1e9;
			long bytes = clients.bytes.get() - bytesBefore;
			long delivered = clients.frames.get() - deliveredBefore;
			double cpu = (serverNanos() - cpuBefore) / 1e3;
			System.out.printf(
					"PROOF %s: %.2f us of CPU and %.0f bytes a delivery, %.0f deliveries/s, %d KB resident more for %d clients%n",
					way, cpu / delivered, bytes / (double) delivered, delivered / seconds, residentKilobytes() - before,
					SUBSCRIBERS);
			clients.awaitStandstill();
			assertThat(clients.frames.get() - deliveredBefore).as("deliveries, all of which arrive")
				.isEqualTo((sent.get() - sentBefore) * SUBSCRIBERS);
			assertThat(bytes / (double) delivered).as("bytes of a message of a kilobyte")
				.isBetween(way.least, way.most);
		}
	}

	private static Consumer<String> publisher(Way way, TestServer server) {
		if (way == Way.WEBFLUX || way == Way.WEBFLUX_COMPRESSED) {
			Sinks.Many<String> sink = server.context().getBean(WebFlux.class).sink;
			return (text) -> sink.emitNext(text, Sinks.EmitFailureHandler.FAIL_FAST);
		}
		PubSub pubSub = server.pubSub();
		return (text) -> pubSub.publish("proof", Message.text(text));
	}

	/** Publishes as fast as all subscribers hear. */
	private static void run(Clients clients, Consumer<String> publish, AtomicLong sent, long nanos) {
		long end = System.nanoTime() + nanos;
		long first = sent.get();
		long heard = clients.frames.get();
		while (System.nanoTime() < end) {
			if (sent.get() - first - (clients.frames.get() - heard) / SUBSCRIBERS < UNDER_WAY) {
				publish.accept(json(sent.incrementAndGet()));
			}
			else {
				LockSupport.parkNanos(20_000);
			}
		}
	}

	/** A kilobyte as a service would send it. */
	private static String json(long number) {
		StringBuilder json = new StringBuilder("{\"sequence\":").append(number).append(",\"items\":[");
		for (int i = 0; json.length() < 960; i++) {
			long noise = (number * 31 + i) * 0x9E3779B97F4A7C15L;
			json.append((i == 0) ? "" : ",")
				.append("{\"id\":")
				.append(noise & 0xFFFFF)
				.append(",\"name\":\"item ")
				.append(i)
				.append("\",\"price\":")
				.append((noise >>> 20 & 0xFFFF) / 100.0)
				.append(",\"active\":")
				.append((noise >>> 40 & 1) == 0)
				.append('}');
		}
		return json.append("]}").toString();
	}

	/**
	 * The time of the event loops and of the publisher, whatever else the machine does.
	 */
	private static long serverNanos() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter((thread) -> thread != null && (thread.getThreadName().startsWith("iodine")
					|| thread.getThreadId() == Thread.currentThread().getId()))
			.mapToLong((thread) -> threads.getThreadCpuTime(thread.getThreadId()))
			.sum();
	}

	private static long residentKilobytes() throws IOException {
		System.gc();
		return Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.sum();
	}

	/** WebSockets that offer to compress and only count. */
	private static final class Clients implements AutoCloseable {

		private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

		private final AtomicLong frames = new AtomicLong();

		private final AtomicLong bytes = new AtomicLong();

		void connect(int port, String path) throws InterruptedException {
			CountDownLatch open = new CountDownLatch(SUBSCRIBERS);
			String handshake = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
					+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Extensions: permessage-deflate\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
			for (int number = 0; number < SUBSCRIBERS; number++) {
				new Bootstrap().group(this.loops)
					.channel(EpollSocketChannel.class)
					.handler(new Counter(open))
					.connect("127.0.0.1", port)
					.sync()
					.channel()
					.writeAndFlush(Unpooled.copiedBuffer(handshake, StandardCharsets.US_ASCII));
			}
			assertThat(open.await(60, TimeUnit.SECONDS)).as("all clients are open").isTrue();
		}

		/** Waits until nothing has come for half a second. */
		void awaitStandstill() {
			long before = -1;
			while (before != this.frames.get()) {
				before = this.frames.get();
				LockSupport.parkNanos(500_000_000);
			}
		}

		@Override
		public void close() {
			this.loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
		}

		/** Steps from head to head. */
		private final class Counter extends ByteToMessageDecoder {

			private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

			private final CountDownLatch open;

			private boolean upgraded;

			Counter(CountDownLatch open) {
				this.open = open;
			}

			@Override
			protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
				if (!this.upgraded) {
					int end = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(END), in);
					if (end < 0) {
						return;
					}
					in.readerIndex(end + END.length);
					this.upgraded = true;
					this.open.countDown();
				}
				while (in.readableBytes() >= 4) {
					int seven = in.getByte(in.readerIndex() + 1) & 0x7F;
					int length = (seven == 126) ? 4 + in.getUnsignedShort(in.readerIndex() + 2) : 2 + seven;
					if (in.readableBytes() < length) {
						return;
					}
					in.skipBytes(length);
					Clients.this.frames.incrementAndGet();
					Clients.this.bytes.addAndGet(length);
				}
			}

		}

	}

	/** The same with what Spring has by itself. */
	@Configuration(proxyBeanMethods = false)
	static class WebFlux {

		private final Sinks.Many<String> sink = Sinks.many().multicast().directBestEffort();

		@Bean
		SimpleUrlHandlerMapping proofMapping() {
			WebSocketHandler handler = (session) -> session
				.send(this.sink.asFlux().onBackpressureBuffer(1024).map(session::textMessage));
			return new SimpleUrlHandlerMapping(
					Map.of("/webflux", served(handler, false), "/webflux-compressed", served(handler, true)), -20);
		}

		private static HandshakeWebSocketService service(boolean compress) {
			return new HandshakeWebSocketService(
					new ReactorNettyRequestUpgradeStrategy(() -> WebsocketServerSpec.builder().compress(compress)));
		}

		private static WebHandler served(WebSocketHandler handler, boolean compress) {
			HandshakeWebSocketService service = service(compress);
			return (exchange) -> service.handleRequest(exchange, handler);
		}

	}

}
