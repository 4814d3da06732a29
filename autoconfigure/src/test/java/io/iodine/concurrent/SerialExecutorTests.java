package io.iodine.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.iodine.RecordedLog;
import io.iodine.UnloggableException;
import io.iodine.concurrent.CallbackExecutor.Submission;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of serial execution on executors of every kind. */
class SerialExecutorTests {

	private final List<String> handled = new ArrayList<>();

	@AutoClose("shutdownNow")
	private final ExecutorService pool = Executors.newFixedThreadPool(4);

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, StackOverflowError.class, OutOfMemoryError.class,
			UnloggableException.class })
	void anItemThatFailsIsFollowedByTheNext(Class<? extends Throwable> failure) throws Exception {
		Throwable thrown = failure.getDeclaredConstructor().newInstance();
		Queue<Runnable> threads = new ArrayDeque<>();
		SerialExecutor<String> serial = serial(threads::add, (item) -> {
			if (item.equals("bad")) {
				SerialExecutorTests.<RuntimeException>sneakyThrow(thrown);
			}
			this.handled.add(item);
		});

		List.of("one", "bad", "two").forEach(serial::add);
		threads.remove().run();
		serial.add("three");
		threads.remove().run();

		assertThat(this.handled).containsExactly("one", "two", "three");
		assertThat(threads).isEmpty();
	}

	@Test
	void aRunThatHappensTwiceDoesNothing() {
		Queue<Runnable> threads = new ArrayDeque<>();
		SerialExecutor<String> serial = serial(threads::add, this.handled::add);

		serial.add("one");
		Runnable run = threads.remove();
		run.run();
		run.run();
		serial.add("two");
		threads.remove().run();

		assertThat(this.handled).containsExactly("one", "two");
		assertThat(threads).isEmpty();
	}

	@Test
	void aStartThatFailsIsFollowedByAStart() {
		AtomicInteger starts = new AtomicInteger();
		SerialExecutor<String> serial = new SerialExecutor<>(new SerialExecutor.Owner<>() {

			@Override
			public void handle(String item) {
				SerialExecutorTests.this.handled.add(item);
			}

			@Override
			public void start(SerialExecutor<String> executor) {
				if (starts.incrementAndGet() == 1) {
					throw new OutOfMemoryError("unable to create native thread");
				}
				executor.run();
			}

		});

		serial.add("one");
		serial.add("two");

		assertThat(this.handled).containsExactly("one", "two");
	}

	@Test
	void anExecutorWithoutThreadsIsToldFromOneThatHasNoneFree() throws Exception {
		SerialExecutor<String> direct = serial((task) -> {
		}, this.handled::add);
		direct.add("one");
		assertThat(direct.submitTo(new CallbackExecutor(Runnable::run))).isEqualTo(Submission.CALLER);
		assertThat(this.handled).isEmpty();

		Queue<Executor> executors = new ArrayDeque<>(List.<Executor>of(this.pool, Runnable::run));
		CallbackExecutor callerRuns = new CallbackExecutor((task) -> executors.remove().execute(task));
		CountDownLatch done = new CountDownLatch(1);
		SerialExecutor<String> other = serial((task) -> {
		}, (item) -> done.countDown());
		other.add("one");

		assertThat(other.submitTo(callerRuns)).isEqualTo(Submission.ACCEPTED);
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(direct.submitTo(callerRuns)).isEqualTo(Submission.REJECTED);
		assertThat(this.handled).isEmpty();
	}

	@Test
	void anExecutorThatRejectsOrFailsDoesNotThrow() {
		SerialExecutor<String> serial = serial((task) -> {
		}, this.handled::add);
		serial.add("one");

		assertThat(serial.submitTo(new CallbackExecutor((task) -> {
			throw new RejectedExecutionException();
		}))).isEqualTo(Submission.REJECTED);
		assertThat(serial.submitTo(new CallbackExecutor((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		}))).isEqualTo(Submission.REJECTED);
		serial.run();

		assertThat(this.handled).containsExactly("one");
	}

	@Test
	void callbacksThatCauseCallbacksInTheirCallerDoNotFillTheStack() {
		int length = 100_000;
		CallbackExecutor direct = new CallbackExecutor(Runnable::run);
		List<SerialExecutor<Integer>> chain = new ArrayList<>();
		AtomicInteger passed = new AtomicInteger();
		for (int i = 0; i < length; i++) {
			chain.add(new SerialExecutor<>(new SerialExecutor.Owner<>() {

				@Override
				public void handle(Integer next) {
					passed.incrementAndGet();
					if (next < length) {
						chain.get(next).add(next + 1);
					}
				}

				@Override
				public void start(SerialExecutor<Integer> executor) {
					assertThat(executor.submitTo(direct)).isEqualTo(Submission.CALLER);
					CallbackExecutor.runInCaller(executor);
				}

			}));
		}

		chain.get(0).add(1);

		assertThat(passed).hasValue(length);
	}

	@Test
	void aScopeThatFailsOrForgetsDoesNotKeepItemsFromBeingHandledOnce() {
		List<Consumer<Runnable>> scopes = List.of((items) -> {
			throw new IllegalStateException("before");
		}, (items) -> {
		}, (items) -> {
			items.run();
			throw new OutOfMemoryError("after");
		}, (items) -> {
			items.run();
			items.run();
		});
		for (Consumer<Runnable> scope : scopes) {
			this.handled.clear();
			SerialExecutor<String> serial = new SerialExecutor<>(new SerialExecutor.Owner<>() {

				@Override
				public void handle(String item) {
					SerialExecutorTests.this.handled.add(item);
				}

				@Override
				public void start(SerialExecutor<String> executor) {
					executor.run();
				}

				@Override
				public boolean hasScope() {
					return true;
				}

				@Override
				public void runInScope(Runnable items) {
					scope.accept(items);
				}

			});

			serial.add("one");
			serial.add("two");

			assertThat(this.handled).containsExactly("one", "two");
		}
	}

	@Test
	void itemsOfManyThreadsNeverOverlapAndAreAllHandledInOrder() throws Exception {
		int threads = 4;
		int each = 50_000;
		int[] last = new int[threads];
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicInteger disorder = new AtomicInteger();
		CountDownLatch all = new CountDownLatch(threads * each);
		CallbackExecutor executor = new CallbackExecutor(this.pool);
		SerialExecutor<int[]> serial = new SerialExecutor<>(new SerialExecutor.Owner<>() {

			@Override
			public void handle(int[] item) {
				if (inside.incrementAndGet() != 1) {
					overlaps.incrementAndGet();
				}
				if (item[1] != ++last[item[0]]) {
					disorder.incrementAndGet();
				}
				inside.decrementAndGet();
				all.countDown();
			}

			@Override
			public void start(SerialExecutor<int[]> due) {
				assertThat(due.submitTo(executor)).isEqualTo(Submission.ACCEPTED);
			}

		});

		IntStream.range(0, threads).mapToObj((thread) -> new Thread(() -> {
			for (int i = 1; i <= each; i++) {
				serial.add(new int[] { thread, i });
			}
		})).forEach(Thread::start);

		assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
		assertThat(overlaps).hasValue(0);
		assertThat(disorder).hasValue(0);
	}

	@Test
	void aTurnIsTakenAtOnceWhenNothingRunsOrWaits() {
		Queue<Runnable> starts = new ArrayDeque<>();
		List<String> handled = new ArrayList<>();
		SerialExecutor<String> serial = serial(starts::add, handled::add);

		assertThat(serial.tryEnter()).isTrue();
		assertThat(serial.tryEnter()).isFalse();
		assertThat(serial.isScheduled()).isFalse();
		serial.add("while it runs");
		assertThat(starts).isEmpty();
		serial.exit();
		assertThat(starts).hasSize(1);
		assertThat(serial.isScheduled()).isTrue();
		assertThat(serial.tryEnter()).isFalse();

		starts.remove().run();

		assertThat(handled).containsExactly("while it runs");
		assertThat(serial.isScheduled()).isFalse();
		assertThat(serial.tryEnter()).isTrue();
		serial.exit();
		assertThat(starts).isEmpty();
	}

	@Test
	void aRunWithoutAStartDoesNothing() {
		List<String> handled = new ArrayList<>();
		SerialExecutor<String> serial = serial((start) -> {
		}, handled::add);

		serial.tryEnter();
		serial.add("item");
		serial.run();
		assertThat(handled).isEmpty();
		assertThat(serial.tryEnter()).isFalse();
		serial.exit();
		serial.run();
		assertThat(handled).containsExactly("item");
	}

	@Test
	void aRunHandlesSoManyItemsThatOthersHaveTheirTurn() {
		Queue<Runnable> starts = new ArrayDeque<>();
		List<String> handled = new ArrayList<>();
		SerialExecutor<String> serial = serial(starts::add, handled::add);
		for (int i = 0; i < 2 * SerialExecutor.ITEMS_PER_RUN + 1; i++) {
			serial.add("item");
		}

		for (int expected : new int[] { SerialExecutor.ITEMS_PER_RUN, 2 * SerialExecutor.ITEMS_PER_RUN,
				2 * SerialExecutor.ITEMS_PER_RUN + 1 }) {
			assertThat(starts).hasSize(1);
			starts.remove().run();
			assertThat(handled).hasSize(expected);
		}
		assertThat(starts).isEmpty();
	}

	@Test
	void whatFailsIsLogged() {
		IllegalStateException failure = new IllegalStateException("expected by this test");
		AtomicInteger starts = new AtomicInteger();
		try (RecordedLog log = new RecordedLog(SerialExecutor.class)) {
			SerialExecutor<String> serial = new SerialExecutor<>(new SerialExecutor.Owner<>() {

				@Override
				public void handle(String item) {
					throw failure;
				}

				@Override
				public void start(SerialExecutor<String> executor) {
					if (starts.incrementAndGet() == 1) {
						throw failure;
					}
					executor.run();
				}

				@Override
				public boolean hasScope() {
					return true;
				}

				@Override
				public void runInScope(Runnable items) {
					items.run();
					throw failure;
				}

			});

			serial.add("one");
			assertThat(log.lines()).containsExactly("ERROR Callbacks could not be started");
			serial.add("two");

			assertThat(log.lines()).containsExactly("ERROR Callbacks could not be started", "ERROR A callback failed",
					"ERROR A callback failed", "ERROR A scope of callbacks failed");
		}
	}

	@Test
	void anOwnerHasNoScopeUnlessItSaysSo() {
		SerialExecutor.Owner<String> plain = new SerialExecutor.Owner<>() {

			@Override
			public void handle(String item) {
				SerialExecutorTests.this.handled.add(item);
			}

			@Override
			public void start(SerialExecutor<String> executor) {
				executor.run();
			}

		};

		plain.runInScope(() -> this.handled.add("in the scope"));

		assertThat(plain.hasScope()).isFalse();
		assertThat(this.handled).containsExactly("in the scope");
	}

	private static SerialExecutor<String> serial(Executor executor, Consumer<String> handler) {
		return new SerialExecutor<>(new SerialExecutor.Owner<>() {

			@Override
			public void handle(String item) {
				handler.accept(item);
			}

			@Override
			public void start(SerialExecutor<String> due) {
				executor.execute(due);
			}

		});
	}

	@SuppressWarnings("unchecked") // the type is erased
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

}
