package io.iodine.socket;

/**
 * Settings of named clients.
 *
 * @param unknown what becomes of a peer that is not registered
 * @param prefix what generated names begin with
 * @param maxParked how many peers may wait until they are registered
 * @param maxInput bytes that may wait to be taken, over which nothing more is read
 */
public record NamedClientSettings(Unknown unknown, String prefix, int maxParked, long maxInput) {

	/** What becomes of a peer that is not registered. */
	public enum Unknown {

		/** It is closed. */
		REFUSE,

		/** It waits until it is registered. One without a name is closed. */
		PARK,

		/** It is taken under a generated name. */
		GENERATE

	}

}
