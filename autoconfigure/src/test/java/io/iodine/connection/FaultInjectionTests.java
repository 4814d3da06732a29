package io.iodine.connection;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.iodine.CloseReason;
import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Subscription;
import io.iodine.UnloggableException;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whatever throws, and whatever is thrown, ends one message or one connection:
 * its neighbours on the only event loop go on, and all that it had taken is given back.
 */
@Timeout(40)
@OnEachWebServer
class FaultInjectionTests {

	private static final String KEY = "io.iodine.fault";

	private static final Message LARGE = Message.binary(new byte[100_000]);

	private static final ThreadLocal<String> CONTEXT = new ThreadLocal<>();

	private static final AtomicReference<Fault> armed = new AtomicReference<>();

	private static final Set<String> faultyPaths = ConcurrentHashMap.newKeySet();

	private static final TurboFilter log = new FaultyLog();

	@AutoClose
	@SuppressWarnings("NullAway.Init")
	private static TestServer server;

	/** Not an initializer: threads of the server use this class while it starts. */
	@BeforeAll
	static void start() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(new FaultyAccessor());
		server = TestServer.start(List.of(Faulty.class, OnWebFlux.class, OnMvc.class), "iodine.workers=1",
				"iodine.send-queue.max-messages=64", "iodine.send-queue.overflow=drop-newest", "logging.level.root=off",
				"logging.level.io.iodine=off", "iodine.ping-interval=" + pingInterval(), "iodine.close-timeout=500ms");
		((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(log);
	}

	/**
	 * Jetty keeps the socket of a stream, whose client is found gone by the second ping.
	 */
	private static String pingInterval() {
		return (TestContainer.CURRENT == TestContainer.JETTY) ? "3s" : "1h";
	}

	@AfterAll
	static void forget() {
		((LoggerContext) LoggerFactory.getILoggerFactory()).getTurboFilterList().remove(log);
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
	}

	@AfterEach
	void disarm() {
		armed.set(null);
	}

	static Stream<Arguments> faults() {
		return Arrays.stream(Place.values())
			.flatMap((place) -> Arrays.stream(Kind.values()).map((kind) -> Arguments.of(place, kind)));
	}

	@ParameterizedTest
	@MethodSource("faults")
	void whatThrowsEndsOneMessageOrOneConnection(Place place, Kind kind) throws Exception {
		String echo = server.serve(new Echo());
		try (RawPeer neighbour = RawPeer.webSocket(server, echo)) {
			neighbour.text("ready");
			assertThat(next(neighbour)).isEqualTo("text ready");

			Fault fault = new Fault(place, kind);
			suffer(fault);

			assertThat(fault.thrown).as("times that it was thrown").hasPositiveValue();
			neighbour.text("still here");
			assertThat(next(neighbour)).isEqualTo("text still here");
			server.pubSub().publish("news", "after the fault");
			assertThat(next(neighbour)).isEqualTo("text after the fault");
			try (RawPeer late = RawPeer.webSocket(server, echo)) {
				late.text("hello");
				assertThat(next(late)).isEqualTo("text hello");
			}
		}
		Leftovers.assertNone(server.connections());
	}

	@ParameterizedTest
	@EnumSource
	void halfOfAMessageIsNeverSent(Kind kind) throws Exception {
		Fault fault = new Fault(Place.ENCODER, kind);
		CompletableFuture<Boolean> accepted = new CompletableFuture<>();
		CompletableFuture<Connection> closed = new CompletableFuture<>();
		String path = server.serveOnLoop(new ConnectionHandler() {

			@Override
			public void onMessage(Connection client, Message message) {
				armed.set(fault);
				client.write("before");
				accepted.complete(client.write(LARGE));
				armed.set(null);
			}

			@Override
			public void onClose(Connection client) {
				closed.complete(client);
			}

		});
		faultyPaths.add(path);
		try (RawPeer peer = RawPeer.webSocket(server, path)) {
			peer.text("go");

			assertThat(accepted.get(10, TimeUnit.SECONDS)).isFalse();
			assertThat(fault.thrown).hasValue(1);
			assertThat(closed.get(10, TimeUnit.SECONDS).closeReason())
				.hasValue(new CloseReason(CloseReason.Cause.LOCAL, 1011, "a message could not be written"));
			assertThat(closed.get().pending()).isEqualTo(-1);
			assertThat(peer.rest()).isEmpty();
		}
		Leftovers.assertNone(server.connections());
	}

	/** A life in which everything that can fail is called, and the fault is armed. */
	@SuppressWarnings("try") // the subscription need only be there
	private static void suffer(Fault fault) throws Exception {
		Victim victim = new Victim();
		String path = server.serve(victim);
		faultyPaths.add(path);
		armed.set((fault.place != Place.EXECUTOR) ? fault : null);
		try (Subscription unused = server.pubSub().subscribe("news", (channel, message) -> at(Place.BEAN_LISTENER))) {
			live(victim, path, fault);
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
			while (fault.thrown.get() == 0 && System.nanoTime() < deadline) {
				LockSupport.parkNanos(1_000_000);
			}
		}
		armed.set(null);
	}

	private static void live(Victim victim, String path, Fault fault) throws Exception {
		try (RawPeer stream = new RawPeer(server.port()).get(path, "Accept: text/event-stream");
				RawPeer peer = new RawPeer(server.port()).handshake(path)) {
			if (fault.place == Place.EXECUTOR) {
				stream.expect(200);
				peer.expect(101);
				armed.set(fault);
			}
			else if (fault.place == Place.ON_DRAINED) {
				// the socket takes the first message before the flood
				stream.expect(200);
				peer.expect(101);
				peer.frame();
			}
			for (String text : List.of("publish", "fail", "flood")) {
				sendUnlessClosed(peer, text);
			}
			assertThat(victim.hasLived(fault)).isTrue();
			victim.clients.forEach((client) -> ((NettyConnection) client).life().shutDown(0));
		}
	}

	private static void sendUnlessClosed(RawPeer peer, String text) {
		try {
			peer.text(text);
		}
		catch (UncheckedIOException ex) {
			assertThat(ex).as("the fault has ended the connection").isNotNull();
		}
	}

	/** The next frame that is neither a ping nor what the victim published. */
	private static String next(RawPeer peer) {
		String frame = peer.frame().toString();
		while (frame.equals("text noise") || frame.startsWith("ping")) {
			frame = peer.frame().toString();
		}
		return frame;
	}

	private static void at(Place place) {
		Fault fault = armed.get();
		if (fault != null && fault.place == place && fault.left.getAndDecrement() > 0) {
			fault.thrown.incrementAndGet();
			FaultInjectionTests.<RuntimeException>sneakyThrow(fault.kind.create());
		}
	}

	@SuppressWarnings("unchecked") // the type is erased
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

	/** Where it is thrown. The log comes first, while it has lines left for failures. */
	enum Place {

		LOGGER, OBSERVER_OPENED, OBSERVER_CALLED, OBSERVER_FANNED_OUT, OBSERVER_FAILED, OBSERVER_DROPPED,
		OBSERVER_CLOSED, EXECUTOR_OF_HANDSHAKE, EXECUTOR, SCOPE_SET, SCOPE_RESTORE, ALLOCATOR, ENCODER, ON_OPEN,
		ON_MESSAGE, ON_DRAINED, ON_SHUTDOWN, ON_CLOSE, TASK, LISTENER, BEAN_LISTENER

	}

	/** What kind of failure. */
	enum Kind {

		EXCEPTION {

			@Override
			Throwable create() {
				return new UnloggableException();
			}

		},

		ERROR {

			@Override
			Throwable create() {
				return new AssertionError("an error");
			}

		},

		OUT_OF_MEMORY {

			@Override
			Throwable create() {
				return new OutOfMemoryError("unable to create native thread");
			}

		};

		abstract Throwable create();

	}

	/** What is thrown, a few times. */
	private static final class Fault {

		private final Place place;

		private final Kind kind;

		private final AtomicInteger left = new AtomicInteger(3);

		private final AtomicInteger thrown = new AtomicInteger();

		Fault(Place place, Kind kind) {
			this.place = place;
			this.kind = kind;
		}

	}

	/** Who must not suffer. */
	private static final class Echo implements ConnectionHandler {

		@Override
		public void onOpen(Connection client) {
			client.subscribe("news");
		}

		@Override
		public void onMessage(Connection client, Message message) {
			client.write(message);
		}

	}

	/** Who does. */
	private static final class Victim implements ConnectionHandler {

		private final Set<Connection> clients = ConcurrentHashMap.newKeySet();

		private final CountDownLatch heard = new CountDownLatch(1);

		private final CountDownLatch flooded = new CountDownLatch(1);

		/** Whether all callbacks but the last were called, or one less for the fault. */
		boolean hasLived(Fault fault) throws InterruptedException {
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
			for (CountDownLatch latch : List.of(this.heard, this.flooded)) {
				while (fault.thrown.get() == 0 && !latch.await(10, TimeUnit.MILLISECONDS)) {
					if (System.nanoTime() > deadline) {
						return false;
					}
				}
			}
			return true;
		}

		@Override
		public void onOpen(Connection client) {
			this.clients.add(client);
			client.write("welcome");
			client.subscribe("news");
			client.subscribe("heard", (channel, message) -> {
				this.heard.countDown();
				at(Place.LISTENER);
			});
			client.join("lobby", client.id());
			client.defer(() -> at(Place.TASK));
			at(Place.ON_OPEN);
		}

		@Override
		public void onMessage(Connection client, Message message) throws Exception {
			at(Place.ON_MESSAGE);
			switch (message.asText()) {
				case "publish" -> publish(client);
				case "fail" -> throw new IllegalStateException("told to fail");
				default -> flood(client);
			}
		}

		private static void publish(Connection client) {
			client.publish("heard", "noise");
			client.publish("news", "noise");
		}

		private void flood(Connection client) {
			for (int i = 0; i < 300; i++) {
				client.write(LARGE);
			}
			this.flooded.countDown();
		}

		@Override
		public void onDrained(Connection client) {
			at(Place.ON_DRAINED);
		}

		@Override
		public void onShutdown(Connection client) {
			at(Place.ON_SHUTDOWN);
		}

		@Override
		public void onClose(Connection client) {
			at(Place.ON_CLOSE);
		}

	}

	/** The beans and settings that fail. */
	@Configuration(proxyBeanMethods = false)
	static class Faulty {

		private final ExecutorService pool = Executors.newFixedThreadPool(4, (task) -> {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		});

		@Bean(defaultCandidate = false)
		Executor iodineCallbackExecutor() {
			return (task) -> {
				at(Place.EXECUTOR_OF_HANDSHAKE);
				at(Place.EXECUTOR);
				this.pool.execute(task);
			};
		}

		@Bean
		ConnectionObserver faultyObserver() {
			return new FaultyObserver();
		}

	}

	/** What fails in Reactor Netty. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class OnWebFlux {

		@Bean
		NettyServerCustomizer faultyAllocator() {
			return (http) -> http.childOption(ChannelOption.ALLOCATOR, new FaultyAllocator());
		}

		@Bean
		WebFilter context() {
			return (exchange, chain) -> chain.filter(exchange).contextWrite((context) -> context.put(KEY, "handshake"));
		}

	}

	/** What fails on a servlet container, whose sockets have no child options. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class OnMvc {

		@Bean
		ConnectionObserver faultyAllocator() {
			return new ConnectionObserver() {

				@Override
				public void opened(Connection client) {
					// a neighbour allocates whenever it looks for more to read
					if (faultyPaths.contains(client.request().orElseThrow().path())) {
						Channel channel = (Channel) ReflectionTestUtils.getField(client, "channel");
						Objects.requireNonNull(channel).config().setAllocator(new FaultyAllocator());
					}
				}

			};
		}

		@Bean
		Filter context() {
			return (request, response, chain) -> {
				CONTEXT.set("handshake");
				try {
					chain.doFilter(request, response);
				}
				finally {
					CONTEXT.remove();
				}
			};
		}

	}

	/** An observer that fails. */
	private static final class FaultyObserver implements ConnectionObserver {

		@Override
		public boolean measures() {
			return true;
		}

		@Override
		public void opened(Connection client) {
			at(Place.OBSERVER_OPENED);
		}

		@Override
		public void called(String callback, long nanos) {
			at(Place.OBSERVER_CALLED);
		}

		@Override
		public void fannedOut(long nanos) {
			at(Place.OBSERVER_FANNED_OUT);
		}

		@Override
		public void callbackFailed(Connection client, String callback, Throwable failure) {
			at(Place.OBSERVER_FAILED);
		}

		@Override
		public void dropped(Connection client, int messages) {
			at(Place.OBSERVER_DROPPED);
		}

		@Override
		public void closed(Connection client, CloseReason reason, Traffic traffic) {
			at(Place.OBSERVER_CLOSED);
		}

	}

	/** What surrounds callbacks, and fails. */
	private static final class FaultyAccessor implements ThreadLocalAccessor<String> {

		@Override
		public Object key() {
			return KEY;
		}

		@Override
		public @Nullable String getValue() {
			return CONTEXT.get();
		}

		@Override
		public void setValue(String value) {
			at(Place.SCOPE_SET);
			CONTEXT.set(value);
		}

		@Override
		public void setValue() {
			CONTEXT.remove();
			at(Place.SCOPE_RESTORE);
		}

	}

	/** An allocator that fails. */
	private static final class FaultyAllocator extends AbstractByteBufAllocator {

		private final ByteBufAllocator memory = ByteBufAllocator.DEFAULT;

		@Override
		protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
			at(Place.ALLOCATOR);
			return this.memory.heapBuffer(initialCapacity, maxCapacity);
		}

		@Override
		protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
			at(Place.ALLOCATOR);
			Fault fault = armed.get();
			return (fault != null && fault.place == Place.ENCODER)
					? toLeakAwareBuffer(new FaultyBuffer(this, initialCapacity, maxCapacity))
					: this.memory.directBuffer(initialCapacity, maxCapacity);
		}

		@Override
		public boolean isDirectBufferPooled() {
			return true;
		}

	}

	/** A buffer that fails after the head of a large frame was encoded into it. */
	private static final class FaultyBuffer extends UnpooledDirectByteBuf {

		FaultyBuffer(ByteBufAllocator allocator, int initialCapacity, int maxCapacity) {
			super(allocator, initialCapacity, maxCapacity);
		}

		@Override
		public ByteBuf setBytes(int index, ByteBuffer content) {
			if (content.remaining() == LARGE.size()) {
				at(Place.ENCODER);
			}
			return super.setBytes(index, content);
		}

	}

	/** A log that fails for what this library says. */
	private static final class FaultyLog extends TurboFilter {

		@Override
		public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
				Object @Nullable [] params, @Nullable Throwable failure) {
			if (level == Level.ERROR && logger.getName().startsWith("io.iodine")) {
				at(Place.LOGGER);
			}
			return FilterReply.NEUTRAL;
		}

	}

}
