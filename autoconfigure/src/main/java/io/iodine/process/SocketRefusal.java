package io.iodine.process;

/**
 * Why the master has no socket for a worker, as the body of a frame. The address has
 * several lines, and so may the reason.
 *
 * @param address the name of the address that was asked for
 * @param reason why there is no socket
 */
record SocketRefusal(String address, String reason) {

	private static final char SEPARATOR = '\0';

	static SocketRefusal parse(String body) {
		int end = body.indexOf(SEPARATOR);
		return new SocketRefusal(body.substring(0, end), body.substring(end + 1));
	}

	String format() {
		return this.address + SEPARATOR + this.reason;
	}

}
