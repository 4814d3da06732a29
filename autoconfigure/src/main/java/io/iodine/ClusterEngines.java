package io.iodine;

/**
 * The engines that reach a part of the cluster of {@code iodine.cluster.processes}, to be
 * named when publishing. A bean; without a cluster this process is all of it.
 * <p>
 * What is published through {@link #siblings()} and {@link #leader()} goes past the
 * history of a channel.
 */
public interface ClusterEngines {

	/**
	 * Reaches the subscribers of this process.
	 * @return the local engine
	 */
	PubSubEngine process();

	/**
	 * Reaches the subscribers of the other worker processes.
	 * @return an engine that delivers nothing here
	 */
	PubSubEngine siblings();

	/**
	 * Reaches the subscribers of all worker processes.
	 * @return the default engine of a worker
	 */
	PubSubEngine cluster();

	/**
	 * Reaches the subscribers of one process: the ready worker with the lowest number.
	 * The master runs no code of the application, and so has no subscribers.
	 * @return an engine that delivers to exactly one process
	 */
	PubSubEngine leader();

}
