package io.iodine.net;

import java.net.URI;
import java.time.Duration;

import io.iodine.Connection;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.Subscription;
import io.iodine.task.LifecycleState;
import io.iodine.task.Timer;

/**
 * All that an application does without an annotation, in one bean: a short way to
 * {@link Listeners}, {@link Connector}, {@link io.iodine.task.Timers} and
 * {@link io.iodine.PubSub}, whose promises hold here too. Thread-safe.
 */
public interface Iodine {

	/**
	 * Begins to listen. Before the start of the application, listening begins with it.
	 * @param listener the listener
	 * @throws IllegalArgumentException as {@link Listeners#add}
	 * @throws java.io.UncheckedIOException as {@link Listeners#add}
	 */
	void listen(Listener listener);

	/**
	 * Connects.
	 * @param url where to
	 * @param handler gets the callbacks
	 * @return the connection
	 */
	Connection connect(URI url, ConnectionHandler handler);

	/**
	 * Runs a task as soon as possible.
	 * @param task the task
	 * @return the timer
	 */
	Timer run(Runnable task);

	/**
	 * Runs a task once, after a delay.
	 * @param delay the delay
	 * @param task the task
	 * @return the timer
	 */
	Timer runAfter(Duration delay, Runnable task);

	/**
	 * Runs a task repeatedly.
	 * @param period the period
	 * @param times how many times; 0 for ever
	 * @param task the task
	 * @return the timer
	 */
	Timer runEvery(Duration period, int times, Runnable task);

	/**
	 * Runs a task once, as soon as nothing else is to be done.
	 * @param task the task
	 * @return the timer
	 */
	Timer onIdle(Runnable task);

	/**
	 * Calls back whenever the application comes to a state, on the thread that starts or
	 * stops it: at the start in the order in which the callbacks were added, at the stop
	 * in the opposite one. An exception before the start aborts it; any other is logged.
	 * @param state the state
	 * @param callback the callback
	 */
	void onState(LifecycleState state, Runnable callback);

	/**
	 * Subscribes to a channel.
	 * @param channel the channel
	 * @param listener the listener
	 * @return ends the subscription
	 */
	Subscription subscribe(String channel, MessageListener listener);

	/**
	 * Publishes.
	 * @param channel the channel
	 * @param message the message
	 * @return whether it was scheduled
	 */
	boolean publish(String channel, Message message);

	/**
	 * Publishes a text message.
	 * @param channel the channel
	 * @param text the text
	 * @return whether it was scheduled
	 */
	default boolean publish(String channel, String text) {
		return publish(channel, Message.text(text));
	}

	/** Stops the application, on another thread, as a signal would. */
	void stop();

	/**
	 * Whether the application has started and does not stop.
	 * @return false before the start and from the beginning of the stop on
	 */
	boolean isRunning();

	/**
	 * Whether this process is its own master. The master of a cluster has no application
	 * context, so this is false in every process of a cluster that sees this bean.
	 * @return true without a cluster
	 */
	boolean isMaster();

	/**
	 * Whether this process serves clients.
	 * @return true wherever an application context exists
	 */
	boolean isWorker();

	/**
	 * Returns the number of this process within the cluster.
	 * @return the number, from 1; 1 without a cluster
	 */
	int worker();

	/**
	 * Returns how often the processes of the cluster have been replaced, as
	 * {@link io.iodine.WorkerInfo#generation()} does.
	 * @return the generation, from 1; 1 without a cluster
	 */
	int generation();

}
