package io.iodine;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Starts every test class with the levels that Boot has by default, for an application of
 * an earlier class may have set others, and they outlive it.
 */
public final class FreshLogLevels implements BeforeAllCallback {

	@Override
	public void beforeAll(ExtensionContext context) {
		LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
		for (Logger logger : loggers.getLoggerList()) {
			logger.setLevel(Logger.ROOT_LOGGER_NAME.equals(logger.getName()) ? Level.INFO : null);
		}
	}

}
