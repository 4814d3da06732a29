package io.iodine.handler;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/** Stands in where there is no JSON library. */
public final class MissingCodec implements JsonCodec {

	@Override
	public boolean isAvailable() {
		return false;
	}

	@Override
	public byte[] write(@Nullable Object value) {
		throw missing();
	}

	@Override
	public Object read(byte[] json, Type type) {
		throw missing();
	}

	@Override
	public @Nullable Envelope readEnvelope(byte[] json) {
		return null;
	}

	@Override
	public Object embed(byte[] json) {
		throw missing();
	}

	private static IllegalStateException missing() {
		return new IllegalStateException("JSON needs Jackson 3 and its JsonMapper bean:"
				+ " add the dependency org.springframework.boot:spring-boot-starter-jackson");
	}

}
