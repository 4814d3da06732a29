package io.iodine.process;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.iodine.Message;
import io.iodine.pubsub.ChannelPubSub;
import io.iodine.pubsub.HistorySettings;
import io.iodine.pubsub.PubSubLimits;
import io.iodine.pubsub.PubSubObserver;
import io.iodine.pubsub.cluster.ClusterEngine;
import io.iodine.pubsub.cluster.ClusterRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The CPU time of a message on its way from a worker through the master to a worker, over
 * the real control socket. Master and worker are threads of this process, and the worker
 * sends to itself as the first one.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class RelayProof {

	private static final int MESSAGES = Integer.getInteger("messages", 500_000);

	private static final List<String> THREADS = List.of("publisher", "iodine-master", "iodine-control");

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final AtomicLong heard = new AtomicLong();

	private final AtomicLong outOfOrder = new AtomicLong();

	/** Of the thread of the control channel. */
	private long last = -1;

	@TempDir
	private Path directory;

	@Test
	void whatAMessageCosts() throws Exception {
		BlockingQueue<List<String>> commands = new LinkedBlockingQueue<>();
		ClusterSettings settings = new ClusterSettings(1, this.directory, List.of(), Duration.ofMinutes(5),
				Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ZERO, 16 << 20, 1 << 20, 1, Duration.ZERO, 0);
		HistorySettings none = HistorySettings.NONE;
		ClusterRelay relay = new ClusterRelay(none);
		try (Master master = Master.start(settings, JavaCommand.parse(List.of("Main")), (command, exited) -> {
			commands.add(command);
			return new ThisProcess(() -> {
			}, exited);
		}, relay)) {
			Path control = commands.take()
				.stream()
				.filter((word) -> word.contains("control="))
				.map((word) -> Path.of(word.substring(word.indexOf('=') + 1)))
				.findFirst()
				.orElseThrow();
			WorkerIdentity identity = new WorkerIdentity(1, 1, 1, ProcessHandle.current().pid(), control);
			WorkerProcess worker = WorkerProcess.connect(identity, settings, RelayProof::stopped);
			ChannelPubSub pubSub = new ChannelPubSub(PubSubLimits.DEFAULTS, Runnable::run, (value) -> new byte[0],
					new PubSubObserver() {
					});
			ClusterEngine engine = new ClusterEngine(worker, none, pubSub, new PubSubObserver() {
			});
			engine.start();
			pubSub.defaultEngine(engine);
			pubSub.subscribeDirect("numbers", false, this::hear);
			pubSub.tellEngines();
			worker.ready();
			for (int round = 0; round < 5; round++) {
				round(engine, round == 4);
			}
			assertThat(this.outOfOrder.get()).isZero();
			pubSub.close();
			worker.close();
			master.stop(0);
			master.await();
		}
		relay.close();
	}

	private static void stopped() {
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	private void hear(String channel, Message message) {
		long number = message.asByteBuffer().getLong();
		if (number != this.last + 1 && number != 0) {
			this.outOfOrder.incrementAndGet();
		}
		this.last = number;
		this.heard.incrementAndGet();
	}

	private void round(ClusterEngine engine, boolean report) throws InterruptedException {
		Map<String, Long> before = cpu();
		long start = System.nanoTime();
		this.heard.set(0);
		Map<String, Long> used = new LinkedHashMap<>();
		Thread publisher = new Thread(() -> {
			byte[] content = new byte[64];
			for (long i = 0; i < MESSAGES; i++) {
				ByteBuffer.wrap(content).putLong(i);
				while (!engine.leader().publish("numbers", Message.binary(content.clone()))) {
					LockSupport.parkNanos(100_000);
				}
			}
			used.put("publisher", this.threads.getCurrentThreadCpuTime());
		}, "publisher");
		publisher.start();
		publisher.join();
		while (this.heard.get() < MESSAGES) {
			LockSupport.parkNanos(100_000);
		}
		double seconds = (System.nanoTime() - start) / 1e9;
		cpu().forEach((name, nanos) -> used.merge(name, nanos - before.getOrDefault(name, 0L), Long::sum));
		if (report) {
			StringBuilder line = new StringBuilder();
			long all = 0;
			for (String name : THREADS) {
				long nanos = used.getOrDefault(name, 0L);
				all += nanos;
				line.append(String.format(", %s %,d ns", name, nanos / MESSAGES));
			}
			report(String.format("a relayed message of 64 bytes costs %,d ns of CPU%s; %,.0f a second", all / MESSAGES,
					line, MESSAGES / seconds));
		}
	}

	private Map<String, Long> cpu() {
		Map<String, Long> cpu = new LinkedHashMap<>();
		for (long id : this.threads.getAllThreadIds()) {
			ThreadInfo thread = this.threads.getThreadInfo(id);
			if (thread != null) {
				THREADS.stream()
					.filter((name) -> !name.equals("publisher") && thread.getThreadName().startsWith(name))
					.forEach((name) -> cpu.merge(name, this.threads.getThreadCpuTime(id), Long::sum));
			}
		}
		return cpu;
	}

	@SuppressWarnings("SystemOut")
	private static void report(String figures) {
		System.out.println("PROOF " + figures);
	}

}
