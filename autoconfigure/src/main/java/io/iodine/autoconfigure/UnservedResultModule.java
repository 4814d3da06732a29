package io.iodine.autoconfigure;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Prevents Jackson from writing an {@code Upgrade} or {@code SendFile}, which would
 * disclose paths.
 */
final class UnservedResultModule {

	private UnservedResultModule() {
	}

	static JacksonModule create() {
		SimpleModule module = new SimpleModule("iodine-unserved-answers");
		for (Class<?> type : UnservedResult.types()) {
			module.addSerializer(new Failing(type));
		}
		return module;
	}

	/** Writes nothing. */
	private static final class Failing extends StdSerializer<Object> {

		@SuppressWarnings("unchecked")
		Failing(Class<?> type) {
			super((Class<Object>) type);
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			context.reportBadDefinition(handledType(), UnservedResult.message(value.getClass()));
		}

	}

}
