package io.iodine.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Connection;
import io.iodine.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that order, counts and the close are the same whether bytes go straight to the
 * socket or through a pipeline.
 */
@EnabledOnOs(OS.LINUX)
class DirectWriteTests {

	private static final int WRITERS = 4;

	private static final int EACH = 3000;

	@AutoClose
	private static TestServer direct;

	@AutoClose
	private static TestServer pipeline;

	private final Recorder recorder = new Recorder() {

		@Override
		public void onDrained(Connection client) {
			this.events.add("drained");
		}

	};

	@BeforeAll
	static void startServers() {
		direct = start(SmallBuffers.class);
		pipeline = start(SmallBuffers.class, Counting.class);
	}

	@ParameterizedTest
	@EnumSource
	void aHandlerOfTheApplicationSeesWhatIsWritten(Way way) throws Exception {
		try (RawPeer peer = RawPeer.webSocket(way.server(), way.server().serve(this.recorder))) {
			int before = Counting.WRITES.get();
			NettyConnection client = (NettyConnection) this.recorder.client();

			client.write("first");
			assertThat(peer.frame()).hasToString("text first");

			assertThat(Counting.WRITES.get() - before).isEqualTo((way == Way.DIRECT) ? 0 : 1);
			assertThat(taken(client)).isEqualTo((way == Way.DIRECT) ? 1 : 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesOfManyThreadsAndPublicationsKeepTheirOrderForAReaderThatPauses(Way way) throws Exception {
		String channel = "feed " + way;
		Recorder publishing = new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) {
				for (int i = 0; i < EACH; i++) {
					client.publish(channel, "feed " + i + " " + "p".repeat(i % 300));
				}
			}

		};
		try (RawPeer peer = new RawPeer(way.server().port(), 4096);
				RawPeer publisher = RawPeer.webSocket(way.server(), way.server().serveOnLoop(publishing))) {
			peer.handshake(way.server().serveOnLoop(this.recorder)).expect(101);
			NettyConnection client = (NettyConnection) this.recorder.client();
			assertThat(client.subscribe(channel)).isTrue();
			List<Thread> writers = new ArrayList<>();
			for (int writer = 0; writer < WRITERS; writer++) {
				String name = "writer" + writer + " ";
				writers.add(new Thread(() -> writeAll(client, name)));
			}
			publisher.text("go");
			writers.forEach(Thread::start);

			long bytes = readAll(peer);

			for (Thread writer : writers) {
				writer.join(30_000);
			}
			await().until(() -> client.pending() == 0);
			assertThat(onLoop(client, client.sendQueue()::messagesOut)).isEqualTo((WRITERS + 1L) * EACH);
			assertThat(onLoop(client, client.sendQueue()::bytesOut)).isEqualTo(bytes);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatASocketDoesNotTakeIsPendingAndThenDrained(Way way) throws Exception {
		byte[] large = new byte[4 << 20];
		try (RawPeer peer = new RawPeer(way.server().port(), 4096)) {
			peer.handshake(way.server().serveOnLoop(this.recorder)).expect(101);
			NettyConnection client = (NettyConnection) this.recorder.client();

			assertThat(client.write(large)).isTrue();
			await().until(() -> onLoop(client, client.sendQueue()::bytesOut) > 0);
			assertThat(client.pending()).isOne();
			client.write("behind");

			assertThat(peer.frame().payload()).isEqualTo(large);
			assertThat(peer.frame()).hasToString("text behind");
			assertThat(this.recorder.events.nextOf("drained")).isEqualTo("drained");
			assertThat(client.pending()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aSharedBurstThatASocketTakesInPartArrivesWhole(Way way) throws Exception {
		String channel = "large " + way;
		byte[] large = new byte[4 << 20];
		try (RawPeer peer = new RawPeer(way.server().port(), 4096);
				RawPeer other = RawPeer.webSocket(way.server(), way.server().serve(new Subscribing(channel)))) {
			peer.handshake(way.server().serve(this.recorder)).expect(101);
			Connection client = this.recorder.client();
			client.subscribe(channel);
			await().until(() -> client.isSubscribed(channel));
			other.text("go");
			assertThat(other.frame()).hasToString("text subscribed");

			way.server().pubSub().publish(channel, Message.binary(large));
			await().until(() -> client.pending() == 1);
			way.server().pubSub().publish(channel, "behind");

			for (RawPeer each : List.of(other, peer)) {
				assertThat(each.frame().payload()).isEqualTo(large);
				assertThat(each.frame()).hasToString("text behind");
			}
			assertThat(this.recorder.events.nextOf("drained")).isEqualTo("drained");
			assertThat(client.pending()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aCloseRightAfterAMessageFollowsIt(Way way) {
		try (RawPeer peer = RawPeer.webSocket(way.server(), way.server().serveOnLoop(new Recorder() {

			@Override
			public void onMessage(Connection client, Message message) {
				client.write(message);
				client.close(4000, "bye");
			}

		}))) {
			peer.text("last");

			assertThat(peer.frame()).hasToString("text last");
			assertThat(peer.frame()).hasToString("close 4000 bye");
			peer.send(RawPeer.closeFrame(4000, ""));
			assertThat(peer.rest()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPeerThatResetsEndsItsConnectionOnly(Way way) throws Exception {
		try (RawPeer other = RawPeer.webSocket(way.server(), way.server().serve(new Subscribing("reset " + way)));
				RawPeer peer = RawPeer.webSocket(way.server(), way.server().serve(this.recorder))) {
			Connection client = this.recorder.client();
			client.subscribe("reset " + way);
			other.text("go");
			assertThat(other.frame()).hasToString("text subscribed");
			peer.socket().setSoLinger(true, 0);

			peer.socket().close();
			for (int i = 0; i < 100; i++) {
				way.server().pubSub().publish("reset " + way, "text " + i);
			}

			assertThat(this.recorder.events.nextOf("close")).startsWith("close PEER 1006");
			for (int i = 0; i < 100; i++) {
				assertThat(other.frame()).hasToString("text text " + i);
			}
		}
	}

	private static void writeAll(Connection client, String name) {
		for (int i = 0; i < EACH; i++) {
			String text = name + i + " " + "w".repeat(i % 200);
			if (!client.write(text)) {
				throw new AssertionError(text + " was refused");
			}
			while (client.pending() > 2000) {
				LockSupport.parkNanos(100_000); // back-pressure, as an application may do
			}
		}
	}

	/** Reads everything, with pauses in which buffers fill, and answers its size. */
	private static long readAll(RawPeer peer) {
		Map<String, Integer> next = new HashMap<>();
		long bytes = 0;
		for (int i = 0; i < (WRITERS + 1) * EACH; i++) {
			if (i % 1500 == 0) {
				LockSupport.parkNanos(20_000_000); // the pace of the reader
			}
			RawPeer.Frame frame = peer.frame();
			String[] words = frame.toString().split(" ", 4);
			assertThat(Integer.parseInt(words[2])).as(words[1]).isEqualTo(next.merge(words[1], 1, Integer::sum) - 1);
			bytes += frame.payload().length + ((frame.payload().length > 125) ? 4 : 2);
		}
		return bytes;
	}

	/** How much of one byte goes straight to the socket. */
	private static int taken(NettyConnection client) throws Exception {
		return onLoop(client, () -> {
			ByteBuf octet = Unpooled.directBuffer(1).writeByte(0);
			int taken = Objects.requireNonNull(client.channelHandler().direct()).write(octet);
			octet.release();
			return taken;
		});
	}

	private static <T> T onLoop(NettyConnection client, Callable<T> task) throws Exception {
		CompletableFuture<T> result = new CompletableFuture<>();
		client.tasks().post(() -> {
			try {
				result.complete(task.call());
			}
			catch (Exception ex) {
				result.completeExceptionally(ex);
			}
		});
		return result.get(30, TimeUnit.SECONDS);
	}

	private static TestServer start(Class<?>... sources) {
		return TestServer.start(List.of(sources), "iodine.workers=1", "iodine.send-queue.max-size=32MB",
				"iodine.send-queue.max-messages=32768", "logging.level.io.iodine.connection=off");
	}

	/** Where bytes go. */
	enum Way {

		/** Straight to the socket. */
		DIRECT,

		/** Through a handler. */
		PIPELINE;

		TestServer server() {
			return (this == DIRECT) ? direct : pipeline;
		}

	}

	/** Subscribes on a message. */
	private static final class Subscribing extends Recorder {

		private final String channel;

		Subscribing(String channel) {
			this.channel = channel;
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.subscribe(this.channel);
			client.write("subscribed");
		}

	}

	/** Sockets that soon take nothing more. */
	static class SmallBuffers {

		@Bean
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> smallBuffers() {
			return (factory) -> factory
				.addServerCustomizers((server) -> server.childOption(ChannelOption.SO_SNDBUF, 16 << 10));
		}

	}

	/** A handler of the application. */
	@Sharable
	@SuppressWarnings("FutureReturnValueIgnored") // the promise tells what the future
													// does
	static class Counting extends ChannelOutboundHandlerAdapter {

		static final AtomicInteger WRITES = new AtomicInteger();

		@Bean
		WebServerFactoryCustomizer<NettyReactiveWebServerFactory> counting() {
			return (factory) -> factory.addServerCustomizers((server) -> server
				.doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst("audit", this)));
		}

		@Override
		public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
			WRITES.incrementAndGet();
			ctx.write(msg, promise);
		}

	}

}
