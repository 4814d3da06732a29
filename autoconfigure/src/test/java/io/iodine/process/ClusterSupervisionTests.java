package io.iodine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of the supervision of workers whose processes are recorded only. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ClusterSupervisionTests {

	private final EventLoop loop = new DefaultEventLoop();

	private final List<EmbeddedChannel> controls = new ArrayList<>();

	private final BlockingQueue<Started> started = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> finished = new CompletableFuture<>();

	/** What the start of a process of the second generation fails with. */
	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private Duration stopTimeout = Duration.ofSeconds(60);

	private final AtomicLong residentMemory = new AtomicLong();

	private long nextPid = ProcessHandle.current().pid();

	private @Nullable Cluster cluster;

	@AfterEach
	void end() throws InterruptedException {
		this.loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
		// heartbeats may wait in them
		this.controls.forEach(EmbeddedChannel::finishAndReleaseAll);
	}

	@Test
	void allWorkersAreRestartedAfterTheTimeOfTheProperty() throws Exception {
		start(2, Duration.ofMillis(300), 0);

		List<String> restarted = List.of(ready(next()).worker(), ready(next()).worker());

		assertThat(restarted).containsExactly("1 of 1", "2 of 1");
		assertThat(ready(next()).worker()).isEqualTo("1 of 2");
	}

	@Test
	void aWorkerThatGrowsBeyondItsMemoryIsRestarted() throws Exception {
		start(1, Duration.ZERO, 1000);
		this.residentMemory.set(1000);
		ready(next());
		assertThat(this.started.poll(300, TimeUnit.MILLISECONDS)).as("after several heartbeats").isNull();

		this.residentMemory.set(1001);

		assertThat(next().worker()).isEqualTo("1 of 2");
	}

	@Test
	void aWorkerThatGrowsWhileItWaitsForItsRestartIsRestartedOnce() throws Exception {
		start(2, Duration.ZERO, 1000);
		ready(next());
		Started second = ready(next());
		EmbeddedChannel control = connect(second);

		restart();
		Started successor = next();
		this.residentMemory.set(1001);
		awaitHeartbeats(control, 2);
		this.residentMemory.set(0);
		ready(successor);
		assertThat(ready(next()).worker()).isEqualTo("2 of 2");
		second.exited().accept(0);

		assertThat(on(this.started::size)).as("processes that were started, too").isZero();
	}

	@Test
	void aWorkerWithTooMuchMemoryWhoseSuccessorsFailToStartHasThemStartedEverMoreSeldom() throws Exception {
		start(1, Duration.ZERO, 1000);
		ready(next());
		this.residentMemory.set(1001);
		next().exited().accept(1);
		next().exited().accept(1);

		long failed = System.nanoTime();
		next().exited().accept(1);

		assertThat(next().worker()).isEqualTo("1 of 5");
		assertThat(Duration.ofNanos(System.nanoTime() - failed)).isGreaterThanOrEqualTo(Duration.ofMillis(800));
	}

	@Test
	void aWorkerThatBeginsWithTooMuchMemoryGoesOn() throws Exception {
		start(1, Duration.ZERO, 1000);
		this.residentMemory.set(1001);
		ready(next());

		assertThat(this.started.poll(700, TimeUnit.MILLISECONDS)).as("after several heartbeats").isNull();
	}

	@Test
	void workersAreListedInTheOrderOfTheirNumbers() throws Exception {
		start(2, Duration.ZERO, 0);
		ready(next());
		EmbeddedChannel control = connect(ready(next()));

		restart();
		ready(next());

		assertThat(frames(control, FrameType.STATE)).last()
			.asString()
			.matches("1 2 \\d+ READY\n2 1 \\d+ READY\n2 2 \\d+ STARTING");
	}

	@Test
	void aWorkerWhoseControlChannelHasEndedIsKilledUnlessItStops() throws Exception {
		this.stopTimeout = Duration.ofMillis(50);
		start(1, Duration.ZERO, 0);
		Started silent = ready(next());
		connect(silent);

		on(() -> {
			cluster().disconnected(worker(silent));
			return true;
		});

		assertThat(next().worker()).isEqualTo("1 of 1");
	}

	@Test
	void workersThatServeAreToldOfACrash() throws Exception {
		start(2, Duration.ZERO, 0);
		Started first = ready(next());
		Started second = ready(next());
		EmbeddedChannel control = connect(first);

		second.exited().accept(137);

		assertThat(next().worker()).isEqualTo("2 of 1");
		assertThat(frames(control, FrameType.CRASH)).containsExactly("2 1 " + second.pid() + " 137 true");
	}

	@Test
	void theFirstThatServesAgainIsToldOfACrashOfAll() throws Exception {
		start(1, Duration.ZERO, 0);
		Started crashed = ready(next());

		crashed.exited().accept(134);
		Started next = next();
		EmbeddedChannel control = connect(next);
		ready(next);

		assertThat(frames(control, FrameType.CRASH)).containsExactly("1 1 " + crashed.pid() + " 134 true");
	}

	@Test
	void aWorkerThatEndsByItselfHasNotCrashed() throws Exception {
		start(1, Duration.ZERO, 0);
		Started ended = ready(next());

		ended.exited().accept(0);
		Started next = next();
		EmbeddedChannel control = connect(next);
		ready(next);

		assertThat(frames(control, FrameType.CRASH)).isEmpty();
	}

	@Test
	void aGenerationThatEndsBeforeItsPredecessorIsNotRolledOut() throws Exception {
		start(2, Duration.ZERO, 0);
		Started first = ready(next());
		ready(next());
		connect(first);
		restart();
		Started second = ready(next());

		second.exited().accept(134);
		first.exited().accept(0);

		assertThat(next().worker()).as("which is tried again").isEqualTo("1 of 2");
		assertThat(this.started.poll(700, TimeUnit.MILLISECONDS)).as("the next worker").isNull();
	}

	@Test
	void workersThatEndSoonAfterTheyWereReadyEndTheMaster() throws Exception {
		start(1, Duration.ZERO, 0);

		for (int i = 0; i < 3; i++) {
			ready(next()).exited().accept(134);
		}

		assertThat(this.finished.get(30, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(this.started).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { IOException.class, IllegalArgumentException.class, OutOfMemoryError.class })
	void aSuccessorThatCannotBeStartedIsTriedAgainByTheNextRestart(Class<? extends Throwable> failure)
			throws Exception {
		start(1, Duration.ofMillis(100), 0);
		this.failures.add(BeanUtils.instantiateClass(failure));

		ready(next());

		assertThat(next().worker()).isEqualTo("1 of 3");
	}

	private void start(int processes, Duration restartEvery, long maxMemory) throws Exception {
		ClusterSettings settings = new ClusterSettings(processes, null, List.of(), Duration.ofSeconds(60),
				this.stopTimeout, Duration.ofMillis(100), Duration.ZERO, 1 << 20, 1 << 20, 3, restartEvery, maxMemory);
		WorkerProcesses processesOnly = (command, exited) -> {
			if (command.toString().contains("generation=2")) {
				failIfWanted();
			}
			Started process = new Started(this.nextPid++, command, exited, this.residentMemory);
			this.started.add(process);
			return process;
		};
		Cluster supervised = new Cluster(settings, JavaCommand.parse(List.of("Main")), processesOnly,
				Path.of("control"), this.loop, new RecordedEnd(this.finished));
		this.cluster = supervised;
		on(() -> {
			supervised.start();
			return true;
		});
	}

	private void failIfWanted() throws IOException {
		Throwable failure = this.failures.poll();
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			throw exception;
		}
		if (failure instanceof IOException exception) {
			throw exception;
		}
	}

	private void restart() throws Exception {
		on(() -> {
			cluster().restart();
			return true;
		});
	}

	private Cluster cluster() {
		return Objects.requireNonNull(this.cluster);
	}

	private Worker worker(Started process) {
		return Objects.requireNonNull(cluster().worker(process.pid()));
	}

	private Started next() throws InterruptedException {
		Started next = this.started.poll(30, TimeUnit.SECONDS);
		assertThat(next).as("the process that is started next").isNotNull();
		return next;
	}

	private Started ready(Started process) throws Exception {
		return on(() -> {
			cluster().ready(worker(process));
			return process;
		});
	}

	private EmbeddedChannel connect(Started process) throws Exception {
		EmbeddedChannel control = new EmbeddedChannel();
		this.controls.add(control);
		on(() -> {
			worker(process).connected(new WorkerLink(control, 1 << 20));
			return true;
		});
		return control;
	}

	private List<String> frames(EmbeddedChannel control, FrameType type) throws Exception {
		return on(() -> {
			control.runPendingTasks();
			List<String> bodies = new ArrayList<>();
			for (ByteBuf frames = control.readOutbound(); frames != null; frames = control.readOutbound()) {
				while (frames.isReadable()) {
					ByteBuf frame = frames.readSlice(frames.readInt());
					if (FrameType.of(frame.readByte()) == type) {
						bodies.add(frame.toString(StandardCharsets.UTF_8));
					}
				}
				frames.release();
			}
			return bodies;
		});
	}

	private void awaitHeartbeats(EmbeddedChannel control, int count) throws Exception {
		for (int seen = 0; seen < count; seen += frames(control, FrameType.PING).size()) {
			Thread.onSpinWait();
		}
	}

	private <T> T on(Callable<T> task) throws Exception {
		return this.loop.submit(task).get();
	}

	/**
	 * A process that was to be started.
	 *
	 * @param pid its id
	 * @param command its command line
	 * @param exited takes its exit code
	 * @param memory the resident memory of each process
	 */
	private record Started(long pid, List<String> command, IntConsumer exited,
			AtomicLong memory) implements WorkerProcesses.Handle {

		/** Number and generation. */
		String worker() {
			return argument("worker") + " of " + argument("generation");
		}

		private String argument(String name) {
			return this.command.stream()
				.filter((word) -> word.contains(name + "="))
				.map((word) -> word.substring(word.indexOf('=') + 1))
				.findFirst()
				.orElseThrow();
		}

		@Override
		public void terminate() {
			this.exited.accept(143);
		}

		@Override
		public void kill() {
			this.exited.accept(137);
		}

		@Override
		public long residentMemory() {
			return this.memory.get();
		}

	}

	/**
	 * Records the end.
	 *
	 * @param end takes the status
	 */
	private record RecordedEnd(CompletableFuture<Integer> end) implements ClusterListener {

		@Override
		public void starting() {
			assertThat(this.end).isNotDone();
		}

		@Override
		public void complete() {
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}

		@Override
		public void restarted() {
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}

		@Override
		public void left(Worker worker) {
			assertThat(worker.state()).isEqualTo(WorkerState.GONE);
		}

		@Override
		public void finished(int status) {
			this.end.complete(status);
		}

	}

}
