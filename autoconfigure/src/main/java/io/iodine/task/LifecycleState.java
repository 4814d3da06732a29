package io.iodine.task;

/**
 * The states in an application's life that listeners may follow. The names of the
 * original are given with each.
 */
public enum LifecycleState {

	/**
	 * Nothing listens yet. An exception of a listener aborts the start. In the original
	 * {@code :pre_start}.
	 */
	PRE_START,

	/**
	 * Everything listens. In the original {@code :on_start}, and also
	 * {@code :enter_child} and {@code :enter_master} of a single process.
	 */
	START,

	/**
	 * The application begins to stop: connections and timers are still there. In the
	 * original {@code :start_shutdown}, with the alias {@code :on_shutdown}.
	 */
	START_SHUTDOWN,

	/**
	 * Nothing listens any more, connections and timers have ended. In the original
	 * {@code :on_finish}, with the aliases {@code :finish} and {@code :at_exit}.
	 */
	FINISH

}
