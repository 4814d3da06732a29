package io.iodine.autoconfigure;

import io.iodine.JsonBinding;
import io.iodine.handler.JacksonReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;

/** Reads {@code Message.json} by the mapper of this context, as long as it lives. */
final class MessageJson implements DisposableBean {

	private final JsonBinding.Reader reader;

	MessageJson(ObjectProvider<JsonMapper> mappers) {
		JsonMapper mapper = mappers.getIfAvailable();
		this.reader = (mapper != null) ? new JacksonReader(mapper) : new JacksonReader();
		JsonBinding.use(this.reader);
	}

	@Override
	public void destroy() {
		JsonBinding.release(this.reader);
	}

}
