package io.iodine.handler;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Reads and writes JSON by Jackson. */
public final class JacksonCodec implements JsonCodec {

	private final JsonMapper mapper;

	/**
	 * Creates the codec.
	 * @param mapper the mapper of the application
	 */
	public JacksonCodec(JsonMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public byte[] write(@Nullable Object value) {
		return this.mapper.writeValueAsBytes(value);
	}

	@Override
	public @Nullable Object read(byte[] json, Type type) {
		try {
			return this.mapper.readValue(json, this.mapper.constructType(type));
		}
		catch (JacksonException ex) {
			throw invalid();
		}
	}

	@Override
	public @Nullable Envelope readEnvelope(byte[] json) {
		JsonNode tree = parse(json);
		JsonNode event = (tree != null) ? tree.get("event") : null;
		if (tree == null || event == null || !event.isString()) {
			return null;
		}
		return new Envelope(event.stringValue(), id(tree.get("id")), new Tree(this.mapper, tree.get("data")));
	}

	@Override
	public Object embed(byte[] json) {
		JsonNode tree = parse(json);
		return (tree != null) ? tree : StringNode.valueOf(new String(json, StandardCharsets.UTF_8));
	}

	private @Nullable JsonNode parse(byte[] json) {
		try {
			JsonNode tree = this.mapper.readTree(json);
			return (tree == null || tree.isMissingNode()) ? null : tree;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static @Nullable Object id(@Nullable JsonNode id) {
		return (id != null && (id.isNumber() || id.isString())) ? id : null;
	}

	private static InvalidMessageException invalid() {
		return new InvalidMessageException("Bad Request", "The JSON is not what is expected here");
	}

	private record Tree(JsonMapper mapper, @Nullable JsonNode node) implements Envelope.Data {

		@Override
		public @Nullable Object read(Type type) {
			if (this.node == null || this.node.isNull()) {
				return null;
			}
			try {
				return this.mapper.treeToValue(this.node, this.mapper.constructType(type));
			}
			catch (JacksonException ex) {
				throw invalid();
			}
		}

		@Override
		public byte @Nullable [] json() {
			return (this.node != null) ? this.mapper.writeValueAsBytes(this.node) : null;
		}

	}

}
