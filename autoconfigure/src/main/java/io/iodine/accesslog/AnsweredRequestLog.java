package io.iodine.accesslog;

/** Logs the requests that a servlet container has answered. Any thread. */
public final class AnsweredRequestLog {

	private final AccessLog log;

	private final boolean forwarded;

	/**
	 * A log of requests.
	 * @param log where to
	 * @param forwarded whether what proxies say of a client's address counts
	 */
	public AnsweredRequestLog(AccessLog log, boolean forwarded) {
		this.log = log;
		this.forwarded = forwarded;
	}

	/**
	 * Logs a request.
	 * @param request the request, whose header lookup is not used later
	 */
	public void add(AnsweredRequest request) {
		this.log.add(request.entry(this.forwarded));
	}

}
