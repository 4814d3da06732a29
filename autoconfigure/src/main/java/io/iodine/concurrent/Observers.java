package io.iodine.concurrent;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;

/**
 * Calls several observers and contains their exceptions.
 *
 * @param <T> the type of the observers
 */
public final class Observers<T> {

	private final Log logger;

	private final List<T> all;

	/**
	 * Creates the observers.
	 * @param logger logs what they throw
	 * @param all the observers, in the order of the calls
	 */
	public Observers(Log logger, List<T> all) {
		this.logger = logger;
		this.all = List.copyOf(all);
	}

	/**
	 * Calls each of them. Never throws.
	 * @param call the call
	 */
	public void each(Consumer<T> call) {
		for (int i = 0; i < this.all.size(); i++) {
			T observer = this.all.get(i);
			try {
				call.accept(observer);
			}
			catch (Throwable ex) {
				SafeLog.error(this.logger, () -> "An observer failed: " + observer.getClass().getName(), ex);
			}
		}
	}

}
