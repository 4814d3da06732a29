package io.iodine.autoconfigure;

import io.iodine.ConnectionHandler;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** Hints for a native image: resources looked up by name. */
final class IodineRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("io/iodine/browser/*")
			.registerPattern("META-INF/spring-configuration-metadata.json")
			.registerPattern("templates/**")
			.registerPattern("public/**");
		hints.reflection().registerType(ConnectionHandler.class, MemberCategory.INVOKE_PUBLIC_METHODS);
	}

}
