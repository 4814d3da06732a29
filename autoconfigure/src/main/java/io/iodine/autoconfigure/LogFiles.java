package io.iodine.autoconfigure;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.slf4j.LoggerFactory;

/**
 * Opens the log files of Logback anew, which another program such as logrotate has moved.
 */
final class LogFiles implements HangUp.Action {

	private static final Log logger = LogFactory.getLog(LogFiles.class);

	@Override
	public void hangUp() {
		if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
			Set<FileAppender<?>> files = new HashSet<>();
			for (Logger each : context.getLoggerList()) {
				collect(each, files);
			}
			files.forEach(LogFiles::open);
		}
	}

	/** Those behind an asynchronous appender, too. */
	private static <E> void collect(AppenderAttachable<E> attached, Set<FileAppender<?>> files) {
		Iterator<Appender<E>> appenders = attached.iteratorForAppenders();
		while (appenders.hasNext()) {
			Appender<E> appender = appenders.next();
			if (appender instanceof FileAppender<?> file) {
				files.add(file);
			}
			else if (appender instanceof AppenderAttachable<?> further) {
				collect(further, files);
			}
		}
	}

	private static void open(FileAppender<?> appender) {
		String file = appender.getFile();
		if (file == null || !appender.isStarted()) {
			return;
		}
		try {
			appender.openFile(file);
			logger.info("The log file " + file + " was opened anew");
		}
		catch (IOException ex) {
			logger.error("The log file " + file + " can't be opened anew, and the one in use stays", ex);
		}
	}

}
