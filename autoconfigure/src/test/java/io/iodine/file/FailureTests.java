package io.iodine.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.iodine.RecordedLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** What a disk that fails looks like to a client. */
@SuppressWarnings({ "FutureReturnValueIgnored", "NullAway.Init" }) // failures show in
																	// assertions
class FailureTests {

	@TempDir
	Path root;

	StaticFiles files;

	@BeforeEach
	void open() throws IOException {
		this.files = new StaticFiles(Settings.of(this.root));
	}

	@AfterEach
	void close() {
		this.files.close();
	}

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new IOException("input/output error"), 500),
				Arguments.of(new RejectedExecutionException("too many"), 503),
				Arguments.of(new NoSuchFileException("gone"), 404));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void aFailureIsAnsweredWithItsPage(Exception failure, int status) throws Exception {
		Files.writeString(this.root.resolve(status + ".html"), "page of " + status);

		PreparedResponse answer = prepare(failure);

		assertThat(answer.answer().status().code()).isEqualTo(status);
		assertThat(answer.answer().headers().get("content-type")).isEqualTo("text/html; charset=utf-8");
		assertThat(bodyOf(answer)).isEqualTo("page of " + status);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void manyFailuresLogFewLines(Exception failure, int status) throws Exception {
		try (RecordedLog log = new RecordedLog(StaticFiles.class)) {
			for (int i = 0; i < 50; i++) {
				prepare(failure);
			}

			assertThat(log.lines()).filteredOn((line) -> line.contains("could not be sent"))
				.hasSizeBetween((status == 404) ? 0 : 1, (status == 404) ? 0 : 5);
		}
	}

	@ParameterizedTest
	@MethodSource("failures")
	void withoutAPageItIsAnsweredInWords(Exception failure, int status) throws Exception {
		PreparedResponse answer = prepare(failure);

		assertThat(answer.answer().status().code()).isEqualTo(status);
		assertThat(bodyOf(answer)).startsWith(status + " ");
	}

	@Test
	void whatWaitsWhenTheThreadsEndFails() {
		DiskThreads disk = new DiskThreads(1, 1);
		CompletableFuture<Object> never = new CompletableFuture<>();
		disk.run(never::get);
		CompletableFuture<String> waiting = disk.run(() -> "done");
		CompletableFuture<String> tooMany = disk.run(() -> "done");

		disk.close();

		assertThatException().isThrownBy(waiting::join).withCauseInstanceOf(RejectedExecutionException.class);
		assertThatException().isThrownBy(tooMany::join).withCauseInstanceOf(RejectedExecutionException.class);
	}

	private static String bodyOf(PreparedResponse answer) throws IOException {
		try {
			OpenFile file = answer.file();
			ByteBuf body = (file == null) ? FileResponseWriter.body(answer) : Unpooled.buffer();
			if (file != null) {
				file.readTo(body, 0, answer.answer().headers().getInt("content-length"));
			}
			String text = body.toString(StandardCharsets.UTF_8);
			body.release();
			return text;
		}
		finally {
			answer.release();
		}
	}

	private PreparedResponse prepare(Exception failure) throws Exception {
		return this.files.prepare(CompletableFuture.failedFuture(failure), HttpMethod.GET, new DefaultHttpHeaders())
			.get(20, TimeUnit.SECONDS);
	}

}
