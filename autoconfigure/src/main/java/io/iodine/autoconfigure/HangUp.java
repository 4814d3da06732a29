package io.iodine.autoconfigure;

import java.util.List;

import io.iodine.concurrent.SafeLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Reopens log files and reloads TLS files after SIGHUP, which the master passes on.
 */
final class HangUp implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(HangUp.class);

	private final Registration registration;

	private final List<Action> actions;

	HangUp(Registration registration, List<Action> actions) {
		this.registration = registration;
		this.actions = List.copyOf(actions);
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registration.onHangUp(this::hangUp);
	}

	private void hangUp() {
		for (Action action : this.actions) {
			SafeLog.guard(logger, "Reopening a file after SIGHUP", action::hangUp);
		}
	}

	/** What has files open; a bean. */
	@FunctionalInterface
	interface Action {

		/** Opens or reads them anew. */
		void hangUp();

	}

	/** Where the signal comes from. */
	@FunctionalInterface
	interface Registration {

		void onHangUp(Runnable action);

	}

}
