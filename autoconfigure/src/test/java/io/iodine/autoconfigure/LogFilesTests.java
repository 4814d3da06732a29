package io.iodine.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of log files that another program has moved. */
class LogFilesTests {

	@TempDir
	private Path directory;

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Logger logger = this.context.getLogger("moved-log-file");

	private final FileAppender<ILoggingEvent> appender = new FileAppender<>();

	private Path file;

	@BeforeEach
	void logToAFile() {
		this.file = this.directory.resolve("app.log");
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(this.context);
		encoder.setPattern("%msg%n");
		encoder.start();
		this.appender.setContext(this.context);
		this.appender.setFile(this.file.toString());
		this.appender.setEncoder(encoder);
		this.appender.start();
	}

	@AfterEach
	void stopLogging() {
		this.logger.detachAndStopAllAppenders();
		this.appender.stop();
	}

	@Test
	void aMovedLogFileIsOpenedAnew() throws Exception {
		this.logger.addAppender(this.appender);
		this.logger.warn("before");

		Path moved = Files.move(this.file, this.directory.resolve("app.log.1"));
		new LogFiles().hangUp();
		this.logger.warn("after");

		assertThat(moved).hasContent("before");
		assertThat(this.file).hasContent("after");
	}

	@Test
	void theFileBehindAnAsynchronousAppenderIsOpenedAnewToo() throws Exception {
		AsyncAppender asynchronous = new AsyncAppender();
		asynchronous.setContext(this.context);
		asynchronous.addAppender(this.appender);
		asynchronous.start();
		this.logger.addAppender(asynchronous);

		Files.move(this.file, this.directory.resolve("app.log.1"));
		new LogFiles().hangUp();
		this.logger.warn("after");
		// which writes what waits
		asynchronous.stop();

		assertThat(this.file).hasContent("after");
	}

}
