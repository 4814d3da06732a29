package io.iodine.autoconfigure;

/**
 * {@code iodine.redis.url} and a property of Boot both configure the address of Redis.
 */
final class ConflictingRedisPropertiesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	ConflictingRedisPropertiesException(String property) {
		super("iodine.redis.url and " + property + " are both set, and both say where Redis is");
		this.property = property;
	}

	String property() {
		return this.property;
	}

}
