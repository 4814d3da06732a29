package io.iodine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Records what a class logs from {@code DEBUG} on, whatever levels an application of an
 * earlier test has set.
 */
public final class RecordedLog implements AutoCloseable {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final Logger logger;

	private final Level level;

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			RecordedLog.this.lines.add(event.getLevel() + " " + event.getFormattedMessage());
		}

	};

	public RecordedLog(Class<?> type) {
		this(type.getName());
	}

	public RecordedLog(String name) {
		this.logger = (Logger) LoggerFactory.getLogger(name);
		this.level = this.logger.getLevel();
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.start();
		this.logger.setLevel(Level.DEBUG);
		this.logger.addAppender(this.appender);
	}

	/** Level and message of each event. */
	public List<String> lines() {
		return List.copyOf(this.lines);
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(this.level);
	}

}
