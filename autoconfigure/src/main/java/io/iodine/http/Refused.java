package io.iodine.http;

import io.iodine.Upgrade;
import io.iodine.connection.Refusal;

/**
 * A request that can't be upgraded, whatever its handler says.
 *
 * @param reason why, for meters
 * @param answer what the client is told
 */
record Refused(Refusal reason, Upgrade.Reject answer) {

	Refused(Refusal reason, Upgrade answer) {
		this(reason, (Upgrade.Reject) answer);
	}

}
