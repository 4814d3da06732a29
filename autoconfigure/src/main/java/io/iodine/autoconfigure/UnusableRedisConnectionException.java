package io.iodine.autoconfigure;

/** The connection factory of the application can't carry pub/sub. */
final class UnusableRedisConnectionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	UnusableRedisConnectionException(String message, String remedy) {
		super(message);
		this.remedy = remedy;
	}

	String remedy() {
		return this.remedy;
	}

}
