package io.iodine.pubsub.redis;

/** What becomes of a message that is published while Redis is away. */
public enum OutagePolicy {

	/** It is delivered to the subscribers of this process at once, and nowhere else. */
	LOCAL,

	/** It waits for Redis, behind a bound; over it, publishing is refused. */
	QUEUE,

	/** Publishing is refused. */
	FAIL

}
