package io.iodine.autoconfigure;

import io.iodine.autoconfigure.CommandLineListener.FlagsPropertySource;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Completes {@link CommandLineListener} once the configuration files are read: removes
 * the flags if the application disables them, prints the help, or fails for an invalid
 * value.
 */
final class CommandLineOutcome implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		ConfigurableEnvironment environment = event.getEnvironment();
		if (!(environment.getPropertySources().get(CommandLineListener.SOURCE) instanceof FlagsPropertySource source)) {
			return;
		}
		if (!environment.getProperty("iodine.enabled", Boolean.class, true)
				|| !environment.getProperty("iodine.command-line.enabled", Boolean.class, true)) {
			environment.getPropertySources().remove(CommandLineListener.SOURCE);
			return;
		}
		InvalidIodinePropertyException failure = source.flags().failure();
		if (failure != null) {
			throw failure;
		}
		if (source.flags().isHelp()) {
			explain();
		}
	}

	@SuppressWarnings("SystemOut")
	private static void explain() {
		System.out.print(CommandLineFlag.help());
		System.out.flush();
		System.exit(0);
	}

	/** After the configuration files, which may say that nothing is enabled. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
