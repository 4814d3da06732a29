package io.iodine.connection.fanout;

import java.util.List;

import io.iodine.Message;
import io.netty.buffer.ByteBuf;

/** Writes frames to a connection. Belongs to the event loop. */
@FunctionalInterface
public interface FrameWriter {

	/**
	 * Writes messages whose frames are already joined.
	 * @param frames the frames, which the caller releases
	 * @param channels the channel of each message
	 * @param messages the messages
	 * @param bytes bytes of their content
	 * @param flush whether to flush at once, instead of at the end of the turn
	 */
	void write(ByteBuf frames, List<String> channels, List<Message> messages, int bytes, boolean flush);

}
