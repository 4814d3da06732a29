package io.iodine.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.Upgrade;
import io.iodine.UpgradeHandler;
import io.iodine.Upgrader;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tests of applications that replace the executor of callbacks. */
@OnEachWebServer
class ReplacedExecutorTests {

	private static final AtomicInteger rejecting = new AtomicInteger();

	private final CountDownLatch opened = new CountDownLatch(1);

	@AfterEach
	void open() {
		this.opened.countDown();
	}

	@Test
	void anExecutorWithoutThreadsLosesNoWakeUp() {
		AtomicReference<Connection> other = new AtomicReference<>();
		try (TestServer server = TestServer.start(List.of(Direct.class), "iodine.workers=1")) {
			String hearing = server.serve(new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					other.set(client);
					client.write("ready");
				}

			});
			String telling = server.serve(new ConnectionHandler() {

				@Override
				public void onMessage(Connection client, Message message) {
					Connection hears = Objects.requireNonNull(other.get());
					hears.defer(() -> hears.write(message));
				}

			});
			try (RawPeer hears = RawPeer.webSocket(server, hearing);
					RawPeer tells = RawPeer.webSocket(server, telling)) {
				assertThat(hears.frame()).hasToString("text ready");
				for (int i = 0; i < 10; i++) {
					tells.text("message " + i);
					assertThat(hears.frame()).hasToString("text message " + i);
				}
			}
		}
	}

	@Test
	void anExecutorThatHasNoThreadFreeIsWaitedForAndNotReplacedByTheEventLoop() throws Exception {
		CountDownLatch gate = this.opened;
		CountDownLatch blocked = new CountDownLatch(2);
		AtomicInteger onEventLoop = new AtomicInteger();
		try (TestServer server = TestServer.start(List.of(CallerRuns.class), "iodine.workers=1")) {
			String path = server.serve(new ConnectionHandler() {

				@Override
				public void onMessage(Connection client, Message message) throws Exception {
					if (Thread.currentThread() instanceof FastThreadLocalThread) {
						onEventLoop.incrementAndGet();
					}
					if (message.asText().equals("block")) {
						blocked.countDown();
						gate.await();
					}
					client.write(message);
				}

			});
			try (RawPeer first = RawPeer.webSocket(server, path);
					RawPeer second = RawPeer.webSocket(server, path);
					RawPeer third = RawPeer.webSocket(server, path);
					RawPeer fourth = RawPeer.webSocket(server, path)) {
				first.text("block");
				second.text("block");
				assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
				CallerRuns executor = server.context().getBean(CallerRuns.class);
				third.text("waits");
				await().atMost(30, TimeUnit.SECONDS).until(() -> executor.pool.getQueue().size() == 1);
				fourth.text("waits too");
				assertThat(executor.rejections.tryAcquire(3, 30, TimeUnit.SECONDS)).isTrue();
				gate.countDown();

				assertThat(third.frame()).hasToString("text waits");
				assertThat(fourth.frame()).hasToString("text waits too");
				assertThat(onEventLoop).hasValue(0);
			}
		}
	}

	@Test
	void anExecutorThatRejectsForAWhileLosesNothing() {
		int clients = 200;
		AtomicInteger heard = new AtomicInteger();
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger onEventLoop = new AtomicInteger();
		List<RawPeer> peers = new ArrayList<>();
		try (TestServer server = TestServer.start(List.of(Rejecting.class), "iodine.workers=1")) {
			String path = server.serve(new ConnectionHandler() {

				@Override
				public void onOpen(Connection client) {
					client.subscribe("news", (channel, message) -> {
						heard.incrementAndGet();
						if (Thread.currentThread() instanceof FastThreadLocalThread) {
							onEventLoop.incrementAndGet();
						}
					});
					opened.incrementAndGet();
				}

			});
			for (int i = 0; i < clients; i++) {
				peers.add(RawPeer.webSocket(server, path));
			}
			await().atMost(30, TimeUnit.SECONDS).until(() -> opened.get() == clients);

			rejecting.set(1_000);
			server.pubSub().publish("news", "one");
			await().atMost(60, TimeUnit.SECONDS).until(() -> heard.get() == clients);

			assertThat(rejecting.get()).isNotPositive();
			assertThat(onEventLoop).hasValue(0);
			peers.forEach(RawPeer::close);
			await().atMost(30, TimeUnit.SECONDS).until(() -> server.connections().count() == 0);
		}
	}

	@Test
	void anUpgradeThatNoThreadDecidesIsUnavailable() {
		try (TestServer server = TestServer.start(List.of(Rejecting.class, Deciding.class), "iodine.workers=1");
				RawPeer peer = new RawPeer(server.port())) {
			rejecting.set(Integer.MAX_VALUE);

			// in Spring MVC the thread of the request decides
			int expected = TestContainer.CURRENT.server().equals("netty") ? 503 : 101;
			assertThat(peer.handshake("/deciding").head().status()).isEqualTo(expected);
		}
		finally {
			rejecting.set(0);
		}
	}

	/** Decides on a callback thread in WebFlux. */
	@Configuration(proxyBeanMethods = false)
	static class Deciding {

		@Bean
		@UpgradeHandler("/deciding")
		Upgrader deciding() {
			return (request) -> Upgrade.accept(new ConnectionHandler() {
			});
		}

	}

	private static ExecutorService daemons(int threads) {
		return Executors.newFixedThreadPool(threads, ReplacedExecutorTests::daemon);
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		return thread;
	}

	/** An executor that runs tasks in the caller. */
	@Configuration(proxyBeanMethods = false)
	static class Direct {

		@Bean(defaultCandidate = false)
		Executor iodineCallbackExecutor() {
			return Runnable::run;
		}

	}

	/** A pool that runs tasks in the caller when it has no thread free. */
	@Configuration(proxyBeanMethods = false)
	static class CallerRuns {

		final Semaphore rejections = new Semaphore(0);

		final ThreadPoolExecutor pool = new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(1),
				ReplacedExecutorTests::daemon, (task, executor) -> {
					this.rejections.release();
					task.run();
				});

		@Bean(defaultCandidate = false)
		Executor iodineCallbackExecutor() {
			return this.pool;
		}

	}

	/** An executor that rejects as often as it is told to. */
	@Configuration(proxyBeanMethods = false)
	static class Rejecting {

		private final Executor pool = daemons(4);

		@Bean(defaultCandidate = false)
		Executor iodineCallbackExecutor() {
			return (task) -> {
				if (rejecting.getAndDecrement() > 0) {
					throw new RejectedExecutionException("no");
				}
				this.pool.execute(task);
			};
		}

	}

}
