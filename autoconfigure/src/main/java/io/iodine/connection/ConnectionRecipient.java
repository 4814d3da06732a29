package io.iodine.connection;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.iodine.Message;
import io.iodine.MessageListener;
import io.iodine.UpgradeRequest;
import io.iodine.connection.fanout.FanoutEventLoop;
import io.iodine.connection.fanout.FrameWriter;
import io.iodine.connection.fanout.Recipient;
import io.iodine.connection.frame.Framing;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Delivers published messages to a connection. */
final class ConnectionRecipient implements Recipient {

	private final NettyConnection connection;

	private final SendQueue sendQueue;

	ConnectionRecipient(NettyConnection connection, SendQueue sendQueue) {
		this.connection = connection;
		this.sendQueue = sendQueue;
	}

	@Override
	public boolean isOpen() {
		return this.connection.isOpen();
	}

	@Override
	public int pending() {
		return this.connection.pending();
	}

	@Override
	public Framing framing() {
		return this.sendQueue.framing();
	}

	@Override
	public ByteBufAllocator allocator() {
		return this.connection.allocator();
	}

	@Override
	public FanoutEventLoop eventLoop() {
		return this.connection.tasks();
	}

	@Override
	public Optional<String> lastEventId() {
		return this.connection.request().flatMap(UpgradeRequest::lastEventId);
	}

	@Override
	public void write(Message message, @Nullable String channel) {
		// a message the queue rejects follows its overflow policy
		boolean unused = this.sendQueue.offer(message, channel);
	}

	@Override
	public void write(List<String> channels, List<Message> messages) {
		this.sendQueue.deliver(channels, messages);
	}

	@Override
	public FrameWriter frames() {
		return this.sendQueue;
	}

	@Override
	public void failed(Throwable failure) {
		this.sendQueue.failed(failure);
	}

	@Override
	public void call(MessageListener listener, String channel, Message message, BooleanSupplier wanted) {
		boolean waits = this.connection.callbacks().addHearing(() -> {
			if (wanted.getAsBoolean()) {
				this.connection.invoker()
					.call("listener", "a listener of channel '" + channel + "'",
							(handler) -> listener.onMessage(channel, message));
			}
		});
		if (!waits) {
			this.sendQueue.pendingWrites().overflow();
		}
	}

	@Override
	public String toString() {
		return this.connection.toString();
	}

}
