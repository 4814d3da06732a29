package io.iodine.pubsub.redis;

import java.util.List;

/**
 * A script with its keys and arguments. The connection that sends it adds, as the first
 * argument, what names the run of its server.
 *
 * @param script the script
 * @param keys its keys, all in one slot
 * @param args its arguments from the second one on
 */
record ScriptCall(RedisScript script, List<byte[]> keys, List<byte[]> args) {

	/** Says on which server of a cluster it runs. */
	byte[] key() {
		return this.keys.get(0);
	}

}
