package io.iodine.pubsub.cluster;

/** The processes a message is published to. The order is the protocol. */
enum PublishScope {

	/** All, the publisher's included, which hears it from the master. */
	CLUSTER,

	/** All but the publisher's. */
	SIBLINGS,

	/** The ready worker with the lowest number. */
	LEADER;

	private static final PublishScope[] SCOPES = values();

	static PublishScope of(int code) {
		return SCOPES[code];
	}

}
