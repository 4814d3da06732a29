package io.iodine.connection;

/**
 * In what a servlet container differs from Reactor Netty. Each is a row of the table in
 * {@code docs/spring-mvc.md}.
 */
public enum Difference {

	/** The properties and checks of the HTTP edge. */
	HTTP_EDGE("Checks of requests"),

	/** An asynchronous response, whose container keeps the socket. */
	CLIENT_GONE("A client of an event stream has gone"),

	/** Where Spring's CORS configuration is looked for. */
	CORS("CORS");

	private final String row;

	Difference(String row) {
		this.row = row;
	}

	/** The first cell of the row. */
	public String row() {
		return this.row;
	}

}
