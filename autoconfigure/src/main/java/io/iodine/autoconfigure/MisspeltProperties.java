package io.iodine.autoconfigure;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** Rejects unknown properties of named blocks, such as listeners. */
final class MisspeltProperties {

	private MisspeltProperties() {
	}

	/**
	 * Fails when a property is set that no block has.
	 * @param environment where it is set
	 * @param prefix the prefix of the blocks
	 * @param type what a block has
	 * @throws org.springframework.boot.context.properties.bind.BindException naming the
	 * property
	 */
	static void reject(Environment environment, String prefix, Class<?> type) {
		if (!DefaultProperties.isUnset(environment, prefix)) {
			Binder.get(environment)
				.bind(prefix, Bindable.mapOf(String.class, type),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
		}
	}

}
