package io.iodine.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;

import io.iodine.Message;
import io.iodine.net.EventStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A file, or another channel that may block, as a stream of events. One piece is read in
 * each tick.
 */
final class BlockingChannelStream implements EventStream {

	private static final Log logger = LogFactory.getLog(BlockingChannelStream.class);

	private static final int PIECE = 4096;

	private final EventListeners listeners = new EventListeners();

	private final CallingThreadEventLoop loop;

	private final ByteChannel channel;

	private final ByteBuffer piece = ByteBuffer.allocate(PIECE);

	/** The loop's own. */
	private boolean closed;

	BlockingChannelStream(CallingThreadEventLoop loop, ByteChannel channel) {
		this.loop = loop;
		this.channel = channel;
	}

	void begin() {
		this.loop.run(this::read);
	}

	@Override
	public EventStream on(String type, EventListener listener) {
		this.listeners.add(type, listener);
		return this;
	}

	@Override
	public void emit(String type, Object... arguments) {
		this.listeners.emit(type, arguments);
	}

	@Override
	public boolean write(Message message) {
		if (!isOpen()) {
			return false;
		}
		this.loop.run(() -> write(message.asByteBuffer()));
		return true;
	}

	@Override
	public void close() {
		this.loop.run(this::end);
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	private void write(ByteBuffer bytes) {
		try {
			while (bytes.hasRemaining()) {
				this.channel.write(bytes);
			}
			emit("drain");
		}
		catch (IOException | NonWritableChannelException ex) {
			fail(ex);
		}
	}

	private void read() {
		if (this.closed) {
			return;
		}
		try {
			if (this.channel.read(this.piece.clear()) < 0) {
				end();
				return;
			}
			emit("data", Message.binary(Arrays.copyOf(this.piece.array(), this.piece.position())));
			this.loop.run(this::read);
		}
		catch (NonReadableChannelException ex) {
			logger.debug("The channel is opened to be written only", ex);
		}
		catch (IOException ex) {
			fail(ex);
		}
	}

	private void fail(Exception failure) {
		emit("error", failure);
		end();
	}

	private void end() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			emit("error", ex);
		}
		this.loop.closed(this);
		emit("close");
	}

}
