package io.iodine.upgrade;

import io.iodine.Upgrade;
import io.iodine.connection.limit.RejectionReason;

/**
 * A request that can't be upgraded, whatever its handler says.
 *
 * @param reason why, for meters
 * @param answer the answer
 */
public record RejectedUpgrade(RejectionReason reason, Upgrade.Reject answer) {

	RejectedUpgrade(RejectionReason reason, Upgrade answer) {
		this(reason, (Upgrade.Reject) answer);
	}

}
