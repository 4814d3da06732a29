package io.iodine.autoconfigure;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Maps flags of the command line to properties before configuration files are read,
 * because one flag names such a file and another sets the log level.
 */
final class CommandLineListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	static final String SOURCE = "iodine command line flags";

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		MutablePropertySources sources = event.getEnvironment().getPropertySources();
		String arguments = CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME;
		if (sources.contains(arguments)) {
			CommandLineFlags flags = CommandLineFlags.of(event.getArgs());
			sources.addAfter(arguments, new FlagsPropertySource(flags));
		}
	}

	/** Ahead of what reads configuration files, and of the logging system. */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 5;
	}

	/** The properties of the flags, and what else the command line says. */
	static final class FlagsPropertySource extends MapPropertySource {

		private final CommandLineFlags flags;

		FlagsPropertySource(CommandLineFlags flags) {
			super(SOURCE, flags.properties());
			this.flags = flags;
		}

		CommandLineFlags flags() {
			return this.flags;
		}

	}

}
