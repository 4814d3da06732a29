package io.iodine.autoconfigure;

import io.iodine.Connection;
import io.iodine.SendFile;
import io.iodine.Upgrade;
import io.iodine.UpgradeRequest;

/** Explains why an {@code Upgrade} or {@code SendFile} can't be served. */
final class UnservedResult {

	private UnservedResult() {
	}

	/**
	 * Explains an answer that nothing carries out.
	 * @param type the type of the answer
	 * @return what is wrong, and the remedy
	 */
	static String message(Class<?> type) {
		if (SendFile.class.isAssignableFrom(type)) {
			return "nothing can send the file that was answered: set iodine.static.send-file-root, in a WebFlux"
					+ " application on Reactor Netty with iodine.enabled=true, and answer SendFile itself or a Mono of it";
		}
		if (Upgrade.class.isAssignableFrom(type)) {
			return "nothing can carry out the upgrade that was answered: it needs a server that iodine supports,"
					+ " iodine.enabled=true, and a controller that answers Upgrade itself or a Mono of it";
		}
		return type.getSimpleName() + " belongs to the server and is never part of a response";
	}

	/** The types that are never written as a body. */
	static Class<?>[] types() {
		return new Class<?>[] { Upgrade.class, SendFile.class, UpgradeRequest.class, Connection.class };
	}

}
