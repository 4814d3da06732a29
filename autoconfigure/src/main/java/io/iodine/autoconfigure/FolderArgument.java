package io.iodine.autoconfigure;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Lets the arguments {@code -www folder} and {@code -www=folder} speak for
 * {@code iodine.static.root}. A listener and no {@code EnvironmentPostProcessor}, which
 * would see the arguments joined by commas.
 */
final class FolderArgument implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

	private static final String NAME = "-www";

	private static final String PROPERTY = "iodine.static.root";

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		ConfigurableEnvironment environment = event.getEnvironment();
		MutablePropertySources sources = environment.getPropertySources();
		String arguments = CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME;
		if (!sources.contains(arguments) || !environment.getProperty("iodine.enabled", Boolean.class, true)) {
			return;
		}
		Iterator<String> args = List.of(event.getArgs()).iterator();
		while (args.hasNext()) {
			String arg = args.next();
			if (arg.equals(NAME) || arg.startsWith(NAME + "=")) {
				String folder = !arg.equals(NAME) ? arg.substring(NAME.length() + 1)
						: args.hasNext() ? args.next() : "";
				sources.addAfter(arguments, source(folder));
				return;
			}
		}
	}

	private static MapPropertySource source(String folder) {
		if (folder.isBlank() || folder.startsWith("-")) {
			throw new InvalidIodinePropertyException("argument", NAME, folder.isBlank() ? "empty" : folder,
					"a folder, as in -www ./public, or set the property " + PROPERTY + " instead");
		}
		return new MapPropertySource("argument " + NAME, Map.of(PROPERTY, folder));
	}

	/** After the configuration files, which may say that nothing is enabled. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
