package io.iodine.socket;

import io.iodine.net.ActiveListener;

/** Observes which listeners listen. Called on the thread that adds or stops them. */
public interface ListenerObserver {

	/** Ignores all. */
	ListenerObserver NONE = new ListenerObserver() {

		@Override
		public void listens(ActiveListener listener) {
			// nothing to do
		}

		@Override
		public void stopped(ActiveListener listener) {
			// nothing to do
		}

	};

	/**
	 * A listener has begun to listen.
	 * @param listener the listener
	 */
	void listens(ActiveListener listener);

	/**
	 * A listener no longer listens.
	 * @param listener the listener
	 */
	void stopped(ActiveListener listener);

}
