package io.iodine;

/** Decides, request by request, whether and how a request is upgraded. */
@FunctionalInterface
public interface Upgrader {

	/**
	 * Decides about one request. Runs behind Spring's filters, on a callback thread, and
	 * may block; with {@link UpgradeHandler#nonBlocking()} on the event loop.
	 * @param request the request
	 * @return the decision
	 * @throws Exception goes to Spring's error handling, as from a controller
	 */
	Upgrade upgrade(UpgradeRequest request) throws Exception;

}
