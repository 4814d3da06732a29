package io.iodine.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a control socket where they lie in what was read. Only a frame that
 * comes in several reads is copied.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed close ends the channel too
abstract class ControlFrameReader extends ChannelInboundHandlerAdapter {

	private static final int LENGTH_FIELD = 4;

	/** For answers in parts and lists, which a small limit of messages must not cut. */
	private static final int ROOM = 1 << 20;

	private final int maxLength;

	/** The beginning of a frame, at index 0. */
	private @Nullable ByteBuf partial;

	ControlFrameReader(int maxBody) {
		this.maxLength = 1 + maxBody + ROOM;
	}

	/**
	 * Handles a frame.
	 * @param context the connection
	 * @param type the type
	 * @param body what is readable is the body, whose header stands before it; valid
	 * during the call
	 * @throws Exception when it can't be handled
	 */
	abstract void received(ChannelHandlerContext context, FrameType type, ByteBuf body) throws Exception;

	/**
	 * Handles a failure. The frames after it are read unless this closes the connection.
	 * @param context the connection
	 * @param failure the failure
	 */
	@Override
	public abstract void exceptionCaught(ChannelHandlerContext context, Throwable failure);

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf in = (ByteBuf) message;
		try {
			if (complete(context, in)) {
				readFrames(context, in);
				keep(context, in);
			}
		}
		catch (Throwable ex) {
			// whatever it is, the next read would begin within a frame
			exceptionCaught(context, ex);
			context.close();
		}
		finally {
			in.release();
		}
	}

	/** Completes the frame of which a part has come before; true when none is left. */
	private boolean complete(ChannelHandlerContext context, ByteBuf in) {
		ByteBuf frame = this.partial;
		if (frame == null) {
			return true;
		}
		if (!fill(frame, in, LENGTH_FIELD) || !fill(frame, in, LENGTH_FIELD + length(frame, 0))) {
			return false;
		}
		this.partial = null;
		try {
			readFrames(context, frame);
		}
		finally {
			frame.release();
		}
		return true;
	}

	private static boolean fill(ByteBuf frame, ByteBuf in, int size) {
		int missing = size - frame.readableBytes();
		if (missing > 0) {
			frame.ensureWritable(missing).writeBytes(in, Math.min(missing, in.readableBytes()));
		}
		return frame.readableBytes() >= size;
	}

	private void readFrames(ChannelHandlerContext context, ByteBuf in) {
		int end = in.writerIndex();
		int next = in.readerIndex();
		while (end - next >= Frame.HEADER && context.channel().isActive()) {
			int after = next + LENGTH_FIELD + length(in, next);
			if (after > end) {
				break;
			}
			read(context, in.setIndex(next + LENGTH_FIELD, after));
			next = after;
		}
		in.setIndex(next, end);
	}

	private void read(ChannelHandlerContext context, ByteBuf frame) {
		try {
			received(context, FrameType.of(frame.readUnsignedByte()), frame);
		}
		catch (Throwable ex) {
			// else the frames behind it would be lost, and the next read begin within one
			exceptionCaught(context, ex);
		}
	}

	private int length(ByteBuf in, int index) {
		int length = in.getInt(index);
		if (length < 1 || length > this.maxLength) {
			throw new CorruptedFrameException("a frame has 1 to " + this.maxLength + " bytes, not " + length);
		}
		return length;
	}

	private void keep(ChannelHandlerContext context, ByteBuf in) {
		if (in.isReadable() && context.channel().isActive()) {
			this.partial = context.alloc().buffer(in.readableBytes()).writeBytes(in);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.partial != null) {
			this.partial.release();
			this.partial = null;
		}
	}

}
