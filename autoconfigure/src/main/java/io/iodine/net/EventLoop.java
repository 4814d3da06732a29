package io.iodine.net;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;

import io.iodine.task.Timer;

/**
 * An event loop in the words of the article "Event loops demystified": streams emit
 * events, and their listeners run on the thread that calls {@link #start()}, one at a
 * time. A bean of prototype scope. Reading, writing and accepting are those of all
 * sockets; a stream whose events are not taken is read no further.
 */
public interface EventLoop {

	/**
	 * Listens.
	 * @param host the address, such as {@code 0.0.0.0}
	 * @param port the port; 0 for any
	 * @return the server
	 * @throws java.io.UncheckedIOException when the address can't be had
	 */
	EventServer listen(String host, int port);

	/**
	 * Connects. What is written meanwhile is sent once it is connected; when it can't be,
	 * the stream emits {@code error} and {@code close}.
	 * @param host the host
	 * @param port the port
	 * @return the stream
	 */
	EventStream connect(String host, int port);

	/**
	 * Opens a file, which emits its content as {@code data}, and {@code close} at its
	 * end.
	 * @param file the file
	 * @param options how, as with {@link java.nio.file.Files#newByteChannel}
	 * @return the stream
	 * @throws IOException when it can't be opened
	 */
	EventStream open(Path file, OpenOption... options) throws IOException;

	/**
	 * Makes a stream of a channel, whose reads and writes may block.
	 * @param channel the channel, closed with the stream
	 * @return the stream
	 */
	EventStream io(ByteChannel channel);

	/**
	 * The streams that are open.
	 * @return a copy
	 */
	Collection<EventStream> streams();

	/**
	 * Closes a stream, which then is none of the loop's.
	 * @param stream the stream
	 */
	void remove(EventStream stream);

	/**
	 * Runs a task on the loop, once its time has come.
	 * @param delay the delay
	 * @param task the task
	 * @return the timer
	 */
	Timer after(Duration delay, Runnable task);

	/**
	 * Runs a task on the loop repeatedly.
	 * @param period the period
	 * @param times how many times; 0 for ever
	 * @param task the task
	 * @return the timer
	 */
	Timer every(Duration period, int times, Runnable task);

	/**
	 * Runs a task on the loop. Any thread.
	 * @param task the task
	 */
	void run(Runnable task);

	/**
	 * Runs listeners until {@link #stop()}, blocking the caller. May be called again
	 * afterwards, on any thread: what came meanwhile has waited.
	 * @throws IllegalStateException when another thread runs the loop
	 */
	void start();

	/** Ends {@link #start()} after the current tick. Any thread. */
	void stop();

	/**
	 * Waits for events, and runs the listeners of those that have come.
	 * @param timeout how long to wait for the first; zero not to wait
	 * @return whether there was any
	 * @throws IllegalStateException when another thread runs the loop
	 */
	boolean tick(Duration timeout);

	/**
	 * The same loop, but with listeners that may block: those of one stream run one at a
	 * time on callback threads, and keep no other stream waiting.
	 * @return a new loop
	 */
	EventLoop blocking();

	/** Closes all servers and streams. */
	void close();

}
