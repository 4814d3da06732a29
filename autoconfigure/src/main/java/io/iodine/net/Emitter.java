package io.iodine.net;

/**
 * A source of events, in the words of the article: {@code on} and {@code emit}.
 *
 * @param <S> the type itself, so that calls can be chained
 */
public interface Emitter<S extends Emitter<S>> {

	/**
	 * Adds a listener to events of a type. There may be many, which are called in the
	 * order in which they were added. An exception of one is logged, emitted as
	 * {@code error}, and does not keep others from being called.
	 * @param type the type, such as {@code data}; any other text too
	 * @param listener the listener
	 * @return this
	 */
	S on(String type, EventListener listener);

	/**
	 * Calls the listeners of a type.
	 * @param type the type
	 * @param arguments what they get
	 */
	void emit(String type, Object... arguments);

	/** Receives events. */
	@FunctionalInterface
	interface EventListener {

		/**
		 * An event has come.
		 * @param arguments what goes with it: a {@link io.iodine.Message} for
		 * {@code data}, the {@link EventStream} for {@code accept}, an exception for
		 * {@code error}; else nothing
		 * @throws Exception is logged, and emitted as {@code error}
		 */
		void on(Object... arguments) throws Exception;

	}

}
