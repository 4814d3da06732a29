package io.iodine.accesslog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.iodine.UnloggableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.slf4j.LoggerFactory;
import org.springframework.beans.BeanUtils;

import static org.assertj.core.api.Assertions.assertThat;

class AccessLogTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@Test
	void aSlowTargetCostsLinesAndNeverTime() throws InterruptedException {
		CountDownLatch writing = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		BlockingQueue<String> written = new LinkedBlockingQueue<>();
		AccessLog log = new AccessLog(AccessFormat.COMMON, (lines) -> {
			writing.countDown();
			await(go);
			written.addAll(lines);
		}, 10);
		log.start();
		log.add(entry("/first"));
		await(writing);

		for (int i = 0; i < 25; i++) {
			log.add(entry("/" + i));
		}

		assertThat(log.dropped()).isEqualTo(15);
		go.countDown();
		log.stop(LONG);
		assertThat(written).hasSize(11).first().asString().contains("/first");
	}

	@Test
	void linesOfABusyTimeAreWrittenTogether() throws InterruptedException {
		BlockingQueue<String> written = new LinkedBlockingQueue<>();
		AtomicInteger writes = new AtomicInteger();
		AccessLog log = new AccessLog(AccessFormat.COMMON, (lines) -> {
			writes.incrementAndGet();
			written.addAll(lines);
		}, 8192);
		log.start();

		long since = System.nanoTime();
		for (int i = 0; i < 200; i++) {
			log.add(entry("/" + i));
			LockSupport.parkNanos(100_000);
		}
		log.stop(LONG);
		long millis = Duration.ofNanos(System.nanoTime() - since).toMillis();

		assertThat(written).hasSize(200);
		assertThat(writes.get()).isPositive().isLessThanOrEqualTo((int) (millis / 5) + 3);
	}

	@Test
	void whatWaitsIsWrittenBeforeItStops() throws InterruptedException {
		BlockingQueue<String> written = new LinkedBlockingQueue<>();
		AccessLog log = new AccessLog(AccessFormat.COMMON, written::addAll, 1000);
		for (int i = 0; i < 1000; i++) {
			log.add(entry("/" + i));
		}

		log.start();
		log.stop(LONG);

		assertThat(written).hasSize(1000);
		assertThat(log.dropped()).isZero();
	}

	@ParameterizedTest
	@ValueSource(classes = { IOException.class, IllegalStateException.class, OutOfMemoryError.class,
			UnloggableException.class })
	void aBrokenTargetIsCountedAndTriedAgain(Class<? extends Throwable> failure) throws InterruptedException {
		BlockingQueue<String> written = new LinkedBlockingQueue<>();
		CountDownLatch failed = new CountDownLatch(1);
		AccessLog log = new AccessLog(AccessFormat.COMMON, (lines) -> {
			if (failed.getCount() > 0) {
				failed.countDown();
				AccessLogTests.<RuntimeException>throwAsIs(failure);
			}
			written.addAll(lines);
		}, 10);
		log.start();

		log.add(entry("/lost"));
		await(failed);
		log.add(entry("/kept"));
		log.stop(LONG);

		assertThat(log.dropped()).isEqualTo(1);
		assertThat(written).singleElement().asString().contains("/kept");
	}

	@Test
	void aFileThatWasMovedAwayIsCreatedAnew(@TempDir Path folder) throws IOException {
		Path file = folder.resolve("access.log");
		LineTarget target = LineTarget.file(file);

		target.write(List.of("one", "two"));
		Files.move(file, folder.resolve("access.log.1"));
		target.write(List.of("three"));
		target.close();
		target.write(List.of("four"));
		target.close();

		assertThat(folder.resolve("access.log.1")).hasContent("one\ntwo\n");
		assertThat(file).hasContent("three\nfour\n");
	}

	@Test
	void aFileThatWasReplacedIsOpenedAnew(@TempDir Path folder) throws IOException {
		Path file = folder.resolve("access.log");
		LineTarget target = LineTarget.file(file);

		target.write(List.of("one"));
		Files.move(file, folder.resolve("access.log.1"));
		Files.createFile(file);
		target.write(List.of("two"));
		target.close();

		assertThat(folder.resolve("access.log.1")).hasContent("one\n");
		assertThat(file).hasContent("two\n");
	}

	@Test
	void aRequestHasTheTargetOpenedAgain() throws InterruptedException {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		AccessLog log = new AccessLog(AccessFormat.COMMON, new LineTarget() {

			@Override
			public void write(List<String> lines) {
				lines.forEach((line) -> events.add("line"));
			}

			@Override
			public void close() {
				events.add("close");
			}

		}, 10);
		log.start();
		log.add(entry("/"));
		assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("line");

		log.reopen();
		log.add(entry("/"));

		assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("close");
		assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("line");
		log.stop(LONG);
	}

	@Test
	void standardOutputAndErrorAreAsTheyAreWhenLinesAreWritten() throws IOException {
		PrintStream out = System.out;
		PrintStream err = System.err;
		LineTarget toOut = LineTarget.stdout();
		LineTarget toErr = LineTarget.stderr();
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		ByteArrayOutputStream errors = new ByteArrayOutputStream();
		try {
			System.setOut(new PrintStream(output, false, StandardCharsets.UTF_8));
			System.setErr(new PrintStream(errors, false, StandardCharsets.UTF_8));

			toOut.write(List.of("one", "two"));
			toErr.write(List.of("three"));
		}
		finally {
			System.setOut(out);
			System.setErr(err);
		}

		assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
		assertThat(errors.toString(StandardCharsets.UTF_8)).isEqualTo("three\n");
	}

	@Test
	void theLoggerHasALineEach() throws IOException {
		Logger logger = (Logger) LoggerFactory.getLogger("iodine.access");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		Level level = logger.getLevel();
		appender.start();
		logger.setLevel(Level.INFO);
		logger.addAppender(appender);
		try {
			LineTarget.logger().write(List.of("one", "two"));
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(level);
		}

		assertThat(appender.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("one", "two");
		assertThat(appender.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
	}

	@SuppressWarnings("unchecked") // thrown as it is, checked or not
	private static <T extends Throwable> void throwAsIs(Class<? extends Throwable> failure) throws T {
		throw (T) BeanUtils.instantiateClass(failure);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static AccessEntry entry(String target) {
		return new AccessEntry(0, "192.0.2.1", null, "GET", target, "HTTP/1.1", 200, 1, Duration.ZERO, null, null, null,
				null);
	}

}
