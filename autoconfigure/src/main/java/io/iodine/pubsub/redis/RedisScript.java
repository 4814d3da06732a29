package io.iodine.pubsub.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A script, and the digest by which a server that has loaded it knows it. */
final class RedisScript {

	private final String text;

	private final String digest;

	RedisScript(String text) {
		this.text = text;
		this.digest = HexFormat.of().formatHex(sha1(text.getBytes(StandardCharsets.UTF_8)));
	}

	String text() {
		return this.text;
	}

	String digest() {
		return this.digest;
	}

	private static byte[] sha1(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-1").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-1", ex);
		}
	}

}
