package io.iodine.connection;

/**
 * In what a servlet container differs from Reactor Netty. Each is a row of the table in
 * {@code docs/spring-mvc.md}.
 */
public enum Difference {

	/** An asynchronous response, whose container keeps the socket. */
	CLIENT_GONE("A client of an event stream has gone"),

	/** An asynchronous response that was completed. */
	STREAM_ENDED("An event stream has ended");

	private final String row;

	Difference(String row) {
		this.row = row;
	}

	/** The first cell of the row. */
	public String row() {
		return this.row;
	}

}
