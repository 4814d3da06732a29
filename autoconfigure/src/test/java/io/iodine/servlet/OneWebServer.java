package io.iodine.servlet;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves one web server of those on the class path of the tests: the one that the
 * property {@code test.server} names, else Reactor Netty.
 */
public final class OneWebServer implements AutoConfigurationImportFilter, EnvironmentAware {

	private String server = "netty";

	@Override
	public void setEnvironment(Environment environment) {
		this.server = environment.getProperty("test.server", "netty");
	}

	@Override
	public boolean[] match(@Nullable String[] autoConfigurationClasses,
			AutoConfigurationMetadata autoConfigurationMetadata) {
		boolean[] matches = new boolean[autoConfigurationClasses.length];
		for (int i = 0; i < matches.length; i++) {
			String name = autoConfigurationClasses[i];
			matches[i] = name == null || !name.endsWith("WebServerAutoConfiguration") || name.startsWith("io.iodine.")
					|| name.toLowerCase(Locale.ROOT).contains(this.server);
		}
		return matches;
	}

}
