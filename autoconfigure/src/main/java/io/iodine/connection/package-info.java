/**
 * The life of one connection, whatever it speaks: serial callbacks, bounded queues, close
 * and drain, and the registry of all connections.
 *
 * <h2>States</h2> A {@link io.iodine.connection.ConnectionLife} holds the
 * {@link io.iodine.connection.ConnectionState}, which only moves to the right: <pre>
 *            a reason to close        the peer's close frame       the socket is closed     the last callback
 *          .------------------&gt; CLOSING ------------------.
 *          |                       |                      v
 *        OPEN ---------------------|---------------&gt; PEER_CLOSED -----------&gt; SOCKET_GONE ---------&gt; CLOSED
 *          |                       |                                             ^
 *          '-----------------------'---------------------------------------------'
 *                        the network fails, or the close timer ends
 * </pre> {@code Connection.isOpen()} is true until there is a reason to close. After the
 * peer's close frame that is the turn of its callback, so that messages which came before
 * it are handled by an open connection. What was written before the reason is sent, then
 * the close frame. Permits, subscriptions, presences, buffers and timers are given back
 * with the socket, or with the last callback, whatever fails on the way.
 *
 * <h2>Threads</h2>
 * <ul>
 * <li>The event loop of a connection reads, frames, encodes, writes and keeps timers. Its
 * classes ({@code ConnectionChannelHandler}, {@code Keepalive}, {@code IdleWheel}, and
 * {@code SendQueue} and {@code ReceiveQueue} but where they say otherwise) need no locks.
 * <li>Callbacks run on a callback thread, or on the event loop if they never block: one
 * at a time and in order, by {@link io.iodine.concurrent.SerialExecutor}. Those of
 * several connections that become due together share the wake-up of a thread
 * ({@code CallbackBatch}).
 * <li>Any thread may call a {@link io.iodine.Connection}. What it asks for crosses to the
 * event loop by {@code EventLoopTasks}, and to the callbacks by
 * {@code ConnectionCallbacks}.
 * <li>Both crossings contain what a task throws. Tasks that cause tasks are queued, never
 * nested. An executor that rejects callbacks gets them again; they don't run on the event
 * loop, unless the server is stopping and there is no other thread.
 * </ul>
 */
@NullMarked
package io.iodine.connection;

import org.jspecify.annotations.NullMarked;
