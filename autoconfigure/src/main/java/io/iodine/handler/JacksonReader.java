package io.iodine.handler;

import io.iodine.JsonBinding;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON by Jackson, by its defaults unless another mapper is given. */
public final class JacksonReader implements JsonBinding.Reader {

	private final JsonMapper mapper;

	/** Creates a reader with Jackson's defaults. */
	public JacksonReader() {
		this(JsonMapper.shared());
	}

	/**
	 * Creates a reader.
	 * @param mapper the mapper of the application
	 */
	public JacksonReader(JsonMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public @Nullable Object read(byte[] json, Class<?> type) {
		try {
			return this.mapper.readValue(json, type);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("the message is not JSON of type " + type.getName(), ex);
		}
	}

}
