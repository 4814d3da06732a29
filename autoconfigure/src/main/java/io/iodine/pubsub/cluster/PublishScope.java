package io.iodine.pubsub.cluster;

import io.netty.handler.codec.CorruptedFrameException;

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
		if (code < 0 || code >= SCOPES.length) {
			throw new CorruptedFrameException("there is no scope " + code);
		}
		return SCOPES[code];
	}

}
