package io.iodine.connection;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.iodine.CloseReason.Cause;
import io.iodine.ConnectionHandler;
import io.iodine.Message;
import org.jspecify.annotations.Nullable;

/**
 * Calls the handler of one connection, contains its exceptions, and replaces it. All
 * methods but {@link #next} run within a callback of the connection.
 */
final class HandlerInvoker {

	private static final ClassValue<Boolean> WANTS_DRAINED = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return type.getMethod("onDrained", io.iodine.Connection.class)
					.getDeclaringClass() != ConnectionHandler.class;
			}
			catch (NoSuchMethodException ex) {
				return true;
			}
		}

	};

	private static final AtomicReferenceFieldUpdater<HandlerInvoker, @Nullable ConnectionHandler> NEXT = AtomicReferenceFieldUpdater
		.newUpdater(HandlerInvoker.class, ConnectionHandler.class, "next");

	private static final AtomicIntegerFieldUpdater<HandlerInvoker> REPLACE_WAITS = AtomicIntegerFieldUpdater
		.newUpdater(HandlerInvoker.class, "replaceWaits");

	/** Handlers that replace each other endlessly are continued in a later callback. */
	private static final int REPLACEMENTS_PER_TURN = 64;

	private final NettyConnection connection;

	/** Replaces the current one; null for none. */
	private volatile @Nullable ConnectionHandler next;

	@SuppressWarnings("UnusedVariable") // read by its updater
	private volatile int replaceWaits;

	private volatile ConnectionHandler current;

	/** The class that is known not to implement {@code onDrained}. Event loop. */
	private @Nullable Class<?> withoutDrained;

	HandlerInvoker(NettyConnection connection, ConnectionHandler handler) {
		this.connection = connection;
		this.current = handler;
	}

	ConnectionHandler last() {
		ConnectionHandler last = this.next;
		return (last != null) ? last : this.current;
	}

	/**
	 * Replaces the handler after the current callback, or in the next one.
	 * @param handler the next handler
	 * @return whether {@link #replaceInTurn} must be queued; one is queued at a time
	 */
	boolean next(ConnectionHandler handler) {
		this.next = handler;
		return REPLACE_WAITS.compareAndSet(this, 0, 1);
	}

	/** The callback that {@link #next} has requested. */
	void replaceInTurn() {
		this.replaceWaits = 0;
		replace();
	}

	/** Whether the handler implements {@code onDrained}. Event loop. */
	boolean wantsDrained() {
		Class<?> type = last().getClass();
		if (this.withoutDrained == type) {
			return false;
		}
		boolean wants = WANTS_DRAINED.get(type);
		this.withoutDrained = wants ? null : type;
		return wants;
	}

	void open() {
		callOpen();
		replace();
	}

	private void callOpen() {
		long start = start();
		try {
			this.current.onOpen(this.connection);
		}
		catch (Throwable ex) {
			failed("onOpen", ex, true);
		}
		returned("onOpen", start);
	}

	void message(Message message) {
		long start = start();
		try {
			MessageScope scope = this.connection.observer().messageScope();
			if (scope == null) {
				this.current.onMessage(this.connection, message);
			}
			else {
				scope.run(this.connection, message, this.current);
			}
		}
		catch (Throwable ex) {
			failed("onMessage", ex, false);
		}
		returned("onMessage", start);
		replace();
	}

	void call(String kind, Callback callback) {
		call(kind, kind, callback);
	}

	/**
	 * Calls the handler.
	 * @param kind the kind of callback, for meters
	 * @param name the name of the callback, for the log
	 * @param callback the callback
	 */
	void call(String kind, String name, Callback callback) {
		long start = start();
		try {
			callback.call(this.current);
		}
		catch (Throwable ex) {
			failed(kind, name, ex, false);
		}
		returned(kind, start);
		replace();
	}

	void close() {
		this.next = null;
		call("onClose", (handler) -> handler.onClose(this.connection));
	}

	/**
	 * Calls {@code onClose} of the old handler, then {@code onOpen} of the next one,
	 * which may set a handler again.
	 */
	void replace() {
		for (int left = REPLACEMENTS_PER_TURN; left > 0 && this.next != null; left--) {
			if (!this.connection.isOpen()) {
				return;
			}
			ConnectionHandler handler = NEXT.getAndSet(this, null);
			if (handler != null) {
				replace(handler);
			}
		}
	}

	private void replace(ConnectionHandler handler) {
		ConnectionHandler old = this.current;
		this.current = handler;
		long start = start();
		try {
			old.onClose(this.connection);
		}
		catch (Throwable ex) {
			failed("onClose", ex, false);
		}
		returned("onClose", start);
		callOpen();
	}

	private long start() {
		return isMeasured() ? System.nanoTime() : 0;
	}

	private void returned(String callback, long start) {
		if (isMeasured()) {
			this.connection.observer().called(callback, System.nanoTime() - start);
		}
	}

	private boolean isMeasured() {
		return this.connection.observer().measures();
	}

	private void failed(String callback, Throwable ex, boolean close) {
		failed(callback, callback, ex, close);
	}

	private void failed(String kind, String name, Throwable ex, boolean close) {
		this.connection.warnings().failures().error(() -> name + " of " + this.connection + " failed", ex);
		this.connection.observer().callbackFailed(this.connection, kind, ex);
		if (close || this.connection.settings().closeOnHandlerError()) {
			this.connection.life().close(Cause.HANDLER_ERROR, 1011, "");
		}
	}

	/** One of the callbacks. */
	@FunctionalInterface
	interface Callback {

		void call(ConnectionHandler handler) throws Exception;

	}

}
