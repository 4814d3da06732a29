package io.iodine.pubsub.redis;

/** Decides what happens to a message published during an outage of Redis. */
public enum OutagePolicy {

	/** It is delivered to the subscribers of this process at once, and nowhere else. */
	LOCAL,

	/** It waits for Redis, behind a bound; over it, publishing is refused. */
	QUEUE,

	/** Publishing is refused. */
	FAIL

}
